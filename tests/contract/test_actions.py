"""What every action promises: each plug-in is asked the same questions, with parameters that fit it."""

import difflib
import importlib
import pkgutil

import msgspec
import pytest

import understudy.adapters.actions
from tests.contract.action_stage import SAMPLES, Stage
from tests.fakes.action_context import FakeActionContext
from understudy.core.action import Expectation, Reversibility, UndoStatus, action_digest
from understudy.core.value import Value
from understudy.errors import InvalidInputError, StoppedError, StoreError, UnderstudyError

NAMES = sorted(
    module.name
    for module in pkgutil.iter_modules(understudy.adapters.actions.__path__)
    if hasattr(importlib.import_module(f"understudy.adapters.actions.{module.name}"), "PLUGIN")
)


@pytest.fixture
def stage(tmp_path):
    """A home with one application in it, and nobody at the screen."""
    return Stage(tmp_path)


@pytest.fixture(
    params=[(name, index) for name in NAMES for index in range(len(SAMPLES.get(name, [None])))], ids=str
)
def case(request, stage):
    """One action with checked parameters."""
    name, index = request.param
    action = stage.actions[name]
    return action, action.check(msgspec.convert(SAMPLES[name][index], action.parameters))


def test_every_action_has_samples_here():
    """A new action is under contract from its first day."""
    assert sorted(SAMPLES) == NAMES


def test_each_is_found_under_its_own_name(stage):
    """The file, the name and the plug-in are one."""
    assert sorted(stage.actions) == NAMES


def test_what_it_says_of_itself_is_complete(case):
    """Title, reversibility, behaviour after a crash, needs: all there, and of the right kind."""
    action, _ = case
    assert isinstance(action.reversibility, Reversibility)
    assert action.literal | action.secret <= set(action.parameters.__struct_fields__)
    assert issubclass(action.parameters, Value)
    assert (action.title == action.title.strip(" .!"), bool(action.title)) == (True, True)
    assert all(isinstance(each, str) for each in action.needs)
    assert {type(action.needs_consent), type(action.exclusive)} == {bool}


def test_whether_it_may_be_repeated_depends_on_nothing_but_its_parameters(case, stage):
    """Recovery asks after a crash, when nothing else is known; nothing happens by asking."""
    action, parameters = case
    before = stage.effects
    assert type(action.is_idempotent(parameters)) is bool
    assert (action.is_idempotent(parameters), stage.effects) == (action.is_idempotent(parameters), before)


def test_checking_twice_changes_nothing_more(case):
    """What is saved can be saved again, and its digest stays."""
    action, parameters = case
    again = action.check(parameters)
    assert action_digest(action.name, again) == action_digest(action.name, parameters)


def test_parameters_survive_the_journal(case):
    """Written as JSON and read back they are equal."""
    action, parameters = case
    assert msgspec.json.decode(msgspec.json.encode(parameters), type=action.parameters) == parameters


def test_a_preview_is_one_line_without_a_full_stop(case):
    """Imperative, no line end, no control character, and hostile text is not taken for markup or a template."""
    action, parameters = case
    preview = action.preview(parameters)
    assert (preview == preview.strip(), preview[:1].isupper(), preview.endswith(".")) == (True, True, False)
    assert all(character.isprintable() for character in preview)
    assert "{" not in preview or "{title}" in preview


def words_in(value):
    """Every word of a parameter, however deep it lies; names of fields do not count."""
    if isinstance(value, dict):
        return [word for each in value.values() for word in words_in(each)]
    if isinstance(value, (list, tuple)):
        return [word for each in value for word in words_in(each)]
    return str(value).split() if value not in (None, "") else []


def test_a_preview_shows_every_literal_that_reaches_the_world(case):
    """The person sees exactly what would be typed, opened, run, asked and sent, and where it goes."""
    action, parameters = case
    shown = action.preview(parameters) + action.undo_preview(parameters)
    plain = msgspec.to_builtins(parameters)
    hidden = {"run_script": {"/bin/sh"}, "open_app": {"ledger"}}.get(action.name, set())
    for name in action.literal:
        missing = [word for word in words_in(plain[name]) if word not in shown and word not in hidden]
        assert missing == [], (name, missing)


@pytest.mark.parametrize(
    "name, fields",
    [
        ("notify", ("title", "body")),
        ("send_message", ("title", "body", "to")),
        ("draft_email", ("subject", "to", "body")),
        ("create_task", ("title", "prompt")),
        ("prompt", ("text", "command")),
        ("open_app", ("arguments",)),
    ],
)
def test_a_preview_shows_what_others_will_read(stage, name, fields):
    """Not only what acts by itself: the words that go out are there in full."""
    action = stage.actions[name]
    for sample in SAMPLES[name]:
        parameters = action.check(msgspec.convert(sample, action.parameters))
        shown = action.preview(parameters).replace("\\n", " ")
        given = [word for field in fields for word in words_in(sample.get(field))]
        assert [word for word in given if word not in shown] == []


