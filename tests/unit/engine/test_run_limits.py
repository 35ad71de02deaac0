"""Runs end in time, take turns, and stop when the person says stop."""

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers, held
from understudy.core.action import UndoStatus
from understudy.core.run import RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import Lifecycle, Step
from understudy.engine.execute import stop_all
from understudy.engine.messages import StepEnded, StepPrepared
from understudy.errors import (
    StoppedError,
)

# --- time ----------------------------------------------------------------------------------------


def test_a_step_that_takes_too_long_is_told_to_stop_first():
    """At its own time limit its stop signal is set; if it then ends, the run has timed out."""
    rig = held(Step(action="open", timeout=10 * SECOND), "send")
    rig.work()
    rig.wait(10 * SECOND - 1)
    work = next(iter(rig.context.active.values())).works[0]
    assert not work.timeline.stop.is_set()
    rig.wait(1)
    assert work.timeline.stop.is_set()
    rig.work()
    assert (rig.statuses, rig.runs[0].reason, rig.effects()) == (["timed_out"], "timed_out", [])


def test_a_step_that_does_not_stop_has_an_unknown_outcome():
    """Five seconds after it was told to stop, nobody knows; it is said so, and its late end changes nothing."""
    rig = held(Step(action="open", timeout=10 * SECOND))
    rig.work()
    rig.wait(15 * SECOND)
    run = rig.runs[0]
    assert (run.status, run.steps[0].status, run.reason) == (
        RunStatus.UNKNOWN,
        StepStatus.UNKNOWN,
        "timed_out",
    )
    rig.put(StepEnded(run_id=run.id, index=0, error=StoppedError("late")))
    rig.put(StepPrepared(run_id=run.id, index=0, before={}))
    rig.work_on()
    assert (rig.runs[0], rig.keys) == (run, [f"run:{run.id}"])


def test_two_unknown_outcomes_in_a_day_suspend_a_workflow():
    """Not known whether it happened, twice: the person has to look."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written()
    for _ in range(2):
        rig.see("mail")
        rig.work()
        rig.wait(HOUR)
        rig.workers.jobs.clear()
        rig.see("sheet")
    workflow = rig.store.workflows.get("w-1")
    assert (rig.statuses, workflow.lifecycle) == (["unknown"] * 2, Lifecycle.SUSPENDED)


def test_a_step_that_never_began_has_not_happened():
    """Its worker was busy all the time: timed out, not unknown."""
    rig = held("open")
    rig.wait(HOUR)
    assert (rig.statuses, rig.runs[0].text) == (["timed_out"], "It took longer than it may and was ended.")
    rig.work_on()
    assert rig.effects() == []


def test_the_whole_run_has_a_time_limit_too():
    """Two steps with time enough each do not get more than the run has."""
    rig = held(Step(action="open", timeout=MINUTE), Step(action="open", timeout=MINUTE), timeout=70 * SECOND)
    rig.wait(50 * SECOND)
    rig.work(3)
    rig.wait(20 * SECOND)
    rig.work_on()
    assert (rig.statuses, len(rig.effects())) == (["timed_out"], 1)


def test_a_step_that_ends_after_it_was_told_to_stop_is_the_last():
    """It was done after all, and is called done; the next one is not begun."""
    rig = held(Step(action="open", timeout=10 * SECOND), "send")
    rig.actions["open"].in_perform = lambda context: rig.wait(10 * SECOND)
    rig.work(2)
    run = rig.runs[0]
    assert (run.status, [step.status for step in run.steps]) == (
        RunStatus.TIMED_OUT,
        [StepStatus.DONE, StepStatus.PENDING],
    )
    assert (len(rig.effects()), run.undo_status) == (1, UndoStatus.AVAILABLE)


def test_no_effect_after_the_deadline_even_if_nobody_woke_the_engine():
    """A worker looks at the clock itself before it acts."""
    rig = held(Step(action="open", timeout=10 * SECOND))
    rig.work()
    rig.clock.move_to(rig.now + 10 * SECOND)
    rig.work()
    assert (rig.statuses, rig.effects()) == (["timed_out"], [])


def test_an_alarm_for_a_run_that_has_ended_changes_nothing():
    """Its time is over."""
    rig = EngineRig().begin()
    rig.written()
    rig.see("mail")
    rig._on_wake(f"run:{rig.runs[0].id}")
    assert rig.statuses == ["completed"]


# --- turns ---------------------------------------------------------------------------------------


def two_that_type():
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, "type", id="w-1")
    rig.written(Tier.AUTO, "type", "open", id="w-2")
    rig.see("mail")
    return rig


def test_only_one_run_types_at_a_time():
    """The second waits until the first has ended."""
    rig = two_that_type()
    assert (len(rig.workers.jobs), len(rig.context.active)) == (1, 2)
    rig.work(2)
    assert [tag[-1] for _, tag in rig.effects("type")] == ["0"]
    rig.work_on()
    assert (rig.statuses, rig.context.turn, len(rig.effects("type"))) == (["completed"] * 2, "", 2)


def test_a_run_that_waits_too_long_for_its_turn_gives_up():
    """Its time passes while it waits; the turn is not given to it any more."""
    rig = two_that_type()
    first, second = rig.context.active
    rig.scheduler.cancel(f"step:{first}:0")
    rig.wait(6 * MINUTE)
    assert rig.store.runs.get(second).status is RunStatus.TIMED_OUT
    rig.context.active[first].works[0].timeline.deadline += 3600
    rig.work_on()
    assert (len(rig.effects("type")), rig.context.turn) == (1, "")


def test_a_step_that_does_not_type_gives_the_turn_away():
    """Type, then open: while it opens, another run may type."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, "type", "open", id="w-1")
    rig.written(Tier.AUTO, "type", id="w-2")
    rig.see("mail")
    rig.work(2)
    assert len(rig.workers.jobs) == 2
    rig.work_on()
    assert rig.statuses == ["completed"] * 2


