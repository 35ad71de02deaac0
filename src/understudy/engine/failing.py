"""What follows when a step fails: the run stops, goes on without it, or tries again where nothing can happen twice."""

import msgspec

from understudy.core.action import Partly, UndoStatus
from understudy.core.dead_letter import DeadLetter
from understudy.core.retrying import delay
from understudy.core.run import Run, RunStatus, StepRecord, StepStatus
from understudy.core.value import Millis, stable_id
from understudy.core.wording import times_in_words
from understudy.core.workflow import AnyStep, DelayStep, OnFailure, Step
from understudy.engine.active import ActiveRun, Outcome
from understudy.engine.context import Context, log
from understudy.engine.waiting import step_key
from understudy.errors import StoppedError, StoreError, TimedOutError, UnderstudyError

STOPPED = Outcome(
    status=RunStatus.CANCELLED, reason=StoppedError.code, text="Stopped before it was finished."
)
OUT_OF_TIME = Outcome(
    status=RunStatus.TIMED_OUT, reason="timed_out", text="It took longer than it may and was ended."
)
NOT_KNOWN = Outcome(
    status=RunStatus.UNKNOWN,
    reason="timed_out",
    text="It did not end in time, so it may or may not have happened. Please look; it is not tried again.",
)


def with_step(run: Run, record: StepRecord) -> Run:
    """Return the run with one of its steps replaced."""
    steps = (*run.steps[: record.index], record, *run.steps[record.index + 1 :])
    return msgspec.structs.replace(run, steps=steps)


def not_stored(error: StoreError) -> Outcome:
    """Return what a run ends as that could not be written down on its way."""
    text = f"Not finished, since it could not be written down. {error}"
    return Outcome(status=RunStatus.CANCELLED, reason=error.code, text=text)


def fail(
    active: ActiveRun, index: int, error: UnderstudyError, context: Context, *, is_safe: bool, said: str = ""
) -> None:
    """Take in that a step failed. `is_safe`: doing it again can leave no second effect; `said`: its output."""
    step, record = active.run.workflow.steps[index], active.run.steps[index]
    tries = record.attempts + (record.status is StepStatus.PENDING)
    status = _status_after(error)
    failed = msgspec.structs.replace(
        record,
        status=status,
        attempts=tries,
        output=_output(said, error),
        reason=error.code,
        ended_at=context.now,
        may_repeat=is_safe,
    )
    policy = _policy(step, active, context)
    if status is StepStatus.CANCELLED:
        active.outcome = active.outcome or STOPPED
    elif policy is OnFailure.SKIP:
        failed = msgspec.structs.replace(failed, status=StepStatus.SKIPPED)
    elif isinstance(step, Step) and policy is OnFailure.RETRY and is_safe and tries < step.retry.attempts:
        failed = _again(active, failed, context)
    else:
        _stop(active, policy, failed, error, is_safe=is_safe)
    active.run = with_step(active.run, failed)


def fail_partly(
    active: ActiveRun, index: int, error: UnderstudyError, partly: Partly, context: Context, *, said: str = ""
) -> None:
    """Take in that only a part of a step was done: it failed there, or, if that is not certain, it is unknown."""
    undo_status = UndoStatus.NONE if partly.undo is None else UndoStatus.AVAILABLE
    record = msgspec.structs.replace(
        active.run.steps[index], progress=partly.progress, undo=partly.undo, undo_status=undo_status
    )
    active.run = with_step(active.run, record)
    if partly.is_certain:
        fail(active, index, error, context, is_safe=partly.progress.done == 0, said=said)
        return
    unknown = msgspec.structs.replace(
        record,
        status=StepStatus.UNKNOWN,
        output=_output(said, error),
        reason=error.code,
        ended_at=context.now,
    )
    active.run = with_step(active.run, unknown)
    outcome = Outcome(status=RunStatus.UNKNOWN, reason=error.code, text=why_unknown(active.run))
    active.outcome = active.outcome or outcome


def why_unknown(run: Run) -> str:
    """Return what is said of a run with an unknown step: of one done in part what is certain."""
    for record in run.steps:
        if record.status is StepStatus.UNKNOWN and record.is_partly_done and record.output:
            return f"{record.output} Please look; it is not tried again."
    return NOT_KNOWN.text


def _output(said: str, error: UnderstudyError) -> str:
    return "\n".join(text for text in (said, str(error)) if text)


def _policy(step: AnyStep, active: ActiveRun, context: Context) -> OnFailure:
    """Return what its workflow wants, unless the run is at its end anyway."""
    wanted = step.on_failure if isinstance(step, Step) else OnFailure.STOP
    if active.outcome is not None:
        return OnFailure.STOP
    has_time = active.left(context.clock.monotonic()) > 0
    return wanted if has_time else OnFailure.STOP


def length_of_wait(run: Run, record: StepRecord) -> Millis:
    """Return how long a step waits: a delay as long as it lasts, a failed one until its next try."""
    step = run.workflow.steps[record.index]
    if isinstance(step, DelayStep):
        return step.lasts
    assert isinstance(step, Step)  # noqa: S101  (for the type checker: the others wait for a person)
    return delay(step.retry.delay, record.attempts, f"{run.id}/{record.index}")


def _again(active: ActiveRun, failed: StepRecord, context: Context) -> StepRecord:
    """Return the step as it waits for its next try."""
    run_id, index = active.run.id, failed.index
    wait = length_of_wait(active.run, failed)
    due = context.now + wait
    context.scheduler.wake(step_key(run_id, index), due)
    log.info("step %d of %s is tried again in %d ms: %s", index, run_id, wait, failed.reason)
    return msgspec.structs.replace(failed, status=StepStatus.WAITING, due_at=due)


def _stop(
    active: ActiveRun, policy: OnFailure, failed: StepRecord, error: UnderstudyError, *, is_safe: bool
) -> None:
    is_late = failed.status is StepStatus.TIMED_OUT
    text = OUT_OF_TIME.text if is_late else str(error)
    if policy is OnFailure.RETRY:
        text += f" Tried {times_in_words(failed.attempts)}." if is_safe else ""
        text += "" if is_safe else " It was not tried again, since it may have happened already."
        active.letter = letter_of(active.run, failed, text)
    ended = RunStatus.TIMED_OUT if is_late else RunStatus.FAILED
    reason = OUT_OF_TIME.reason if is_late else error.code
    active.outcome = active.outcome or Outcome(status=ended, reason=reason, text=text)


def _status_after(error: UnderstudyError) -> StepStatus:
    if isinstance(error, StoppedError):
        return StepStatus.CANCELLED
    return StepStatus.TIMED_OUT if isinstance(error, TimedOutError) else StepStatus.FAILED


def letter_of(run: Run, failed: StepRecord, error: str) -> DeadLetter | None:
    """Return what the person finds in the list of what came to nothing; tasks write their own."""
    if run.cause.kind == "task":
        return None
    return DeadLetter(
        id=stable_id("d", run.id, failed.index),
        run_id=run.id,
        workflow_id=run.workflow.id,
        step=failed.index,
        title=f"{run.workflow.name}: {failed.text}",
        error=error,
        attempts=failed.attempts,
        created_at=failed.ended_at,
    )
