"""What fires, when, and what its tier lets it do."""

from datetime import UTC, datetime

import pytest

from tests.fakes.engine_rig import MAIL, EngineRig, a_workflow
from understudy.core.capture import CaptureKind
from understudy.core.run import RunStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import CaptureTrigger, Lifecycle, ManualTrigger, TimeTrigger

FIVE = TimeTrigger(cron="0 17 * * *", timezone="Europe/Berlin")
"""17:00, four hours after the rig's time."""


def at(hour, minute=0, day=20):
    return int(datetime(2025, 11, day, hour - 1, minute, tzinfo=UTC).timestamp() * 1000)


def timed(trigger=FIVE, *steps, tier=Tier.AUTO, at_time=None):
    rig = EngineRig(at=at_time or at(13)).begin()
    rig.written(tier, *steps, triggers=(trigger,))
    return rig


# --- tiers ---------------------------------------------------------------------------------------


def test_observe_writes_down_what_it_would_have_done_and_does_nothing():
    """A dry run is recorded as skipped, with every step in words."""
    rig = EngineRig().begin()
    rig.written(Tier.OBSERVE, "open", "notify")
    rig.see("mail")
    run = rig.runs[0]
    assert (run.status, run.reason, run.text) == (
        RunStatus.SKIPPED,
        "tier_observe",
        "Would have done: open it; notify it",
    )
    assert (rig.effects("open"), rig.effects("notify"), rig.keys) == ([], [], [])


def test_suggest_only_asks():
    """Nothing runs before the answer."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    assert (rig.effects(), rig.runs, len(rig.waiting)) == ([], [], 1)


def test_auto_runs_by_itself_with_its_cause():
    """The run remembers what made it happen."""
    rig = EngineRig().begin()
    rig.written()
    rig.see("mail")
    cause = rig.runs[0].cause
    assert (rig.statuses, cause.kind, cause.ref, cause.text) == (
        ["completed"],
        "capture",
        "capture:1",
        "Mail came to the front",
    )


def test_a_trigger_that_is_no_window_is_named_as_it_is():
    """The cause of a command trigger says which command was seen."""
    rig = EngineRig().begin()
    rig.written(triggers=(CaptureTrigger(symbols=("cmd:make",)),))
    rig.see("bash", kind=CaptureKind.COMMAND, text="make")
    assert rig.runs[0].cause.text == "make was run"


@pytest.mark.parametrize("lifecycle", [each for each in Lifecycle if each is not Lifecycle.ACTIVE])
def test_only_active_workflows_run(lifecycle):
    """Drafts, suspended, stale and archived ones do nothing, whatever their tier."""
    rig = EngineRig().begin()
    rig.written(lifecycle=lifecycle)
    rig.see("mail")
    assert (rig.runs, rig.waiting) == ([], [])


# --- captures ------------------------------------------------------------------------------------


def test_the_same_window_again_is_the_same_event():
    """A changed title is not an arrival: it asks and runs once."""
    rig = EngineRig().begin()
    rig.written()
    rig.see("mail", title="a")
    rig.wait(HOUR)
    rig.see("mail", title="b")
    assert len(rig.runs) == 1


def test_going_back_within_five_minutes_does_not_call_again():
    """A trigger that has just fired stays quiet; after five minutes it is heard again."""
    rig = EngineRig().begin()
    rig.written()
    for wait in (0, 2 * MINUTE, 3 * MINUTE):
        rig.wait(wait)
        rig.see("mail")
        rig.see("notes")
    assert len(rig.runs) == 2


def test_a_trigger_right_after_its_run_is_left_out_of_all_counts():
    """What it calls for was done by us a moment ago: that the person does not do it again is no miss."""
    rig = EngineRig().begin()
    rig.written(pattern_id="p-1")
    for _ in range(2):
        rig.see("mail")
        rig.wait(MINUTE)
        rig.see("notes")
    assert (len(rig.runs), rig.learner.taken) == (1, [(1, "p-1"), (3, "p-1")])
    assert [each.symbol.template for each in rig.store.captures.history(9)] == ["app:notes"] * 2


def test_a_trigger_right_after_its_question_still_counts():
    """Nothing was done, so what the person does now says something."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, pattern_id="p-1")
    for _ in range(2):
        rig.see("mail")
        rig.wait(MINUTE)
        rig.see("notes")
    assert (len(rig.waiting), rig.learner.taken) == (1, [])


def test_a_clock_set_back_does_not_silence_a_trigger():
    """Time that seems to lie in the future does not keep a workflow quiet for ever."""
    rig = EngineRig().begin()
    rig.written()
    rig.context.last_fired["w-1"] = rig.now + DAY
    rig.see("mail")
    assert len(rig.runs) == 1


def test_what_is_never_mined_fires_nothing():
    """A capture without a template passes by."""
    rig = EngineRig().begin()
    rig.written()
    rig.presence("active")
    assert (rig.runs, list(rig.context.recent)) == ([], [])


def test_a_longer_trigger_waits_for_all_of_it():
    """Mail alone starts nothing where Mail, then Tracker is asked for."""
    rig = EngineRig().begin()
    rig.written(triggers=(CaptureTrigger(symbols=("app:mail", "app:tracker")),))
    rig.see("tracker")
    rig.see("mail")
    assert rig.runs == []
    rig.wait(MINUTE)
    rig.see("tracker")
    assert len(rig.runs) == 1


