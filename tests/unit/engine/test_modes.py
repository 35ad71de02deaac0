"""A workflow fires while a run of it goes on: nothing new, the new one instead, one after the other, or both."""

import pytest

from tests.fakes.clock import ShiftedClock
from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers, a_workflow
from understudy.core.run import Cause
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE, SECOND
from understudy.core.workflow import DelayStep, Mode, Rates, Step
from understudy.engine.messages import RunWanted
from understudy.errors import RefusedError


def rig_with(mode, *steps, workers=None, **fields):
    rig = EngineRig(workers=workers or HeldWorkers()).begin()
    rig.save(a_workflow(Tier.AUTO, *steps, mode=mode, **fields))
    return rig


def fire(rig, name, **fields):
    workflow = rig.store.workflows.get("w-1")
    rig.put(
        RunWanted(run_id=name, workflow=workflow, cause=Cause(kind="manual"), is_automatic=True, **fields)
    )


def stands(rig):
    return {run.id: (run.status.value, run.reason) for run in rig.runs}


def test_single_lets_nothing_new_begin():
    """The second is skipped with its reason, and who asked for it hears so."""
    rig = rig_with(Mode.SINGLE)
    fire(rig, "r-1")
    fire(rig, "r-2")
    assert stands(rig) == {"r-1": ("running", ""), "r-2": ("skipped", "already_running")}
    with pytest.raises(RefusedError, match="was not run"):
        rig.run_now()
    rig.work_on()
    assert len(rig.effects()) == 1


def test_single_counts_a_run_that_only_waits():
    """A delay of an hour is a run that goes on."""
    rig = rig_with(Mode.SINGLE, DelayStep(lasts=HOUR), "open")
    fire(rig, "r-1")
    rig.wait(MINUTE)
    fire(rig, "r-2")
    assert stands(rig)["r-2"] == ("skipped", "already_running")


def test_restart_cancels_the_one_going_on_and_begins_once_it_has_ended():
    """Told to stop first: the two never act at the same time."""
    rig = rig_with(Mode.RESTART)
    fire(rig, "r-1")
    rig.work()
    fire(rig, "r-2")
    assert stands(rig) == {"r-1": ("running", "restarted"), "r-2": ("queued", "")}
    rig.work_on()
    assert stands(rig) == {"r-1": ("cancelled", "restarted"), "r-2": ("completed", "")}
    assert [tag for _, tag in rig.effects()] == ["r-2.0"]


def test_restart_puts_the_newest_in_the_place_of_all_others():
    """Queued ones give way, too; one that only waits gives way at once."""
    rig = rig_with(Mode.RESTART)
    for name in ("r-1", "r-2", "r-3"):
        fire(rig, name)
    rig.work_on()
    assert [stands(rig)[name][1] for name in ("r-1", "r-2", "r-3")] == ["restarted", "restarted", ""]
    rig = rig_with(Mode.RESTART, DelayStep(lasts=HOUR), "open")
    fire(rig, "r-1")
    fire(rig, "r-2")
    assert stands(rig) == {"r-1": ("cancelled", "restarted"), "r-2": ("running", "")}


def test_queued_ones_run_one_after_the_other_oldest_first():
    """Three wait in the journal, more than that are skipped."""
    rig = rig_with(Mode.QUEUED, most=4)
    for number in range(1, 6):
        fire(rig, f"r-{number}")
    assert [status for status, _ in stands(rig).values()] == [
        "running",
        "queued",
        "queued",
        "queued",
        "skipped",
    ]
    assert stands(rig)["r-5"] == ("skipped", "too_many_runs")
    assert rig.store.runs.get("r-2").started_at == 0
    rig.work_on()
    assert [tag for _, tag in rig.effects()] == ["r-1.0", "r-2.0", "r-3.0", "r-4.0"]


def test_who_asks_for_a_queued_run_is_not_kept_waiting():
    """They get it as it stands in the line."""
    rig = rig_with(Mode.QUEUED)
    fire(rig, "r-1")
    assert rig.run_now().status.value == "queued"


def test_parallel_ones_go_on_side_by_side_up_to_the_most():
    """Two at once, the third is skipped."""
    rig = rig_with(Mode.PARALLEL, most=2)
    for number in range(1, 4):
        fire(rig, f"r-{number}")
    assert len(rig.workers.jobs) == 2
    rig.work_on()
    assert stands(rig)["r-3"] == ("skipped", "too_many_runs")
    assert len(rig.effects()) == 2


def test_a_queued_run_that_may_no_longer_start_is_skipped_and_the_next_one_has_its_turn():
    """The limit of a minute is reached while it waits."""
    rig = rig_with(Mode.QUEUED, rates=Rates(per_minute=2))
    for number in range(1, 5):
        fire(rig, f"r-{number}")
    rig.work_on()
    assert [stands(rig)[f"r-{number}"] for number in range(1, 5)] == [
        ("completed", ""),
        ("completed", ""),
        ("skipped", "rate_limit"),
        ("skipped", "rate_limit"),
    ]


def test_a_queued_run_whose_start_cannot_be_stored_ends_as_not_finished():
    """The disk is full at its turn: nothing is done, and once there is room it says so."""
    rig = rig_with(Mode.QUEUED)
    fire(rig, "r-1")
    fire(rig, "r-2")
    rig.work()
    put = rig.store.runs.put

    def full(run):
        if run.id == "r-2":
            raise FULL
        put(run)

    rig.store.runs.put = full
    rig.work_on()
    rig.store.runs.put = put
    rig.wait(MINUTE)
    assert (stands(rig)["r-1"][0], stands(rig)["r-2"]) == ("completed", ("cancelled", "store"))
    assert len(rig.effects()) == 1


