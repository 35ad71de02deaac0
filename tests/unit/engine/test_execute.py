"""Runs: intent before the effect, outcome after it, what speaks against them, and the breaker."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, a_workflow, held
from understudy.core.action import UndoStatus
from understudy.core.run import Cause, RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import DelayStep, Lifecycle, Mode, Origin, Step
from understudy.engine.messages import RunWanted
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    RefusedError,
    StoppedError,
    TimedOutError,
)

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
    assert (notice.key, notice.title) == (f"run:{rig.runs[0].id}", "Done: After Mail, do it")
    assert notice.body == "Mail came to the front. Undo takes open back. Undo takes send back."
    assert notice.buttons == (("undo", "Undo"),)


def test_what_was_learned_is_told_by_what_was_done():
    """Nobody has given it a name."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "open", "send", origin=Origin.LEARNED)
    rig.see("mail")
    assert rig.screen.shown[0].title == "Done: open it and 1 more"


@pytest.mark.parametrize(
    "steps, told",
    [(("notify",), 0), (("send", "notify"), 0), (("open", "notify"), 1), (("notify", "send"), 1)],
)
def test_a_run_whose_last_word_was_a_notification_is_not_told_again(steps, told):
    """Unless something else of it can be taken back: then the button is needed."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, *steps)
    rig.see("mail")
    assert (rig.statuses, len(rig.screen.shown)) == (["completed"], told)


def test_what_went_wrong_is_told_with_where_more_of_it_stands_and_with_the_way_back():
    """However long its name and its words are, how it ended and where to look are seen."""
    rig = EngineRig().begin()
    rig.actions["send"].in_perform = raises(ActionFailedError("It did not send: " + "x" * 300))
    rig.written(Tier.AUTO, "open", "send", name="Send the quarterly report of the northern sales department")
    rig.see("mail")
    notice, run_id = rig.screen.shown[0], rig.runs[0].id
    assert notice.title == "Send the quarterly report of…: did not work"
    assert (len(notice.body), notice.body.endswith(f"x… See: understudy runs show {run_id}")) == (240, True)
    assert notice.buttons == (("undo", "Undo"),)


def test_a_run_that_was_asked_for_is_not_told_when_it_worked():
    """The person is looking; only what went wrong is said."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    assert (rig.run_now().status, rig.keys) == (RunStatus.COMPLETED, [])


def test_what_leaves_nothing_to_take_back_has_no_undo_button():
    """No button that would only say no."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "send")
    rig.see("mail")
    assert rig.screen.shown[0].buttons == ()


@pytest.mark.parametrize(
    "error, status, reason, title",
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
    assert (rig.statuses, rig.runs[0].text, rig.keys) == (
        ["cancelled"],
        "Stopped before it was finished.",
        [],
    )


# --- what speaks against a run -------------------------------------------------------------------


@pytest.mark.parametrize(
    "chain, code",
    [(("w-2", "w-3"), ""), (("w-0", "w-1"), "cycle"), (("w-2", "w-3", "w-4"), "chain_too_deep")],
)
def test_chains_of_causes_end(chain, code):
    """A workflow is not started by itself, however indirectly, nor as the fourth in a chain."""
    rig = EngineRig().begin()
    workflow = rig.written()
    rig.put(
        RunWanted(run_id="r-1", workflow=workflow, cause=Cause(kind="run", chain=chain), is_automatic=True)
    )
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
        workflow = rig.save(a_workflow(id=f"w-{number % 6}"))
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
    assert rig.run_now().status is RunStatus.COMPLETED


def test_who_asks_for_a_run_while_paused_hears_why_not():
    """The caller gets the reason, and the skipped run is kept."""
    rig = EngineRig().begin()
    rig.written()
    rig.ask(lambda service: service.pause())
    with pytest.raises(RefusedError, match="was not run") as caught:
        rig.run_now()
    assert (caught.value.why, rig.statuses) == ("Not done: Understudy is paused", ["skipped"])
    assert caught.value.fix == "Go on with: understudy resume"


def test_who_says_yes_while_paused_is_told_that_nothing_was_done():
    """A button that comes to nothing says so on screen."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    rig.ask(lambda service: service.pause())
    rig.press(rig.waiting[0].id, "do")
    assert [(each.title, each.body) for each in rig.screen.shown] == [
        ("After Mail, do it was not run", "Not done: Understudy is paused. Go on with: understudy resume")
    ]


def test_a_workflow_whose_action_is_gone_is_skipped_and_can_still_be_looked_at():
    """A plug-in was removed: nothing runs, the person who asks hears it, lists go on working."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "open", Step(action="gone"))
    rig.see("mail")
    assert (rig.statuses, rig.runs[0].reason, rig.effects()) == (["skipped"], "step_unusable", [])
    with pytest.raises(RefusedError, match="was not run"):
        rig.run_now()
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


def test_what_failed_today_counts_however_long_ago_it_began():
    """Three runs that waited for more than a day fail one after the other; what was skipped says nothing."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("no"))
    rig.written(Tier.AUTO, DelayStep(lasts=25 * HOUR), "open", mode=Mode.PARALLEL, most=3)
    for _ in range(4):
        rig.see("mail")
        rig.wait(10 * MINUTE)
        rig.see("sheet")
    rig.wait(25 * HOUR)
    workflow = rig.store.workflows.get("w-1")
    assert (rig.statuses, workflow.lifecycle) == (["failed"] * 3 + ["skipped"], Lifecycle.SUSPENDED)


def test_a_workflow_switched_on_again_starts_with_a_clean_sheet():
    """What switched it off is settled; one more failure does not trip the breaker at once."""
    rig = failing(ActionFailedError("no"), 3)
    rig.ask(lambda service: service.set_enabled("w-1", enabled=True))
    rig.see("mail")
    assert (len(rig.runs), rig.store.workflows.get("w-1").lifecycle) == (4, Lifecycle.ACTIVE)


def test_a_run_of_a_workflow_that_is_gone_is_still_written_down():
    """Deleted while it ran: the run ends, nothing else."""
    rig = held("open")
    rig.work()
    rig.ask(lambda service: service.remove_workflow("w-1"))
    rig.work_on()
    assert rig.statuses == ["completed"]
