"""Forgetting: what runs, questions, tasks and dead letters hold of captures that are gone goes after them."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from understudy.core.action import UndoStatus
from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.run import Run, RunStatus, StepRecord
from understudy.core.store_queries import TaskQuery
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import Millis
from understudy.engine.active import Outcome
from understudy.engine.closing import close_each
from understudy.engine.context import STORE_AGAIN, Context, log
from understudy.engine.expiring import settle_without_answer
from understudy.engine.messages import Message, RunEnded, Woken
from understudy.errors import StoreError

FORGOTTEN = "forgotten"
"""Reason code of a run that was ended because what set it off was deleted."""
WORDS = "What it came from was deleted, and its details with it."
ALL = 2**62


def forget(message: Message, context: Context) -> Iterator[Message]:
    """Stage: a run that was to be forgotten has reached its end; now its details go, or all of it with its workflow."""
    if isinstance(message, RunEnded):
        if message.run.reason == FORGOTTEN or message.run.id in context.forgetting:
            _forget_ended(message.run.id, context)
    elif isinstance(message, Woken) and message.key.startswith("forget:"):
        _forget_ended(message.key.removeprefix("forget:"), context)
    return iter(())


def _forget_ended(run_id: str, context: Context) -> None:
    """Let the details of an ended run go; what cannot be deleted now is deleted as soon as that works."""
    store = context.store
    try:
        run = store.runs.get(run_id)
        if run is not None and store.workflows.get(run.workflow.id) is None:
            store.runs.delete_of(run.workflow.id)
            store.dead_letters.delete_of(run.workflow.id)
        forget_runs(context, {run_id}, tasks=True)
        store.vacuum()
    except StoreError:
        context.scheduler.wake(f"forget:{run_id}", context.now + STORE_AGAIN)
        raise
    context.forgetting.discard(run_id)


def end_runs(context: Context, runs: set[str]) -> None:
    """End those of the runs that go on; their details go once they have ended."""
    going_on = sorted(runs & context.active.keys())
    context.forgetting.update(going_on)
    outcome = Outcome(status=RunStatus.CANCELLED, reason=FORGOTTEN, text=WORDS)
    close_each((context.active[run_id] for run_id in going_on), outcome, context, stop=True)


def forget_traces(context: Context, *, tasks: bool) -> int:
    """Blank all that came of captures that are gone, however far; returns how many runs that were.

    Runs that go on are ended, and blanked once they have ended. `tasks`: whether tasks are deleted too; when captures
    only grow too old, what is still to be done stays.
    """
    runs = _offspring(context)
    if runs:
        log.info("forgetting the details of %d runs", len(runs))
    forget_runs(context, runs, tasks=tasks)
    return len(runs)


def forget_runs(context: Context, runs: set[str], *, tasks: bool) -> None:
    """Blank these runs with the questions, dead letters and tasks that came of them, and questions of lost captures."""
    store = context.store
    with store.transaction():
        for run_id in sorted(runs):
            run = store.runs.get(run_id)
            if run is not None and run.status.is_final:
                store.runs.put(blank(run))
        _blank_letters(context, runs)
        if tasks:
            _delete_tasks(context, runs)
    _blank_questions(context, runs)
    end_runs(context, runs)


def blank(run: Run) -> Run:
    """Return a run without anything that may have been captured: what was run, when, and how it ended stay."""
    return msgspec.structs.replace(
        run,
        cause=msgspec.structs.replace(run.cause, ref="", text=""),
        text=WORDS,
        steps=tuple(_blank_step(step) for step in run.steps),
        undo_status=_left(run.undo_status),
        undo_text="",
        event={},
        position=0,
        feedback=run.feedback.partition(":")[0],
    )


def _blank_step(step: StepRecord) -> StepRecord:
    return msgspec.structs.replace(
        step, text="", output="", before={}, undo=None, parameters={}, undo_status=_left(step.undo_status)
    )


def _left(status: UndoStatus) -> UndoStatus:
    """Return what can still be said of undo: without its data nothing can be taken back."""
    return UndoStatus.NONE if status is UndoStatus.AVAILABLE else status


# --- what came of what ----------------------------------------------------------------------------


def _offspring(context: Context) -> set[str]:
    """Return the runs that go back to a capture that is gone, by whatever runs, questions and tasks between."""
    children = _children(context)
    captures = {name: int(name.partition(":")[2]) for name in children if _is_capture(name)}
    missing = context.store.captures.missing(captures.values())
    reached: set[str] = set()
    waiting = [name for name, number in captures.items() if number in missing]
    while waiting:
        found = children.get(waiting.pop(), set()) - reached
        reached |= found
        waiting.extend(found)
    return {name.removeprefix("run:") for name in reached if name.startswith("run:")}


def _children(context: Context) -> dict[str, set[str]]:
    """Return what came right out of what: capture:N, run:ID, suggestion:ID, task:ID -> the same."""
    children: dict[str, set[str]] = defaultdict(set)
    for run_id, cause, capture in context.store.runs.origins():
        children[cause].add(f"run:{run_id}")
        children[f"capture:{capture}"].add(f"run:{run_id}")
    for asked in context.store.suggestions.recent(limit=ALL):
        children[asked.cause_id].add(f"suggestion:{asked.id}")
    for task in context.store.tasks.find(TaskQuery(limit=ALL)):
        children[task.source].add(f"task:{task.id}")
    return children


def _is_capture(name: str) -> bool:
    kind, _, number = name.partition(":")
    return kind == "capture" and number.isdecimal() and number != "0"


# --- what goes with them --------------------------------------------------------------------------


def _blank_letters(context: Context, runs: set[str]) -> None:
    for letter in context.store.dead_letters.find(limit=ALL):
        if letter.run_id in runs:
            left = msgspec.structs.replace(letter, title="A run failed", error=WORDS)
            context.store.dead_letters.put(_dismissed(left, context.now))


def _dismissed(letter: DeadLetter, now: Millis) -> DeadLetter:
    """Return the letter settled: without what fired its run it cannot be run again."""
    if letter.status is not DeadLetterStatus.OPEN:
        return letter
    return msgspec.structs.replace(letter, status=DeadLetterStatus.DISMISSED, settled_at=now)


def _delete_tasks(context: Context, runs: set[str]) -> None:
    for task in context.store.tasks.find(TaskQuery(limit=ALL)):
        if task.source.startswith("run:") and task.source.removeprefix("run:") in runs:
            context.store.tasks.delete(task.id)


def _blank_questions(context: Context, runs: set[str]) -> None:
    """Take waiting questions back, and keep of all no more than that they were asked and how that ended."""
    store = context.store
    for asked in store.suggestions.recent(limit=ALL):
        if not _came_of(asked, runs, context):
            continue
        if asked.status is SuggestionStatus.WAITING:
            settle_without_answer(context, asked, SuggestionStatus.WITHDRAWN)
        settled = store.suggestions.get(asked.id) or asked
        store.suggestions.put(
            msgspec.structs.replace(settled, title=WORDS, body="", event={}, cause_id="", run_id="")
        )


def _came_of(asked: Suggestion, runs: set[str], context: Context) -> bool:
    kind, _, name = asked.cause_id.partition(":")
    if _is_capture(asked.cause_id):
        return bool(context.store.captures.missing([int(name)]))
    return (kind == "run" and name in runs) or asked.run_id in runs
