"""A run: one execution of a workflow, with its cause and the trace of its steps."""

from enum import StrEnum
from typing import Any

from understudy.core.action import Progress, UndoStatus
from understudy.core.value import DAY, Millis, Value
from understudy.core.workflow import Workflow

UNDO_TIME: Millis = DAY
"""How long a run can be taken back."""


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Waits for its turn; survives a restart."""
    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"
    """Nothing goes on before the person has answered; survives a restart."""
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
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING_APPROVAL)


class Cause(Value):
    """What made something happen, back to its origin."""

    kind: str
    """capture, time, condition, state, age, escalation, manual, answer, run or task."""
    ref: str = ""
    """What exactly: `capture:12`, `time:1780000000000`, `suggestion:s-1`, `run:r-1`, `cli`."""
    text: str = ""
    """In words: "Mail came to the front"."""
    chain: tuple[str, ...] = ()
    """Workflows already in this chain of causes, the oldest first."""


class StepStatus(StrEnum):
    """Where one step of a run stands."""

    PENDING = "pending"
    WAITING = "waiting"
    """For its time (delay, next try: `due_at`) or for the person's approval."""
    INTENT = "intent"
    """Written down before acting; still here after a crash = unknown."""
    DONE = "done"
    """The effect was seen."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    """No branch led to it, or it failed and its workflow says to go on."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will become of it."""
        return self not in (StepStatus.PENDING, StepStatus.WAITING, StepStatus.INTENT)


class StepRecord(Value):
    """What became of one step."""

    index: int
    action: str
    """Name of the action; for other steps: condition, delay or approval."""
    id: str = ""
    status: StepStatus = StepStatus.PENDING
    text: str = ""
    """The preview, or the outcome in words."""
    output: str = ""
    before: dict[str, Any] = {}
    """State recorded before acting."""
    undo: dict[str, Any] | None = None
    undo_status: UndoStatus = UndoStatus.NONE
    stays: bool = False
    """Whether it left something that cannot be taken back."""
    started_at: Millis = 0
    ended_at: Millis = 0
    parameters: dict[str, Any] = {}
    """What was really used: templates filled in, secrets still by name."""
    attempts: int = 0
    """Tries begun."""
    due_at: Millis = 0
    """When it goes on by itself: the end of a delay, the next try, or the expiry of a question."""
    approved: bool = False
    """Whether the person allowed this step of this run, with these parameters."""
    may_repeat: bool = False
    """For one that failed: whether doing it again can leave no second effect."""
    branch: bool | None = None
    """For conditions: the branch taken."""
    reason: str = ""
    """Stable code of why it failed or was skipped."""
    progress: Progress | None = None
    """How far it came, where that can be counted and it has not reached its end."""

    @property
    def is_partly_done(self) -> bool:
        """Whether a part of its effect is there, or may be."""
        return self.progress is not None and (self.progress.done > 0 or self.status is StepStatus.UNKNOWN)


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
    event: dict[str, Any] = {}
    """What fired it, as `trigger.NAME` in templates and conditions."""
    worked: Millis = 0
    """Working time used so far, as of the last commit; waiting does not count."""
    redoes: str = ""
    """The run whose undone rest this one does; its finished steps were taken over."""
    position: int = 0
    """The capture that fired it; 0 = none."""
    is_automatic: bool = False
    """Whether nobody was asked just before."""
    feedback: str = ""
    """What the person said of it: good, bad, or nothing yet; with their words after a colon."""
