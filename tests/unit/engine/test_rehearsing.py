"""Rehearsing: when a workflow would have run in the past days, and when the person did it themselves."""

import pytest

from tests.fakes.store import NOON
from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.config import Settings
from understudy.core.capture import CaptureKind
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.run import Cause, Run, RunStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    Condition,
    ConditionTrigger,
    EscalationTrigger,
    Operator,
    Rates,
    RunTrigger,
    Step,
    TimeTrigger,
)
from understudy.engine import rehearsing
from understudy.errors import StoreError

MAIL = CaptureTrigger(symbols=("app:mail",))
OPEN_NOTES = Step(action="open_app", parameters={"app": "notes"})


def lived(*days):
    """A rig that has seen some days; each is a list of (minute, app or (kind, text))."""
    rig = TriggerRig(at=NOON)
    rig.context.settings = Settings(privacy=PrivacyRules(record_phrases=True))
    for number, day in enumerate(days):
        for minute, what in day:
            rig.clock.move_to(NOON + number * DAY + round(minute * MINUTE))
            if isinstance(what, str):
                rig.see(what)
            else:
                rig.see("x", what[0], text=what[1])
    rig.clock.move_to(NOON + len(days) * DAY)
    return rig


def rehearse(rig, workflow, days=14):
    reply = rehearsing.begin(workflow, days, rig.context)
    slices = rig.work_off()
    assert (rig.fired, rig.context.rehearsing) == ([], {})
    return reply.result(0), slices


def test_it_says_how_often_it_would_have_run_and_how_often_you_did_it_yourself():
    """Mail three times; notes right after it twice, once too late."""
    own = [(0, "mail"), (1, "notes"), (60, "web")]
    rig = lived(own, own, [(0, "mail"), (9, "notes")])
    found, _ = rehearse(rig, flow("w-1", MAIL, steps=(OPEN_NOTES,)))
    assert found.text == (
        "In the last 14 days it would have run 3 times, 2 of them when you did it yourself."
    )
    assert [(each.at, each.yourself) for each in found.times] == [
        (NOON, True),
        (NOON + DAY, True),
        (NOON + 2 * DAY, False),
    ]
    assert (found.runs, found.yourself, found.captures, found.times[0].why) == (
        3,
        2,
        8,
        "Mail came to the front",
    )


def test_nothing_is_left_behind():
    """No run, no level, no alarm, nothing learned, nothing remembered."""
    rig = lived([(0, "mail"), (1, "notes")])
    before = (dict(rig.scheduler.due), list(rig.context.recent), dict(rig.context.states), rig.context.front)
    low = ConditionTrigger(watch="x", operator=Operator.LT, value=3.0)
    rehearse(rig, flow("w-1", MAIL, low, TimeTrigger(cron="0 * * * *", timezone="UTC"), tier=Tier.AUTO))
    after = (dict(rig.scheduler.due), list(rig.context.recent), dict(rig.context.states), rig.context.front)
    assert before == after
    assert (rig.store.runs.recent(), rig.store.levels.all(), rig.out) == ([], {}, [])


ALL = (
    OPEN_NOTES,
    Step(action="run_script", parameters={"script": "make"}),
    Step(action="type_text", parameters={"text": "Best wishes"}),
    Step(action="open_url", parameters={"url": ""}),
    Step(action="type_text", parameters={"text": "{{ trigger.title }}"}),
    Step(action="notify", parameters={"title": "x"}),
)
MAKE, WISHES = (CaptureKind.COMMAND, "make"), (CaptureKind.PHRASE, "Best wishes")


@pytest.mark.parametrize(
    "day, yourself",
    [
        ([(0, "mail"), (1, "notes"), (2, MAKE), (3, WISHES)], 1),
        ([(0, "mail"), (1, WISHES), (2, "notes"), (3, MAKE)], 1),
        ([(0, "mail"), (1, "notes"), (2, MAKE)], 0),
        ([(0, "notes"), (1, MAKE), (2, WISHES), (3, "mail")], 0),
    ],
)
def test_doing_it_yourself_means_all_of_it_after_the_trigger(day, yourself):
    """In any order; steps that leave no trace do not count."""
    found, _ = rehearse(lived(day), flow("w-1", MAIL, steps=ALL))
    assert (found.runs, found.yourself) == (1, yourself)


def test_what_cannot_be_seen_is_said():
    """A notification is nothing that people do themselves."""
    found, _ = rehearse(lived([(0, "mail")]), flow("w-1", MAIL, steps=(Step(action="notify"),)))
    assert found.text == (
        "In the last 14 days it would have run once. Whether you did the same yourself cannot be seen."
    )


def test_a_workflow_that_never_fired_says_so():
    """And what was left out."""
    found, _ = rehearse(lived([(0, "web")]), flow("w-1", MAIL, EscalationTrigger(after=HOUR)), days=1)
    assert found.text == (
        "In the last day it would never have run. What waits for a question of ours is not rehearsed."
    )


def test_a_time_in_which_nothing_was_seen_says_little():
    """On the first day nobody takes "never" for an answer."""
    found, _ = rehearse(lived([]), flow("w-1", MAIL))
    assert found.text == (
        "In the last 14 days it would never have run. Nothing has been seen in that time, so this says little."
    )


def test_our_own_doing_is_not_yours():
    """What a run opened neither fires nor counts as done by the person."""
    rig = lived([(0, "mail")])
    rig.clock.move_to(NOON + DAY)
    rig.see("notes", run_id="r-1", at=NOON + MINUTE)
    rig.see("mail", run_id="r-1", at=NOON + HOUR)
    found, _ = rehearse(rig, flow("w-1", MAIL, steps=(OPEN_NOTES,)))
    assert (found.runs, found.yourself) == (1, 0)


