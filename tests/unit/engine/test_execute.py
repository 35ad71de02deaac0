"""Runs: intent before the effect, outcome after it, limits, turns, time, and stop."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers, a_workflow
from understudy.core.action import UndoStatus
from understudy.core.run import Cause, RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import Lifecycle, Step
from understudy.engine.execute import stop_all
from understudy.engine.messages import RunWanted, StepEnded, StepPrepared
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    RefusedError,
    StoppedError,
    StoreError,
    TimedOutError,
)


def run_now(rig, workflow_id="w-1", **options):
    return rig.ask(lambda service: service.run_now(workflow_id, "cli", **options))


def held(*steps, tier=Tier.AUTO, **fields):
    """A rig whose workers wait for the test, with a run just begun."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(tier, *steps, **fields)
    rig.see("mail")
    return rig


def work(rig, jobs=1):
    """Let the workers do so many jobs, the engine taking in each outcome."""
    for _ in range(jobs):
        rig.workers.do_next()
        rig.engine.drain()


def work_on(rig):
    """Let the workers do all there is."""
    while rig.workers.jobs:
        work(rig)


# --- intent and outcome --------------------------------------------------------------------------


def test_the_intent_is_stored_before_the_effect_and_the_outcome_after_it():
    """From inside the action the journal says intent, with what was there before; afterwards it says done."""
    rig, seen = EngineRig().begin(), []

    def look(context):
        step = rig.store.runs.get(context.run_id).steps[0]
        seen.append((step.status, step.before))

    rig.actions["open"].in_prepare = rig.actions["open"].in_perform = look
    rig.written()
    rig.see("mail")
    step = rig.runs[0].steps[0]
    assert seen == [(StepStatus.PENDING, {}), (StepStatus.INTENT, {"done_before": 0})]
    assert (step.status, step.output, step.undo_status) == (StepStatus.DONE, "did it", UndoStatus.AVAILABLE)


def test_each_step_begins_when_the_outcome_of_the_last_one_is_stored():
    """Two steps: before the second acts the first is done in the journal."""
    rig, seen = EngineRig().begin(), []
    rig.actions["send"].in_prepare = lambda context: seen.append(
        [step.status for step in rig.store.runs.get(context.run_id).steps]
    )
    rig.written(Tier.AUTO, "open", "send")
    rig.see("mail")
    assert seen == [[StepStatus.DONE, StepStatus.PENDING]]
    assert (rig.statuses, rig.runs[0].text) == (["completed"], "Done: open it; send it")


def test_every_step_has_a_tag_of_its_own():
    """The tag names run and step, the same however often it is done."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "open", "open")
    rig.see("mail")
    run_id = rig.runs[0].id
    assert rig.effects() == [("it", f"{run_id}.0"), ("it", f"{run_id}.1")]


def test_an_automatic_run_is_told_with_its_cause_and_an_undo_button():
    """What was done without asking is said at once."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "open", "send")
    rig.see("mail")
    notice = rig.screen.shown[0]
    assert (notice.key, notice.title) == (f"run:{rig.runs[0].id}", "Done: open it and 1 more")
    assert notice.body == "Mail came to the front. Undo takes open back. Undo takes send back."
    assert notice.buttons == (("undo", "Undo"),)


def test_a_run_that_was_asked_for_is_not_told_when_it_worked():
    """The person is looking; only what went wrong is said."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    assert (run_now(rig).status, rig.keys) == (RunStatus.COMPLETED, [])


def test_what_leaves_nothing_to_take_back_has_no_undo_button():
    """No button that would only say no."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "send")
    rig.see("mail")
    assert rig.screen.shown[0].buttons == ()


