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
