"""One trigger, one event: whether it fires, why, and what it remembers. The table of all types."""

import pytest

from understudy.core.capture import CaptureKind
from understudy.core.event import Event
from understudy.core.triggering import EVENT_OF, FIELDS, evaluate
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    ConditionTrigger,
    EscalationTrigger,
    ManualTrigger,
    Operator,
    RunTrigger,
    StateTrigger,
    TimeTrigger,
)

NINE = 1_773_964_800_000 + 9 * HOUR
"""20 March 2026, 09:00 UTC."""
PAGE = {"kind": "focus", "app": "firefox", "title": "Invoice 42", "url": "https://crm.example/x", "text": ""}


def event(kind, /, **data):
    return Event(kind=kind, at=NINE, data=data)


def said(trigger, happened, *, recent=(), level=""):
    result = evaluate(trigger, happened, recent=recent, level=level)
    return result.fires, result.reason.code, result.level


# --- captures ------------------------------------------------------------------------------------

CAPTURES = [
    ({"title": "*invoice*"}, True, "fires"),
    ({"title": "*INVOICE ??"}, True, "fires"),
    ({"kind": CaptureKind.FOCUS}, True, "fires"),
    ({"kind": CaptureKind.FOCUS, "app": "fire*", "url": "*crm.example*"}, True, "fires"),
    ({"kind": CaptureKind.FILE}, False, "pattern_not_met"),
    ({"app": "chrome"}, False, "pattern_not_met"),
    ({"app": "firefox", "title": "receipt*"}, False, "pattern_not_met"),
    ({"url": "http:*"}, False, "pattern_not_met"),
    ({"text": "?*"}, False, "pattern_not_met"),
    ({}, False, "nothing_to_wait_for"),
    ({"symbols": ("app:mail", "app:firefox")}, True, "fires"),
    ({"symbols": ("app:mail", "app:firefox"), "title": "*invoice*"}, True, "fires"),
    ({"symbols": ("app:mail", "app:firefox"), "title": "*receipt*"}, False, "pattern_not_met"),
    ({"symbols": ("app:notes", "app:firefox")}, False, "row_not_complete"),
    ({"symbols": ("app:firefox", "app:mail"), "title": "*invoice*"}, False, "row_not_complete"),
]


@pytest.mark.parametrize("fields, fires, code", CAPTURES)
def test_a_capture_fires_by_its_row_and_by_its_patterns(fields, fires, code):
    """All that is given must fit; without case, * and ? as in file names."""
    recent = ((NINE - MINUTE, "app:mail"), (NINE, "app:firefox"))
    assert said(CaptureTrigger(**fields), event("capture", **PAGE), recent=recent) == (fires, code, "")


def test_what_does_not_fit_is_named():
    """The first field that is not like its pattern."""
    reason = evaluate(CaptureTrigger(app="chrome"), event("capture", **PAGE)).reason
    assert (reason.text, reason.seen) == (
        'The app is not like "chrome"',
        {"field": "app", "wanted": "chrome"},
    )


# --- watched values ------------------------------------------------------------------------------

LOW = ConditionTrigger(watch="battery", operator=Operator.LT, value=20.0, hysteresis=5.0)
HIGH = ConditionTrigger(watch="battery", operator=Operator.GT, value=80.0, hysteresis=5.0)
PLAIN = ConditionTrigger(watch="battery", operator=Operator.LT, value=20.0)
HOME = ConditionTrigger(watch="battery", operator=Operator.CONTAINS, value="home")
ANY = ConditionTrigger(watch="battery", operator=Operator.EXISTS, value="")
NO_LIMIT = ConditionTrigger(watch="battery", operator=Operator.LT, value="low")

