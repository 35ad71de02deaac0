"""A run: one execution of a workflow, with its cause and the trace of its steps."""

from enum import StrEnum
from typing import Any

from understudy.core.action import UndoStatus
from understudy.core.value import DAY, Millis, Value
from understudy.core.workflow import Workflow

UNDO_TIME: Millis = DAY
"""How long a run can be taken back."""


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"
    """Refused before anything was done, or a dry run."""
    UNKNOWN = "unknown"
    """The agent died between intent and outcome: it may or may not have happened; never repeated by itself."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)


class Cause(Value):
    """What made something happen, back to its origin."""

    kind: str
    """capture, time, manual, answer or run."""
    ref: str = ""
    """What exactly: `capture:12`, `cron:55 8 * * 1-5`, `suggestion:s-1`, `cli`."""
    text: str = ""
    """In words: "Mail came to the front"."""
    chain: tuple[str, ...] = ()
    """Workflows already in this chain of causes, the oldest first."""


class StepStatus(StrEnum):
    """Where one step of a run stands."""

    PENDING = "pending"
    INTENT = "intent"
    """Written down before acting; still here after a crash = unknown."""
    DONE = "done"
    """The effect was seen."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    UNKNOWN = "unknown"


class StepRecord(Value):
    """What became of one step."""

    index: int
    action: str
    status: StepStatus = StepStatus.PENDING
    text: str = ""
    """The preview, or the outcome in words."""
    output: str = ""
    before: dict[str, Any] = {}
    """State recorded before acting."""
    undo: dict[str, Any] | None = None
    undo_status: UndoStatus = UndoStatus.NONE
    started_at: Millis = 0
    ended_at: Millis = 0


class Run(Value):
    """One execution. Its workflow is a snapshot: later edits do not change it."""

    id: str
    workflow: Workflow
    cause: Cause
    status: RunStatus
    created_at: Millis
    started_at: Millis = 0
    ended_at: Millis = 0
    text: str = ""
    """One sentence: what came of it, or why not."""
    reason: str = ""
    """Stable reason code where it failed or was skipped."""
    steps: tuple[StepRecord, ...] = ()
    undo_status: UndoStatus = UndoStatus.NONE
    undo_text: str = ""
