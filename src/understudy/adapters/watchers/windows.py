"""Reports that the last window of a program was closed: a meeting is over, a file is done. X11, event driven."""

from collections.abc import Callable, Mapping
from typing import Any

from understudy.adapters.applications import Applications
from understudy.adapters.open_windows import WindowReader, root_values
from understudy.adapters.session import DisplayServer, read_session, window_manager_capability
from understudy.adapters.x_watch import XWatch
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability, Clock

CLOSED = "closed"
"""The value of the state that is reported, under the program's identity."""
_WINDOWS = "_NET_CLIENT_LIST"


class WindowsWatcher:
    """Programs whose last window closes, over X11."""

    name = "windows"
    title = "When the last window of a program is closed"

    def __init__(self, clock: Clock, environment: Mapping[str, str], applications: Applications) -> None:
        self._clock = clock
        self._session = read_session(environment)
        self._applications = applications
        self._watch = XWatch(self._session, "watch windows")

    def availability(self) -> Capability:
        """Ready on X11 with a window manager that lists its windows."""
        if self._session.server is not DisplayServer.X11:
            text = "Closed windows are seen on X11 only"
            return Capability(name=self.name, state="missing", text=text)
        manager = window_manager_capability(self._session)
        if not manager.is_usable:
            return Capability(name=self.name, state="missing", text=manager.text, fix=manager.fix)
        return Capability(
            name=self.name, state="ready", text="It is seen when a program's last window closes"
        )

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin; windows that are open now are known, nothing is reported of them yet."""
        self._watch.start(emit, lambda outlet: ClosedReports(self._clock, self._applications, outlet))

    def stop(self) -> None:
        """End."""
        self._watch.stop()


class ClosedReports:
    """An X client that remembers whose the windows are, and reports when the last of a program is gone."""

    def __init__(self, clock: Clock, applications: Applications, emit: Callable[[Capture], None]) -> None:
        self._clock = clock
        self._applications = applications
        self._emit = emit
        self._owners: dict[int, str] = {}

    def connected(self, display: Any) -> None:
        """Learn which windows there are; a new server starts from nothing."""
        self._display = display
        self._list = display.intern_atom(_WINDOWS)
        self._reader = WindowReader(display)
        self._owners = {}
        self._look()

    def handle(self, event: Any) -> None:
        """Look again when the window manager says that its list changed."""
        from Xlib import X

        if event.type == X.PropertyNotify and event.atom == self._list:
            self._look()

    def settled(self) -> float | None:
        """Nothing is ever waited for."""
        return None

    def _look(self) -> None:
        open_now = set(root_values(self._display, _WINDOWS))
        gone = [self._owners.pop(number) for number in set(self._owners) - open_now]
        for number in open_now - set(self._owners):
            view = self._reader.read(number)
            if view is not None:
                self._owners[number] = self._applications.identify(view.wm_class, view.gtk_id, view.exe)
        for app in sorted(set(gone) - set(self._owners.values())):
            self._emit(
                Capture(
                    at=self._clock.now(),
                    kind=CaptureKind.STATE,
                    source=WindowsWatcher.name,
                    app=app,
                    text=CLOSED,
                )
            )


PLUGIN = WindowsWatcher