@pytest.mark.parametrize(
    ("error", "status", "reason", "title"),
    [
        (ActionFailedError("It did not open"), RunStatus.FAILED, "action_failed", "did not work"),
        (RefusedError("You are typing"), RunStatus.FAILED, "refused", "did not work"),
        (CapabilityMissingError("No desktop"), RunStatus.FAILED, "capability_missing", "did not work"),
        (TimedOutError("Too slow"), RunStatus.TIMED_OUT, "timed_out", "took too long"),
        (ZeroDivisionError("bug"), RunStatus.FAILED, "action_failed", "did not work"),
    ],
)
@pytest.mark.parametrize("where", ["in_prepare", "in_perform"])
def test_what_goes_wrong_is_said_and_nothing_after_it_is_done(error, status, reason, title, where):
    """The run has the status and code of the error, the person is told, the next step stays undone."""
    rig = EngineRig().begin()
    setattr(rig.actions["open"], where, raises(error))
    rig.written(Tier.AUTO, "open", "send")
    rig.see("mail")
    run = rig.runs[0]
    assert (run.status, run.reason, run.steps[1].status) == (status, reason, StepStatus.PENDING)
    assert rig.screen.shown[0].title == f"After Mail, do it: {title}"
    assert rig.effects("send") == []


def test_an_action_that_was_stopped_ends_the_run_as_cancelled():
    """Nothing is told: whoever stopped it knows."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(StoppedError("Stopped"))
    rig.written()
    rig.see("mail")
    assert (rig.statuses, rig.runs[0].text, rig.keys) == (["cancelled"], "Stopped before it was finished.", [])


# --- what speaks against a run -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "code"),
    [(("w-2", "w-3"), ""), (("w-0", "w-1"), "cycle"), (("w-2", "w-3", "w-4"), "chain_too_deep")],
)
def test_chains_of_causes_end(chain, code):
    """A workflow is not started by itself, however indirectly, nor as the fourth in a chain."""
    rig = EngineRig().begin()
    workflow = rig.written()
    rig.put(RunWanted(run_id="r-1", workflow=workflow, cause=Cause(kind="run", chain=chain), is_automatic=True))
    assert (rig.runs[0].reason, len(rig.effects())) == (code, 0 if code else 1)


def test_a_workflow_runs_at_most_six_times_a_minute_and_sixty_times_an_hour():
    """The seventh and the sixty-first are skipped, with the reason; later there is room again."""
    rig = EngineRig().begin()
    workflow = rig.written()

    def run(count):
        for number in range(count):
            name = f"r-{rig.now}-{number}"
            rig.put(RunWanted(run_id=name, workflow=workflow, cause=Cause(kind="manual"), is_automatic=True))

    run(7)
    assert (len(rig.effects()), rig.runs[-1].reason) == (6, "rate_limit")
    for _ in range(10):
        rig.wait(MINUTE)
        run(6)
    assert len(rig.effects()) == 60
    rig.wait(50 * MINUTE)
    run(6)
    assert len(rig.effects()) == 66


def test_all_workflows_together_run_at_most_thirty_times_a_minute():
    """Six workflows with six runs each: thirty happen."""
    rig = EngineRig().begin()
    for number in range(36):
        workflow = a_workflow(id=f"w-{number % 6}")
        rig.put(
            RunWanted(run_id=f"r-{number}", workflow=workflow, cause=Cause(kind="manual"), is_automatic=True)
        )
    assert len(rig.effects()) == 30


def test_nothing_runs_by_itself_behind_a_locked_screen():
    """An automatic run is skipped while locked; one the person asks for is not."""
    rig = EngineRig().begin()
    rig.written()
    rig.presence("locked")
    rig.see("mail")
    assert (rig.statuses, rig.runs[0].reason, rig.keys) == (["skipped"], "screen_locked", [])
    assert run_now(rig).status is RunStatus.COMPLETED


def test_who_asks_for_a_run_while_paused_hears_why_not():
    """The caller gets the reason, and the skipped run is kept."""
    rig = EngineRig().begin()
    rig.written()
    rig.ask(lambda service: service.pause())
    with pytest.raises(RefusedError, match="was not run") as caught:
        run_now(rig)
    assert (caught.value.why, rig.statuses) == ("Not done: Understudy is paused", ["skipped"])


def test_who_says_yes_while_paused_is_told_that_nothing_was_done():
    """A button that comes to nothing says so on screen."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    rig.ask(lambda service: service.pause())
    rig.press(rig.waiting[0].id, "do")
    assert [(each.title, each.body) for each in rig.screen.shown] == [
        ("After Mail, do it was not run", "Not done: Understudy is paused")
    ]