# --- restart, pause and stop ---------------------------------------------------------------------


def queue_of(*names, **fields):
    rig = rig_with(Mode.QUEUED, **fields)
    for name in names:
        fire(rig, name)
    return rig


def test_queued_runs_survive_a_restart_and_keep_their_order():
    """The one at work is unknown, those behind it are done."""
    rig = queue_of("r-1", "r-2", "r-3")
    rig.work()
    rig = rig.restart()
    assert [run.status.value for run in rig.runs] == ["unknown", "completed", "completed"]
    assert [tag for _, tag in rig.effects()] == ["r-2.0", "r-3.0"]
    assert len(rig.restart().effects()) == 2


def test_a_queued_run_keeps_its_turn_though_the_clock_was_set_back_before_it_came():
    """It says of itself that it is older than the one before it; the next agent knows better."""
    rig = EngineRig(clock=ShiftedClock()).begin()
    rig.written(Tier.AUTO, DelayStep(lasts=MINUTE), "open", mode=Mode.QUEUED)
    fire(rig, "r-1")
    rig.clock.set(rig.now - 10 * MINUTE)
    fire(rig, "r-2")
    rig = rig.restart()
    assert stands(rig) == {"r-1": ("running", ""), "r-2": ("queued", "")}


def test_queued_runs_that_are_too_late_are_not_caught_up():
    """Nothing is before them, and more than an hour has passed."""
    rig = queue_of("r-1", "r-2")
    rig.clock.move_to(rig.now + HOUR + SECOND)
    rig = rig.restart()
    assert (stands(rig)["r-2"], rig.effects()) == (("cancelled", "agent_ended"), [])


def test_a_queued_run_behind_one_that_waits_keeps_waiting_however_long():
    """The first has a delay of hours: the second has its turn after it, also after a restart."""
    rig = queue_of("r-1", "r-2", steps=(DelayStep(lasts=3 * HOUR), Step(action="open")))
    rig.wait(2 * HOUR)
    rig = rig.restart()
    assert stands(rig)["r-2"] == ("queued", "")
    rig.wait(HOUR)
    assert (stands(rig)["r-1"], stands(rig)["r-2"]) == (("completed", ""), ("running", ""))


def test_queued_runs_wait_through_a_pause():
    """None begins while paused, what acts comes to its end; resumed, they have their turns."""
    rig = queue_of("r-1", "r-2")
    rig.work()
    rig.ask(lambda service: service.pause())
    rig.work_on()
    assert [status for status, _ in stands(rig).values()] == ["completed", "queued"]
    rig.ask(lambda service: service.resume())
    rig.work_on()
    assert [status for status, _ in stands(rig).values()] == ["completed", "completed"]


def test_queued_runs_that_type_are_not_caught_up_after_a_pause():
    """The person is elsewhere by then."""
    rig = queue_of("r-1", "r-2", steps=(Step(action="type"),))
    rig.ask(lambda service: service.pause())
    rig.work_on()
    rig.ask(lambda service: service.resume())
    assert stands(rig)["r-2"] == ("cancelled", "too_late")


def test_stop_cancels_queued_runs():
    """Stop means stop: nothing is left to begin after resume."""
    rig = queue_of("r-1", "r-2")
    rig.ask(lambda service: service.stop())
    rig.work_on()
    rig.ask(lambda service: service.resume())
    rig.work_on()
    assert ([status for status, _ in stands(rig).values()], rig.effects()) == (["cancelled"] * 2, [])


# --- turns and priorities ------------------------------------------------------------------------


def test_at_most_five_steps_are_at_work_and_the_highest_priority_goes_first():
    """Seven fire; the two that wait go by priority, then by age."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    for number, priority in enumerate((0, 0, 0, 0, 0, -1, 5)):
        workflow = rig.save(a_workflow(id=f"w-{number}", priority=priority))
        rig.put(
            RunWanted(run_id=f"r-{number}", workflow=workflow, cause=Cause(kind="manual"), is_automatic=True)
        )
    assert (len(rig.workers.jobs), len(rig.context.at_work)) == (5, 5)
    rig.work_on()
    assert [tag for _, tag in rig.effects()][-2:] == ["r-6.0", "r-5.0"]
    assert rig.context.at_work == set()


def test_a_step_that_types_lets_others_pass_while_it_waits_for_its_turn():
    """One types, the next one that types waits, one that opens does not."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    for number, name in enumerate(("type", "type", "open")):
        workflow = rig.save(a_workflow(Tier.AUTO, name, id=f"w-{number}"))
        rig.put(RunWanted(run_id=f"r-{number}", workflow=workflow, cause=Cause(kind="manual")))
    assert rig.context.at_work == {"r-0.0", "r-2.0"}
    rig.work_on()
    assert [tag for _, tag in rig.effects("type")] == ["r-0.0", "r-1.0"]


def test_what_is_ready_when_a_pause_begins_has_not_begun():
    """It is taken back, and goes on after a short pause, but not after a long one."""
    for span, status in ((10 * MINUTE, "completed"), (2 * HOUR, "cancelled")):
        rig = EngineRig(workers=HeldWorkers()).begin()
        rig.context.most_at_work = 1
        for name in ("w-1", "w-2"):
            workflow = rig.save(a_workflow(id=name))
            rig.put(RunWanted(run_id=f"r-{name}", workflow=workflow, cause=Cause(kind="manual")))
        rig.work()
        rig.ask(lambda service: service.pause())
        rig.work_on()
        assert rig.statuses == ["completed", "running"]
        rig.wait(span)
        rig.ask(lambda service: service.resume())
        rig.work_on()
        assert rig.statuses == ["completed", status]
