"""Taking a run back: inverses in reverse order on a worker, each verified, and honest words about it."""

import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from understudy.core.action import Action, Reversibility, Undone, UndoStatus
from understudy.core.ports import Notice
from understudy.core.run import UNDO_TIME, Run, StepRecord, StepStatus
from understudy.core.template import conceal
from understudy.core.value import MINUTE, SECOND, Millis
from understudy.core.wording import headline, shortened
from understudy.core.workflow import Step
from understudy.engine.active import Timeline
from understudy.engine.answering import verdict
from understudy.engine.context import GRACE, Context, close_notice, log, show, trouble
from understudy.engine.ingest import AFTER_UNDO
from understudy.engine.messages import UndoEnded
from understudy.engine.secrecy import opened
from understudy.errors import ConflictError, NotFoundError, StoreError, UnderstudyError

if TYPE_CHECKING:
    from concurrent.futures import Future

Inverse = tuple[int, Action, dict[str, Any]]
"""(step index, action, its undo state)."""

LONGEST: Millis = MINUTE
"""Time for taking a whole run back."""
LONGEST_STEP = 60
"""Characters of a step that stays, where it is told what came of an undo."""
UNFINISHED = "It was being undone, and the agent ended before that was finished. Please look."
"""What stays where nothing more is heard of an undo."""


def begin(run_id: str, context: Context, reply: "Future[Any] | None" = None) -> None:
    """Start taking a run back, once that is written down: no later agent does it again.

    Raises NotFoundError or ConflictError when that cannot be.
    """
    run = _undoable(run_id, context)
    inverses = tuple(_inverses(run, context))
    types = any(action.exclusive for _, action, _ in inverses)
    if types and context.turn:
        raise ConflictError(f"{run_id} cannot be undone just now", "Something else types", "Try again")
    context.store.runs.put(
        msgspec.structs.replace(run, undo_status=UndoStatus.UNDO_FAILED, undo_text=UNFINISHED)
    )
    if types:  # nothing else may type while it does
        context.turn = f"undo:{run_id}"
    timeline = Timeline(
        run.id,
        context.clock.monotonic() + LONGEST / SECOND,
        lambda expectation: context.expectations.append(
            (context.now + expectation.within, run.id, expectation)
        ),
    )
    context.undoing[run.id], context.undo_timelines[run.id] = reply, timeline
    set_alarm(run.id, timeline, context)
    _expect_changes(context, run.id)
    close_notice(context, f"run:{run.id}")

    def job() -> None:
        undone = tuple(_take_back(inverse, timeline, context) for inverse in inverses)
        context.post(UndoEnded(run_id=run.id, undone=undone))

    context.workers.submit(job)


def set_alarm(run_id: str, timeline: Timeline, context: Context) -> None:
    """Look again at an undo once its time is up, and a moment more."""
    left = int((timeline.deadline - context.clock.monotonic()) * SECOND)
    context.scheduler.wake(f"undo:{run_id}", context.now + left + GRACE)


def _expect_changes(context: Context, run_id: str) -> None:
    context.expectations.extend((context.now + each.within, run_id, each) for each in AFTER_UNDO)


def begin_from_notice(run_id: str, context: Context) -> None:
    """Start taking a run back because its button was pressed; a refusal is told in a notification."""
    try:
        begin(run_id, context)
    except UnderstudyError as error:
        show(context, Notice(key=f"undo:{run_id}", title=error.title, body=error.why or error.fix))


def ended(message: UndoEnded, context: Context) -> None:
    """Store what became of an undo, count it as the person's word, and say so."""
    if message.run_id not in context.undoing:
        log.warning("the undo of %s ended too late", message.run_id)
        return
    reply = context.undoing.pop(message.run_id)
    del context.undo_timelines[message.run_id]
    if context.turn == f"undo:{message.run_id}":
        context.turn = ""
    context.scheduler.cancel(f"undo:{message.run_id}")
    _expect_changes(context, message.run_id)
    try:
        run = _stored(message, context)
    except (NotFoundError, StoreError) as error:
        log.warning("undo of %s: %s", message.run_id, error)
        if reply is not None:
            reply.set_exception(error)
        if isinstance(error, StoreError):
            trouble(context, "store", str(error))
        return
    context.tell("run", {"id": run.id, "status": run.status.value})
    log.info("undo of %s: %s", run.id, run.undo_status.value)
    verdict(context, run.workflow, hit=False, reason="undone")
    if reply is not None:
        reply.set_result(run)
    elif run.undo_status is not UndoStatus.UNDONE:
        show(
            context,
            Notice(key=f"undo:{run.id}", title=_not_undone(run), body=run.undo_text),
        )


def _not_undone(run: Run) -> str:
    words = "undone in part" if run.undo_status is UndoStatus.PARTLY_UNDONE else "not undone"
    return headline(run.workflow.name, f": {words}")


def time_is_up(run_id: str, context: Context) -> None:
    """Wait no longer for an undo that does not end: what became of it is not known."""
    timeline = context.undo_timelines.get(run_id)
    if timeline is not None and context.clock.monotonic() < timeline.deadline:
        set_alarm(run_id, timeline, context)  # heard too early: the clock was set
    elif timeline is not None:
        timeline.stop.set()
        text = "It did not end in time, so it may be undone in part. Please look."
        undone = Undone(status=UndoStatus.UNDO_FAILED, text=text)
        run = context.store.runs.get(run_id)
        steps = run.steps if run else ()
        waited = (step.index for step in steps if step.undo_status is UndoStatus.AVAILABLE)
        context.post(UndoEnded(run_id=run_id, undone=tuple((index, undone) for index in waited)))


