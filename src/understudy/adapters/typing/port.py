"""What actions need from a typer. No typer types when it cannot know where the keys would go."""

from collections.abc import Callable
from typing import Protocol

from understudy.adapters.focus.active_window import WindowView
from understudy.core.action import Progress, StopSignal
from understudy.core.ports import Capability
from understudy.core.value import Value
from understudy.errors import CapabilityMissingError


class Place(Value):
    """Where keys go at this moment."""

    view: WindowView
    """The window in front."""
    inner: int
    """The X window that has the keyboard focus: the window in front, or a part of it."""


class Typed(Value):
    """What was typed, and all that can be seen of the place right afterwards."""

    place: Place
    count: int
    """Characters."""
    used_at: int = -1
    """When the window was last used, as it says itself (_NET_WM_USER_TIME); -1 = it does not say."""
    ended_at: int = 0
    """Monotonic milliseconds of our last key."""


Came = Callable[[Progress], None]
"""Is told how many characters have arrived for certain."""
UNIT = "characters"


class Typer(Protocol):
    """Types. Any thread, one at a time."""

    def capability(self) -> Capability:
        """`typing`, and why not."""

    def look(self) -> Place:
        """Where keys would go. Raises RefusedError when that is unknown, or a place for passwords."""

    def type(
        self, text: str, place: Place, stop: StopSignal, deadline: float, came: Came = lambda _: None
    ) -> Typed:
        """Type into this place, and return when the keys have been delivered.

        `came` is told what is certain while it goes on. Raises ActionFailedError, StoppedError or TimedOutError, each
        with what is there as `partly`, whose undo is a Typed; and RefusedError when no character was typed.
        """

    def erase(self, typed: Typed, stop: StopSignal, deadline: float) -> None:
        """Remove exactly what was typed. Raises RefusedError when anything has happened there since."""


class NoTyper:
    """Stands where nothing can be typed."""

    def __init__(self, why: str, fix: str = "") -> None:
        self._capability = Capability(name="typing", state="missing", text=why, fix=fix)

    def capability(self) -> Capability:
        """Missing, and why."""
        return self._capability

    def look(self) -> Place:
        """Raise CapabilityMissingError."""
        raise self._missing()

    def type(
        self, text: str, place: Place, stop: StopSignal, deadline: float, came: Came = lambda _: None
    ) -> Typed:
        """Raise CapabilityMissingError."""
        del text, place, stop, deadline, came
        raise self._missing()

    def erase(self, typed: Typed, stop: StopSignal, deadline: float) -> None:
        """Raise CapabilityMissingError."""
        del typed, stop, deadline
        raise self._missing()

    def _missing(self) -> CapabilityMissingError:
        return CapabilityMissingError(
            "Text cannot be typed here", self._capability.text.rstrip("."), self._capability.fix
        )
