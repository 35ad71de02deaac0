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
from understudy.core.store_queries import RunQuery
from understudy.core.suggestion import SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, SECOND, Millis
from understudy.core.wording import as_sentence, headline, shortened
from understudy.core.workflow import Lifecycle, Origin, Step
from understudy.engine import approving
from understudy.engine.active import ActiveRun, Outcome
from understudy.engine.answering import verdict
from understudy.engine.channel import send_far
from understudy.engine.context import STORE_AGAIN, Context, attempt, log, show
from understudy.engine.dead_letters import open_letters
from understudy.engine.expiring import settle_without_answer, withdraw
from understudy.engine.failing import NOT_KNOWN, why_unknown
from understudy.engine.foreseeing import undo_preview
from understudy.engine.messages import RunEnded
from understudy.engine.promote import change, lost_trust
from understudy.engine.promote import demote as take_tier
from understudy.engine.propose import VISIBLE_BODY, state_of
from understudy.engine.waiting import dispatch, step_key
from understudy.errors import StoreError

BY_ITSELF = ("approval_expired", "too_late")
"""Why a run is cancelled without anybody's word; the person hears of it."""
TELLS = "notify"
"""The action that puts words of the workflow's own on screen."""
LONGEST_STEP = 60
"""Characters of a step in what is said of a run; all of it stands with the step."""
TELLING = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.UNKNOWN)
"""Ends that say how well a workflow does."""


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
        if not run.is_automatic or not _done(run) or _has_told(run):
            return None
        body = f"{as_sentence(run.cause.text)} {_way_back(run, context)}"
        return Notice(key=f"run:{run.id}", title=done_words(run), body=body, buttons=_undo_button(run))
    if run.status is RunStatus.CANCELLED and run.reason not in BY_ITSELF:
        return None
    title = headline(run.workflow.name, f": {_bad_end(run)}")
    letters = open_letters(run.id, context)
    see = f"See: understudy {f'dead-letters show {letters[0].id}' if letters else f'runs show {run.id}'}"
    about = f"{as_sentence(run.cause.text)} {run.text}" if run.cause.kind == "task" else run.text
    body = f"{shortened(about, VISIBLE_BODY - len(see) - 1)} {see}"
    return Notice(key=f"run:{run.id}", title=title, body=body, buttons=_undo_button(run))


def _way_back(run: Run, context: Context) -> str:
    """Return how the actions of a run are taken back, each as it was done."""
    said = (
        undo_preview(context, step, record.parameters or None)
        for step, record in zip(run.workflow.steps, run.steps, strict=True)
        if isinstance(step, Step)
    )
    return " ".join(dict.fromkeys(said))


def _undo_button(run: Run) -> tuple[tuple[str, str], ...]:
    return (("undo", "Undo"),) if run.undo_status is UndoStatus.AVAILABLE else ()


def _has_told(run: Run) -> bool:
    """Whether its own last word was a notification, and nothing else of it could be taken back: that is enough."""
    *before, last = _done(run)
    return last.action == TELLS and not any(each.undo_status is UndoStatus.AVAILABLE for each in before)


def done_words(run: Run) -> str:
    """Return the title for something done: "Done: Open Notes and 1 more", or by the name that the person gave it."""
    done = _done(run)
    if done and run.workflow.origin is Origin.WRITTEN:
        return f"Done: {run.workflow.name}"
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
        words = f"{tripped.text}. It does nothing more until you switch it on again, in the tray menu."
        show(
            context,
            Notice(
                key=f"suspended:{workflow.id}",
                title=headline(workflow.name, " is switched off"),
                body=words,
            ),
        )
        return
    state = state_of(workflow, context)
    why = lost_trust(workflow, state, context) if state and workflow.tier is not Tier.OBSERVE else ""
    if why:
        take_tier(context, workflow, why)


def _bad_end(run: Run) -> str:
    status, in_part = run.status, any(step.is_partly_done for step in run.steps)
    if in_part and status in (RunStatus.FAILED, RunStatus.UNKNOWN):
        is_known = status is RunStatus.FAILED
        return "was done in part" if is_known else "it is not known how much of it happened"
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
        outcome = replace(NOT_KNOWN, reason=outcome.reason, text=why_unknown(run))
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
    done = "; ".join(shortened(step.text, LONGEST_STEP) for step in _done(run))
    failed = [step for step in run.steps if step.status is StepStatus.SKIPPED and step.reason != NOT_REACHED]
    without = " ".join(f"Not done: {shortened(step.text, LONGEST_STEP)} ({step.output})." for step in failed)
    text = f"Done: {done}" if done else "There was nothing to do"
    return f"{text}. {without}" if without else text


def _tripped(run: Run, since: Millis, context: Context) -> Reason | None:
    """Return why its workflow must be suspended; only an end that is bad can be one too many."""
    if run.status is RunStatus.COMPLETED or run.status not in TELLING:
        return None
    telling = RunQuery(workflow_id=run.workflow.id, statuses=TELLING, limit=ALL_DAY)
    return breaker(context.store.runs.find(telling), since)


def undo_status_of(run: Run) -> UndoStatus:
    """Return whether any of its steps left something that can be taken back."""
    can_undo = any(step.undo_status is UndoStatus.AVAILABLE for step in run.steps)
    return UndoStatus.AVAILABLE if can_undo else UndoStatus.NONE
