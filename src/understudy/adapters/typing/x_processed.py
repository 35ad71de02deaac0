"""Waits until a program has taken in what was sent to its window; only then may the keyboard change again.

The sign is the answer to the question window managers ask (_NET_WM_PING): it comes after all earlier keys. Programs
that do not know the question, as xterm, are taken to be done when their process rests. Nothing is typed from here.
"""

import select
import time
from typing import Any

from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.open_windows import connected
from understudy.core.action import StopSignal

WITHOUT_ANSWER = 0.15
"""Seconds that programs get which do not answer, before their process is looked at."""
AFTERWARDS = 0.02
LOOK = 0.02


class Receiver:
    """The program that a window belongs to. On a connection of its own: the typing one counts its events."""

    def __init__(self, name: str, view: WindowView) -> None:
        self._name = name
        self._view = view

    def responds(self, stop: StopSignal, end: float) -> bool:
        """Wait, till `end` (monotonic seconds) or stop, until the program would take in keys."""
        return self._gives_sign(stop, end, after=0.0, busy=_HALTED)

    def has_taken_in(self, stop: StopSignal, end: float) -> bool:
        """Wait as long for a sign that it has taken in all keys so far; False = there was none.

        A window that has gone takes in nothing more: that is a sign too.
        """
        return self._gives_sign(stop, end, after=WITHOUT_ANSWER, busy=_HALTED | _AT_WORK)

    def _gives_sign(self, stop: StopSignal, end: float, *, after: float, busy: frozenset[str]) -> bool:
        with connected(self._name) as display:
            window = display.create_resource_object("window", self._view.id)
            mark = _ask(display, window)
            if mark is not None:
                return mark == _GONE or _answers(display, window, mark, stop, end)
        stop.wait(max(0.0, min(after, end - time.monotonic())))
        while not stop.is_set():
            if _state(self._view.pid) not in busy:
                return True
            if time.monotonic() >= end:
                return False
            stop.wait(LOOK)
        return False


_HALTED = frozenset({"stopped", "tracing-stop"})
_AT_WORK = frozenset({"running", "disk-sleep"})
"""States of a process, as psutil calls them."""
_GONE = -1


def _ask(display: Any, window: Any) -> int | None:
    """Send the question and return the mark that its answer will bear; None = the program does not know it."""
    from Xlib import X, error
    from Xlib.protocol import event

    ping = display.intern_atom("_NET_WM_PING")
    try:
        if ping not in window.get_wm_protocols():
            window.get_geometry()  # (a window that has gone has no protocols either)
            return None
    except (error.BadWindow, error.BadDrawable):
        return _GONE
    mark, gone = time.monotonic_ns() & 0x7FFFFFFF, error.CatchError(error.BadWindow)
    window.change_attributes(event_mask=X.StructureNotifyMask, onerror=gone)
    display.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
    question = event.ClientMessage(
        window=window,
        client_type=display.intern_atom("WM_PROTOCOLS"),
        data=(32, [ping, mark, window.id, 0, 0]),
    )
    window.send_event(question, event_mask=X.NoEventMask, onerror=gone)
    display.sync()
    return _GONE if gone.get_error() else mark


def _answers(display: Any, window: Any, mark: int, stop: StopSignal, end: float) -> bool:
    from Xlib import X

    while not stop.is_set():
        while display.pending_events():
            event = display.next_event()
            if event.type == X.DestroyNotify and event.window.id == window.id:
                return True
            if event.type == X.ClientMessage and list(event.data[1][1:3]) == [mark, window.id]:
                time.sleep(AFTERWARDS)
                return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        select.select([display.fileno()], [], [], min(LOOK, left))
    return False


def _state(pid: int) -> str:
    """Return what the process does; empty = it cannot be looked at."""
    import psutil

    try:
        return psutil.Process(pid).status() if pid > 0 else ""
    except psutil.Error:
        return ""