EDGES = [
    (LOW, "", "50", False, "limit_not_passed", "unmet"),
    (LOW, "", "10", True, "fires", "met"),
    (LOW, "", "22", False, "limit_not_passed", "unmet"),
    (HIGH, "", "81", True, "fires", "met"),
    (HOME, "", "At Home", True, "fires", "met"),
    (LOW, "unmet", "20", False, "limit_not_passed", "unmet"),
    (LOW, "unmet", "19.9", True, "fires", "met"),
    (LOW, "unmet", 15, True, "fires", "met"),
    (LOW, "met", "15", False, "still_met", "met"),
    (LOW, "met", "21", False, "still_met", "met"),
    (LOW, "met", "24", False, "still_met", "met"),
    (LOW, "met", "25", False, "limit_not_passed", "unmet"),
    (LOW, "met", "?", False, "not_a_number", "met"),
    (LOW, "", "?", False, "not_a_number", ""),
    (HIGH, "unmet", "81", True, "fires", "met"),
    (HIGH, "met", "76", False, "still_met", "met"),
    (HIGH, "met", "75", False, "limit_not_passed", "unmet"),
    (PLAIN, "met", "20", False, "limit_not_passed", "unmet"),
    (PLAIN, "unmet", "19", True, "fires", "met"),
    (NO_LIMIT, "unmet", "19", False, "not_a_number", "unmet"),
    (HOME, "unmet", "At Home", True, "fires", "met"),
    (HOME, "met", "home 2", False, "still_met", "met"),
    (HOME, "met", "office", False, "limit_not_passed", "unmet"),
    (ANY, "unmet", "x", True, "fires", "met"),
    (ANY, "met", "", False, "limit_not_passed", "unmet"),
]


@pytest.mark.parametrize("trigger, level, value, fires, code, after", EDGES)
def test_a_condition_fires_on_the_edge_with_hysteresis(*, trigger, level, value, fires, code, after):
    """Only coming to meet it counts, also with the first value ever, and going back resets it."""
    assert said(trigger, event("state", watch="battery", value=value), level=level) == (fires, code, after)


def test_a_condition_leaves_other_values_alone():
    """Its level stays."""
    assert said(LOW, event("state", watch="disk", value="1"), level="unmet") == (
        False,
        "other_value",
        "unmet",
    )


CHANGES = [
    ({}, "mains", "battery", True, "fires"),
    ({"to": "battery"}, "mains", "Battery", True, "fires"),
    ({"to": "batt*", "before": "main?"}, "mains", "battery", True, "fires"),
    ({"to": "mains"}, "mains", "battery", False, "other_change"),
    ({"before": "off"}, "mains", "battery", False, "other_change"),
    ({}, "mains", "Mains", False, "no_change"),
    ({"to": "battery"}, "", "battery", False, "first_value"),
    ({"watch": "network"}, "mains", "battery", False, "other_value"),
]


@pytest.mark.parametrize("fields, before, value, fires, code", CHANGES)
def test_a_state_fires_when_it_changes_as_described(fields, before, value, fires, code):
    """From and to, each any if empty; the first value seen is no change."""
    trigger = StateTrigger(**({"watch": "power"} | fields))
    happened = event("state", watch="power", value=value, before=before)
    assert said(trigger, happened) == (fires, code, "")


# --- ages, escalations, runs, times, the person ---------------------------------------------------

IDLE = AgeTrigger(of=AgedThing.STATE, watch="presence", value="idle", longer_than=30 * MINUTE)
LONG = AgeTrigger(of=AgedThing.FOCUS, value="*game*", longer_than=HOUR)
OLD = AgeTrigger(of=AgedThing.APPROVAL, longer_than=HOUR)


def state(**fields):
    return {"of": "state", "watch": "presence", "value": "idle", "since": 5, "lasted": HOUR} | fields


