"""Reports which window is in front and what it is called. Event driven; never looks into the window."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from understudy.adapters.applications import Applications
from understudy.adapters.focus.active_window import ActiveWindow, WindowView
from understudy.adapters.focus.debounce import Debounce
from understudy.adapters.session import DisplayServer, read_session, window_manager_capability
from understudy.adapters.x_watch import XWatch
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability, Clock


class FocusWatcher:
    """The window in front, over X11."""

    name = "focus"
    title = "Which window is in front, and its title"

    def __init__(self, clock: Clock, environment: Mapping[str, str], applications: Applications) -> None:
        self._clock = clock
        self._session = read_session(environment)
        self._applications = applications
        self._watch = XWatch(self._session, "watch focus")

    def availability(self) -> Capability:
        """Ready on X11 with a window manager that says which window is in front."""
        if self._session.server is DisplayServer.X11:
            manager = window_manager_capability(self._session)
            if manager.state == "ready":
                return Capability(
                    name=self.name, state="ready", text="Window changes are seen as they happen"
                )
            return Capability(name=self.name, state="missing", text=manager.text, fix=manager.fix)
        return _missing(self.name, self._session.server)

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin; the window in front now is the first capture."""
        self._watch.start(emit, lambda outlet: FocusReports(self._clock, self._applications, outlet))

    def stop(self) -> None:
        """End."""
        self._watch.stop()


class FocusReports:
    """An X client that turns window changes into captures."""

    def __init__(self, clock: Clock, applications: Applications, emit: Callable[[Capture], None]) -> None:
        self._clock = clock
        self._applications = applications
        self._emit = emit
        self._debounce = Debounce()
        self._window = ActiveWindow(self._see)

    def connected(self, display: Any) -> None:
        """Look at the new server from the start."""
        self._debounce = Debounce()
        self._window.connected(display)

    def handle(self, event: Any) -> None:
        """Take in one event."""
        self._window.handle(event)

    def settled(self) -> float | None:
        """Report what has waited long enough; return the seconds to the next such moment."""
        self._report(self._debounce.expire(self._clock.monotonic()))
        due = self._debounce.due()
        return None if due is None else max(0.0, due - self._clock.monotonic())

    def _see(self, view: WindowView | None) -> None:
        self._report(self._debounce.see(view, self._clock.monotonic()))

    def _report(self, view: WindowView | None) -> None:
        if view is None:
            return
        app = self._applications.identify(view.wm_class, view.gtk_id, view.exe)
        capture = Capture(
            at=self._clock.now(),
            kind=CaptureKind.FOCUS,
            source=FocusWatcher.name,
            app=app,
            title=view.title,
            pid=view.pid,
        )
        self._emit(capture)


def _missing(name: str, server: DisplayServer) -> Capability:
    if server is DisplayServer.WAYLAND:
        return Capability(
            name=name,
            state="missing",
            text="Wayland does not show which window is in front; commands and files are still learned",
            fix='Choose an X11 session ("on Xorg") on the login screen',
        )
    if sys.platform in ("win32", "darwin"):
        return Capability(
            name=name, state="missing", text="Windows in front are not observed on this system yet"
        )
    return Capability(
        name=name,
        state="missing",
        text="There is no desktop: DISPLAY is not set",
        fix="Start Understudy inside a desktop session",
    )


PLUGIN = FocusWatcher
