"""How long nobody has touched keyboard and pointer: asked of the X server, or of Windows or macOS."""

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

from understudy.adapters.x_events import XClient, open_display
from understudy.core.value import MINUTE, Millis

IDLE_AFTER: Millis = 5 * MINUTE
"""Without input for this long the person is away."""
_LOOK_AGAIN = 5.0
"""Where the X server cannot say that somebody is back, it is asked this often, in seconds."""


class IdleTime(Protocol):
    """Asks the system; from any thread."""

    def read(self) -> Millis | None:
        """Return the time since the last input, None = unknown."""

    def close(self) -> None:
        """Leave the system alone again."""


class NoIdleTime:
    """Nothing on this system tells."""

    def read(self) -> Millis | None:
        """Unknown."""
        return None

    def close(self) -> None:
        """Nothing to do."""


class XIdleTime:
    """Asks the X server through its screen saver extension, over a connection of its own."""

    def __init__(self, display: str) -> None:
        self._name = display
        self._display: Any = None
        self._lock = threading.Lock()

    def read(self) -> Millis | None:
        """Return the time since the last input; a lost server is looked for again at the next call."""
        from Xlib.error import ConnectionClosedError, XError

        with self._lock:
            try:
                if self._display is None:
                    self._display = open_display(self._name)
                return ask_idle(self._display)
            except (OSError, ConnectionClosedError, XError):
                self._leave()
                return None

    def close(self) -> None:
        """Close the connection; the next `read` opens another."""
        with self._lock:
            self._leave()

    def _leave(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            with contextlib.suppress(Exception):  # closing what is already broken
                display.close()


class WindowsIdleTime:
    """Asks Windows (GetLastInputInfo)."""

    def read(self) -> Millis | None:
        """Return the time since the last input."""
        if sys.platform == "win32":
            import ctypes

            class LastInput(ctypes.Structure):
                _fields_ = (("size", ctypes.c_uint), ("tick", ctypes.c_uint))

            last = LastInput(ctypes.sizeof(LastInput), 0)
            if ctypes.windll.user32.GetLastInputInfo(ctypes.byref(last)):
                return int(ctypes.windll.kernel32.GetTickCount() - last.tick) & 0xFFFFFFFF
        return None

    def close(self) -> None:
        """Nothing to do."""


class MacIdleTime:
    """Asks macOS (the registry of input devices)."""

    def read(self) -> Millis | None:
        """Return the time since the last input."""
        argv = ("ioreg", "-c", "IOHIDSystem", "-d", "4")
        try:
            text = subprocess.run(argv, capture_output=True, check=True, text=True, timeout=2).stdout
        except (OSError, subprocess.SubprocessError):
            return None
        match = re.search(r'"HIDIdleTime" = (\d+)', text)
        return int(match[1]) // 1_000_000 if match else None

    def close(self) -> None:
        """Nothing to do."""


def ask_idle(display: Any) -> Millis | None:
    """Return the time since the last input; None = the server has no screen saver extension."""
    from Xlib.ext import screensaver

    if not display.has_extension(screensaver.extname):
        return None
    return int(screensaver.query_info(display.screen().root).idle)


class XIdleEvents(XClient):
    """Says when the person goes and comes back. Sleeps until they could have been away long enough."""

    def __init__(
        self, went: Callable[[], None], came: Callable[[], None], limit: Millis = IDLE_AFTER
    ) -> None:
        self._went = went
        self._came = came
        self._limit = limit
        self._is_idle = False

    def connected(self, display: Any) -> None:
        """Take up a new server; nobody is away on it yet."""
        self._display = display
        self._has_input_events = bool(display.has_extension("XInputExtension"))
        if self._has_input_events:
            display.xinput_query_version()
        if self._is_idle:
            self._return()

    def handle(self, event: Any) -> None:
        """Any input, of which only that it happened is looked at, ends the absence."""
        from Xlib.ext.ge import GenericEventCode

        if self._is_idle and event.type == GenericEventCode:
            self._select(on=False)
            self._return()

    def settled(self) -> float | None:
        """Look at the clock of the server and return when to look again."""
        idle = ask_idle(self._display)
        if idle is None:
            return None
        if self._is_idle and idle < self._limit:
            self._select(on=False)
            self._return()
        elif not self._is_idle and idle >= self._limit:
            self._is_idle = True
            self._select(on=True)
            self._went()
        if self._is_idle:
            return None if self._has_input_events else _LOOK_AGAIN
        return max(1, self._limit - idle) / 1000

    def _return(self) -> None:
        self._is_idle = False
        self._came()

    def _select(self, *, on: bool) -> None:
        """Ask for raw input events, only while the person is away: each of them would wake us."""
        from Xlib.ext import xinput

        if self._has_input_events:
            events = xinput.RawKeyPressMask | xinput.RawButtonPressMask | xinput.RawMotionMask
            root = self._display.screen().root
            root.xinput_select_events([(xinput.AllMasterDevices, events if on else 0)])
            self._display.flush()
