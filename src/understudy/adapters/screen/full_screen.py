"""Follows whether the window in front of an X server fills the screen. Event driven; asks nothing else of it."""

import time
from collections.abc import Callable
from typing import Any

from understudy.adapters.x_events import XClient

LINGERS = 1.0
"""Seconds it must be over before it counts: from one film to the next no window is in front for a moment."""
_MOST_STATES = 64
"""A window has a handful of states at once; more is not read."""


class FullScreen(XClient):
    """Says each time that the window in front begins or ceases to fill the screen (EWMH)."""

    def __init__(self, changed: Callable[[], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._changed = changed
        self._monotonic = monotonic
        self.is_on = False
        self._over_at: float | None = None
        self._window: Any = None

    def connected(self, display: Any) -> None:
        """Ask to hear of another window in front, and look at the one that is there."""
        from Xlib import X

        self._display = display
        self._root = display.screen().root
        names = ("_NET_ACTIVE_WINDOW", "_NET_WM_STATE", "_NET_WM_STATE_FULLSCREEN")
        self._active, self._states, self._full = map(display.intern_atom, names)
        self._window = None
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._follow()

    def handle(self, event: Any) -> None:
        """Look again when another window is in front, or the states of this one have changed."""
        from Xlib import X

        if event.type != X.PropertyNotify:
            return
        if event.window.id == self._root.id and event.atom == self._active:
            self._follow()
        elif self._window is not None and event.window.id == self._window.id and event.atom == self._states:
            self._look()

    def settled(self) -> float | None:
        """Take in an end that has lasted; return the seconds until one will have."""
        if self._over_at is None:
            return None
        left = self._over_at - self._monotonic()
        if left > 0:
            return left
        self.lost()
        return None

    def lost(self) -> None:
        """Take in that it is over, or that nobody can say any more: then it is as if it were."""
        self._over_at = None
        self._take(is_on=False)

    def _follow(self) -> None:
        """Hear of the states of the window in front, and no longer of those of the one before."""
        from Xlib import X

        number = next(iter(self._numbers(self._root, self._active, 1)), 0)
        if self._window is not None and self._window.id != number:
            self._select(X.NoEventMask)
        self._window = self._display.create_resource_object("window", number) if number else None
        if self._window is not None:
            self._select(X.PropertyChangeMask)
        self._look()

    def _select(self, mask: int) -> None:
        from Xlib import error

        self._window.change_attributes(event_mask=mask, onerror=error.CatchError(error.BadWindow))

    def _look(self) -> None:
        """A beginning counts at once; an end has to last."""
        if self._fills_screen():
            self._over_at = None
            self._take(is_on=True)
        elif self.is_on and self._over_at is None:
            self._over_at = self._monotonic() + LINGERS

    def _take(self, *, is_on: bool) -> None:
        """Keep it first, then say so: whoever is told finds it."""
        if is_on != self.is_on:
            self.is_on = is_on
            self._changed()

    def _fills_screen(self) -> bool:
        from Xlib import error

        try:
            return self._window is not None and self._full in self._numbers(
                self._window, self._states, _MOST_STATES
            )
        except error.BadWindow:  # it has just gone
            return False

    def _numbers(self, window: Any, atom: int, most: int) -> Any:
        from Xlib import X

        found = window.get_property(atom, X.AnyPropertyType, 0, most)
        return found.value if found is not None and found.format == 32 else ()  # noqa: PLR2004 - bits
