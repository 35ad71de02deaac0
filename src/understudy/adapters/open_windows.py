"""The windows that are open: lists them, brings one to the front, asks one to close. X11 only so far."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from understudy.adapters.focus.active_window import ActiveWindow, WindowView
from understudy.adapters.process import STEP
from understudy.adapters.session import DisplayServer, Session, read_session, window_manager_capability
from understudy.core.action import StopSignal
from understudy.core.ports import Capability
from understudy.errors import CapabilityMissingError, StoppedError

_BY_PERSON = 2
"""EWMH source indication: the wish comes from a program that acts for the person, as a task bar does."""


class OpenWindows(Protocol):
    """What can be seen of the windows on the screen, and done with them. Any thread."""

    def capability(self) -> Capability:
        """`windows`: whether they can be seen at all."""

    def all(self) -> tuple[WindowView, ...]:
        """Every window, the one in front last. Raises CapabilityMissingError."""

    def active(self) -> int:
        """The window in front; 0 = none. Raises CapabilityMissingError."""

    def bring_to_front(self, window: int) -> None:
        """Ask the window manager for it. Raises CapabilityMissingError."""

    def ask_to_close(self, window: int) -> None:
        """Do what its close button does. Raises CapabilityMissingError."""


class XWindows:
    """The windows of an X server with a window manager that keeps EWMH; a connection for each question."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def capability(self) -> Capability:
        """Whether the window manager lists its windows."""
        manager = window_manager_capability(self._session)
        text = "Windows can be found, brought to the front and closed" if manager.is_usable else manager.text
        return Capability(name="windows", state=manager.state, text=text, fix=manager.fix)

    def all(self) -> tuple[WindowView, ...]:
        """Every window of the window manager, by stacking."""
        with self._connected() as display:
            reader = WindowReader(display)
            numbers = root_values(display, "_NET_CLIENT_LIST_STACKING") or root_values(
                display, "_NET_CLIENT_LIST"
            )
            return tuple(filter(None, map(reader.read, numbers)))

    def active(self) -> int:
        """The window the window manager calls active."""
        with self._connected() as display:
            return next(iter(root_values(display, "_NET_ACTIVE_WINDOW")), 0)

    def bring_to_front(self, window: int) -> None:
        """Send _NET_ACTIVE_WINDOW to the window manager."""
        from Xlib import X

        self._ask_manager(window, "_NET_ACTIVE_WINDOW", _BY_PERSON, X.CurrentTime, 0)

    def ask_to_close(self, window: int) -> None:
        """Send _NET_CLOSE_WINDOW, which becomes WM_DELETE_WINDOW: the program may still ask the person."""
        from Xlib import X

        self._ask_manager(window, "_NET_CLOSE_WINDOW", X.CurrentTime, _BY_PERSON, 0)

    def _ask_manager(self, window: int, request: str, *values: int) -> None:
        from Xlib import X
        from Xlib.protocol import event

        with self._connected() as display:
            message = event.ClientMessage(
                window=display.create_resource_object("window", window),
                client_type=display.intern_atom(request),
                data=(32, [*values, 0, 0]),
            )
            mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
            display.screen().root.send_event(message, event_mask=mask)
            display.sync()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Any]:
        with connected(self._session.display) as display:
            yield display


class NoWindows:
    """Stands where windows cannot be seen."""

    def __init__(self, why: str, fix: str = "") -> None:
        self._capability = Capability(name="windows", state="missing", text=why, fix=fix)

    def capability(self) -> Capability:
        """Missing, and why."""
        return self._capability

    def all(self) -> tuple[WindowView, ...]:
        """Raise CapabilityMissingError."""
        raise self._missing()

    def active(self) -> int:
        """Raise CapabilityMissingError."""
        raise self._missing()

    def bring_to_front(self, window: int) -> None:
        """Raise CapabilityMissingError."""
        del window
        raise self._missing()

    def ask_to_close(self, window: int) -> None:
        """Raise CapabilityMissingError."""
        del window
        raise self._missing()

    def _missing(self) -> CapabilityMissingError:
        return CapabilityMissingError(
            "Windows cannot be seen", self._capability.text.rstrip("."), self._capability.fix
        )


def choose_windows(environment: Mapping[str, str]) -> OpenWindows:
    """Return what this session allows."""
    session = read_session(environment)
    if session.server is DisplayServer.X11:
        return XWindows(session)
    if session.server is DisplayServer.WAYLAND:
        fix = 'Choose an X11 session ("on Xorg") on the login screen'
        return NoWindows("Wayland does not show programs which windows are open.", fix)
    if session.server is DisplayServer.NONE:
        return NoWindows("There is no desktop.", "Start Understudy inside a desktop session")
    return NoWindows("Windows are not looked at on this system yet.")


@contextlib.contextmanager
def connected(name: str) -> Iterator[Any]:
    """Yield a connection to an X server. Whatever it cannot answer is raised as CapabilityMissingError."""
    from Xlib import error

    from understudy.adapters.x_events import open_display

    try:
        display = open_display(name)
    except OSError as reason:
        raise CapabilityMissingError("The X server does not answer", str(reason)) from reason
    try:
        yield display
    except error.ConnectionClosedError as reason:
        raise CapabilityMissingError("The X server has gone away", str(reason)) from reason
    finally:
        with contextlib.suppress(OSError, error.ConnectionClosedError):  # it may be broken already
            display.close()


def wait_until(
    is_true: Callable[[], bool], seconds: float, deadline: float, stop: StopSignal | None = None
) -> bool:
    """Look every 50 ms; return whether it came true in time (both limits count). Raises StoppedError."""
    end = min(time.monotonic() + seconds, deadline)
    while not is_true():
        if time.monotonic() >= end:
            return False
        if stop is None:
            time.sleep(STEP)
        elif stop.wait(STEP):
            raise StoppedError("Stopped while waiting for a window")
    return True


class WindowReader(ActiveWindow):
    """Reads any window as the watcher reads the one in front, so that both see the same application."""

    def __init__(self, display: Any) -> None:
        super().__init__(lambda _: None)
        self.connected(display)

    def read(self, number: int) -> WindowView | None:
        """Return what is known of a window; None = it has gone."""
        self._window = self._display.create_resource_object("window", number)
        return self._view()


def root_values(display: Any, name: str) -> list[int]:
    """Return the numbers in a property of the root window, none where it is not set."""
    from Xlib import X

    found = display.screen().root.get_full_property(display.intern_atom(name), X.AnyPropertyType)
    return [int(value) for value in found.value] if found is not None else []
