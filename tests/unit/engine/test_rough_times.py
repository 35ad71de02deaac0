"""Runs in rough times: a full disk in the middle of ending several, long pauses and sleeps, deleting what goes on."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers, a_workflow, held
from understudy.core.ports import CaptureQuery
from understudy.core.run import Cause
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import ApprovalStep, DelayStep, Mode, OnFailure, Retry, Step
from understudy.engine.forgetting import forget_traces
from understudy.engine.messages import Requested, RunWanted
from understudy.errors import ActionFailedError

NOTHING = ActionFailedError("No network", nothing_happened=True)


def wanted(rig, name, **fields):
    workflow = rig.store.workflows.get("w-1")
    return RunWanted(run_id=name, workflow=workflow, cause=Cause(kind="manual"), is_automatic=True, **fields)


def several(mode, *steps, count=2, **fields):
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.save(a_workflow(Tier.AUTO, *steps or ("open",), mode=mode, **fields))
    for number in range(1, count + 1):
        rig.put(wanted(rig, f"r-{number}"))
    return rig


# --- a full disk ---------------------------------------------------------------------------------


def test_stop_ends_every_run_though_nothing_can_be_stored():
    """What cannot be written down of one keeps no other one open; all is written down when there is room."""
    rig = several(Mode.QUEUED, "open", count=3)
    rig.fill_disk()
    rig.ask(lambda service: service.stop())
    rig.work_on()
    rig.free_disk()
    rig.wait(MINUTE)
    rig.ask(lambda service: service.resume())
    rig.work_on()
    assert (rig.statuses, rig.effects()) == (["cancelled"] * 3, [])


def test_after_a_pause_no_run_is_left_behind_because_another_one_cannot_be_stored():
    """Held up by a pause, the disk full at its end: each run ends or goes on, none stays at work for ever."""
    rig = several(Mode.PARALLEL)
    rig.ask(lambda service: service.pause())
    rig.work_on()
    rig.fill_disk()
    rig.ask(lambda service: service.resume())
    rig.work_on()
    rig.free_disk()
    rig.wait(HOUR)
    rig.work_on()
    assert (rig.statuses, rig.context.active) == (["cancelled", "cancelled"], {})


def test_a_queued_run_that_cannot_even_be_refused_has_its_turn_later():
    """The disk was full for a moment when its turn came."""
    rig = several(Mode.QUEUED, "open", count=3)
    rig.context.is_locked = True
    table, refused = rig.store.runs, []
    put = table.put

    def fail_once(run):
        if run.status == "skipped" and not refused:
            refused.append(run.id)
            raise FULL
        put(run)

    table.put = fail_once
    rig.work_on()
    assert (refused, rig.statuses) == (["r-2"], ["completed", "queued", "queued"])
    rig.wait(2 * MINUTE)
    rig.work_on()
    assert rig.context.active == {}


def test_the_end_of_a_run_and_its_question_go_together():
    """Cancelled while the disk is full: later both are settled, and who waits for the next turn has it."""
    rig = several(Mode.QUEUED, ApprovalStep(question="Go on?"), "open")
    put = rig.store.suggestions.put
    rig.store.suggestions.put = lambda asked: (rig.fill_disk(), put(asked))
    with pytest.raises(Exception, match="could not be written"):
        rig.ask(lambda service: service.cancel("r-1", "cli"))
    rig.store.suggestions.put = put
    rig.free_disk()
    assert (rig.store.runs.get("r-1").status, len(rig.waiting)) == ("waiting_approval", 1)
    rig.wait(MINUTE)
    assert rig.store.runs.get("r-1").status == "cancelled"
    assert [question.run_id for question in rig.waiting] == ["r-2"]


def test_a_question_that_cannot_be_put_again_keeps_no_alarm_from_being_set():
    """A start on a full disk: the branch that waits for a time goes on."""
    steps = (
        ApprovalStep(id="ok", question="Go on?", after=()),
        DelayStep(id="wait", lasts=2 * DAY, after=()),
        Step(action="open", after=("wait",)),
    )
    rig = several(Mode.SINGLE, *steps, count=1)
    rig.clock.move_to(rig.now + DAY + HOUR)
    rig.fill_disk()
    rig = EngineRig(store=rig.store, clock=rig.clock, actions=rig.actions).begin()
    assert "step:r-1:1" in rig.scheduler.due


# --- late ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pass_by", ["sleep", "pause"])
def test_a_next_try_after_days_is_not_made(pass_by):
    """The machine slept, or all was paused, when its time came."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(NOTHING)
    rig.written(Tier.AUTO, Step(action="open", on_failure=OnFailure.RETRY, retry=Retry(delay=MINUTE)))
    rig.see("mail")
    rig.actions["open"].in_perform = lambda context: None
    if pass_by == "sleep":
        rig.sleep(3 * DAY)
    else:
        rig.ask(lambda service: service.pause())
        rig.wait(3 * DAY)
        rig.ask(lambda service: service.resume())
        rig.wait(0)
    assert (rig.statuses, rig.runs[0].reason, rig.effects()) == (["cancelled"], "too_late", [])


