"""An action: something Understudy can do on the desktop, and the contract it must keep."""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import msgspec

from understudy.core.capture import CaptureKind
from understudy.core.value import SECOND, Millis, Value


class Reversibility(StrEnum):
    """What can be taken back."""

    INVERSE = "inverse"
    """Undo restores what was before, for 24 hours, unless the state has changed."""
    NONE = "none"
    """Cannot be taken back; said before it is done."""


class Expectation(Value):
    """A capture that our own effect will cause, so that it is not taken for the person's."""

    kind: CaptureKind
    app: str = ""
    """Identity to match, compared without case; empty = any."""
    pids: tuple[int, ...] = ()
    """Processes that we started; a match on one is enough."""
    url: str = ""
    text: str = ""
    within: Millis = 10 * SECOND
    """How long after the action it may still arrive, in milliseconds."""


class Performed(Value):
    """The outcome of an action whose effect was seen to happen."""

    output: str = ""
    """What the action has to say: a script's output, the id of what was opened."""
    undo: dict[str, Any] | None = None
    """All that `undo` will need; None = nothing to take back."""
    stays: bool = False
    """Whether it left something that cannot be taken back, though its kind of action can: no inverse, say."""
    expects: tuple[Expectation, ...] = ()
    """Captures still to come, now that more is known (process ids)."""


class Progress(Value):
    """How far something came that can be counted."""

    done: int
    """Certain to be there."""
    of: int
    """All there was to do."""
    unit: str = ""
    """What is counted: "characters"."""

    @property
    def text(self) -> str:
        """In words: "57 of 200 characters"."""
        return f"{self.done:,} of {self.of:,} {self.unit}".rstrip()


class Partly(Value):
    """What is there of an effect that was not reached in full; an error of `perform` carries it as `partly`."""

    progress: Progress
    is_certain: bool
    """Whether no more than that is there or can still come. If not, the step ends as unknown."""
    undo: dict[str, Any] | None = None
    """All that `undo` will need to remove exactly that; None = it stays."""


class UndoStatus(StrEnum):
    """What became of taking a step or a run back."""

    AVAILABLE = "available"
    NONE = "none"
    """There is nothing that could be taken back."""
    UNDONE = "undone"
    """Taken back, and seen to be."""
    PARTLY_UNDONE = "partly_undone"
    UNDO_FAILED = "undo_failed"
    EXPIRED = "expired"
    REFUSED = "refused"
    """The state has changed since; taking it back would destroy the person's work."""


class Undone(Value):
    """The outcome of an undo."""

    status: UndoStatus
    """UNDONE, PARTLY_UNDONE, UNDO_FAILED or REFUSED."""
    text: str = ""
    """One sentence: what was done, or why not."""


class StopSignal(Protocol):
    """Tells a working action that the person said stop."""

    def is_set(self) -> bool:
        """Whether to end now."""

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep at most `timeout` seconds, less when stopped; True = stopped."""


class ActionContext(Protocol):
    """What an action may use while it works."""

    @property
    def run_id(self) -> str:
        """The run on whose behalf it acts."""

    @property
    def tag(self) -> str:
        """Stable name of this very step of this run: a repeated notification replaces itself under it."""

    @property
    def stop(self) -> StopSignal:
        """Set when nothing more may be done."""

    @property
    def deadline(self) -> float:
        """Monotonic seconds by which it must have ended."""

    def expect(self, expectation: Expectation) -> None:
        """Announce a capture that the effect is about to cause."""

    def emit(self, text: str) -> None:
        """Show output while it works, for those who follow the run; kept with the step's output at its end."""

    def came(self, progress: Progress) -> None:
        """Write down how far it has come: all that is known of it, should the agent end in the middle of it."""


class Action(Protocol):
    """One thing that can be done. One file each in adapters/actions, ending with `PLUGIN = TheClass`.

    Order of calls: `check` when a workflow is saved; then for a run `prepare` (no effect yet), the intent is
    committed, `perform`, the outcome is committed; later perhaps `undo`. `perform` and `undo` run on a worker thread.
    """

    name: ClassVar[str]
    """As a person would say it: `open_app`."""
    title: ClassVar[str]
    parameters: ClassVar[type[Value]]
    """The shape of its parameters; unknown or missing ones are refused when saving."""
    reversibility: ClassVar[Reversibility]
    needs: ClassVar[tuple[str, ...]]
    """Names of capabilities without which it cannot work."""
    needs_consent: ClassVar[bool]
    """Whether even an approved workflow needs a grant for these exact parameters (scripts)."""
    exclusive: ClassVar[bool]
    """Whether only one may work at a time (anything that types)."""
    literal: ClassVar[frozenset[str]]
    """Parameters that act by themselves (commands, URLs, typed text): the person must have seen them word for
    word, so a template there that reads captured text or output is asked about each time it is filled in."""
    secret: ClassVar[frozenset[str]]
    """Parameters in which `{{ secret.NAME }}` may stand."""

    def check(self, parameters: Any) -> Any:
        """Return the parameters ready to be saved: a script's bytes read, a name resolved. Raises InvalidInputError.

        A text that is a template (`core.template.is_templated`) passes: `prepare` judges what it came to.
        """

    def preview(self, parameters: Any) -> str:
        """What would be done, imperative, no full stop: "Open Obsidian"."""

    def undo_preview(self, parameters: Any) -> str:
        """How it is taken back, one sentence: "Undo closes it, if you have not used it since."."""

    def is_idempotent(self, parameters: Any) -> bool:
        """Whether doing it again leaves one effect; if not, what may have happened is never done again by itself."""

    def expects(self, parameters: Any) -> tuple[Expectation, ...]:
        """Captures the effect will cause, as far as known before acting."""

    def prepare(self, parameters: Any, context: ActionContext) -> dict[str, Any]:
        """Check that it can be done now and record the state before; no effect. The result goes into the journal.

        Raises CapabilityMissingError, RefusedError or ActionFailedError.
        """

    def perform(self, parameters: Any, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Do it, and return only when the effect is there.

        Raises ActionFailedError, RefusedError, StoppedError or TimedOutError; where a part of the effect is there,
        the error carries it as `partly`.
        """

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Take it back and look whether it is; never raises for a state that has changed, but says REFUSED."""


ActionBuilder = Callable[..., Action]
"""A plug-in's class: called with the services it names as keyword arguments (see adapters/plugins)."""


def action_digest(action: str, parameters: Value) -> str:
    """Return the SHA-256, 64 hex digits, over the canonical form of an action with every byte of its parameters.

    A grant is tied to this: any change of what would be done asks again.
    """
    canonical = msgspec.json.encode((action, parameters), order="sorted")
    return hashlib.sha256(canonical).hexdigest()
