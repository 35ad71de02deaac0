"""What interfaces show: values made for people and programs to read, answered by `service`."""

from understudy.core.pattern import PatternState
from understudy.core.ports import BadRecord, Capability
from understudy.core.reason import Reason
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion
from understudy.core.value import Millis, Value
from understudy.core.workflow import Workflow


class SuggestionCard(Value):
    """A suggestion with what is needed to decide on it."""

    suggestion: Suggestion
    workflow_name: str
    plan: tuple[str, ...]
    """What would be done, one line a step, with every literal."""
    undo: str
    labels: dict[str, str]
    """Answer -> words on the button, in the order of `suggestion.answers`."""
    reasons: tuple[Reason, ...] = ()
    waits: str = ""
    """Why it is in the list only and not on screen; empty = it was shown, or nothing is in the way."""


class WorkflowCard(Value):
    """A workflow with its track record."""

    workflow: Workflow
    plan: tuple[str, ...]
    when: str
    """Its triggers in words."""
    last_run_at: Millis = 0
    runs: int = 0
    state: PatternState | None = None
    """The pattern it was learned from."""
    may_auto: bool = False
    """Whether auto may be switched on: learned ones need evidence, hand-written ones only the person."""
    next_at: Millis = 0
    """When its time trigger fires next; 0 = it has none that is listened to."""
    next_run: str = ""
    """The same in words: "Mon 06:00"."""
    warnings: tuple[str, ...] = ()
    """What the person should know of it, though it can be run; looked for only where one workflow is shown."""


class RunCard(Value):
    """A run as shown in lists."""

    run: Run
    may_undo: bool
    undo_until: Millis = 0


class Why(Value):
    """The reasons behind one thing, and the values they were decided on."""

    subject: str
    """What was asked about, in words."""
    verdict: str
    """One sentence."""
    reasons: tuple[Reason, ...]


class Screened(Value):
    """What would be stored of a window."""

    stored: bool
    reason: Reason
    app: str = ""
    title: str = ""
    url: str = ""


class Imported(Value):
    """What an import brought."""

    format: str
    added: int
    known: int
    """Records that were there already."""
    private: int
    """Records that privacy rules kept out."""
    bad: int
    examples: tuple[BadRecord, ...] = ()
    """At most 10 of the bad ones."""
    first_at: Millis = 0
    last_at: Millis = 0
    patterns: int = 0
    """Patterns known afterwards."""


class Purged(Value):
    """What was deleted for good."""

    captures: int
    patterns: int
    workflows: int
    runs: int


class AutostartState(Value):
    """Whether Understudy starts at login."""

    enabled: bool


class Doctor(Value):
    """What this machine offers, and what to do about the rest."""

    capabilities: tuple[Capability, ...]
    healthy: bool
    """Whether everything the product needs at the least works."""