AGES = [
    (IDLE, state(), "", True, "fires", "5"),
    (IDLE, state(lasted=30 * MINUTE), "4", True, "fires", "5"),
    (IDLE, state(), "5", False, "fired_before", "5"),
    (IDLE, state(lasted=30 * MINUTE - 1), "4", False, "not_yet", "4"),
    (IDLE, state(lasted=None), "4", False, "not_yet", "4"),
    (IDLE, state(value="locked"), "4", False, "other_value", "4"),
    (IDLE, state(watch="power"), "4", False, "other_value", "4"),
    (IDLE, state(of="focus"), "4", False, "other_thing", "4"),
    (LONG, state(of="focus", watch="", value="Supergame"), "", True, "fires", "5"),
    (LONG, state(of="focus", watch="", value="mail"), "", False, "other_value", ""),
    (OLD, {"of": "approval", "suggestion": "s-1", "since": 5, "lasted": HOUR}, "5", True, "fires", "s-1"),
    (OLD, {"of": "approval", "suggestion": "s-1", "lasted": HOUR}, "s-1", False, "fired_before", "s-1"),
]


@pytest.mark.parametrize("trigger, data, level, fires, code, after", AGES)
def test_an_age_fires_once_for_each_beginning(*, trigger, data, level, fires, code, after):
    """Long enough, the right thing, and not what it has fired for already."""
    assert said(trigger, event("age", **data), level=level) == (fires, code, after)


WAITS = {"workflow": "w-9", "lasted": HOUR}
OTHERS = [
    (EscalationTrigger(after=HOUR), event("escalation", **WAITS), True, "fires"),
    (EscalationTrigger(after=HOUR, workflow="w-9"), event("escalation", **WAITS), True, "fires"),
    (EscalationTrigger(after=HOUR, workflow="w-8"), event("escalation", **WAITS), False, "other_workflow"),
    (EscalationTrigger(after=HOUR + 1), event("escalation", **WAITS), False, "not_yet"),
    (EscalationTrigger(after=HOUR), event("escalation"), False, "not_yet"),
    (RunTrigger(workflow="w-9"), event("run", workflow="w-9", status="completed"), True, "fires"),
    (RunTrigger(workflow="w-9"), event("run", workflow="w-9", status="failed"), False, "other_status"),
    (
        RunTrigger(workflow="w-9", statuses=("failed", "timed_out")),
        event("run", workflow="w-9", status="failed"),
        True,
        "fires",
    ),
    (RunTrigger(workflow="w-8"), event("run", workflow="w-9", status="completed"), False, "other_workflow"),
    (TimeTrigger(cron="0 9 * * *", timezone="UTC"), event("time", due=NINE), True, "fires"),
    (TimeTrigger(cron="0 9 * * *", timezone="UTC"), event("time", due=NINE + 1), False, "other_time"),
    (TimeTrigger(cron="0 8 * * *", timezone="UTC"), event("time", due=NINE), False, "other_time"),
    (TimeTrigger(cron="0 9 * * *", timezone="UTC"), event("time", due="nine"), False, "other_time"),
    (ManualTrigger(), event("manual"), True, "fires"),
]


@pytest.mark.parametrize("trigger, happened, fires, code", OTHERS)
def test_what_has_waited_ended_or_come_fires_its_trigger(trigger, happened, fires, code):
    """Escalations, ends of runs, times, and the person."""
    assert said(trigger, happened) == (fires, code, "")


EVERY = (
    CaptureTrigger(title="*"),
    TimeTrigger(cron="0 9 * * *", timezone="UTC"),
    LOW,
    StateTrigger(watch="power"),
    IDLE,
    EscalationTrigger(after=HOUR),
    RunTrigger(workflow="w-9"),
    ManualTrigger(),
)


@pytest.mark.parametrize("kind", sorted(FIELDS))
@pytest.mark.parametrize("trigger", EVERY, ids=lambda each: type(each).__name__)
def test_a_trigger_listens_to_its_own_kind_of_event_alone(trigger, kind):
    """Any other event leaves it as it is; an event of its kind without any data does it no harm."""
    fires, code, level = said(trigger, event(kind), level="kept")
    if kind == EVENT_OF[type(trigger)]:
        assert code != "other_event"
    else:
        assert (fires, code, level) == (False, "other_event", "kept")