def _stored(message: UndoEnded, context: Context) -> Run:
    run = context.store.runs.get(message.run_id)
    if run is None:
        raise NotFoundError(f"{message.run_id} was deleted while it was undone")
    run = _with_undo(run, message.undone, context)
    context.store.runs.put(run)
    return run


def may_undo(run: Run, context: Context) -> bool:
    """Whether the run can be taken back at this moment."""
    return (
        run.undo_status is UndoStatus.AVAILABLE
        and run.status.is_final
        and context.now < run.ended_at + UNDO_TIME
        and run.id not in context.undoing
        and not _gone_on_by(run.id, context)
    )


def _gone_on_by(run_id: str, context: Context) -> str:
    """Return the run that is doing the rest of this one just now: it stands on what would be taken back."""
    rests = (
        each.run.id for each in context.active.values() if each.run.redoes == run_id and not each.is_over
    )
    return next(rests, "")


def _undoable(run_id: str, context: Context) -> Run:
    run = context.store.runs.get(run_id)
    if run is None:
        raise NotFoundError(f"There is no run {run_id}", fix="See: understudy runs")
    if may_undo(run, context):
        return run
    if not run.status.is_final:
        raise ConflictError(
            f"{run_id} is still at work", fix=f"End it first: understudy runs cancel {run_id}"
        )
    if run.id in context.undoing:
        raise ConflictError(f"{run_id} is just being undone", fix=f"See: understudy runs show {run_id}")
    rest = _gone_on_by(run.id, context)
    if rest:
        raise ConflictError(
            f"{run_id} cannot be undone just now",
            f"{rest} is doing the rest of it",
            f"Let it end, or stop it first: understudy runs cancel {rest}",
        )
    if run.undo_status is UndoStatus.AVAILABLE:
        context.store.runs.put(msgspec.structs.replace(run, undo_status=UndoStatus.EXPIRED))
        raise ConflictError(f"{run_id} can no longer be undone", "Undo is possible for 24 hours")
    words = {
        UndoStatus.NONE: _nothing_to_undo(run),
        UndoStatus.UNDONE: ": ".join(filter(None, ("It is undone already", run.undo_text))),
        UndoStatus.EXPIRED: "Undo is possible for 24 hours",
    }.get(run.undo_status, run.undo_text or f"It is {run.undo_status.value.replace('_', ' ')} already")
    raise ConflictError(f"{run_id} cannot be undone", words)


def _nothing_to_undo(run: Run) -> str:
    if any(step.is_partly_done for step in run.steps):
        return "A part of it is there or may be, but it cannot be told apart from the rest, so it stays"
    return "There is nothing in it that could be taken back"


def _inverses(run: Run, context: Context) -> Iterator[Inverse]:
    """Yield how each step is taken back, the one that was done last first."""
    for step in sorted(run.steps, key=lambda step: (step.ended_at, step.index), reverse=True):
        action = context.actions.get(step.action)
        if step.undo_status is UndoStatus.AVAILABLE and step.undo is not None and action is not None:
            yield step.index, action, step.undo


def _take_back(inverse: Inverse, timeline: Timeline, context: Context) -> tuple[int, Undone]:
    index, action, state = inverse
    secrets: dict[str, str] = {}
    if timeline.stop.is_set():
        return index, Undone(status=UndoStatus.UNDO_FAILED, text="Stopped before it was undone.")
    try:
        whole, secrets = opened(state, context.secrets.get)
        undone = action.undo(whole, timeline)
    except UnderstudyError as error:
        undone = Undone(status=UndoStatus.UNDO_FAILED, text=str(error))
    except Exception as error:  # noqa: BLE001  (a plug-in may raise anything; the loop goes on)
        log.error("an undo broke\n%s", conceal("".join(traceback.format_exception(error)), secrets))
        undone = Undone(status=UndoStatus.UNDO_FAILED, text="It broke; the log has the details.")
    return index, msgspec.structs.replace(undone, text=str(conceal(undone.text, secrets)))


def _with_undo(run: Run, undone: tuple[tuple[int, Undone], ...], context: Context) -> Run:
    outcomes = dict(undone)
    for step in run.steps:
        text = _left(run, step, context)
        if text and step.index not in outcomes:
            outcomes[step.index] = Undone(status=UndoStatus.UNDO_FAILED, text=text)
    steps = tuple(_step_with_undo(step, outcomes.get(step.index)) for step in run.steps)
    texts = " ".join(outcome.text for outcome in outcomes.values() if outcome.text)
    status = overall([outcome.status for outcome in outcomes.values()])
    return msgspec.structs.replace(run, steps=steps, undo_status=status, undo_text=texts)


def _left(run: Run, step: StepRecord, context: Context) -> str:
    """Return, in words, that an effect of this step stays; nothing where it has none."""
    action = context.actions.get(step.action)
    if step.is_partly_done:
        return f"{shortened(step.text, LONGEST_STEP)}: what is there of it stays."
    if step.status is not StepStatus.DONE or not isinstance(run.workflow.steps[step.index], Step):
        return ""
    said = shortened(step.text, LONGEST_STEP)
    if action is None:
        return f"{said}: stays, since there is no action called {step.action}."
    stays = step.stays or action.reversibility is Reversibility.NONE
    return f"{said}: cannot be undone." if stays else ""


def _step_with_undo(step: StepRecord, undone: Undone | None) -> StepRecord:
    if undone is None:
        return step
    return msgspec.structs.replace(step, undo_status=undone.status)


def overall(statuses: list[UndoStatus]) -> UndoStatus:
    """Return one honest status for several: undone only if all are."""
    kinds = set(statuses)
    if len(kinds) == 1:
        return kinds.pop()
    if UndoStatus.UNDONE in kinds or UndoStatus.PARTLY_UNDONE in kinds:
        return UndoStatus.PARTLY_UNDONE
    return UndoStatus.UNDO_FAILED