def test_a_workflow_whose_action_is_gone_is_skipped_and_can_still_be_looked_at():
    """A plug-in was removed: nothing runs, the person who asks hears it, lists go on working."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "open", Step(action="gone"))
    rig.see("mail")
    assert (rig.statuses, rig.runs[0].reason, rig.effects()) == (["skipped"], "step_unusable", [])
    with pytest.raises(RefusedError, match="was not run"):
        run_now(rig)
    card = rig.ask(lambda service: service.workflows())[0]
    assert card.plan == ("open it", "gone (cannot be done: there is no action called gone)")


# --- the breaker ---------------------------------------------------------------------------------


def failing(error, count, *, apart=10 * MINUTE):
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(error)
    rig.written()
    for _ in range(count):
        rig.see("mail")
        rig.wait(apart)
        rig.see("sheet")
    return rig


def test_three_failures_in_a_day_suspend_a_workflow():
    """It is switched off and says so; the fourth trigger does nothing."""
    rig = failing(ActionFailedError("no"), 4)
    workflow = rig.store.workflows.get("w-1")
    assert (rig.statuses, workflow.lifecycle, workflow.note) == (
        ["failed"] * 3,
        Lifecycle.SUSPENDED,
        "It failed 3 times in a day",
    )
    assert "suspended:w-1" in rig.keys


def test_failures_far_apart_do_not_suspend():
    """Three in three days are no breaker's business."""
    rig = failing(ActionFailedError("no"), 3, apart=DAY)
    assert rig.store.workflows.get("w-1").lifecycle is Lifecycle.ACTIVE


def test_a_workflow_switched_on_again_starts_with_a_clean_sheet():
    """What switched it off is settled; one more failure does not trip the breaker at once."""
    rig = failing(ActionFailedError("no"), 3)
    rig.ask(lambda service: service.set_enabled("w-1", enabled=True))
    rig.see("mail")
    assert (len(rig.runs), rig.store.workflows.get("w-1").lifecycle) == (4, Lifecycle.ACTIVE)


def test_a_run_of_a_workflow_that_is_gone_is_still_written_down():
    """Deleted while it ran: the run ends, nothing else."""
    rig = held("open")
    rig.ask(lambda service: service.remove_workflow("w-1"))
    work(rig, 2)
    assert rig.statuses == ["completed"]


# --- time ----------------------------------------------------------------------------------------


def test_a_step_that_takes_too_long_is_told_to_stop_first():
    """At its own time limit its stop signal is set; if it then ends, the run has timed out."""
    rig = held(Step(action="open", timeout=10 * SECOND), "send")
    work(rig)
    rig.wait(10 * SECOND - 1)
    active = next(iter(rig.context.active.values()))
    assert not active.timeline.stop.is_set()
    rig.wait(1)
    assert active.timeline.stop.is_set()
    work(rig)
    assert (rig.statuses, rig.runs[0].reason, rig.effects()) == (["timed_out"], "timed_out", [])


def test_a_step_that_does_not_stop_has_an_unknown_outcome():
    """Five seconds after it was told to stop, nobody knows; it is said so, and its late end changes nothing."""
    rig = held(Step(action="open", timeout=10 * SECOND))
    work(rig)
    rig.wait(15 * SECOND)
    run = rig.runs[0]
    assert (run.status, run.steps[0].status, run.reason) == (RunStatus.UNKNOWN, StepStatus.UNKNOWN, "timed_out")
    rig.put(StepEnded(run_id=run.id, index=0, error=StoppedError("late")))
    rig.put(StepPrepared(run_id=run.id, index=0, before={}))
    work_on(rig)
    assert (rig.runs[0], rig.keys) == (run, [f"run:{run.id}"])