# --- stop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [0, 1])
def test_nothing_has_an_effect_after_stop(jobs):
    """Stopped before it prepared or before it acted: no effect, the run is cancelled."""
    rig = held("open", "send")
    rig.work(jobs)
    stop_all(rig.context)
    rig.work_on()
    assert (rig.statuses, rig.effects(), rig.effects("send")) == (["cancelled"], [], [])


def test_a_run_that_begins_at_the_very_moment_of_stop_has_no_effect():
    """Stop is pressed, on another thread, while the run is being written down: it is not missed."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written()
    put = rig.store.runs.put

    def stop_meanwhile(run):
        rig.store.runs.put = put
        stop_all(rig.context)
        put(run)

    rig.store.runs.put = stop_meanwhile
    rig.see("mail")
    rig.work_on()
    assert (rig.statuses, rig.effects()) == (["cancelled"], [])


def test_the_step_at_work_is_told_to_stop():
    """Its stop signal is set; what comes after it is not done."""
    rig = held("open", "send")
    rig.actions["open"].in_perform = lambda context: (stop_all(rig.context), context.stop.wait(0))
    rig.work_on()
    assert (rig.statuses, len(rig.effects()), rig.effects("send")) == (["cancelled"], 1, [])


def test_stop_ends_every_run_those_that_wait_too():
    """Runs that wait for their turn are cancelled with the others."""
    rig = two_that_type()
    rig.ask(lambda service: service.stop())
    rig.work_on()
    assert (rig.statuses, rig.effects("type"), rig.context.turn) == (["cancelled"] * 2, [], "")


def test_after_stop_it_stays_paused_also_after_a_restart():
    """Only resume lets it act again."""
    rig = EngineRig().begin()
    rig.written()
    status = rig.ask(lambda service: service.stop())
    assert (status.state, status.text) == ("paused", "Paused.")
    later = rig.restart()
    later.wait(30 * DAY)
    later.see("mail")
    assert (later.runs, later.context.is_paused) == ([], True)
    later.ask(lambda service: service.resume())
    later.see("mail")
    assert later.statuses == ["completed"]


def test_resume_after_stop_lets_act_again():
    """The same agent goes on."""
    rig = EngineRig().begin()
    rig.written()
    rig.ask(lambda service: service.stop())
    rig.ask(lambda service: service.resume())
    rig.see("mail")
    assert rig.statuses == ["completed"]
