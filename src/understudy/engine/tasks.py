"""The stage of tasks: wakes the executor, and settles each task from what became of its run or question."""

from collections.abc import Iterator

import msgspec

from understudy.core.run import Run
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.task import Task, TaskStatus
from understudy.core.tasking import ATTEMPTS, last_begun, moved, put_off, result_of
from understudy.engine.context import STORE_AGAIN, Context
from understudy.engine.messages import Message, RunEnded, RunWanted, Woken
from understudy.engine.task_box import (
    HARMLESS,
    keep_failed,
    keep_task,
    may_run_alone,
    set_executor_alarm,
    task_id_of,
    tasks_of,
)
from understudy.engine.task_runs import look
from understudy.errors import StoreError

LOOKED_AT = 100
"""Latest questions among which that of a task is looked for."""


def tasks(message: Message, context: Context) -> Iterator[Message]:
    """Look for a task to begin when it is time, and follow those that were begun."""
    if isinstance(message, Woken) and message.key == "tasks":
        look(context)
    elif isinstance(message, Woken) and message.key.startswith("task:"):
        settle(message.key.removeprefix("task:"), context)
    elif isinstance(message, Woken) and message.key.startswith("task-lost:"):
        settle(message.key.removeprefix("task-lost:"), context, is_lost=True)
    elif isinstance(message, RunWanted):
        _wanted(message, context)
    elif isinstance(message, RunEnded):
        settle(task_id_of(message.run.cause.ref, context), context)
    return iter(())


def restore(context: Context) -> None:
    """Settle what an earlier agent left executing, and set the executor's alarm."""
    for task in tuple(tasks_of(context, TaskStatus.EXECUTING)):
        settle(task.id, context, is_lost=True)
    set_executor_alarm(context)


def _wanted(wanted: RunWanted, context: Context) -> None:
    """Link a task to the run that a yes began; a run that was not even stored came to nothing."""
    task_id = task_id_of(wanted.cause.ref, context)
    task = context.store.tasks.get(task_id) if task_id else None
    if task is None or task.status is not TaskStatus.EXECUTING:
        return
    if not task.run_id and wanted.cause.kind == "answer":
        task = keep_task(msgspec.structs.replace(task, run_id=wanted.run_id), context)
    if task.run_id == wanted.run_id:
        settle(task_id, context, is_lost=True)


def settle(task_id: str, context: Context, *, is_lost: bool = False) -> None:
    """Bring a task up to date with its run or question; `is_lost` = one that is not there was never begun.

    What cannot be stored now is tried again later.
    """
    try:
        task = context.store.tasks.get(task_id) if task_id else None
        if task is not None and task.status is TaskStatus.EXECUTING:
            _settle(task, context, is_lost=is_lost)
    except StoreError:
        context.scheduler.wake(f"task-lost:{task_id}", context.now + STORE_AGAIN)
        raise


def _settle(task: Task, context: Context, *, is_lost: bool) -> None:
    question = None if task.run_id else question_of(task, context)
    run_id = task.run_id or (question.run_id if question else "")
    run = context.store.runs.get(run_id) if run_id else None
    if run is not None:
        linked = msgspec.structs.replace(task, run_id=run.id)
        if run.status.is_final:
            _conclude(linked, run, context)
        elif linked != task:
            keep_task(linked, context)
    elif question is not None and question.status is not SuggestionStatus.APPROVED:
        _unanswered(task, question, context)
    elif is_lost:
        _try_again(task, "The agent ended before it was begun", context)


def question_of(task: Task, context: Context) -> Suggestion | None:
    """Return the question that was asked when the task was begun last."""
    asked = context.store.suggestions.recent(limit=LOOKED_AT, workflow_id=task.workflow_id)
    since = last_begun(task)
    return next((each for each in asked if _asks(each, task) and each.offered_at >= since), None)


def _asks(suggestion: Suggestion, task: Task) -> bool:
    return suggestion.cause_id == f"task:{task.id}"


def _unanswered(task: Task, question: Suggestion, context: Context) -> None:
    """A no calls it off; a question that ended by itself is a failure; one that waits, waits."""
    now, by = context.now, question.answered_by or "executor"
    if question.status is SuggestionStatus.EXPIRED:
        keep_failed(moved(task, TaskStatus.FAILED, now, by, "Nobody answered within 24 hours"), None, context)
    elif question.status is SuggestionStatus.WITHDRAWN:
        keep_failed(moved(task, TaskStatus.FAILED, now, by, "The question was withdrawn"), None, context)
    elif question.status is not SuggestionStatus.WAITING:
        words = question.status.value.replace("_", " ")
        keep_task(moved(task, TaskStatus.CANCELLED, now, by, f"You said {words}"), context)


def _conclude(task: Task, run: Run, context: Context) -> None:
    """Draw the conclusion from the end of its run."""
    result = result_of(run)
    if result is TaskStatus.PLANNED and may_repeat(run):
        _try_again(task, run.text, context, run)
    elif result in (TaskStatus.PLANNED, TaskStatus.FAILED):
        keep_failed(moved(task, TaskStatus.FAILED, context.now, "run", run.text), run, context)
    else:
        keep_task(moved(task, result, context.now, "run", run.text), context)


def may_repeat(run: Run) -> bool:
    """Whether each step that did not end well can be done again without a second effect."""
    return all(record.may_repeat for record in run.steps if record.status not in HARMLESS)


def _try_again(task: Task, why: str, context: Context, run: Run | None = None) -> None:
    """Put it off while the executor may try again and has tries left; else it has failed."""
    if may_run_alone(task, context) and task.attempts < ATTEMPTS:
        keep_task(put_off(task, context.now, why), context)
    else:
        keep_failed(moved(task, TaskStatus.FAILED, context.now, "run", why), run, context)