# --- times ---------------------------------------------------------------------------------------


def test_a_time_trigger_runs_at_its_time_each_day():
    """17:00 on two days: two runs, the cause says which time."""
    rig = timed()
    rig.wait(28 * HOUR)
    assert [run.created_at for run in rig.runs] == [at(17), at(17, day=21)]
    assert rig.runs[0].cause.ref == f"time:{at(17)}"


@pytest.mark.parametrize(
    "trigger, steps, late, count",
    [
        (FIVE, ("open",), 59, 1),
        (FIVE, ("open",), 60, 1),
        (FIVE, ("open",), 61, 0),
        (FIVE, ("open", "type"), 5, 1),
        (FIVE, ("open", "type"), 6, 0),
        (TimeTrigger(cron="0 17 * * *", timezone="Europe/Berlin", misfire="skip"), ("open",), 5, 1),
        (TimeTrigger(cron="0 17 * * *", timezone="Europe/Berlin", misfire="skip"), ("open",), 6, 0),
    ],
)
def test_a_time_slept_through_is_caught_up_within_an_hour(trigger, steps, late, count):
    """At most an hour late, once; not where skip is said; and typing never catches up."""
    rig = timed(trigger, *steps)
    rig.sleep(4 * HOUR + late * MINUTE)
    rig.sleep(10 * MINUTE)
    assert len(rig.runs) == count


def test_several_times_slept_through_are_caught_up_once():
    """Every ten minutes, asleep for fifty: one run."""
    rig = timed(TimeTrigger(cron="*/10 * * * *", timezone="UTC"))
    rig.sleep(51 * MINUTE)
    assert len(rig.runs) == 1


def test_a_workflow_changed_before_the_missed_time_is_heard_does_not_lose_it():
    """After waking up, whatever happens first, the missed time is still caught up once."""
    rig = timed()
    rig.clock.move_to(at(17, 20))
    rig.written(id="w-2")
    rig.sleep(0)
    rig.sleep(MINUTE)
    assert [run.created_at for run in rig.runs] == [at(17, 20)]


def test_a_time_heard_twice_runs_once():
    """A second wake-up for the same time, or one after the clock was set back, changes nothing."""
    rig = timed()
    rig.wait(4 * HOUR)
    rig._on_wake("workflow:w-1")
    assert (len(rig.runs), rig.scheduler.due["workflow:w-1"]) == (1, at(17, day=21))


@pytest.mark.parametrize("key", ["workflow:w-9", "workflow:w-1"])
def test_a_wake_up_for_what_is_no_longer_armed_does_nothing(key):
    """A deleted or suspended workflow has no time any more."""
    rig = timed()
    rig.ask(lambda service: service.set_enabled("w-1", enabled=False))
    assert "workflow:w-1" not in rig.scheduler.due
    rig._on_wake(key)
    assert rig.runs == []


def test_an_alarm_that_nobody_set_is_not_heard():
    """A wake-up for an armed workflow without a time of its own starts nothing."""
    rig = EngineRig().begin()
    rig.written(triggers=(MAIL, ManualTrigger()))
    rig._on_wake("workflow:w-1")
    assert rig.runs == []


def test_a_time_that_never_comes_sets_no_alarm():
    """The 31st of February is no date to wait for."""
    rig = timed(TimeTrigger(cron="0 0 31 2 *", timezone="UTC"))
    assert "workflow:w-1" not in rig.scheduler.due


@pytest.mark.parametrize("off, count", [(20 * MINUTE, 1), (61 * MINUTE, 0)])
def test_a_time_missed_while_no_agent_ran_is_caught_up_within_an_hour(off, count):
    """Switched on at 17:20 the 17:00 workflow runs, once, however often the agent is restarted."""
    rig = timed()
    rig.clock.move_to(at(17) + off)
    assert len(rig.restart().restart().runs) == count


def test_a_time_that_was_asked_for_is_not_asked_again_after_a_restart():
    """Its question stands already."""
    rig = timed(tier=Tier.SUGGEST)
    rig.wait(4 * HOUR)
    first = [each.offered_at for each in rig.waiting]
    rig.clock.move_to(at(17, 20))
    assert [each.offered_at for each in rig.restart().waiting] == first == [at(17)]


def test_a_time_before_the_workflow_was_saved_was_not_missed():
    """Saving a 17:00 workflow at 17:10 runs nothing today."""
    rig = timed(at_time=at(17, 10))
    assert rig.restart().runs == []


def test_nothing_fires_while_paused():
    """Neither captures nor times start anything, and nothing is caught up when the pause ends."""
    rig = timed()
    rig.ask(lambda service: service.pause(300))
    rig.wait(6 * HOUR)
    assert (rig.runs, rig.context.is_paused) == ([], False)


def test_what_was_stopped_fires_nothing_even_before_the_pause_is_stored():
    """From the moment of stop on nothing new begins."""
    rig = EngineRig().begin()
    rig.save(a_workflow(Tier.SUGGEST))
    rig.context.halted.set()
    rig.see("mail")
    assert (rig.runs, rig.waiting) == ([], [])
