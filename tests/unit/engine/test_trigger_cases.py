"""Use cases around triggers: try one out, rehearse, and the watched values."""

import pytest

from tests.fakes.engine_rig import EngineRig
from tests.fakes.store import NOON
from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.core.ports import CaptureQuery
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import (
    CaptureTrigger,
    Condition,
    ConditionTrigger,
    Lifecycle,
    ManualTrigger,
    Operator,
    StateTrigger,
)
from understudy.engine.cases.triggers import TriggerCases
from understudy.errors import ConflictError, InvalidInputError, NotFoundError

MAIL = CaptureTrigger(symbols=("app:notes", "app:mail"))
INVOICE = CaptureTrigger(title="*invoice*")


class Cases(TriggerCases):
    """The use cases alone."""

    def __init__(self, context):
        self._context = context


def cases(*workflows, **options):
    rig = TriggerRig(*workflows, **options)
    return Cases(rig.context), rig


def capture(**data):
    return {"kind": "capture", "data": data}


# --- evaluate ------------------------------------------------------------------------------------


def test_each_trigger_and_condition_says_what_it_makes_of_an_event():
    """With its words and its reason; and what would follow, step by step."""
    condition = Condition(field="state.network", operator=Operator.EQ, value="home")
    service, _ = cases(flow("w-1", INVOICE, MAIL, ManualTrigger(), conditions=(condition,)))
    found = service.evaluate("w-1", capture(app="mail", title="Invoice 3"))
    assert [(each.when, each.fires, each.reason.code) for each in found.triggers] == [
        ('after anything is seen with title like "*invoice*"', True, "fires"),
        ("after Notes came to the front, then Mail came to the front", False, "row_not_complete"),
        ("when you start it", False, "other_event"),
    ]
    assert [(each.field, each.holds, each.reason.code) for each in found.conditions] == [
        ("state.network", False, "field_missing")
    ]
    assert (found.fires, found.text, found.plan) == (False, "Nothing would happen.", ("open it",))
    assert found.event.data["title"] == "Invoice 3"


def test_a_row_counts_what_was_really_seen_before():
    """Notes a minute ago, then the event: it would fire; and nothing is remembered of it."""
    service, rig = cases(flow("w-1", MAIL))
    rig.see("notes")
    before = list(rig.context.recent)
    for _ in range(2):
        assert service.evaluate("w-1", capture(app="mail")).fires
    assert (list(rig.context.recent), rig.fired) == (before, [])
    assert not service.evaluate("w-1", capture(app="notes")).fires
    assert not service.evaluate("w-1", capture(kind="presence", text="idle")).fires


def test_a_state_is_compared_with_what_it_is_now_and_a_level_with_what_was_remembered():
    """`before` goes without saying, and may be said."""
    low = ConditionTrigger(watch="power", operator=Operator.EQ, value="battery")
    service, rig = cases(flow("w-1", StateTrigger(watch="power", to="battery"), low))
    rig.value("power", "mains")
    event = {"kind": "state", "data": {"watch": "power", "value": "battery"}}
    assert [each.fires for each in service.evaluate("w-1", event).triggers] == [True, True]
    event["data"]["before"] = ""
    assert [each.fires for each in service.evaluate("w-1", event).triggers] == [False, True]
    assert rig.context.states == {"power": "mains"}


def test_every_kind_of_event_can_be_tried():
    """The person's own start fires a manual trigger."""
    service, _ = cases(flow("w-1", ManualTrigger()))
    assert service.evaluate("w-1", {"kind": "manual"}).fires


FOLLOWS = [
    ({"tier": Tier.AUTO}, "It would run."),
    ({"tier": Tier.SUGGEST}, "You would be asked."),
    ({"tier": Tier.OBSERVE}, "It would only be written down."),
    ({"lifecycle": Lifecycle.SUSPENDED}, "It is suspended, so nothing would happen."),
    ({"snoozed_until": NOON + DAY}, "It is snoozed, so nothing would happen."),
]