def test_times_conditions_ages_and_ends_of_runs_are_heard_again_in_order():
    """Every rule holds as it does at work, in the time of then."""
    rig = TriggerRig(at=NOON)
    for minute, value in ((0, 50), (10, 15), (200, 60), (210, 10)):
        rig.clock.move_to(NOON + minute * MINUTE)
        rig.value("battery", value)
    run = Run(
        id="r-1",
        workflow=flow("w-2"),
        cause=Cause(kind="manual"),
        status=RunStatus.COMPLETED,
        created_at=NOON,
        ended_at=NOON + 30 * MINUTE,
    )
    rig.store.runs.put(run)
    rig.clock.move_to(NOON + DAY)
    triggers = (
        ConditionTrigger(watch="battery", operator=Operator.LT, value=20.0),
        AgeTrigger(of=AgedThing.STATE, watch="battery", value="15", longer_than=HOUR),
        TimeTrigger(cron="30 13 * * *", timezone="UTC"),
        RunTrigger(workflow="w-2"),
    )
    found, _ = rehearse(rig, flow("w-1", *triggers), days=1)
    assert [((each.at - NOON) // MINUTE, each.why) for each in found.times] == [
        (10, "battery became 15"),
        (30, "w-2: completed"),
        (70, "battery has been 15 for 60 minutes"),
        (90, "It is time: every day at 13:30"),
        (210, "battery became 10"),
    ]


def test_the_first_value_in_the_time_looked_at_is_not_counted():
    """What it was before is not known: it may have been past the limit for long."""
    values = ((0, "1"), (10, "2"), (20, "9"), (30, "2"))
    rig = lived([(minute, (CaptureKind.STATE, value)) for minute, value in values])
    low = ConditionTrigger(watch="x", operator=Operator.LT, value=3.0)
    found, _ = rehearse(rig, flow("w-1", low))
    assert [(each.at - NOON) // MINUTE for each in found.times] == [30]


def test_conditions_are_those_of_then():
    """At home on the first day, in the office on the second."""
    rig = lived(
        [(0, (CaptureKind.STATE, "home")), (1, "mail"), (9, "web")],
        [(0, (CaptureKind.STATE, "office")), (1, "mail")],
    )
    condition = Condition(field="state.x", operator=Operator.EQ, value="home")
    found, _ = rehearse(rig, flow("w-1", MAIL, conditions=(condition,)))
    assert (found.runs, found.unmet, found.times[0].at) == (1, 1, NOON + MINUTE)


def test_going_back_and_forth_counts_once_and_rates_hold():
    """Five minutes of quiet after a window; files at most six a minute, sixty an hour."""
    there_and_back = [(minute, app) for minute in range(4) for app in ("mail", "notes")]
    found, _ = rehearse(lived(there_and_back), flow("w-1", MAIL))
    assert found.runs == 1
    many = [(number / 20, (CaptureKind.FILE, f"{number}.pdf")) for number in range(60)]
    files = flow("w-1", CaptureTrigger(kind=CaptureKind.FILE))
    assert rehearse(lived(many), files)[0].runs == 18
    few = flow("w-1", CaptureTrigger(kind=CaptureKind.FILE), rates=Rates(per_hour=4))
    assert rehearse(lived(many), few)[0].runs == 4


def test_many_captures_are_read_in_small_slices(monkeypatch):
    """However many fall into a short time; each is heard once."""
    monkeypatch.setattr(rehearsing, "SLICE", 20)
    day = [(number / 600, (CaptureKind.FILE, f"{number}")) for number in range(150)]
    found, slices = rehearse(lived(day), flow("w-1", MAIL), days=2)
    assert (found.captures, slices > 20) == (150, True)


def test_more_captures_at_one_moment_than_a_slice_holds_do_not_stop_it(monkeypatch):
    """A millisecond is not divided further."""
    monkeypatch.setattr(rehearsing, "SLICE", 5)
    day = [(0, (CaptureKind.FILE, f"{number}")) for number in range(12)]
    found, _ = rehearse(lived(day), flow("w-1", MAIL), days=2)
    assert found.captures > 0


def test_who_waits_is_told_when_the_store_fails():
    """The future gets the error, and nothing goes on."""
    rig = lived([(0, "mail")])
    reply = rehearsing.begin(flow("w-1", MAIL), 1, rig.context)
    rig.store.guard.broken = True
    rig.context.store = None
    rig.work_off()
    assert isinstance(reply.exception(0), (StoreError, AttributeError))
    assert rig.context.rehearsing == {}


@pytest.mark.parametrize(
    "trigger, minutes",
    [
        (CaptureTrigger(app="mail", within=2 * MINUTE), 2),
        (TimeTrigger(cron="1 12 * * *", timezone="UTC", window=9 * MINUTE), 10),
        (ConditionTrigger(watch="x", operator=Operator.EQ, value="on"), 5),
    ],
)
def test_how_long_you_may_take_depends_on_the_trigger(trigger, minutes):
    """The window of a time, the span of a row, five minutes for all else."""
    for late in (0, 1):
        day = [(-2, (CaptureKind.STATE, "off")), (0, "mail"), (0, (CaptureKind.STATE, "on"))]
        rig = lived([*day, (minutes + late, "notes")])
        found, _ = rehearse(rig, flow("w-1", trigger, steps=(OPEN_NOTES,)), days=1)
        assert (found.runs, found.yourself) == (1, 1 - late)


def test_the_clock_of_the_past_keeps_the_contract_of_a_clock():
    """Wall-clock and monotonic time go together."""
    past = rehearsing._Past(5_000, "UTC")
    past.refresh()
    assert (past.now(), past.monotonic(), past.zone()) == (5_000, 5.0, "UTC")
