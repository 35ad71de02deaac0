"""Ports: what the engine needs from the outside, as small protocols. Adapters and the store keep them, fakes too."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Protocol

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.pattern import Pattern, PatternState
from understudy.core.task import Task
from understudy.core.value import Millis, Value


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Millis:
        """Wall-clock time."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def elapsed(self) -> float:
        """The same, but they go on while the machine sleeps."""

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


# --- watchers and importers: plug-ins, one file each ----------------------------------------------


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


# --- people ---------------------------------------------------------------------------------------


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


class ScreenUse(Value):
    """What the person uses the screen for, as far as it matters to questions; what is not known is False."""

    full_screen: bool = False
    """Whether the window in front fills the screen: a film, a talk, a game."""
    do_not_disturb: bool = False
    """Whether the person has told the desktop to show no notifications."""


class ScreenWatch(Protocol):
    """Knows what the screen is used for: follows it by events, and asks nobody at the moment it is asked itself."""

    def now(self) -> ScreenUse:
        """What is known, from any thread. Never blocks."""

    def start(self, changed: Callable[[], None]) -> None:
        """Begin to follow; `changed` is called after each change, on any thread. Never blocks."""

    def stop(self) -> None:
        """End within two seconds; `changed` is not called any more. Safe to call twice, or without start."""

    def availability(self) -> tuple[Capability, ...]:
        """`full_screen` and `do_not_disturb`."""


class Hotkeys(Protocol):
    """Hears combinations of keys, in whatever window they are pressed, and looks at no other key."""

    def start(self, on_press: Callable[[str], None]) -> None:
        """Begin; `on_press` gets the hotkey, once for each press, on any thread. Never blocks."""

    def listen_to(self, hotkeys: frozenset[str]) -> None:
        """Hear these from now on, written as by `core.hotkey`; also before `start`. Never blocks."""

    def refused(self) -> Mapping[str, str]:
        """Those that cannot be had -> why, in words; waits half a second at most while that is found out."""

    def stop(self) -> None:
        """End within a second; safe to call twice, or without start."""

    def availability(self) -> Capability:
        """`hotkeys`."""


class Messenger(Protocol):
    """Sends a message to an address outside this machine: mail, chat, phone."""

    def send(self, address: str, title: str, body: str) -> None:
        """Send, and return once the service has taken it. `address` is an Apprise URL, secrets filled in.

        Raises CapabilityMissingError, InvalidInputError for an address that is not one, or ActionFailedError.
        """

    def availability(self) -> Capability:
        """`messages`."""


class Secrets(Protocol):
    """Keeps secrets by name, outside of our own databases."""

    def get(self, name: str) -> str:
        """The secret. Raises NotFoundError (with the command that sets it), or CapabilityMissingError."""

    def put(self, name: str, value: str) -> None:
        """Insert or replace. Raises InvalidInputError or CapabilityMissingError."""

    def delete(self, name: str) -> None:
        """Forget it. Raises NotFoundError."""

    def names(self) -> tuple[str, ...]:
        """All names, sorted; never a value."""

    def availability(self) -> Capability:
        """`secrets`: says aloud where they are kept."""


class TaskBox(Protocol):
    """Takes tasks in from a step of a run."""

    def add(self, task: Task) -> str:
        """Note it and return its id once it is stored; the same id again changes nothing.

        From any thread but the engine's. Raises InvalidInputError, StoreError or TimedOutError.
        """

    def remove(self, task_id: str) -> bool:
        """Remove it while it is new or planned; False = it has gone on, or is not there."""


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


# --- time and work --------------------------------------------------------------------------------


class Scheduler(Protocol):
    """Wakes the engine. One wake-up per key."""

    def wake(self, key: str, at: Millis) -> None:
        """Call back with `key` at that wall-clock time, at once when it is past; replaces an earlier one."""

    def cancel(self, key: str) -> None:
        """Forget a wake-up; unknown keys are fine."""

    def refresh(self) -> None:
        """Look at the clock again: it was set, or the machine slept."""


class Workers(Protocol):
    """Runs what waits, away from the engine thread."""

    def submit(self, job: Callable[[], None]) -> None:
        """Run the job soon, on some other thread; the one handed in first begins first."""


# --- the learner ----------------------------------------------------------------------------------


class Learned(Value):
    """What one event changed."""

    found: tuple[Pattern, ...] = ()
    """Patterns accepted just now."""
    changed: tuple[PatternState, ...] = ()
    """Patterns whose evidence or figures moved."""
    seen: frozenset[str] | None = None
    """Ids of all patterns that a mining found just now; others may be kept for what they have shown."""
    lost: tuple[str, ...] = ()
    """Ids of patterns that were given up: no longer found, never proven, never spoken of."""


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
        """Leave this event out of all counts: it started a run of ours, so what follows is not the person's."""

    def settle(self, pattern_id: str, at: Millis, *, hit: bool) -> Learned:
        """Record the person's own verdict (yes, no, undone, failed) in place of any open prediction."""

    def mining(self, now: Millis) -> Callable[[], tuple[Pattern, ...]] | None:
        """Return the mining that is due, if any, as work that may run on another thread over frozen data."""

    def accept(self, patterns: tuple[Pattern, ...], now: Millis) -> Learned:
        """Take in what a mining found."""

    def states(self) -> tuple[PatternState, ...]:
        """Every pattern with its track record."""

    def snapshot(self) -> bytes:
        """Return all that is known besides the patterns, for `resume`; it comes from captures and goes with them."""

    def resume(
        self, snapshot: bytes, states: Iterable[PatternState], recent: Iterable["StoredCapture"]
    ) -> bool:
        """Start from a snapshot and the latest captures, which must reach back into it; False = restore instead."""

    def restore(self, states: Iterable[PatternState], history: Iterable["StoredCapture"]) -> None:
        """Start from what the store kept: states, and the recent captures in order."""


# --- what the store is asked for, and answers (its ports: core/store_ports) -----------------------


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
    source: str = ""
    """The whole name of the watcher or importer: `focus`, `aw:BUCKET`."""
    id: int = 0
    """This very one."""
    before_id: int = 0
    """Only those that come after this one in the list (it is the last of the page before); none if it is gone."""
    limit: int = 100


class Verdict(Value):
    """The person's own word on a pattern, kept because it cannot be found again in captures."""

    pattern_id: str
    at: Millis
    hit: bool
    reason: str
    """approved, rejected, undone or failed."""
