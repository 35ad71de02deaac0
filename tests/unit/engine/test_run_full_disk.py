"""Runs on a disk that fills up: nothing without a journalled intent, and every end is stored in the end."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers, held
from understudy.core.run import RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import ApprovalStep, ManualTrigger
from understudy.engine.messages import RunWanted, StepEnded, StepPrepared
from understudy.errors import (
    ActionFailedError,
    StoppedError,
    StoreError,
)


def test_without_a_journalled_start_nothing_is_done():
    """The run cannot be written down: no action, and the caller hears why."""
    rig = EngineRig().begin()
    rig.written()
    rig.fill_disk()
    with pytest.raises(StoreError):
        rig.run_now()
    assert (rig.effects(), rig.context.active) == ([], {})
    rig.free_disk()
    assert (rig.run_now().status, rig.runs[:-1]) == (RunStatus.COMPLETED, [])


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
    rig.work()
    rig.workers.do_next()
    rig.fill_disk()
    rig.engine.drain()
    rig.wait(5 * MINUTE)
    assert (rig.effects("send"), rig.statuses, len(rig.context.active)) == ([], ["running"], 1)
    rig.free_disk()
    rig.wait(30 * SECOND)
    assert ([step.status.value for step in rig.runs[0].steps], rig.context.active) == (
        ["done", "pending"],
        {},
    )


def test_an_outcome_that_cannot_be_stored_is_stored_when_there_is_room():
    """It was done, and is called done once that can be written; who waits hears of the full disk at once."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.SUGGEST, "type")
    reply = []
    rig.ask(lambda service: reply.append(service.run_now("w-1", "cli")))
    rig.work()
    rig.workers.do_next()
    rig.fill_disk()
    rig.engine.drain()
    assert isinstance(reply[0].exception(0), StoreError)
    assert (rig.context.turn, rig.context.troubles["store"]) == ("", str(FULL))
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
    rig.work()
    assert (rig.statuses, rig.effects()) == (["cancelled"], [])


def test_a_transient_error_at_an_outcome_ends_the_run_at_once():
    """The first step is kept as done, the second is not begun."""
    rig = held("open", "send")
    rig.work()
    put = rig.store.runs.put

    def fail_once(run):
        rig.store.runs.put = put
        raise FULL

    rig.store.runs.put = fail_once
    rig.work()
    assert (rig.statuses, rig.effects("send")) == (["cancelled"], [])


def test_what_follows_from_a_run_may_fail_without_losing_the_run():
    """The breaker cannot switch the workflow off now; the run itself is kept, the trouble shown."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("no"))
    rig.written()
    for _ in range(2):
        rig.see("mail")
        rig.wait(10 * MINUTE)
        rig.see("sheet")
    put = rig.store.workflows.put

    def full(workflow):
        raise FULL

    rig.store.workflows.put = full
    rig.see("mail")
    rig.store.workflows.put = put
    assert (rig.statuses, rig.context.active) == (["failed"] * 3, {})
    assert rig.context.troubles == {"store": str(FULL)}


def test_an_end_that_could_not_be_stored_is_stored_before_the_next_run_begins():
    """Else the next agent would go on with a run that was given up, beside the one that took its place."""
    rig = held("open")
    rig.fill_disk()
    rig.ask(lambda service: service.stop())
    rig.work()
    assert (rig.statuses, len(rig.context.active)) == (["running"], 1)
    rig.free_disk()
    rig.ask(lambda service: service.resume())
    rig.put(RunWanted(run_id="r-2", workflow=rig.runs[0].workflow, cause=rig.runs[0].cause))
    assert rig.statuses == ["cancelled", "running"]


# --- what had its time while the disk was full ----------------------------------------------------


def a_question():
    rig = EngineRig().begin()
    changes = {
        "addresses": {"phone": "json://example.org"},
        "failure_channel": "phone",
        "escalate_after_minutes": 15,
    }
    rig.ask(lambda service: service.change_settings(changes))
    rig.written(Tier.AUTO, ApprovalStep(question="Go on?"), "open")
    rig.see("mail")
    rig.fill_disk()
    return rig


def test_a_question_whose_day_ends_on_a_full_disk_ends_its_run_once_there_is_room():
    """It takes no answer meanwhile, and does not wait for ever afterwards."""
    rig = a_question()
    rig.wait(DAY + HOUR)
    with pytest.raises(StoreError):
        rig.answer(rig.waiting[0].id)
    assert rig.statuses == ["waiting_approval"]
    rig.free_disk()
    rig.wait(30 * SECOND)
    assert (rig.statuses, rig.runs[0].reason, rig.waiting) == (["cancelled"], "approval_expired", [])


def test_a_question_is_told_on_the_second_channel_once_there_is_room():
    """Once: the note that it was told comes before."""
    rig = a_question()
    rig.wait(HOUR)
    assert rig.messenger.sent == []
    rig.free_disk()
    rig.wait(HOUR)
    assert [title for _, title, _ in rig.messenger.sent] == ["After Mail, do it waits for your yes"]


def test_a_task_whose_turn_came_on_a_full_disk_is_begun_once_there_is_room():
    """The executor looks again at its interval."""
    rig = EngineRig().begin()
    rig.written(triggers=(ManualTrigger(),))
    rig.ask(lambda service: service.set_executor(autorun=True))
    rig.ask(lambda service: service.add_task("Tidy", by="cli", workflow="w-1", not_before=rig.now + MINUTE))
    rig.fill_disk()
    rig.wait(HOUR)
    assert rig.effects() == []
    rig.free_disk()
    rig.wait(MINUTE)
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)