def test_the_way_back_is_said_in_a_sentence(case):
    """Before anything is done."""
    action, parameters = case
    assert action.undo_preview(parameters).endswith(".")
    assert "\n" not in action.undo_preview(parameters)


def test_unknown_parameters_are_refused_by_name(stage):
    """A slip of the keyboard is named, and what it takes is known, so that the nearest can be told."""
    for name, action in stage.actions.items():
        field = action.parameters.__struct_fields__[0]
        with pytest.raises(msgspec.ValidationError, match=f"unknown field `{field}x`"):
            msgspec.convert(SAMPLES[name][0] | {f"{field}x": 1}, action.parameters)
        assert difflib.get_close_matches(f"{field}x", action.parameters.__struct_fields__, n=1) == [field]


def test_missing_parameters_are_refused(stage):
    """Nothing is done with half a document."""
    for action in stage.actions.values():
        with pytest.raises((msgspec.ValidationError, InvalidInputError)):
            action.check(msgspec.convert({}, action.parameters))


@pytest.mark.parametrize(
    "name, document",
    [
        ("notify", {"title": " "}),
        ("notify", {"title": "x" * 201}),
        ("notify", {"title": "x", "body": "x" * 2001}),
        ("open_app", {"app": ""}),
        ("open_app", {"app": "-h"}),
        ("open_app", {"app": "no such application"}),
        ("open_app", {"app": "ledger", "arguments": ["a\0b"]}),
        ("open_app", {"app": "ledger", "arguments": ["\ud800"]}),
        ("open_url", {"url": "ftp://x"}),
        ("run_script", {"script": ""}),
        ("type_text", {"text": "a\nb"}),
        ("create_task", {"title": " "}),
        ("create_task", {"title": "x", "kind": "workflow"}),
        ("create_task", {"title": "x", "prompt": "y"}),
        ("create_task", {"title": "x", "priority": 11}),
        ("create_task", {"title": "x", "kind": "prompt", "prompt": "y" * 70_000}),
        ("http_request", {"url": "https://desk.example/", "body": "y" * 2_000_000}),
        ("draft_email", {"subject": ""}),
        ("draft_email", {"subject": "a\nBcc: eve@example.org"}),
        ("draft_email", {"subject": "a", "to": ["kim@example.org\nBcc: eve@example.org"]}),
        ("draft_email", {"subject": "a", "cc": ["nobody"]}),
        ("http_request", {"url": "ftp://desk.example"}),
        ("http_request", {"url": "https://kim:s3cret@desk.example/"}),
        ("http_request", {"url": "https://desk.example/", "method": "BREW"}),
        ("http_request", {"url": "https://desk.example/", "headers": {"A\nB": "x"}}),
        ("http_request", {"url": "https://desk.example/", "headers": {"A": "x\r\nB: y"}}),
        ("http_request", {"url": "https://desk.example/", "body": "x", "json": {}}),
        ("http_request", {"url": "https://desk.example/", "timeout": 0}),
        ("prompt", {"text": " "}),
        ("prompt", {"text": "x", "timeout": 1000}),
        ("run_script", {"script": "true", "environment": {"PATH": "/evil"}}),
        ("run_script", {"script": "true", "environment": {"https_proxy": "x"}}),
        ("send_message", {"to": "phone"}),
        ("send_message", {"to": "fone", "title": "x"}),
        ("send_message", {"to": "phone", "title": "x", "cancel_window": 61}),
    ],
)
def test_what_cannot_be_done_is_refused_when_saving_with_a_reason(stage, name, document):
    """What failed, and why or what to do."""
    action = stage.actions[name]
    with pytest.raises(InvalidInputError) as caught:
        action.check(msgspec.convert(document, action.parameters))
    assert caught.value.why or caught.value.fix
    assert "s3cret" not in f"{caught.value}"


def test_what_it_expects_depends_on_nothing_but_its_parameters(case, stage):
    """Asked twice it says the same, and nothing happens."""
    action, parameters = case
    before = stage.effects
    assert action.expects(parameters) == action.expects(parameters)
    assert all(isinstance(each, Expectation) for each in action.expects(parameters))
    assert stage.effects == before