def test_typing_after_a_delay_is_not_caught_up():
    """The machine slept when the delay was over: the person is elsewhere. What does not type goes on."""
    for name, status in (("type", "cancelled"), ("open", "completed")):
        rig = EngineRig().begin()
        rig.written(Tier.AUTO, DelayStep(lasts=MINUTE), name)
        rig.see("mail")
        rig.sleep(2 * HOUR)
        assert (rig.statuses, len(rig.effects(name))) == ([status], status == "completed")


def test_allowed_typing_is_not_caught_up_after_a_long_pause():
    """The yes was for then; what does not type is done."""
    for name, status in (("type", "cancelled"), ("open", "completed")):
        rig = EngineRig().begin()
        rig.written(Tier.AUTO, Step(action=name, requires_approval=True))
        rig.see("mail")
        rig.ask(lambda service: service.pause())
        rig.answer(rig.waiting[0].id)
        rig.wait(2 * HOUR)
        rig.ask(lambda service: service.resume())
        assert (rig.statuses, len(rig.effects(name))) == ([status], status == "completed")


# --- a pause, a cancel ---------------------------------------------------------------------------


def test_what_was_only_looked_at_when_a_pause_begins_is_done_after_it():
    """Whether it can be done was found out; it does not act while paused."""
    rig = held("open")
    rig.ask(lambda service: service.pause())
    rig.work_on()
    assert (rig.statuses, rig.effects()) == (["running"], [])
    rig.ask(lambda service: service.resume())
    rig.work_on()
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


@pytest.mark.parametrize("act", ["cancel", "stop"])
def test_a_run_that_was_being_ended_when_the_agent_died_does_not_go_on(act):
    """The person had said so; no later agent may overlook it, also when the pause of a stop is over."""
    rig = held("open", "send")
    if act == "cancel":
        rig.put(Requested(call=lambda service: service.cancel(rig.runs[0].id, "cli")))
    else:
        rig.ask(lambda service: service.stop())
    rig = rig.restart()
    rig.ask(lambda service: service.resume())
    assert (rig.statuses, rig.effects(), rig.effects("send")) == (["cancelled"], [], [])


def test_a_run_that_was_out_of_time_when_the_agent_died_has_timed_out():
    """It is not called cancelled by anybody."""
    rig = held(
        Step(action="open", id="a", after=(), timeout=HOUR),
        Step(action="type", id="b", after=(), timeout=HOUR),
        Step(action="type", id="c", after=(), timeout=HOUR),
        timeout=10 * SECOND,
    )
    rig.workers.jobs.clear()
    rig.wait(11 * SECOND)
    assert rig.runs[0].reason == "timed_out"
    rig = rig.restart()
    assert rig.statuses == ["timed_out"]


def test_the_letter_of_a_run_is_not_lost_with_the_agent():
    """All tries were used up, and another branch was still at work when the agent died."""
    again = Step(action="open", id="a", after=(), on_failure=OnFailure.RETRY, retry=Retry(attempts=2))
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.actions["open"].in_prepare = raises(ActionFailedError("It broke"))
    rig.written(Tier.AUTO, again, Step(action="send", id="b", after=(), timeout=5 * MINUTE))
    rig.see("mail")
    rig.work()
    slow = rig.workers.jobs.popleft()
    rig.wait(MINUTE // 6)
    rig.work_on()
    assert slow
    assert (rig.statuses, rig.store.dead_letters.find()) == (["running"], [])
    rig = rig.restart()
    assert (rig.statuses, len(rig.store.dead_letters.find())) == (["failed"], 1)


# --- deleted while it goes on --------------------------------------------------------------------


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_run_whose_capture_is_deleted_is_blanked_however_it_ends(cancelled):
    """It completes after all, or somebody had cancelled it before: its details go, however full the disk is then."""
    rig = held(Step(action="open", parameters={"what": "{{ trigger.title }}"}))
    rig.work()
    if cancelled:
        rig.put(Requested(call=lambda service: service.cancel(rig.runs[0].id, "cli")))
    rig.store.captures.delete(CaptureQuery())
    forget_traces(rig.context, tasks=True)
    put = rig.store.runs.put
    rig.store.runs.put = lambda run: put(run) if run.event else raises(FULL)(None)
    rig.work_on()
    assert rig.runs[0].event
    rig.store.runs.put = put
    rig.wait(MINUTE)
    assert (rig.runs[0].event, rig.runs[0].steps[0].output, rig.context.forgetting) == ({}, "", set())


# --- what is kept in mind ------------------------------------------------------------------------


def test_what_is_kept_in_mind_of_each_workflow_does_not_grow_for_ever():
    """Every prompt is a workflow of its own."""
    rig = EngineRig().begin()
    for number in range(20):
        rig.save(a_workflow(id=f"w-{number}"))
        rig.run_now(f"w-{number}")
    assert len(rig.context.last_fired) == 20
    rig.wait(DAY)
    assert (rig.context.last_fired, rig.context.last_run) == ({}, {})


def test_a_run_whose_workflow_cannot_be_read_does_not_go_on():
    """Whether it may still do anything is not known, so nothing more begins; the run does not hang."""
    rig = held("open", "send")
    rig.work()
    get = rig.store.workflows.get
    rig.store.workflows.get = lambda workflow_id: raises(FULL)(None)
    rig.work_on()
    rig.store.workflows.get = get
    rig.wait(MINUTE)
    assert (rig.statuses, rig.runs[0].reason) == (["cancelled"], "store")
    assert (len(rig.effects()), rig.effects("send"), rig.context.active) == (1, [], {})
