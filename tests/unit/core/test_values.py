"""Values: frozen, strict, equal after a journey through JSON; and identities that never change."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.engine_rig import a_state
from tests.fakes.store import NOON, a_capture, a_grant, a_run, a_suggestion, a_symbol, a_verdict, a_workflow
from understudy.core.action import Expectation, UndoStatus, action_digest
from understudy.core.capture import Capture, CaptureKind
from understudy.core.grant import Grant, Scope
from understudy.core.ports import Capability
from understudy.core.reason import Reason
from understudy.core.run import RunStatus
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.value import Unshown, Value, stable_id
from understudy.core.workflow import CaptureTrigger, ManualTrigger, TimeTrigger

VALUES = [
    a_capture(),
    a_symbol(parameters=(("n", "12"),)),
    a_workflow(triggers=(CaptureTrigger(symbols=("a",)), TimeTrigger(cron="* * * * *", timezone="UTC"))),
    a_workflow(triggers=(ManualTrigger(),)),
    a_run(),
    a_suggestion(),
    a_grant(),
    a_state(),
    a_verdict(),
    Reason(code="c", text="t", seen={"a": 1, "b": None}),
    Expectation(kind=CaptureKind.FOCUS, pids=(1, 2)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_the_same_after_json(value):
    """Written and read back it is equal."""
    assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value):
    """Functions return new ones."""
    with pytest.raises(AttributeError):
        setattr(value, value.__struct_fields__[0], None)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_refuses_fields_it_does_not_know(value):
    """A typing mistake is an error, not a silent default."""
    document = msgspec.to_builtins(value) | {"nobody_knows_this": 1}
    with pytest.raises(msgspec.ValidationError, match="nobody_knows_this"):
        msgspec.convert(document, type(value))


def test_a_value_takes_its_fields_by_name_only():
    """Order means nothing."""
    with pytest.raises(TypeError):
        Reason("code", "text")


@pytest.mark.parametrize(
    "parts, expected",
    [(("a", 1), "p-b6e2d7aa78"), (("a", "1"), "p-58a6b6204d"), (("\ud800",), "p-90a48624a2")],
)
def test_stable_ids_are_equal_for_equal_parts_everywhere(parts, expected):
    """Ten hex digits, the same on every machine; lone surrogates are no reason to fail."""
    assert stable_id("p", *parts) == expected


times = st.integers(0, 2**50)


@given(times, times, st.text(max_size=8), st.text(max_size=8))
def test_a_capture_is_known_again_by_what_was_seen(at, other, title, text):
    """The same record has the same 63-bit identity, whoever reports it; another time or title has another."""
    one = Capture(at=at, kind=CaptureKind.FOCUS, source="focus", app="mail", title=title)
    same = Capture(
        at=at, kind=CaptureKind.FOCUS, source="import:x", app="mail", title=title, pid=7, run_id="r-1"
    )
    differs = Capture(at=other, kind=CaptureKind.FOCUS, source="focus", app="mail", title=text)
    assert one.digest == same.digest
    assert 0 <= one.digest < 2**63
    assert (one.digest == differs.digest) is ((at, title) == (other, text))


class Script(Value):
    """Parameters of a made-up action."""

    code: str
    env: dict[str, str] = {}


@pytest.mark.parametrize(
    "action, parameters",
    [
        ("run_scripts", Script(code="echo 1")),
        ("run_script", Script(code="echo 1 ")),
        ("run_script", Script(code="echo l")),
        ("run_script", Script(code="echo 1", env={"A": "1"})),
    ],
)
def test_any_change_of_what_would_be_done_changes_the_digest(action, parameters):
    """Another action, one more blank, a look-alike, one more variable."""
    approved = action_digest("run_script", Script(code="echo 1"))
    assert (len(approved), action_digest(action, parameters) == approved) == (64, False)


def test_the_order_of_a_table_does_not_change_the_digest():
    """The same action is the same action."""
    one, other = ({"A": "1", "B": "2"}, {"B": "2", "A": "1"})
    assert action_digest("x", Script(code="", env=one)) == action_digest("x", Script(code="", env=other))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30), st.text(max_size=30))
def test_two_scripts_share_a_digest_only_when_they_are_the_same(one, other):
    """Whatever text they consist of."""
    try:
        pair = action_digest("x", Script(code=one)), action_digest("x", Script(code=other))
    except UnicodeEncodeError:
        return
    assert (pair[0] == pair[1]) is (one == other)


def test_only_queued_running_and_waiting_runs_go_on():
    """Every other status is final."""
    going = {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING_APPROVAL}
    assert {status for status in RunStatus if not status.is_final} == going


@pytest.mark.parametrize("triggers, manual", [((ManualTrigger(),), True), ((), True)])
def test_what_only_the_person_starts_is_manual(triggers, manual):
    """One other trigger, and it is not."""
    workflow = a_workflow(triggers=triggers)
    mixed = msgspec.structs.replace(workflow, triggers=(*triggers, CaptureTrigger(symbols=("a",))))
    assert (workflow.is_manual_only, mixed.is_manual_only) == (manual, False)


@pytest.mark.parametrize(
    "state, usable", [("ready", True), ("degraded", True), ("missing", False), ("untested", False)]
)
def test_a_capability_is_relied_on_only_when_it_was_seen_to_work(state, usable):
    """Untested is not ready."""
    assert Capability(name="focus", state=state).is_usable is usable


def test_words_that_are_stored_never_change():
    """Databases and programs of other people know them."""
    assert [each.value for each in Answer] == ["do", "not_now", "never", "always"]
    assert [each.value for each in Scope] == ["once", "session", "always", "never"]
    assert [each.value for each in SuggestionStatus] == [
        "waiting",
        "approved",
        "not_now",
        "never",
        "expired",
        "withdrawn",
    ]
    assert [each.value for each in UndoStatus] == [
        "available",
        "none",
        "undone",
        "partly_undone",
        "undo_failed",
        "expired",
        "refused",
    ]
    assert (
        Grant(id="g", workflow_id="w", digest="", scope=Scope.ONCE, given_at=NOON, given_by="cli").used_at
        == 0
    )


def test_what_may_hold_a_secret_is_never_shown_whole():
    """Neither in a log nor in an error: only its kind."""

    class Holder(Unshown):
        value: str

    assert (f"{Holder(value='hunter2')}", repr(Holder(value="hunter2"))) == ("Holder(...)", "Holder(...)")
