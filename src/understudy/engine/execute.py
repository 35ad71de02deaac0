"""Stage 6, execute: intent committed, act, outcome committed. Nothing is called done without its effect."""

from collections.abc import Callable, Iterator

import msgspec

from understudy.core.action import Performed, UndoStatus
from understudy.core.ports import Notice
from understudy.core.run import Run, RunStatus, StepRecord, StepStatus
from understudy.core.value import SECOND, Millis
from understudy.core.workflow import Workflow
from understudy.engine import undo
from understudy.engine.context import (
    GRACE,
    ActiveRun,
    Context,
    Timeline,
    action_of,
    log,
    plan_of,
    show,
)
from understudy.engine.ending import finish
from understudy.engine.messages import (
    Message,
    NoticeEnded,
    RunWanted,
    Served,
    StepEnded,
    StepPrepared,
    UndoEnded,
    Woken,
)
from understudy.engine.permit import refusal, use_grants
from understudy.errors import (
    ActionFailedError,
    RefusedError,
    StoppedError,
    StoreError,
    TimedOutError,
    UnderstudyError,
)

STORE_AGAIN = 30 * SECOND
"""How long after it could not be stored the end of a run is tried again."""


def execute(message: Message, context: Context) -> Iterator[Message]:
    """Carry runs from wanted to ended, and take them back."""
    if isinstance(message, RunWanted):
        start(message, context)
    elif isinstance(message, Served):
        _take(message.workflow, message.position, message.run_id, context)
    elif isinstance(message, StepPrepared):
        _act(message, context)
    elif isinstance(message, StepEnded):
        _step_ended(message, context)
    elif isinstance(message, Woken) and message.key.startswith("run:"):
        _time_is_up(message.key.removeprefix("run:"), context)
    elif isinstance(message, Woken) and message.key.startswith("undo:"):
        undo.time_is_up(message.key.removeprefix("undo:"), context)
    elif isinstance(message, NoticeEnded) and message.key.startswith("run:") and message.outcome == "undo":
        undo.begin_from_notice(message.key.removeprefix("run:"), context)
    elif isinstance(message, UndoEnded):
        undo.ended(message, context)
        _give_turn(undo.turn_of(message.run_id), context)
    return iter(())


def resume_step(run: Run, index: int, context: Context) -> None:
    """Go on with a run at a step that leaves one effect however often it is done."""
    active = ActiveRun(run=run, timeline=_timeline(run, context), is_automatic=True)
    context.active[run.id] = active
    _prepare(active, index, context)


def _timeline(run: Run, context: Context) -> Timeline:
    deadline = context.clock.monotonic() + run.workflow.timeout / SECOND
    return Timeline(
        run.id,
        deadline,
        lambda expectation: context.expectations.append(
            (context.now + expectation.within, run.id, expectation)
        ),
    )


def start(wanted: RunWanted, context: Context) -> None:
    """Begin a run, or write down why not."""
    against = refusal(wanted, context)
    now, workflow = context.now, wanted.workflow
    run = Run(
        id=wanted.run_id,
        workflow=workflow,
        cause=wanted.cause,
        status=RunStatus.SKIPPED if against else RunStatus.RUNNING,
        created_at=now,
        started_at=0 if against else now,
        ended_at=now if against else 0,
        text=f"Not done: {against.text}" if against else "",
        reason=against.code if against else "",
        steps=_pending_steps(context, wanted),
    )
    active = ActiveRun(
        run=run, timeline=_timeline(run, context), is_automatic=wanted.is_automatic, reply=wanted.reply
    )
    if against:
        _skip(active, context)
        return
    _leave_out_of_counts(wanted, context)
    with context.store.transaction():
        context.store.runs.put(run)
        use_grants(workflow, context)
    context.active[run.id] = active
    context.tell("run", {"id": run.id, "status": run.status.value})
    _prepare(active, 0, context)


def _pending_steps(context: Context, wanted: RunWanted) -> tuple[StepRecord, ...]:
    previews = plan_of(context, wanted.workflow)
    return tuple(
        StepRecord(index=index, action=step.action, text=previews[index])
        for index, step in enumerate(wanted.workflow.steps)
    )


