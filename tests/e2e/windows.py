"""The test's eyes and hands on the X server: finds windows, moves the focus, presses buttons and keys."""

import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Xlib import X, Xatom, display
from Xlib.error import BadDrawable, BadWindow, ConnectionClosedError
from Xlib.ext import xtest
from Xlib.protocol import event

from tests.e2e.waiting import until


@dataclass(frozen=True, kw_only=True)
class Window:
    """One window as the window manager lists it, at the moment it was looked at."""

    id: int
    title: str
    instance: str
    """First half of WM_CLASS."""
    wm_class: str
    """Second half of WM_CLASS."""
    pid: int
    x: int
    y: int
    width: int
    height: int

    def is_named(self, text: str) -> bool:
        """Whether the title contains the text, or WM_CLASS is it."""
        return text in self.title or text in (self.instance, self.wm_class)

    @property
    def middle(self) -> tuple[int, int]:
        """Where a click lands well inside."""
        return self.x + self.width // 2, self.y + self.height // 2


class Windows:
    """One connection of the test's own to the X server."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = dict(env)
        self.display = display.Display(env["DISPLAY"])
        self.root = self.display.screen().root

    def disconnect(self) -> None:
        """Leave the X server, also one that has crashed."""
        with suppress(ConnectionClosedError):
            self.display.close()
        self.display.display.socket.close()

    # ------------------------------------------------------------ looking

    def is_managed(self) -> bool:
        """Whether a window manager is ready: the list of windows is the last thing it announces."""
        return self._property(self.root, "_NET_CLIENT_LIST") is not None

    def forget_manager(self) -> None:
        """Remove what a window manager that has crashed left behind."""
        self.root.delete_property(self.display.intern_atom("_NET_CLIENT_LIST"))
        self.display.sync()

    def every(self) -> list[Window]:
        """Every window the window manager looks after, the oldest first."""
        found = [self._look_at(number) for number in self._property(self.root, "_NET_CLIENT_LIST") or []]
        return [window for window in found if window]

    def named(self, text: str) -> Window | None:
        """The first window whose title contains the text, or whose WM_CLASS is it."""
        return next((window for window in self.every() if window.is_named(text)), None)

    def wait(self, text: str, timeout: float = 10) -> Window:
        """Wait for such a window."""
        return until(lambda: self.named(text), timeout, f"a window named {text!r}")

    def active(self) -> Window | None:
        """The window the person is in."""
        number = (self._property(self.root, "_NET_ACTIVE_WINDOW") or [0])[0]
        return self._look_at(number) if number else None

    def wait_active(self, text: str, timeout: float = 10) -> Window:
        """Wait until the person is in a window whose title contains the text, or whose WM_CLASS is it."""

        def look() -> Window | None:
            active = self.active()
            return active if active and active.is_named(text) else None

        return until(look, timeout, f"{text!r} to be active")

    def _look_at(self, number: int) -> Window | None:
        """Read all of a window, or nothing when it has just gone."""
        window = self.display.create_resource_object("window", number)
        try:
            geometry = window.get_geometry()
            place = self.root.translate_coords(window, 0, 0)
            wm_class = window.get_wm_class() or ("", "")
            title = self._property(window, "_NET_WM_NAME") or self._property(window, Xatom.WM_NAME) or b""
            pid = (self._property(window, "_NET_WM_PID") or [0])[0]
        except (BadWindow, BadDrawable):
            return None
        return Window(
            id=number,
            title=title.decode("utf-8", "replace") if isinstance(title, bytes) else title,
            instance=wm_class[0],
            wm_class=wm_class[1],
            pid=pid,
            x=place.x,
            y=place.y,
            width=geometry.width,
            height=geometry.height,
        )

    def _property(self, window: Any, name: str | int) -> Any:
        atom = self.display.intern_atom(name) if isinstance(name, str) else name
        found = window.get_full_property(atom, X.AnyPropertyType)
        return found.value if found else None

    # ------------------------------------------------------------ doing

    def focus(self, window: Window) -> None:
        """Bring the window to the front, as a click in a task bar does, and wait until it is active."""
        self.ask_for_focus(window)
        until(
            lambda: (active := self.active()) and active.id == window.id,
            what=f"{window.title!r} to be active",
        )

    def ask_for_focus(self, window: Window) -> None:
        """The same without waiting."""
        self._ask_manager(window, "_NET_ACTIVE_WINDOW", 2, X.CurrentTime, 0)

    def close(self, window: Window) -> None:
        """Close the window as its button does, and wait until it is gone."""
        self._ask_manager(window, "_NET_CLOSE_WINDOW", X.CurrentTime, 2, 0)
        until(lambda: all(other.id != window.id for other in self.every()), what=f"{window.title!r} to close")

    def fill_screen(self, window: Window, *, on: bool = True) -> None:
        """Let the window fill the screen, as F11 does in many programs, or no longer; wait until it is so."""
        full = self.display.intern_atom("_NET_WM_STATE_FULLSCREEN")
        self._ask_manager(window, "_NET_WM_STATE", int(on), full, 0)
        target = self.display.create_resource_object("window", window.id)
        until(
            lambda: (full in (self._property(target, "_NET_WM_STATE") or ())) is on,
            what=f"{window.title!r} to fill the screen: {on}",
        )

    def clear(self) -> None:
        """Remove every window whoever owns it, and put the pointer into the corner."""
        for window in self.every():
            self.display.create_resource_object("window", window.id).kill_client()
        self.point(0, 0)
        until(lambda: not self.every(), what="every window to go")

    def _ask_manager(self, window: Window, request: str, *values: int) -> None:
        target = self.display.create_resource_object("window", window.id)
        message = event.ClientMessage(
            window=target,
            client_type=self.display.intern_atom(request),
            data=(32, [*values, 0, 0]),
        )
        self.root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.display.sync()

    def point(self, x: int, y: int) -> None:
        """Move the pointer there."""
        xtest.fake_input(self.display, X.MotionNotify, x=x, y=y)
        self.display.sync()

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the pointer there, press and let go: for the programs it is a real mouse."""
        self.point(x, y)
        xtest.fake_input(self.display, X.ButtonPress, button)
        xtest.fake_input(self.display, X.ButtonRelease, button)
        self.display.sync()

    def press(self, *keys: str) -> None:
        """Press keys or combinations, as `ctrl+s` or `Return`; for the programs it is a real keyboard."""
        self._run("xdotool", "key", "--clearmodifiers", *keys)

    def type_text(self, text: str) -> None:
        """Type text into the active window as a fast typist would."""
        self._run("xdotool", "type", "--delay", "2", "--", text)

    def screenshot(self, path: Path) -> Path:
        """Write a picture of the whole screen; the ending of the name chooses the format."""
        self._run("import", "-silent", "-window", "root", str(path))
        return path

    def _run(self, *argv: str) -> None:
        subprocess.run(argv, env=self.env, check=True, stdin=subprocess.DEVNULL, timeout=60)