def test_two_unknown_outcomes_in_a_day_suspend_a_workflow():
    """Not known whether it happened, twice: the person has to look."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written()
    for _ in range(2):
        rig.see("mail")
        work(rig)
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
    work_on(rig)
    assert rig.effects() == []


def test_the_whole_run_has_a_time_limit_too():
    """Two steps with time enough each do not get more than the run has."""
    rig = held(Step(action="open", timeout=MINUTE), Step(action="open", timeout=MINUTE), timeout=70 * SECOND)
    rig.wait(50 * SECOND)
    work(rig, 3)
    rig.wait(20 * SECOND)
    work_on(rig)
    assert (rig.statuses, len(rig.effects())) == (["timed_out"], 1)


def test_a_step_that_ends_after_it_was_told_to_stop_is_the_last():
    """It was done after all, and is called done; the next one is not begun."""
    rig = held(Step(action="open", timeout=10 * SECOND), "send")
    rig.actions["open"].in_perform = lambda context: rig.wait(10 * SECOND)
    work(rig, 2)
    run = rig.runs[0]
    assert (run.status, [step.status for step in run.steps]) == (
        RunStatus.TIMED_OUT,
        [StepStatus.DONE, StepStatus.PENDING],
    )
    assert (len(rig.effects()), run.undo_status) == (1, UndoStatus.AVAILABLE)


def test_no_effect_after_the_deadline_even_if_nobody_woke_the_engine():
    """A worker looks at the clock itself before it acts."""
    rig = held(Step(action="open", timeout=10 * SECOND))
    work(rig)
    rig.clock.move_to(rig.now + 10 * SECOND)
    work(rig)
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
    work(rig, 2)
    assert [tag[-1] for _, tag in rig.effects("type")] == ["0"]
    work_on(rig)
    assert (rig.statuses, rig.context.typing_run, len(rig.effects("type"))) == (["completed"] * 2, "", 2)


def test_a_run_that_waits_too_long_for_its_turn_gives_up():
    """Its time passes while it waits; the turn is not given to it any more."""
    rig = two_that_type()
    first, second = rig.context.active
    rig.context.active[first].timeline.run_deadline += 3600
    rig.scheduler.cancel(f"run:{first}")
    rig.wait(6 * MINUTE)
    assert rig.store.runs.get(second).status is RunStatus.TIMED_OUT
    rig.context.active[first].timeline.deadline += 3600
    work_on(rig)
    assert (len(rig.effects("type")), rig.context.typing_run) == (1, "")


def test_a_step_that_does_not_type_gives_the_turn_away():
    """Type, then open: while it opens, another run may type."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, "type", "open", id="w-1")
    rig.written(Tier.AUTO, "type", id="w-2")
    rig.see("mail")
    work(rig, 2)
    assert len(rig.workers.jobs) == 2
    work_on(rig)
    assert rig.statuses == ["completed"] * 2


# --- stop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [0, 1])
def test_nothing_has_an_effect_after_stop(jobs):
    """Stopped before it prepared or before it acted: no effect, the run is cancelled."""
    rig = held("open", "send")
    work(rig, jobs)
    stop_all(rig.context)
    work_on(rig)
    assert (rig.statuses, rig.effects(), rig.effects("send")) == (["cancelled"], [], [])


def test_the_step_at_work_is_told_to_stop():
    """Its stop signal is set; what comes after it is not done."""
    rig = held("open", "send")
    rig.actions["open"].in_perform = lambda context: (stop_all(rig.context), context.stop.wait(0))
    work_on(rig)
    assert (rig.statuses, len(rig.effects()), rig.effects("send")) == (["cancelled"], 1, [])


def test_stop_ends_every_run_those_that_wait_too():
    """Runs that wait for their turn are cancelled with the others."""
    rig = two_that_type()
    rig.ask(lambda service: service.stop())
    work_on(rig)
    assert (rig.statuses, rig.effects("type"), rig.context.typing_run) == (["cancelled"] * 2, [], "")


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


# --- a full disk ---------------------------------------------------------------------------------


