"""Ports: what the engine needs from the outside, as small protocols. Adapters and the store keep them, fakes too."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, Protocol

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.grant import Grant
from understudy.core.pattern import Pattern, PatternState
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion
from understudy.core.value import Millis, Value
from understudy.core.workflow import Workflow


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Millis:
        """Wall-clock time."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def zone(self) -> str:
        """IANA name of the person's time zone."""


class Capability(Value):
    """One thing the machine can or cannot do for us."""

    name: str
    """Stable: focus, idle, lock, typing, notifications, notification_buttons, tray, open_url, open_app, ..."""
    state: str
    """ready, degraded, missing or untested."""
    text: str = ""
    """One line: what works, or what is missing and what still works."""
    fix: str = ""
    """The command or setting that adds it; empty when nothing is to be done."""

    @property
    def is_usable(self) -> bool:
        """Whether it may be relied on now."""
        return self.state in ("ready", "degraded")


# --- watchers and importers: plug-ins, one file each ------------------------------------------------------------


class Watcher(Protocol):
    """Observes one source. One file each in adapters/watchers, ending with `PLUGIN = TheClass`."""

    name: ClassVar[str]
    title: ClassVar[str]
    """One line for people: what it sees and where from."""

    def availability(self) -> Capability:
        """Whether it can work here; must not raise, block over 1 s, or start anything."""

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin; call `emit` from any thread. Never blocks; reconnects by itself with back-off up to 60 s."""

    def stop(self) -> None:
        """End within a second; safe to call twice, or without start."""


class BadRecord(Value):
    """A record of an import that could not be used."""

    where: str
    """File and line or record number."""
    why: str


class ImportOptions(Value):
    """How a source is to be read."""

    columns: dict[str, str] = {}
    """For CSV: our field -> their column, several joined by `+`."""
    delimiter: str = ""
    """For CSV: empty = found out."""
    zone: str = "UTC"
    """IANA zone for records without one."""


class Importer(Protocol):
    """Reads one format. One file each in adapters/importers, ending with `PLUGIN = TheClass`."""

    name: ClassVar[str]
    title: ClassVar[str]

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether this file (its first 4 KiB) is of the format."""

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield what the file holds, oldest first where the format allows; bad records as values, never fatal.

        Raises InvalidInputError when the file as a whole is not of this format.
        """


class Intake(Protocol):
    """Opens whatever can be imported."""

    def open(
        self, source: str, format_name: str, options: ImportOptions
    ) -> tuple[str, Iterator[Capture | BadRecord]]:
        """Return (name of the format, its records); `format_name` empty = found out. `source`: path or address.

        Raises NotFoundError or InvalidInputError.
        """


# --- people ----------------------------------------------------------------------------------------------------


class Notice(Value):
    """A desktop notification."""

    key: str
    """Showing again under the same key replaces what is on screen."""
    title: str
    body: str
    buttons: tuple[tuple[str, str], ...] = ()
    """(key, label), in order."""
    stays: bool = False
    """Whether it waits for the person instead of fading."""


class Notifier(Protocol):
    """Shows notifications."""

    def show(self, notice: Notice, ended: Callable[[str], None] | None = None) -> None:
        """Put it on screen and return once the desktop has accepted it (at most 5 s).

        `ended` is called once, on any thread, with a button's key, or dismissed, closed, expired, timeout or lost.
        Raises CapabilityMissingError when nothing can show it.
        """

    def close(self, key: str) -> bool:
        """Take it off the screen; False = it was not there."""

    def availability(self) -> tuple[Capability, ...]:
        """`notifications` and `notification_buttons`."""


class Machine(Protocol):
    """What else the agent can do with the machine it runs on."""

    def capabilities(self) -> tuple[Capability, ...]:
        """Everything this machine offers or lacks."""

    def autostart(self) -> bool:
        """Whether Understudy starts at login."""

    def set_autostart(self, *, enabled: bool) -> None:
        """Switch that on or off."""

    def quit(self) -> None:
        """End the agent, soon and cleanly."""


# --- time and work ----------------------------------------------------------------------------------------------


class Scheduler(Protocol):
    """Wakes the engine. One wake-up per key."""

    def wake(self, key: str, at: Millis) -> None:
        """Call back with `key` at that wall-clock time, at once when it is past; replaces an earlier one."""

    def cancel(self, key: str) -> None:
        """Forget a wake-up; unknown keys are fine."""


class Workers(Protocol):
    """Runs what waits, away from the engine thread."""

    def submit(self, job: Callable[[], None]) -> None:
        """Run the job soon, on some other thread."""


# --- the learner ------------------------------------------------------------------------------------------------


class Learned(Value):
    """What one event changed."""

    found: tuple[Pattern, ...] = ()
    """Patterns accepted just now."""
    changed: tuple[PatternState, ...] = ()
    """Patterns whose evidence or figures moved."""


class Learner(Protocol):
    """Finds patterns and keeps their track record. Pure: time comes in with each call. Not thread-safe."""

    def symbol(self, capture: Capture) -> Symbol:
        """Make a capture comparable."""

    def observe(self, position: int, capture: Capture, symbol: Symbol) -> Learned:
        """Take in the next event; positions grow. Captures with a `run_id` change nothing."""

    def tick(self, now: Millis) -> Learned:
        """Let time pass: close predictions that were waited for long enough, open those of habits."""

    def next_tick(self) -> Millis | None:
        """When `tick` will next have something to do."""

    def take(self, position: int, pattern_id: str) -> None:
        """Leave this event out of all counts: it started a run of ours, so what follows says nothing of the person."""

    def settle(self, pattern_id: str, at: Millis, *, hit: bool) -> Learned:
        """Record the person's own verdict (yes, no, undone, failed) in place of any open prediction."""

    def mining(self, now: Millis) -> Callable[[], tuple[Pattern, ...]] | None:
        """Return the mining that is due, if any, as work that may run on another thread over frozen data."""

    def accept(self, patterns: tuple[Pattern, ...], now: Millis) -> Learned:
        """Take in what a mining found."""

    def states(self) -> tuple[PatternState, ...]:
        """Every pattern with its track record."""

    def restore(self, states: Iterable[PatternState], history: Iterable["StoredCapture"]) -> None:
        """Start from what the store kept: states, and the recent captures in order."""


