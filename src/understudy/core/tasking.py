"""The life of a task as pure steps: each returns the task in its next status, with a line in its log."""

from collections.abc import Mapping

import msgspec

from understudy.core.retrying import delay
from understudy.core.run import Run, RunStatus
from understudy.core.sanitise import clean
from understudy.core.secret import check_no_plain_secret
from understudy.core.task import Task, TaskKind, TaskStatus, Transition
from understudy.core.value import HOUR, MINUTE, Millis
from understudy.errors import ConflictError, InvalidInputError

MOST_LOGGED = 50
ATTEMPTS = 3
"""Times a task is begun before it counts as failed."""
FIRST_WAIT: Millis = MINUTE
LONGEST_WAIT: Millis = 6 * HOUR
LONGEST_TITLE = 200
"""Characters."""
LONGEST_PROMPT = 64 << 10
"""Characters."""
MOST_PRIORITY = 10

FOLLOWS: Mapping[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.NEW: frozenset({TaskStatus.PLANNED, TaskStatus.CANCELLED}),
    TaskStatus.PLANNED: frozenset(
        {TaskStatus.PLANNED, TaskStatus.EXECUTING, TaskStatus.FAILED, TaskStatus.CANCELLED}
    ),
    TaskStatus.EXECUTING: frozenset(
        {TaskStatus.DONE, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.PLANNED}
    ),
    TaskStatus.DONE: frozenset(),
    TaskStatus.FAILED: frozenset(),
    TaskStatus.CANCELLED: frozenset(),
}
"""What may follow by itself; only a retry leads out of failed and cancelled."""

PASSING = frozenset(
    {
        "agent_ended",
        "already_running",
        "paused",
        "rate_limit",
        "screen_locked",
        "store",
        "too_late",
        "too_many_runs",
    }
)
"""Reasons of a run that pass by themselves: it may be begun again later."""
NOBODY_ANSWERED = "approval_expired"


def noted(task: Task, at: Millis, by: str) -> Task:
    """Return the task as it begins: new, made fit to keep. Raises InvalidInputError."""
    title = clean(task.title).strip()[:LONGEST_TITLE].strip()
    if not title:
        raise InvalidInputError("The task has no title", fix='As in: understudy task add "Send the report"')
    check_no_plain_secret({"title": task.title})
    checked = msgspec.structs.replace(task, title=title, kind=_kind_of(task), created_at=at)
    _check_prompt(checked.prompt)
    check_order(checked.priority, checked.not_before)
    return _logged(checked, TaskStatus.NEW, at, by, "")


def check_order(priority: int, not_before: Millis) -> None:
    """Raise InvalidInputError unless these can say when a task has its turn."""
    if not -MOST_PRIORITY <= priority <= MOST_PRIORITY:
        raise InvalidInputError(f"{priority} is no priority", fix=f"Use {-MOST_PRIORITY} to {MOST_PRIORITY}")
    if not 0 <= not_before < 2**53:
        raise InvalidInputError(f"{not_before} is no time", fix="Give milliseconds since 1970; 0 = at once")


def moved(task: Task, status: TaskStatus, at: Millis, by: str, text: str = "") -> Task:
    """Return the task in its next status. Raises ConflictError where that cannot follow."""
    if status not in FOLLOWS[task.status]:
        raise ConflictError(
            f"The task is {task.status.value}", f"It cannot become {status.value} now", _way_out(task.status)
        )
    return _logged(task, status, at, by, text)


def planned(task: Task, at: Millis, by: str, *, workflow_id: str = "", prompt: str = "") -> Task:
    """Return the task with what does it: exactly one of both. Raises InvalidInputError, ConflictError."""
    if bool(workflow_id) == bool(prompt):
        raise InvalidInputError("It is not clear what does the task", fix="Give a workflow, or a prompt")
    _check_prompt(prompt)
    kind = TaskKind.WORKFLOW if workflow_id else TaskKind.PROMPT
    ready = moved(task, TaskStatus.PLANNED, at, by)
    return msgspec.structs.replace(ready, kind=kind, workflow_id=workflow_id, prompt=prompt, attempts=0)


def begun(task: Task, at: Millis, by: str, run_id: str, text: str = "") -> Task:
    """Return the task as it begins one more time; `run_id` is empty while the person is being asked."""
    executing = moved(task, TaskStatus.EXECUTING, at, by, text)
    return msgspec.structs.replace(executing, run_id=run_id, attempts=task.attempts + 1)


def put_off(task: Task, at: Millis, why: str) -> Task:
    """Return the task to be begun again: after 1, 2, 4, ... minutes and some, at most 6 hours."""
    due = at + delay(FIRST_WAIT, task.attempts, task.id, LONGEST_WAIT)
    return msgspec.structs.replace(moved(task, TaskStatus.PLANNED, at, "run", why), not_before=due)


def again(task: Task, at: Millis, by: str) -> Task:
    """Return a failed or cancelled task as if it had just been planned. Raises ConflictError."""
    if task.status not in (TaskStatus.FAILED, TaskStatus.CANCELLED):
        why = "Only what failed or was cancelled can be tried again"
        raise ConflictError(f"The task is {task.status.value}", why, _way_out(task.status))
    status = TaskStatus.NEW if task.kind is TaskKind.NOTE else TaskStatus.PLANNED
    fresh = msgspec.structs.replace(task, attempts=0, not_before=0)
    return _logged(fresh, status, at, by, "Tried again")


def result_of(run: Run) -> TaskStatus:
    """Return what an ended run makes of its task; PLANNED = it came to nothing, and may be tried again."""
    if run.status is RunStatus.COMPLETED:
        return TaskStatus.DONE
    if run.status in (RunStatus.CANCELLED, RunStatus.SKIPPED) and run.reason in PASSING:
        return TaskStatus.PLANNED
    if run.status is RunStatus.CANCELLED:
        return TaskStatus.FAILED if run.reason == NOBODY_ANSWERED else TaskStatus.CANCELLED
    return TaskStatus.PLANNED if run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT) else TaskStatus.FAILED


def last_begun(task: Task) -> Millis:
    """Return when it was begun last; 0 = never, or too long ago for the log."""
    times = (each.at for each in reversed(task.log) if each.status is TaskStatus.EXECUTING)
    return next(times, 0)


def _kind_of(task: Task) -> TaskKind:
    if task.workflow_id and task.prompt:
        raise InvalidInputError("The task has both a workflow and a prompt", fix="Give one of them")
    if task.workflow_id:
        return TaskKind.WORKFLOW
    return TaskKind.PROMPT if task.prompt else TaskKind.NOTE


def _check_prompt(prompt: str) -> None:
    check_no_plain_secret({"prompt": prompt})
    if len(prompt) > LONGEST_PROMPT:
        raise InvalidInputError(
            "The prompt is too long", f"It may have {LONGEST_PROMPT} characters", "Shorten it"
        )
    if "\0" in prompt or any("\ud800" <= character <= "\udfff" for character in prompt):
        raise InvalidInputError(
            "The prompt is not text", "It holds NUL or half a character", "Leave that out"
        )


def _logged(task: Task, status: TaskStatus, at: Millis, by: str, text: str) -> Task:
    line = Transition(at=at, status=status, text=text, by=by)
    return msgspec.structs.replace(task, status=status, log=(*task.log, line)[-MOST_LOGGED:])


def _way_out(status: TaskStatus) -> str:
    return {
        TaskStatus.NEW: "Plan it first: say which workflow or prompt does it",
        TaskStatus.EXECUTING: "Wait for it, or cancel it",
        TaskStatus.DONE: "Add a new task",
    }.get(status, "Try it again: understudy task retry ID")
