"""What every action promises: each plug-in is asked the same questions, with parameters that fit it."""

import difflib
import importlib
import os
import pkgutil

import msgspec
import pytest

import understudy.adapters.actions
from tests.fakes.action_context import FakeActionContext
from tests.fakes.notifier import FakeNotifier
from tests.fakes.typer import FakeTyper
from tests.fakes.windows import FakeWindows
from understudy.adapters.applications import Applications
from understudy.adapters.plugins import discover
from understudy.core.action import AfterCrash, Expectation, Reversibility, UndoStatus, action_digest
from understudy.core.value import Value
from understudy.errors import InvalidInputError, StoppedError, UnderstudyError

NAMES = sorted(
    module.name
    for module in pkgutil.iter_modules(understudy.adapters.actions.__path__)
    if hasattr(importlib.import_module(f"understudy.adapters.actions.{module.name}"), "PLUGIN")
)

HOSTILE = "<b>bold</b> & <img src=x> %s {title}"

SAMPLES = {
    "notify": [{"title": "Stand up"}, {"title": HOSTILE, "body": "two\nlines"}],
    "open_app": [{"app": "ledger"}, {"app": "Ledger", "arguments": ["--new", HOSTILE, "a\nb"]}],
    "open_url": [{"url": "https://tracker.example/?q=<b>&x=%20"}, {"url": "mailto:kim@example.org"}],
    "run_script": [
        {"script": "touch done\n"},
        {"script": f"# {HOSTILE}\ntouch done\nexit 0", "inverse": "rm done"},
    ],
    "type_text": [{"text": "Kind regards"}, {"text": f"{HOSTILE}\nKim", "newlines": True, "app": "ledger"}],
}
"""Valid parameters of each action; a new action adds its own here."""


class Stage:
    """The actions among fakes, and what has happened to them."""

    def __init__(self, home):
        self.home = home
        self.notifier = FakeNotifier()
        self.typer = FakeTyper(wm_class=("ledger", "ledger"))
        self.windows = FakeWindows()
        self.started = home / "started"
        self._install("ledger", f"touch {self.started}")
        self.environment = {
            "PATH": os.pathsep.join([str(home / "bin"), os.environ["PATH"]]),
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "share"),
            "XDG_DATA_DIRS": str(home / "nothing"),
        }
        self._install_opener()
        services = {
            "notifier": self.notifier,
            "typer": self.typer,
            "windows": self.windows,
            "applications": Applications(self.environment, home),
            "environment": self.environment,
        }
        self.actions = discover("understudy.adapters.actions", "understudy.no_such_group", services)

    def _install(self, name, command):
        folder = self.home / "share" / "applications"
        folder.mkdir(parents=True)
        lines = ("[Desktop Entry]", "Type=Application", "Name=Ledger", f"Exec={command}", "")
        (folder / f"{name}.desktop").write_text("\n".join(lines))

    def _install_opener(self):
        opener = self.home / "bin" / "xdg-open"
        opener.parent.mkdir()
        opener.write_text(f"#!/bin/sh\necho opened > {self.started}\n")
        opener.chmod(0o755)

    @property
    def effects(self):
        """Everything that any action could have done here."""
        files = sorted(path.name for path in self.home.iterdir())
        return (files, self.notifier.history, self.typer.text, self.windows.requests)


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
    assert isinstance(action.after_crash, AfterCrash)
    assert issubclass(action.parameters, Value)
    assert (action.title == action.title.strip(" .!"), bool(action.title)) == (True, True)
    assert all(isinstance(each, str) for each in action.needs)
    assert {type(action.needs_consent), type(action.exclusive)} == {bool}


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


def test_a_preview_shows_every_literal_that_reaches_the_world(stage):
    """The person sees exactly what would be typed, opened, shown and handed over."""
    for name, field in (("notify", "title"), ("open_url", "url"), ("type_text", "text")):
        action = stage.actions[name]
        for sample in SAMPLES[name]:
            parameters = action.check(msgspec.convert(sample, action.parameters))
            shown = action.preview(parameters)
            assert all(word in shown for word in sample[field].split())
    opening = stage.actions["open_app"]
    assert HOSTILE in opening.preview(
        opening.check(msgspec.convert(SAMPLES["open_app"][1], opening.parameters))
    )


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
    ],
)
def test_what_cannot_be_done_is_refused_when_saving_with_a_reason(stage, name, document):
    """What failed, and why or what to do."""
    action = stage.actions[name]
    with pytest.raises(InvalidInputError) as caught:
        action.check(msgspec.convert(document, action.parameters))
    assert caught.value.why or caught.value.fix


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
    for name in ("notify", "open_url", "run_script", "type_text"):
        action = stage.actions[name]
        parameters = action.check(msgspec.convert(SAMPLES[name][0], action.parameters))
        context = FakeActionContext()
        outcomes[name] = action.perform(parameters, context, action.prepare(parameters, context))
    assert [notice.title for notice in stage.notifier.shown] == ["Stand up"]
    assert (stage.typer.text, outcomes["type_text"].output) == ("Kind regards", "12 characters")
    assert (stage.started.read_text(), (stage.home / "done").exists()) == ("opened\n", True)


def test_what_was_done_can_be_taken_back_where_it_says_so(stage):
    """The payload goes through the journal in between."""
    for name in ("notify", "type_text"):
        action = stage.actions[name]
        parameters = action.check(msgspec.convert(SAMPLES[name][0], action.parameters))
        performed = action.perform(parameters, FakeActionContext(), {})
        payload = msgspec.json.decode(msgspec.json.encode(performed.undo))
        assert action.undo(payload, FakeActionContext()).status is UndoStatus.UNDONE
    assert (stage.notifier.shown, stage.typer.text) == ((), "")


def test_a_notification_shown_twice_under_one_tag_stands_there_once(stage):
    """That is why it may be repeated after a crash."""
    action = stage.actions["notify"]
    parameters = action.check(msgspec.convert(SAMPLES["notify"][0], action.parameters))
    for _ in range(2):
        action.perform(parameters, FakeActionContext(), {})
    assert (action.after_crash, len(stage.notifier.shown)) == (AfterCrash.REPEAT, 1)


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