@pytest.mark.parametrize("fields, text", FOLLOWS)
def test_what_would_follow_depends_on_trust_and_life(fields, text):
    """A trigger that fires is not all."""
    service, _ = cases(flow("w-1", INVOICE, **fields))
    assert service.evaluate("w-1", capture(title="invoice")).text == text


WRONG = [
    ({"kind": "capture", "dat": {}}, "The event is not valid"),
    ({}, "The event is not valid"),
    ({"kind": "sound"}, "There are no sound events"),
    (capture(kind="sound"), "The capture is not valid"),
    (capture(title=5), "The capture is not valid"),
]


@pytest.mark.parametrize("event, title", WRONG)
def test_an_event_that_is_none_is_refused(event, title):
    """With what is wrong and what it looks like."""
    service, _ = cases(flow("w-1", INVOICE))
    with pytest.raises(InvalidInputError) as caught:
        service.evaluate("w-1", event)
    assert caught.value.title == title


# --- rehearse ------------------------------------------------------------------------------------


def test_a_rehearsal_goes_through_the_engine():
    """In slices between its other work; the future gets the answer."""
    service, rig = cases(flow("w-1", INVOICE))
    rig.see("mail", title="invoice")
    rig.clock.move_to(NOON + HOUR)
    reply = service.rehearse("w-1", 1)
    assert not reply.done()
    assert rig.work_off() > 2
    assert reply.result(0).runs == 1


@pytest.mark.parametrize("days", [0, 91])
def test_only_some_days_can_be_rehearsed(days):
    """One to ninety."""
    service, _ = cases(flow("w-1", INVOICE))
    with pytest.raises(InvalidInputError):
        service.rehearse("w-1", days)


def test_unknown_workflows_are_not_found():
    """By each of them."""
    service, _ = cases()
    for call in (
        lambda: service.evaluate("w-9", capture()),
        lambda: service.rehearse("w-9"),
    ):
        with pytest.raises(NotFoundError):
            call()


# --- watched values ------------------------------------------------------------------------------


def test_a_value_from_outside_is_watched_like_any_other():
    """It fires, it is shown, and it keeps its time while it stays the same."""
    trigger = ConditionTrigger(watch="build.queue", operator=Operator.GT, value=10.0)
    service, rig = cases(flow("w-1", trigger))
    for value in (3, 12.0, "12"):
        answer = service.signal("build.queue", value)
        rig.work_off()
        rig.wait(MINUTE)
    assert (rig.fired, answer.since) == (["w-1"], NOON + MINUTE)
    watched = service.watched()
    assert {name: (each.value, each.since) for name, each in watched.items()} == {
        "build.queue": ("12", NOON + MINUTE)
    }
    assert {each.capture.source for each in rig.store.captures.find(CaptureQuery())} == {"api"}


REFUSED = [
    ("Build", "1", InvalidInputError),
    ("", "1", InvalidInputError),
    ("x" * 65, "1", InvalidInputError),
    ("a b", "1", InvalidInputError),
    ("x", "", InvalidInputError),
    ("x", "y" * 1001, InvalidInputError),
]


@pytest.mark.parametrize("name, value, error", REFUSED)
def test_what_is_no_watched_value_is_refused(name, value, error):
    """Names of 1 to 64 of a-z 0-9 _ . -, values of 1 to 1000 characters."""
    service, rig = cases()
    with pytest.raises(error):
        service.signal(name, value)
    assert rig.posted == []


def test_nothing_is_watched_while_paused():
    """The one who signals is told."""
    service, rig = cases()
    rig.context.paused_until = 0
    with pytest.raises(ConflictError):
        service.signal("x", 1)


# --- why not -------------------------------------------------------------------------------------


def test_why_it_did_not_run_is_told():
    """Snoozed, and which condition did not hold the last time a trigger fired."""
    rig = EngineRig().begin()
    conditions = (Condition(field="state.network", operator=Operator.EQ, value="home"),)
    rig.written(conditions=conditions)
    rig.see("mail")
    rig.ask(lambda service: service.snooze("w-1", 5))
    reasons = rig.ask(lambda service: service.why_not("w-1")).reasons
    assert [each.code for each in reasons] == ["snoozed", "field_missing"]
    assert reasons[1].text == "There is no state.network"
