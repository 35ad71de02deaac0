"""A run on its way: what its graph allows begins, what came of each step is stored, and at last it ends."""

from collections.abc import Callable

import msgspec

from understudy.core.action import Partly, UndoStatus
from understudy.core.conditions import unmet
from understudy.core.graph import NOT_REACHED, advance
from understudy.core.run import Run, RunStatus, StepStatus
from understudy.core.suggestion import ANSWER_TIME
from understudy.core.value import SECOND
from understudy.core.workflow import ApprovalStep, ConditionStep, DelayStep
from understudy.engine import approving
from understudy.engine.active import ActiveRun, Outcome, Work
from understudy.engine.closing import close
from understudy.engine.context import Context, log
from understudy.engine.ending import end
from understudy.engine.equip import fill, filled_record, must_ask, question_of, work_of
from understudy.engine.facts import run_facts
from understudy.engine.failing import NOT_KNOWN, OUT_OF_TIME, fail, fail_partly, not_stored, with_step
from understudy.engine.handing import was_seen
from understudy.engine.messages import StepEnded, StepPrepared
from understudy.engine.permit import check_consent, is_switched_off
from understudy.engine.waiting import dispatch, enqueue, perform, release, step_key
from understudy.errors import StoppedError, StoreError, TimedOutError, UnderstudyError

SWITCHED_OFF = Outcome(
    status=RunStatus.CANCELLED,
    reason="switched_off",
    text="Its workflow was switched off or removed, so it ended there.",
)


def proceed(active: ActiveRun, context: Context, *also: Callable[[], None]) -> None:
    """Take a run as far as it goes by itself, store that (and `also`), and hand on what a worker or the person does."""
    works: list[Work] = []
    questions: list[int] = []
    if context.is_held and active.outcome is None:
        active.held_since = context.now
    else:
        active.held_since = None
        active.outcome = active.outcome or _called_off(active, context)
        works, questions = _advance(active, context)
    if active.outcome is not None:
        works, questions = [], []
    if active.is_stored and not (active.works or works) and _is_at_end(active):
        end(active, context)
        return
    _store(active, context, questions, also, is_working=bool(works))
    for index in questions:
        approving.show_question(active.run, index, context)
    for work in works:
        enqueue(active, work, context)
    if not active.works and _is_at_end(active):
        end(active, context)
        return
    dispatch(context)
    if not active.works:
        active.answer_waiting()


def _called_off(active: ActiveRun, context: Context) -> Outcome | None:
    """Return what a run ends as that may not go on, since its workflow is no longer to do anything."""
    try:
        return SWITCHED_OFF if is_switched_off(active.run.workflow, context) else None
    except StoreError as error:
        return not_stored(error)


def _is_at_end(active: ActiveRun) -> bool:
    return active.outcome is not None or all(record.status.is_settled for record in active.run.steps)


def _advance(active: ActiveRun, context: Context) -> tuple[list[Work], list[int]]:
    """Begin what may begin; returns the steps for workers, and those that the person must allow."""
    works: dict[int, Work] = {}
    questions: list[int] = []
    while active.outcome is None:
        begin, skip = advance(active.run.workflow.steps, active.run.steps)
        fresh = [index for index in begin if index not in active.works and index not in works]
        if not fresh and not skip:
            break
        for index in skip:
            _change(active, index, status=StepStatus.SKIPPED, reason=NOT_REACHED, ended_at=context.now)
        for index in fresh:
            try:
                work = _begin(active, index, context)
            except UnderstudyError as error:
                fail(active, index, error, context, is_safe=True)
                continue
            if work is not None:
                works[index] = work
            elif approving.is_question(active.run, index):
                questions.append(index)
    return list(works.values()), questions


def _begin(active: ActiveRun, index: int, context: Context) -> Work | None:
    """Begin one step; what needs no worker is done or waits when this returns."""
    step, now = active.run.workflow.steps[index], context.now
    if isinstance(step, ConditionStep):
        against = unmet(step.all, run_facts(active.run, context))
        text = against.text if against else active.run.steps[index].text
        branch = against is None
        fields = {"status": StepStatus.DONE, "branch": branch, "output": str(branch).lower(), "ended_at": now}
        _change(active, index, started_at=now, text=text, **fields)
        return None
    if isinstance(step, DelayStep):
        due = now + step.lasts
        _change(active, index, status=StepStatus.WAITING, started_at=now, due_at=due)
        context.scheduler.wake(step_key(active.run.id, index), due)
        return None
    if isinstance(step, ApprovalStep):
        _ask(active, index, question_of(step.question, active, context), context)
        return None
    filled = fill(active, index, context)
    active.run = with_step(active.run, filled_record(active, index, filled))
    is_allowed = active.run.steps[index].approved or was_seen(active.run, step)
    if must_ask(step, filled.action) and not is_allowed:
        _ask(active, index, active.run.steps[index].text, context)
        return None
    check_consent(active.run, step, context)
    return work_of(active, index, filled, context)


def _ask(active: ActiveRun, index: int, text: str, context: Context) -> None:
    now = context.now
    due = now + ANSWER_TIME
    _change(active, index, status=StepStatus.WAITING, text=text, started_at=now, due_at=due, reason="")


def _change(active: ActiveRun, index: int, **fields: object) -> None:
    active.run = with_step(active.run, msgspec.structs.replace(active.run.steps[index], **fields))


# --- storing ------------------------------------------------------------------------------------


