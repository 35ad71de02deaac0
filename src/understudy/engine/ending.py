"""How a run ends: final status, undo, verdict as evidence, the breaker, and the words to the person."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import msgspec

from understudy.core.action import UndoStatus
from understudy.core.dead_letter import DeadLetter
from understudy.core.graph import NOT_REACHED
from understudy.core.limits import ALL_DAY, breaker
from understudy.core.ports import Notice
from understudy.core.reason import Reason
from understudy.core.run import Run, RunStatus, StepRecord, StepStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, SECOND, Millis
from understudy.core.workflow import Lifecycle, Step
from understudy.engine import approving
from understudy.engine.active import ActiveRun, Outcome
from understudy.engine.channel import send_far
from understudy.engine.context import Context, attempt, log, show, undo_plan_of
from understudy.engine.expiring import settle_without_answer, withdraw
from understudy.engine.failing import NOT_KNOWN
from understudy.engine.messages import RunEnded
from understudy.engine.promote import change, lost_trust
from understudy.engine.promote import demote as take_tier
from understudy.engine.propose import state_of, verdict
from understudy.engine.waiting import dispatch, step_key
from understudy.errors import StoreError

BY_ITSELF = ("approval_expired", "too_late")
"""Why a run is cancelled without anybody's word; the person hears of it."""
STORE_AGAIN = 30 * SECOND
"""How long after it could not be stored the end of a run is tried again."""


def end(active: ActiveRun, context: Context) -> None:
    """Store the end of a run, draw the conclusions, and say so.

    An end that cannot be stored now is stored as soon as that works again; who waits is told at once.
    """
    active.is_over = True
    run = _ended(active, context)
    try:
        _store(run, active.letter, context)
    except StoreError as full:
        context.scheduler.wake(f"run:{run.id}", context.now + STORE_AGAIN)
        replies, active.replies = active.replies, []
        for reply in replies:
            reply.set_exception(full)
        raise
    finally:
        dispatch(context)
    active.run = run
    context.active.pop(run.id, None)
    _forget_alarms(run, context)
    settled(run, context)
    active.answer_waiting()


def _store(run: Run, letter: DeadLetter | None, context: Context) -> None:
    """Store the end of a run with its letter, and take back what is still asked, at once."""
    asked = approving.open_questions(run, context)
    with context.store.transaction() if letter or asked else nullcontext():
        context.store.runs.put(run)
        if letter:
            context.store.dead_letters.put(letter)
        for question in asked:
            settle_without_answer(context, question, SuggestionStatus.WITHDRAWN)


def _forget_alarms(run: Run, context: Context) -> None:
    context.scheduler.cancel(f"run:{run.id}")
    for record in run.steps:
        if record.due_at:
            context.scheduler.cancel(step_key(run.id, record.index))
            context.scheduler.cancel(approving.escalation_key(run.id, record.index))


def settled(run: Run, context: Context) -> None:
    """Tell of a run whose end is stored, and draw the conclusions from it."""
    context.tell("run", {"id": run.id, "status": run.status.value})
    log.info("%s of %s ended: %s", run.id, run.workflow.id, run.status.value)
    context.post(RunEnded(run=run))
    # The run is stored; what could not follow from it will be weighed after the next one.
    attempt(context, partial(after_end, run, context))


def after_end(run: Run, context: Context) -> None:
    """Draw the conclusions from an ended run: evidence, trust, breaker, words to the person."""
    if run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT):
        verdict(context, run.workflow, hit=False, reason="failed")
    notice = notice_after(run, context)
    if notice:
        show(context, notice)
        if run.status is not RunStatus.COMPLETED:
            send_far(context, notice.title, notice.body)
    weigh(run, context)


def notice_after(run: Run, context: Context) -> Notice | None:
    """Return what to tell the person: automatic runs always, others only when something went wrong."""
    if run.status is RunStatus.COMPLETED:
        if not run.is_automatic or not _done(run):
            return None
        body = f"{run.cause.text}. {undo_plan_of(context, run.workflow)}"
        buttons = (("undo", "Undo"),) if run.undo_status is UndoStatus.AVAILABLE else ()
        return Notice(key=f"run:{run.id}", title=done_words(run), body=body, buttons=buttons)
    if run.status is RunStatus.CANCELLED and run.reason not in BY_ITSELF:
        return None
    return Notice(key=f"run:{run.id}", title=f"{run.workflow.name}: {_bad_end(run.status)}", body=run.text)