def test_without_a_journalled_start_nothing_is_done():
    """The run cannot be written down: no action, and the caller hears why."""
    rig = EngineRig().begin()
    rig.written()
    rig.fill_disk()
    with pytest.raises(StoreError):
        run_now(rig)
    assert (rig.effects(), rig.context.active) == ([], {})
    rig.free_disk()
    assert (run_now(rig).status, rig.runs[:-1]) == (RunStatus.COMPLETED, [])


def test_without_a_journalled_intent_nothing_is_done():
    """The disk fills up between start and intent: no effect; once there is room the run ends as not finished."""
    rig = held("open")
    rig.workers.do_next()
    rig.fill_disk()
    rig.engine.drain()
    assert (rig.effects(), list(rig.workers.jobs), rig.statuses) == ([], [], ["running"])
    rig.free_disk()
    rig.wait(30 * SECOND)
    run = rig.runs[0]
    assert (run.status, run.reason, run.steps[0].status) == (RunStatus.CANCELLED, "store", StepStatus.PENDING)
    assert run.text == f"Not finished, since it could not be written down. {FULL}"


def test_without_a_journalled_outcome_the_next_step_is_not_done():
    """The first step is done, but that cannot be stored: the second waits for nobody, it is not begun."""
    rig = held("open", "send")
    work(rig)
    rig.workers.do_next()
    rig.fill_disk()
    rig.engine.drain()
    rig.wait(5 * MINUTE)
    assert (rig.effects("send"), rig.statuses, len(rig.context.active)) == ([], ["running"], 1)
    rig.free_disk()
    rig.wait(30 * SECOND)
    assert ([step.status.value for step in rig.runs[0].steps], rig.context.active) == (["done", "pending"], {})


def test_an_outcome_that_cannot_be_stored_is_stored_when_there_is_room():
    """It was done, and is called done once that can be written; who waits hears of the full disk at once."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.SUGGEST, "type")
    reply = []
    rig.ask(lambda service: reply.append(service.run_now("w-1", "cli")))
    work(rig)
    rig.workers.do_next()
    rig.fill_disk()
    rig.engine.drain()
    assert isinstance(reply[0].exception(0), StoreError)
    assert (rig.context.typing_run, rig.context.troubles["store"]) == ("", str(FULL))
    rig.put(StepEnded(run_id=rig.runs[0].id, index=0, error=StoppedError("late")))
    rig.put(StepPrepared(run_id=rig.runs[0].id, index=0, before={}))
    rig.free_disk()
    rig.wait(30 * SECOND)
    assert (rig.statuses, len(rig.effects("type"))) == (["completed"], 1)


def test_a_transient_error_at_the_intent_ends_the_run_at_once():
    """One write fails, the next one works: the run is closed as not finished, nothing was done."""
    rig = held("open")
    put = rig.store.runs.put

    def fail_once(run):
        rig.store.runs.put = put
        raise FULL

    rig.store.runs.put = fail_once
    work(rig)
    assert (rig.statuses, rig.effects()) == (["cancelled"], [])


def test_a_transient_error_at_an_outcome_ends_the_run_at_once():
    """The first step is kept as done, the second is not begun."""
    rig = held("open", "send")
    work(rig)
    put = rig.store.runs.put

    def fail_once(run):
        rig.store.runs.put = put
        raise FULL

    rig.store.runs.put = fail_once
    work(rig)
    assert (rig.statuses, rig.effects("send")) == (["cancelled"], [])


def test_what_follows_from_a_run_may_fail_without_losing_the_run():
    """The breaker cannot switch the workflow off now; the run itself is kept, the trouble shown."""
    rig = failing(ActionFailedError("no"), 2)
    put = rig.store.workflows.put

    def full(workflow):
        raise FULL

    rig.store.workflows.put = full
    rig.see("mail")
    rig.store.workflows.put = put
    assert (rig.statuses, rig.context.active) == (["failed"] * 3, {})
    assert rig.context.troubles == {"store": str(FULL)}