def test_preparing_has_no_effect(case, stage):
    """Nothing is started, shown, typed or written; what it returns can be kept in the journal."""
    action, parameters = case
    before = stage.effects
    context = FakeActionContext()
    state = action.prepare(parameters, context)
    assert (stage.effects, context.announced) == (before, [])
    assert msgspec.json.decode(msgspec.json.encode(state)) == state


def test_stopped_before_it_begins_it_does_nothing(case, stage):
    """StoppedError, and no effect."""
    action, parameters = case
    context = FakeActionContext()
    state = action.prepare(parameters, context)
    before = stage.effects
    context.stop.set()
    with pytest.raises(StoppedError):
        action.perform(parameters, context, state)
    assert stage.effects == before


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"key": 5},
        {"key": "r-other.0"},
        {"window": 99, "app": "ledger"},
        {"parameters": {}, "script": ""},
        {"x": None},
    ],
    ids=str,
)
def test_undo_with_a_state_that_is_not_there_is_refused(stage, payload):
    """A journal of another day, another machine: REFUSED with a reason, no exception, no effect."""
    for action in stage.actions.values():
        before = stage.effects
        undone = action.undo(payload, FakeActionContext())
        assert (undone.status, bool(undone.text)) == (UndoStatus.REFUSED, True), action.name
        assert stage.effects == before


def test_performing_leaves_the_effect_it_names(stage):
    """Done is said only when it is so: each effect is looked for where it belongs."""
    outcomes = {}
    for name in ("notify", "open_url", "run_script", "type_text", "prompt", "send_message", "create_task"):
        action = stage.actions[name]
        parameters = action.check(msgspec.convert(SAMPLES[name][0], action.parameters))
        context = FakeActionContext()
        outcomes[name] = action.perform(parameters, context, action.prepare(parameters, context))
    assert [notice.title for notice in stage.notifier.shown] == ["Stand up"]
    assert (stage.typer.text, outcomes["type_text"].output) == ("Kind regards", "12 characters")
    assert (stage.started.read_text(), (stage.home / "done").exists()) == ("opened\n", True)
    assert ((stage.home / "asked").exists(), stage.messenger.sent) == (True, [("ntfy://s3cret", "Done", "")])
    assert [task.title for task in stage.tasks.tasks.values()] == ["Water the plants"]
    assert "s3cret" not in f"{outcomes}"


def test_what_was_done_can_be_taken_back_where_it_says_so(stage):
    """The payload goes through the journal in between."""
    for name in ("notify", "type_text", "create_task"):
        action = stage.actions[name]
        parameters = action.check(msgspec.convert(SAMPLES[name][0], action.parameters))
        performed = action.perform(parameters, FakeActionContext(), {})
        payload = msgspec.json.decode(msgspec.json.encode(performed.undo))
        assert action.undo(payload, FakeActionContext()).status is UndoStatus.UNDONE
    assert (stage.notifier.shown, stage.typer.text, stage.tasks.tasks) == ((), "", {})


def test_an_undo_that_cannot_be_carried_out_has_failed_and_says_why(stage):
    """Never "undone", never an exception."""
    stage.tasks.failing = StoreError("The journal could not be written", "The disk is full")
    undone = stage.actions["create_task"].undo({"task": "t-1"}, FakeActionContext())
    assert (undone.status, "disk is full" in undone.text) == (UndoStatus.UNDO_FAILED, True)
    stage.notifier.close = stage.notifier.show
    stage.notifier.failing = "No notification daemon is running"
    undone = stage.actions["notify"].undo({"key": "r-1.0"}, FakeActionContext())
    assert (undone.status, "daemon" in undone.text) == (UndoStatus.UNDO_FAILED, True)


def test_a_notification_shown_twice_under_one_tag_stands_there_once(stage):
    """That is why it may be repeated after a crash."""
    action = stage.actions["notify"]
    parameters = action.check(msgspec.convert(SAMPLES["notify"][0], action.parameters))
    for _ in range(2):
        action.perform(parameters, FakeActionContext(), {})
    assert (action.is_idempotent(parameters), len(stage.notifier.shown)) == (True, 1)


def test_a_missing_capability_is_said_and_nothing_is_done(stage):
    """Each failure of the desktop is an UnderstudyError with a reason."""
    stage.notifier.failing = "No notification daemon is running"
    stage.typer.refusing = "It is not known which window has the focus"
    for name in ("notify", "type_text"):
        action = stage.actions[name]
        parameters = action.check(msgspec.convert(SAMPLES[name][0], action.parameters))
        with pytest.raises(UnderstudyError) as caught:
            action.perform(parameters, FakeActionContext(), {})
        assert caught.value.why