def done_words(run: Run) -> str:
    """Return the title for something done: "Done: Open Notes and 1 more"."""
    done = _done(run)
    more = f" and {len(done) - 1} more" if len(done) > 1 else ""
    return f"Done: {done[0].text}{more}" if done else "Done: there was nothing to do"


def _done(run: Run) -> list[StepRecord]:
    """Return the records of the actions that were done."""
    steps = run.workflow.steps
    return [
        each for each in run.steps if each.status is StepStatus.DONE and isinstance(steps[each.index], Step)
    ]


def weigh(run: Run, context: Context) -> None:
    """Suspend a workflow that fails or vanishes too often, or take one tier from it."""
    workflow = context.store.workflows.get(run.workflow.id)
    if workflow is None or workflow.lifecycle is not Lifecycle.ACTIVE:
        return
    # What happened before the person switched it on again, or said yes for the first time, is settled.
    since = max(context.now - DAY, workflow.changed_at)
    tripped = _tripped(run, since, context)
    if tripped:
        change(context, workflow, lifecycle=Lifecycle.SUSPENDED, note=tripped.text)
        withdraw(context, workflow.id)
        words = f"{tripped.text}. It does nothing more until you switch it on again."
        show(
            context,
            Notice(key=f"suspended:{workflow.id}", title=f"{workflow.name} is switched off", body=words),
        )
        return
    state = state_of(workflow, context)
    why = lost_trust(workflow, state, context) if state and workflow.tier is not Tier.OBSERVE else ""
    if why:
        take_tier(context, workflow, why)


def _bad_end(status: RunStatus) -> str:
    return {
        RunStatus.FAILED: "did not work",
        RunStatus.TIMED_OUT: "took too long",
        RunStatus.UNKNOWN: "it is not known whether it happened",
        RunStatus.CANCELLED: "was not finished",
    }.get(status, status.value.replace("_", " "))


def _ended(active: ActiveRun, context: Context) -> Run:
    run, outcome = _with_intents_unknown(active.run, context), active.outcome
    is_done = all(step.status in (StepStatus.DONE, StepStatus.SKIPPED) for step in run.steps)
    if outcome is None or (is_done and outcome.status in (RunStatus.CANCELLED, RunStatus.TIMED_OUT)):
        outcome = Outcome(status=RunStatus.COMPLETED, text=_done_in_full(run))
    elif outcome.status is not RunStatus.UNKNOWN and any(
        step.status is StepStatus.UNKNOWN for step in run.steps
    ):
        outcome = replace(NOT_KNOWN, reason=outcome.reason)
    return msgspec.structs.replace(
        run,
        status=outcome.status,
        ended_at=context.now,
        text=outcome.text,
        reason=outcome.reason,
        steps=tuple(_given_up(step, context) for step in run.steps),
        worked=int(active.used(context.clock.monotonic()) * SECOND),
        undo_status=undo_status_of(run),
    )


def _with_intents_unknown(run: Run, context: Context) -> Run:
    """Return the run with every open intent as unknown: it was to be repeated, and was not."""
    steps = tuple(
        msgspec.structs.replace(step, status=StepStatus.UNKNOWN, ended_at=context.now)
        if step.status is StepStatus.INTENT
        else step
        for step in run.steps
    )
    return msgspec.structs.replace(run, steps=steps)


def _given_up(step: StepRecord, context: Context) -> StepRecord:
    """Return what waited as cancelled: nothing more becomes of it."""
    if step.status is not StepStatus.WAITING:
        return step
    return msgspec.structs.replace(step, status=StepStatus.CANCELLED, ended_at=context.now)


def _done_in_full(run: Run) -> str:
    done = "; ".join(step.text for step in _done(run))
    failed = [step for step in run.steps if step.status is StepStatus.SKIPPED and step.reason != NOT_REACHED]
    without = " ".join(f"Not done: {step.text} ({step.output})." for step in failed)
    text = f"Done: {done}" if done else "There was nothing to do"
    return f"{text}. {without}" if without else text


def _tripped(run: Run, since: Millis, context: Context) -> Reason | None:
    """Return why its workflow must be suspended; only an end that is bad can be one too many."""
    if run.status not in (RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.UNKNOWN):
        return None
    runs = context.store.runs.recent(limit=ALL_DAY, workflow_id=run.workflow.id, since=since)
    return breaker(runs, context.now)


def undo_status_of(run: Run) -> UndoStatus:
    """Return whether any of its steps left something that can be taken back."""
    can_undo = any(step.undo_status is UndoStatus.AVAILABLE for step in run.steps)
    return UndoStatus.AVAILABLE if can_undo else UndoStatus.NONE
