"""Messages: the only way anything reaches the engine. Frozen; each says what happened, or what is wanted."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from understudy.core.action import Performed, Progress, Undone
from understudy.core.capture import Capture, Symbol
from understudy.core.pattern import Pattern, PatternState
from understudy.core.run import Cause, Run
from understudy.core.workflow import Workflow
from understudy.errors import UnderstudyError


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """A watcher saw something."""

    capture: Capture
    reply: "Future[int | None] | None" = None
    """Gets the id it was stored under; None = it was not kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A capture passed the privacy rules and was stored."""

    id: int
    capture: Capture
    symbol: Symbol


@dataclass(frozen=True, kw_only=True, slots=True)
class Woken:
    """The scheduler's wake-up for a key has come."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested:
    """CLI, API or tray want a use case carried out; the reply gets its result or error."""

    call: Callable[[Any], Any]
    reply: "Future[Any]" = field(default_factory=Future)


@dataclass(frozen=True, kw_only=True, slots=True)
class MiningEnded:
    """A mining came back from its worker; None = it broke, and said so in the log."""

    patterns: tuple[Pattern, ...] | None
    learner: Any = None
    """The learner it was done for: what it found means nothing to another one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A pattern was accepted by the learner."""

    pattern: Pattern


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A pattern's evidence or figures changed."""

    state: PatternState


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """A pattern was given up."""

    pattern_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fired:
    """A trigger of an armed workflow fired."""

    workflow: Workflow
    cause: Cause
    position: int = 0
    """The capture that did it; 0 = none."""
    event: dict[str, Any] = field(default_factory=dict)
    """What is known of it, as `trigger.NAME`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A trigger came again right after its workflow ran: what the person does now says nothing of their habit."""

    workflow: Workflow
    run_id: str
    position: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The person should be asked whether to run this."""

    workflow: Workflow
    cause: Cause
    position: int = 0
    event: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunWanted:
    """A run is permitted by tier or answer and should start if nothing speaks against it."""

    run_id: str
    workflow: Workflow
    cause: Cause
    position: int = 0
    is_automatic: bool = False
    """Whether nobody was asked just now."""
    event: dict[str, Any] = field(default_factory=dict)
    """What fired it, as `trigger.NAME`."""
    redoes: str = ""
    """An ended run whose finished steps are taken over."""
    reply: "Future[Any] | None" = None
    """Resolved with the run once it has ended, or nothing of it works any more: queued, or waiting."""
    waits: bool = True
    """Whether the reply waits for that; if not, it comes as soon as the run is stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalAnswered:
    """The person answered a run that waits for their approval, or nobody did for 24 hours."""

    run_id: str
    index: int
    approved: bool
    text: str = ""
    """By whom, or why not, in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunEnded:
    """A run has come to its end, and that is stored."""

    run: Run


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPrepared:
    """A worker found that the step can be done, and what was there before; nothing has happened yet."""

    run_id: str
    index: int
    before: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepCame:
    """A step at work has come so far."""

    run_id: str
    index: int
    progress: Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class StepEnded:
    """A worker did the step (`performed`) or could not (`error`)."""

    run_id: str
    index: int
    performed: Performed | None = None
    error: UnderstudyError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoEnded:
    """A worker went through the inverses of a run: (step index, what came of it), last step first."""

    run_id: str
    undone: tuple[tuple[int, Undone], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeEnded:
    """A notification is gone: a button's key, or dismissed, closed, expired, timeout, lost."""

    key: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Relearned:
    """A fresh learner has gone through all that is stored."""

    learner: Any
    """None = it broke, and said so in the log."""
    last_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A worker read some records of an import; the next are read once these are stored."""

    job: Any
    """The `intake.ImportJob`."""
    captures: tuple[Capture, ...]
    is_last: bool
    error: UnderstudyError | None = None


Message = (
    Batch
    | Captured
    | Noted
    | Woken
    | Requested
    | MiningEnded
    | Found
    | Moved
    | Lost
    | Fired
    | Asked
    | Served
    | RunWanted
    | ApprovalAnswered
    | RunEnded
    | StepPrepared
    | StepCame
    | StepEnded
    | UndoEnded
    | NoticeEnded
    | Relearned
)