def _skip(active: ActiveRun, context: Context) -> None:
    context.store.runs.put(active.run)
    context.tell("run", {"id": active.run.id, "status": active.run.status.value})
    log.info("%s was not started: %s", active.run.workflow.id, active.run.reason)
    title = f"{active.run.workflow.name} was not run"
    if active.reply:
        active.reply.set_exception(RefusedError(title, active.run.text))
    elif not active.is_automatic:
        show(context, Notice(key=f"run:{active.run.id}", title=title, body=active.run.text))


def _leave_out_of_counts(wanted: RunWanted, context: Context) -> None:
    context.last_fired[wanted.workflow.id] = context.now
    context.last_run[wanted.workflow.id] = (context.now, wanted.run_id)
    _take(wanted.workflow, wanted.position, wanted.run_id, context)


def _take(workflow: Workflow, position: int, run_id: str, context: Context) -> None:
    """What the person does after a trigger that we answered says nothing about their habit."""
    if position:
        context.store.captures.mark_started(position, run_id)
    context.learner.take(position, workflow.pattern_id)


# --- one step: prepare on a worker, commit the intent, perform on a worker, commit the outcome --


def _prepare(active: ActiveRun, index: int, context: Context) -> None:
    step = active.run.workflow.steps[index]
    action, parameters = action_of(context, step)
    if action.exclusive and not _take_turn(active.run.id, index, context):
        _limit(active, active.run.workflow.timeout, context)
        return
    timeline = active.timeline
    timeline.tag = f"{active.run.id}.{index}"
    _limit(active, step.timeout, context)

    def job() -> Message:
        _check_may_act(context, timeline)
        before = action.prepare(parameters, timeline)
        return StepPrepared(run_id=timeline.run_id, index=index, before=before)

    _submit(context, timeline.run_id, index, job)


def _limit(active: ActiveRun, most: Millis, context: Context) -> None:
    """Give it so much time from now on, but no more than the run has left."""
    now = context.clock.monotonic()
    active.timeline.deadline = min(now + most / SECOND, active.timeline.run_deadline)
    left = int((active.timeline.deadline - now) * SECOND)
    context.scheduler.wake(f"run:{active.run.id}", context.now + left)


def _take_turn(run_id: str, index: int, context: Context) -> bool:
    """Let only one exclusive step work at a time; the others wait in order."""
    if context.typing_run not in ("", run_id):
        context.waiting_exclusive.append((run_id, index))
        return False
    context.typing_run = run_id
    return True


def _give_turn(run_id: str, context: Context) -> None:
    if context.typing_run != run_id:
        return
    context.typing_run = ""
    while context.waiting_exclusive and not context.typing_run:
        next_run, index = context.waiting_exclusive.popleft()
        active = context.active.get(next_run)
        if active and not active.is_over:
            _prepare(active, index, context)


def _act(prepared: StepPrepared, context: Context) -> None:
    active = context.active.get(prepared.run_id)
    if active is None or active.is_over:
        return
    step = active.run.workflow.steps[prepared.index]
    action, parameters = action_of(context, step)
    now = context.now
    record = msgspec.structs.replace(
        active.run.steps[prepared.index], status=StepStatus.INTENT, before=prepared.before, started_at=now
    )
    intended = with_step(active.run, record)
    try:
        context.store.runs.put(intended)
    except StoreError as error:
        end(active, error, context)
        raise
    active.run = intended
    context.expectations.extend(
        (now + expectation.within, active.run.id, expectation) for expectation in action.expects(parameters)
    )
    timeline = active.timeline

    def job() -> Message:
        _check_may_act(context, timeline)
        performed = action.perform(parameters, timeline, prepared.before)
        return StepEnded(run_id=timeline.run_id, index=prepared.index, performed=performed)

    _submit(context, active.run.id, prepared.index, job)


def _check_may_act(context: Context, timeline: Timeline) -> None:
    if timeline.stop.is_set() or context.halted.is_set():
        raise StoppedError("Stopped before it was done")
    if context.clock.monotonic() >= timeline.deadline:
        raise TimedOutError("The time for it was over before it was done")


