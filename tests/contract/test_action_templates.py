"""What every action promises where its parameters are templates: saved as they are, looked at once filled in."""

import msgspec
import pytest

from tests.contract.action_stage import Stage
from tests.fakes.action_context import FakeActionContext
from understudy.errors import ActionFailedError, InvalidInputError


@pytest.fixture
def stage(tmp_path):
    """A home with one application in it, and nobody at the screen."""
    return Stage(tmp_path)


@pytest.mark.parametrize(
    "name, document",
    [
        ("notify", {"title": ""}),
        ("notify", {"title": "x", "body": "x" * 2001}),
        ("open_app", {"app": "sh"}),
        ("open_app", {"app": "ledger", "arguments": ["a\0b"]}),
        ("open_url", {"url": "javascript:alert(1)"}),
        ("open_url", {"url": "https://x.example/{{ secret.x }}"}),
        ("type_text", {"text": "rm -r\n"}),
        ("type_text", {"text": ""}),
        ("create_task", {"title": "\n"}),
        ("draft_email", {"subject": "a\nBcc: eve@example.org"}),
        ("http_request", {"url": "file:///etc/passwd"}),
        ("http_request", {"url": "http://x.example", "headers": {"X": "a\r\nCookie: b"}}),
        ("prompt", {"text": "x\0", "command": ["cat"]}),
        ("run_script", {"script": "true", "environment": {"title": "a\0b"}}),
        ("send_message", {"to": "captured", "title": "x"}),
    ],
)
def test_what_captured_text_made_of_a_template_is_looked_at_again(stage, name, document):
    """A template passes when it is saved; what comes out of it is checked before anything happens."""
    action = stage.actions[name]
    before = stage.effects
    with pytest.raises((InvalidInputError, ActionFailedError)):
        action.prepare(msgspec.convert(document, action.parameters), FakeActionContext())
    assert stage.effects == before


@pytest.mark.parametrize(
    "name, document",
    [
        ("open_app", {"app": "{{ trigger.app }}", "arguments": ["{{ trigger.title }}"]}),
        ("open_url", {"url": "https://desk.example/?q={{ trigger.title|urlencode }}"}),
        ("type_text", {"text": "Dear {{ trigger.title }}", "app": "{{ trigger.app }}"}),
        ("notify", {"title": "{{ trigger.title }}"}),
        ("create_task", {"title": "{{ trigger.title }}", "kind": "prompt", "prompt": "{{ latest_output }}"}),
        ("draft_email", {"subject": "{{ trigger.title }}", "to": ["{{ latest_output }}"]}),
        (
            "http_request",
            {"url": "{{ secret.hook }}", "headers": {"Authorization": "Bearer {{ secret.key }}"}},
        ),
        ("prompt", {"text": "{{ latest_output }}"}),
        ("run_script", {"script": "echo $title", "environment": {"title": "{{ trigger.title }}"}}),
        ("send_message", {"to": "{{ secret.phone }}", "title": "{{ trigger.title }}"}),
    ],
)
def test_templates_can_be_saved(stage, name, document):
    """They stay as they are until they are filled in."""
    action = stage.actions[name]
    ready = msgspec.json.decode(
        msgspec.json.encode(action.check(msgspec.convert(document, action.parameters)))
    )
    assert {field: ready[field] for field in document} == document


@pytest.mark.parametrize(
    "name, document",
    [
        (
            "http_request",
            {"url": "https://x.example/{{ secret.x }}", "headers": {"Cookie": "{{ secret.x }}"}},
        ),
        ("send_message", {"to": "{{ secret.phone }}", "title": "x", "cancel_window": 0}),
        ("run_script", {"script": "true", "environment": {"token": "{{ secret.x }}"}}),
    ],
)
def test_a_step_can_be_prepared_while_its_secrets_are_still_names(stage, name, document):
    """They are filled in right before it acts."""
    action = stage.actions[name]
    assert {"url", "to", "environment"} & action.secret
    action.prepare(msgspec.convert(document, action.parameters), FakeActionContext())


LONG = "{{ trigger.title | default('" + "x" * 300 + "') }}"


@pytest.mark.parametrize(
    "name, document",
    [
        ("notify", {"title": LONG, "body": LONG * 8}),
        ("create_task", {"title": LONG}),
        ("send_message", {"to": "phone", "title": LONG, "body": LONG * 40}),
    ],
)
def test_the_length_of_a_template_says_nothing(stage, name, document):
    """It counts once it is filled in: then the same text is too long."""
    action = stage.actions[name]
    parameters = msgspec.convert(document, action.parameters)
    assert action.check(parameters) == parameters
    with pytest.raises(InvalidInputError):
        action.prepare(parameters, FakeActionContext())


@pytest.mark.parametrize(
    "name, document",
    [
        ("http_request", {"url": "https://x.example/{{ trigger.title }}", "method": "FETCH"}),
        ("http_request", {"url": "https://x.example/{{ trigger.title }}", "timeout": 600}),
        (
            "http_request",
            {"url": "https://x.example", "body": "{{ trigger.title }}", "headers": {"a b": "c"}},
        ),
        ("send_message", {"to": "nobody", "title": "{{ trigger.title }}"}),
        ("send_message", {"to": "phone", "title": "{{ trigger.title }}", "cancel_window": 90}),
        ("create_task", {"title": "{{ trigger.title }}", "priority": 11}),
        ("draft_email", {"subject": "{{ trigger.title }}", "to": ["kim"]}),
        ("prompt", {"text": "{{ trigger.title }}", "timeout": 0}),
        ("run_script", {"script": "true", "environment": {"PATH": "{{ trigger.title }}"}}),
        ("run_script", {"path": "/nowhere/at/all", "environment": {"title": "{{ trigger.title }}"}}),
        ("open_app", {"app": "sh", "arguments": ["{{ trigger.title }}"]}),
        ("notify", {"title": "{{ trigger.title }}", "body": "x" * 2001}),
    ],
)
def test_what_is_fixed_beside_a_template_is_judged_when_it_is_saved(stage, name, document):
    """The mistake is told to whoever makes it, not to the run."""
    action = stage.actions[name]
    with pytest.raises(InvalidInputError):
        action.check(msgspec.convert(document, action.parameters))
