"""What every watcher of an X server does to begin and to end; what it looks at is its own."""

from collections.abc import Callable

from understudy.adapters.outlet import Outlet
from understudy.adapters.session import DisplayServer, Session
from understudy.adapters.x_events import XClient, XEvents
from understudy.core.capture import Capture

Emit = Callable[[Capture], None]


class XWatch:
    """The events of one X server for one watcher; without an X server it never begins."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name
        self._events: XEvents | None = None
        self._outlet: Outlet | None = None

    def start(self, emit: Emit, client: Callable[[Emit], XClient]) -> None:
        """Begin with the client that `client` builds around what it may emit to; safe to call twice."""
        if self._events is None and self._session.server is DisplayServer.X11:
            self._outlet = Outlet(emit)
            self._events = XEvents(self._session.display, client(self._outlet), self._name)
            self._events.start()

    def stop(self) -> None:
        """End; nothing is emitted afterwards. Safe to call twice, or without start."""
        events, self._events = self._events, None
        if events is not None and self._outlet is not None:
            self._outlet.close()
            events.stop()