def _submit(context: Context, run_id: str, index: int, job: Callable[[], Message]) -> None:
    def guarded() -> None:
        try:
            message = job()
        except UnderstudyError as error:
            message = StepEnded(run_id=run_id, index=index, error=error)
        except Exception as error:  # noqa: BLE001  (a plug-in may raise anything; the loop goes on)
            log.exception("a step broke")
            broken = ActionFailedError(
                "It broke in a way that was not foreseen", type(error).__name__, "See the log"
            )
            message = StepEnded(run_id=run_id, index=index, error=broken)
        context.post(message)

    context.workers.submit(guarded)


def _step_ended(ended: StepEnded, context: Context) -> None:
    active = context.active.get(ended.run_id)
    if active is None or active.is_over:
        log.warning("step %d of %s ended after its run", ended.index, ended.run_id)
        return
    active.run = with_step(active.run, _outcome(active, ended, context))
    if ended.performed is not None:
        _expect(active.run.id, ended.performed, context)
        if ended.index + 1 < len(active.run.steps) and not active.timeline.stop.is_set():
            _go_on(active, ended.index + 1, context)
            return
    end(active, ended.error, context)


def _go_on(active: ActiveRun, index: int, context: Context) -> None:
    """Begin the next step, but not before the outcome of the last one is stored."""
    try:
        context.store.runs.put(active.run)
    except StoreError as error:
        end(active, error, context)
        raise
    _give_turn(active.run.id, context)
    _prepare(active, index, context)


def _outcome(active: ActiveRun, ended: StepEnded, context: Context) -> StepRecord:
    record = active.run.steps[ended.index]
    if ended.performed is not None:
        undo_state = ended.performed.undo
        return msgspec.structs.replace(
            record,
            status=StepStatus.DONE,
            output=ended.performed.output,
            undo=undo_state,
            undo_status=UndoStatus.NONE if undo_state is None else UndoStatus.AVAILABLE,
            ended_at=context.now,
        )
    status = _status_after(ended.error)
    return msgspec.structs.replace(record, status=status, output=str(ended.error), ended_at=context.now)


def _status_after(error: UnderstudyError | None) -> StepStatus:
    if isinstance(error, StoppedError):
        return StepStatus.CANCELLED
    return StepStatus.TIMED_OUT if isinstance(error, TimedOutError) else StepStatus.FAILED


def _expect(run_id: str, performed: Performed, context: Context) -> None:
    context.expectations.extend((context.now + each.within, run_id, each) for each in performed.expects)


def with_step(run: Run, record: StepRecord) -> Run:
    """Return the run with one of its steps replaced."""
    steps = tuple(record if step.index == record.index else step for step in run.steps)
    return msgspec.structs.replace(run, steps=steps)


# --- the end of a run ---------------------------------------------------------------------------


def end(active: ActiveRun, error: UnderstudyError | None, context: Context) -> None:
    """Write down what came of a run, free its place, and tell the person if they should know.

    An end that cannot be stored now is stored as soon as that works again; who waits is told at once.
    """
    active.is_over, active.error = True, error
    try:
        finish(active, error, context)
    except StoreError as full:
        context.scheduler.wake(f"run:{active.run.id}", context.now + STORE_AGAIN)
        if active.reply and not active.reply.done():
            active.reply.set_exception(full)
            active.reply = None
        raise
    else:
        context.active.pop(active.run.id, None)
        context.scheduler.cancel(f"run:{active.run.id}")
    finally:
        _give_turn(active.run.id, context)


def _time_is_up(run_id: str, context: Context) -> None:
    """First tell the step to end; if it does not, its outcome is unknown."""
    active = context.active.get(run_id)
    if active is None:
        return
    if active.is_over:
        end(active, active.error, context)
        return
    if not active.has_timed_out:
        active.has_timed_out = True
        active.timeline.stop.set()
        context.scheduler.wake(f"run:{run_id}", context.now + GRACE)
        return
    for record in active.run.steps:
        if record.status is StepStatus.INTENT:
            active.run = with_step(active.run, msgspec.structs.replace(record, status=StepStatus.UNKNOWN))
    end(active, TimedOutError("It did not end in time"), context)


def stop_all(context: Context) -> None:
    """End everything that is going on, from any thread: nothing new has an effect after this returns."""
    context.halted.set()
    for timeline in (
        *(active.timeline for active in tuple(context.active.values())),
        *tuple(context.undo_timelines.values()),
    ):
        timeline.stop.set()
