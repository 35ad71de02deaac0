"""A task: something to be done once, by a workflow or by the person's own assistant command."""

from enum import StrEnum

from understudy.core.value import Millis, Value


class TaskStatus(StrEnum):
    """Where a task stands: new -> planned -> executing -> done or failed; cancelled from anywhere before the end."""

    NEW = "new"
    """Noted; nobody has said how or when."""
    PLANNED = "planned"
    """It is known what does it; the executor or the person starts it."""
    EXECUTING = "executing"
    """Its run is going on."""
    DONE = "done"
    """Its run completed."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in (TaskStatus.DONE, TaskStatus.FAILED, TaskStatus.CANCELLED)


class TaskKind(StrEnum):
    """What does a task."""

    NOTE = "note"
    """Nothing but the person: it is only kept in the list."""
    WORKFLOW = "workflow"
    PROMPT = "prompt"
    """The person's own assistant command, with the task's text on its input."""


class Transition(Value):
    """One change of a task's status."""

    at: Millis
    status: TaskStatus
    text: str = ""
    """Why, in words."""
    by: str = ""
    """cli, api, dashboard, folder, executor, run or workflow:ID."""


class Task(Value):
    """One thing in the inbox."""

    id: str
    title: str
    kind: TaskKind = TaskKind.NOTE
    workflow_id: str = ""
    prompt: str = ""
    status: TaskStatus = TaskStatus.NEW
    priority: int = 0
    """-10 to 10; higher ones first."""
    created_at: Millis = 0
    not_before: Millis = 0
    """The executor leaves it alone until then: when it is due, or after a failure its next try."""
    attempts: int = 0
    run_id: str = ""
    """The latest run."""
    source: str = ""
    """cli, api, dashboard, folder:NAME, or run:ID where a workflow made it."""
    chain: tuple[str, ...] = ()
    """Workflows that led to it, so that tasks cannot go round in circles."""
    log: tuple[Transition, ...] = ()
    """Oldest first, at most 50."""