def _store(
    active: ActiveRun,
    context: Context,
    questions: list[int],
    also: tuple[Callable[[], None], ...],
    *,
    is_working: bool,
) -> None:
    """Commit where the run stands, with its questions, at once."""
    before = active.run.status if active.is_stored else None
    active.run = _as_it_stands(active, context, is_working=is_working or bool(active.works))
    try:
        if questions or also:
            with context.store.transaction():
                context.store.runs.put(active.run)
                for index in questions:
                    context.store.suggestions.put(approving.question(active.run, index, context))
                for write in also:
                    write()
        else:
            context.store.runs.put(active.run)
    except StoreError as error:
        if active.is_stored:
            close(active, not_stored(error), context)
        raise
    active.is_stored = True
    if active.run.status is not before:
        context.tell("run", {"id": active.run.id, "status": active.run.status.value})


def _as_it_stands(active: ActiveRun, context: Context, *, is_working: bool) -> Run:
    asks = any(approving.is_question(active.run, index) for index in range(len(active.run.steps)))
    status = RunStatus.WAITING_APPROVAL if asks and not is_working else RunStatus.RUNNING
    worked = int(active.used(context.clock.monotonic()) * SECOND)
    return msgspec.structs.replace(active.run, status=status, worked=worked)


# --- what comes back from workers ---------------------------------------------------------------


def _find(run_id: str, index: int, context: Context) -> tuple[ActiveRun, Work] | None:
    active = context.active.get(run_id)
    work = active.works.get(index) if active else None
    if active is None or work is None or not work.is_begun:
        log.warning("step %d of %s was heard of too late", index, run_id)
        return None
    return active, work


def prepared(message: StepPrepared, context: Context) -> None:
    """Store the intent of a step that can be done, and let it be done; not where its run ends, or is held, by now."""
    found = _find(message.run_id, message.index, context)
    if found is None:
        return
    active, work = found
    if active.outcome is not None or context.is_held:
        leave(active, work, context)
        proceed(active, context)
        return
    record, before = active.run.steps[message.index], active.run
    _change(
        active,
        message.index,
        status=StepStatus.INTENT,
        before=message.before,
        started_at=context.now,
        attempts=record.attempts + 1,
        due_at=0,
    )
    active.run = _as_it_stands(active, context, is_working=True)
    try:
        context.store.runs.put(active.run)
    except StoreError as error:
        active.run = before
        release(active, work, context)
        close(active, not_stored(error), context)
        raise
    context.expectations.extend((context.now + each.within, active.run.id, each) for each in work.expects)
    perform(work, context)


def leave(active: ActiveRun, work: Work, context: Context) -> None:
    """Take a step back that has not acted. Where an earlier agent may have, its run ends: that is not caught up."""
    release(active, work, context)
    if active.run.steps[work.index].status is StepStatus.INTENT:
        active.outcome = active.outcome or NOT_KNOWN


def ended(message: StepEnded, context: Context) -> None:
    """Take in what came of a step, and go on with its run."""
    found = _find(message.run_id, message.index, context)
    if found is None:
        return
    active, work = found
    release(active, work, context)
    if message.performed is not None:
        _done(active, work, message, context)
    else:
        _not_done(active, work, message.error or StoppedError("Stopped"), context)
    proceed(active, context)


def _done(active: ActiveRun, work: Work, message: StepEnded, context: Context) -> None:
    performed = message.performed
    assert performed is not None  # noqa: S101  (for the type checker)
    said = work.output.finish()
    _change(
        active,
        work.index,
        status=StepStatus.DONE,
        output=performed.output or said,
        undo=performed.undo,
        undo_status=UndoStatus.NONE if performed.undo is None else UndoStatus.AVAILABLE,
        stays=performed.stays,
        progress=None,
        ended_at=context.now,
        reason="",
    )
    context.expectations.extend(
        (context.now + each.within, active.run.id, each) for each in performed.expects
    )
    if work.has_timed_out:
        active.outcome = active.outcome or OUT_OF_TIME


def _not_done(active: ActiveRun, work: Work, error: UnderstudyError, context: Context) -> None:
    said = work.output.finish()
    is_safe = not work.has_acted or getattr(error, "nothing_happened", False)
    partly = error.partly
    if isinstance(error, StoppedError) and work.has_timed_out:
        error = TimedOutError("It took longer than it may", error.why, error.fix)
    if isinstance(error, StoppedError) and context.is_ending and not work.has_acted:
        _change(active, work.index, status=StepStatus.PENDING)  # the next agent goes on with it
        return
    if isinstance(partly, Partly):
        fail_partly(active, work.index, error, partly, context, said=said)
        return
    is_safe = is_safe or work.action.is_idempotent(work.parameters)
    fail(active, work.index, error, context, is_safe=is_safe, said=said)


def not_ended(active: ActiveRun, work: Work, context: Context) -> None:
    """Wait no longer for a step that was told to end and does not: what may have happened is not known."""
    release(active, work, context)
    record = active.run.steps[work.index]
    if record.status is StepStatus.INTENT:
        _change(
            active, work.index, status=StepStatus.UNKNOWN, output=work.output.finish(), ended_at=context.now
        )
        active.outcome = active.outcome or NOT_KNOWN
    else:
        error = TimedOutError("It did not end in time") if work.has_timed_out else StoppedError("Stopped")
        fail(active, work.index, error, context, is_safe=False)
    proceed(active, context)
