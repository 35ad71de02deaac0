"""What every change of a task brings with it: stored, told, the executor's alarm set, a letter where it failed."""

from collections.abc import Iterator

import msgspec

from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.reason import Reason
from understudy.core.run import Run, RunStatus, StepStatus
from understudy.core.store_queries import TaskQuery
from understudy.core.task import Task, TaskStatus
from understudy.core.value import SECOND, Millis
from understudy.engine.context import Context, log
from understudy.engine.identity import new_id
from understudy.engine.messages import RunWanted

PAGE = 200
LOOKED_AT = 10_000
"""Latest open letters, or runs of a workflow, among which those of a task are looked for."""
HARMLESS = (StepStatus.DONE, StepStatus.SKIPPED, StepStatus.PENDING, StepStatus.WAITING)
"""Statuses of steps that did what they should, or were not reached."""


def keep_task(task: Task, context: Context) -> Task:
    """Store a task, tell of it, and let the executor look when it may have its turn."""
    context.store.tasks.put(task)
    told(task.id, task.status.value, context)
    return task


def told(task_id: str, status: str, context: Context) -> None:
    """Tell of a task that has changed, and set the executor's alarm accordingly."""
    context.tell("task", {"id": task_id, "status": status})
    set_executor_alarm(context)


def called_off(wanted: RunWanted, context: Context) -> Reason | None:
    """Return why a run is not begun whose task no longer waits for it: for this very one, or for a yes."""
    task_id = task_id_of(wanted.cause.ref, context)
    if not task_id:
        return None
    task = context.store.tasks.get(task_id)
    expected = wanted.run_id if wanted.cause.kind == "task" else ""
    if task and task.status is TaskStatus.EXECUTING and task.run_id == expected:
        return None
    return Reason(code="called_off", text="Its task was called off before it began")


def task_id_of(ref: str, context: Context) -> str:
    """Return the task behind a cause, also by way of the question it asked; empty = there is none."""
    kind, _, thing = ref.partition(":")
    if kind == "suggestion":
        suggestion = context.store.suggestions.get(thing)
        kind, _, thing = (suggestion.cause_id if suggestion else "").partition(":")
    return thing if kind == "task" else ""


def run_to_go_on_from(task_id: str, workflow_id: str, context: Context) -> str:
    """Return the latest run of a task, whose finished steps are not done again; empty = there is none to go on from.

    A run that was refused has taken over what those before it had done.
    """
    for run in context.store.runs.recent(limit=LOOKED_AT, workflow_id=workflow_id):
        if task_id_of(run.cause.ref, context) == task_id:
            is_usable = run.status.is_final and run.status is not RunStatus.COMPLETED and bool(run.event)
            return run.id if is_usable else ""
    return ""


# --- the executor's alarm -----------------------------------------------------------------------


def set_executor_alarm(context: Context) -> None:
    """Wake the executor when the next task may have its turn, not before an interval is over; else never."""
    due = next_look(context)
    if due:
        context.scheduler.wake("tasks", due)
    else:
        context.scheduler.cancel("tasks")


def next_look(context: Context) -> Millis:
    """Return when the executor looks next; 0 = there is nothing for it, or it is off or paused."""
    if not context.settings.executor_autorun or context.is_held:
        return 0
    earliest = min((task.not_before for task in planned_alone(context)), default=None)
    if earliest is None:
        return 0
    soonest = min(context.tasks_looked_at, context.now) + context.settings.executor_interval * SECOND
    return max(soonest, earliest, context.now)


def may_run_alone(task: Task, context: Context) -> bool:
    """Whether the executor may begin tasks of this kind."""
    return context.settings.executor_autorun and task.kind.value in context.settings.executor_kinds


def planned_alone(context: Context) -> list[Task]:
    """Return what the executor may begin, now or later, in the order of their turns."""
    return [task for task in tasks_of(context, TaskStatus.PLANNED) if may_run_alone(task, context)]


def tasks_of(context: Context, *statuses: TaskStatus) -> Iterator[Task]:
    """Yield all tasks of these statuses: highest priority first, then oldest."""
    after = ""
    while page := context.store.tasks.find(TaskQuery(statuses=statuses, after=after, limit=PAGE)):
        yield from page
        after = page[-1].id


# --- failures -----------------------------------------------------------------------------------


def keep_failed(task: Task, run: Run | None, context: Context) -> None:
    """Keep a failed task with a letter, so that the person sees it and can try again."""
    letter = _letter(task, run, context)
    with context.store.transaction():
        context.store.dead_letters.put(letter)
        context.store.tasks.put(task)
    context.tell("dead_letter", {"id": letter.id, "status": letter.status.value})
    told(task.id, task.status.value, context)
    log.info("%s has failed after %d tries", task.id, task.attempts)


def _letter(task: Task, run: Run | None, context: Context) -> DeadLetter:
    """Return the letter of its run with the task named in it, or a new one."""
    found = context.store.dead_letters.find(DeadLetterStatus.OPEN, LOOKED_AT) if run else []
    own = next((each for each in found if run and each.run_id == run.id), None)
    if own is not None:
        return msgspec.structs.replace(own, task_id=task.id)
    failed = next((step.index for step in run.steps if step.status not in HARMLESS), -1) if run else -1
    return DeadLetter(
        id=new_id("d"),
        run_id=task.run_id,
        workflow_id=task.workflow_id,
        step=failed,
        title=task.title,
        error=task.log[-1].text,
        attempts=task.attempts,
        created_at=context.now,
        task_id=task.id,
    )


def settle_letters(task_id: str, status: DeadLetterStatus, context: Context) -> None:
    """Close the open letters of a task that is tried again, or gone."""
    for letter in context.store.dead_letters.find(DeadLetterStatus.OPEN, LOOKED_AT):
        if letter.task_id == task_id:
            settled = msgspec.structs.replace(letter, status=status, settled_at=context.now)
            context.store.dead_letters.put(settled)