# --- the store --------------------------------------------------------------------------------------------------


class StoredCapture(Value):
    """A capture as the store keeps it."""

    id: int
    capture: Capture
    symbol: Symbol
    started_run: str = ""
    """The run that this capture set off; such captures are not mined."""


class CaptureQuery(Value):
    """Which captures; empty fields do not restrict."""

    since: Millis = 0
    until: Millis = 0
    kind: CaptureKind | None = None
    app: str = ""
    text: str = ""
    """Part of title, URL or text, without case."""
    limit: int = 100


class Captures(Protocol):
    """captures.db: what was seen."""

    def add(self, capture: Capture, symbol: Symbol) -> int | None:
        """Store one and return its id; None = it was there already."""

    def add_many(self, pairs: Iterable[tuple[Capture, Symbol]]) -> tuple[int, int]:
        """Store many in one transaction; returns (added, known before)."""

    def mark_started(self, capture_id: int, run_id: str) -> None:
        """Remember that this capture set off a run."""

    def find(self, query: CaptureQuery) -> list[StoredCapture]:
        """Newest first."""

    def get(self, capture_id: int) -> StoredCapture | None:
        """One of them."""

    def history(self, limit: int) -> list[StoredCapture]:
        """The latest `limit` captures that may be mined, oldest first (by time, then id)."""

    def count(self, since: Millis = 0) -> int:
        """How many there are, from this time on."""

    def delete(self, query: CaptureQuery) -> int:
        """Delete for good (the limit of the query does not apply); returns how many. `vacuum` removes their bytes."""


class Patterns(Protocol):
    """captures.db: what was found; derived from captures."""

    def put(self, state: PatternState) -> None:
        """Insert or replace by the pattern's id."""

    def get(self, pattern_id: str) -> PatternState | None:
        """One of them."""

    def all(self) -> list[PatternState]:
        """All, by id."""

    def replace_all(self, states: Iterable[PatternState]) -> None:
        """Make these the only ones."""


class Workflows(Protocol):
    """journal.db: workflows."""

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id."""

    def get(self, workflow_id: str) -> Workflow | None:
        """One of them."""

    def all(self) -> list[Workflow]:
        """All, by creation."""

    def delete(self, workflow_id: str) -> None:
        """Remove it."""


class Suggestions(Protocol):
    """journal.db: suggestions."""

    def put(self, suggestion: Suggestion) -> None:
        """Insert or replace by id."""

    def get(self, suggestion_id: str) -> Suggestion | None:
        """One of them."""

    def waiting(self) -> list[Suggestion]:
        """Those without an answer, oldest first."""

    def recent(self, limit: int = 200, workflow_id: str = "") -> list[Suggestion]:
        """Newest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Runs(Protocol):
    """journal.db: runs with their steps. Every `put` is durable when it returns."""

    def put(self, run: Run) -> None:
        """Insert or replace by id."""

    def get(self, run_id: str) -> Run | None:
        """One of them."""

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, oldest first."""

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first."""

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Grants(Protocol):
    """journal.db: grants."""

    def put(self, grant: Grant) -> None:
        """Insert or replace by id."""

    def of(self, workflow_id: str) -> list[Grant]:
        """All of one workflow, oldest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Verdict(Value):
    """The person's own word on a pattern, kept because it cannot be found again in captures."""

    pattern_id: str
    at: Millis
    hit: bool
    reason: str
    """approved, rejected, undone or failed."""


class Verdicts(Protocol):
    """journal.db: verdicts."""

    def add(self, verdict: Verdict) -> None:
        """Keep one."""

    def all(self) -> list[Verdict]:
        """All, oldest first."""

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""


class SettingsTable(Protocol):
    """journal.db: settings by name, as plain JSON values."""

    def get(self, name: str) -> Any:
        """The value, or None."""

    def put(self, name: str, value: Any) -> None:
        """Insert or replace."""

    def all(self) -> dict[str, Any]:
        """All of them."""


class Store(Protocol):
    """Both databases. Owned by the engine thread."""

    @property
    def captures(self) -> Captures:
        """The captures."""

    @property
    def patterns(self) -> Patterns:
        """The patterns."""

    @property
    def workflows(self) -> Workflows:
        """The workflows."""

    @property
    def suggestions(self) -> Suggestions:
        """The suggestions."""

    @property
    def runs(self) -> Runs:
        """The runs."""

    @property
    def grants(self) -> Grants:
        """The grants."""

    @property
    def verdicts(self) -> Verdicts:
        """The verdicts."""

    @property
    def settings(self) -> SettingsTable:
        """The settings."""

    def transaction(self) -> AbstractContextManager[None]:
        """All journal writes inside are committed together, durably, or not at all."""

    @property
    def troubles(self) -> tuple[str, ...]:
        """What was found damaged when opening, and what was done about it, in words."""

    def backup(self, now: Millis) -> Path | None:
        """Keep a verified copy of the journal, the newest seven stay; None where there is no file to copy."""

    def vacuum(self) -> None:
        """Remove every byte of what was deleted: pages, write-ahead log, free space, older backups."""

    def close(self) -> None:
        """Close both databases cleanly."""
