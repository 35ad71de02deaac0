"""A thread that waits for events of the X server and connects again when the server comes back. X11 only."""

import contextlib
import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Any, Protocol

from understudy.adapters.addresses import x_server_answers
from understudy.adapters.backoff import Backoff

_log = logging.getLogger(__name__)

EXTENSIONS = ("ge", "res", "screensaver", "xinput", "xtest")
"""Those we use. The library would load all it knows, and give every connection classes for them: 1.5 MiB."""

STOP_TIME = 1.0
"""Longest wait for the thread when stopping, in seconds."""


class XClient(Protocol):
    """What is done with one connection; always called on the thread of the events."""

    def connected(self, display: Any) -> None:
        """Select events on a new connection."""

    def handle(self, event: Any) -> None:
        """Take in one event."""

    def settled(self) -> float | None:
        """Nothing is waiting: return the seconds until it is to be asked again; None = never."""


class XEvents:
    """Hands the events of one X server to a client. Sleeps in `select`; nothing is polled."""

    def __init__(
        self, display: str, client: XClient, name: str, lost: Callable[[], None] = lambda: None
    ) -> None:
        self._display = display
        self._client = client
        self._name = name
        self._lost = lost
        """Called on the thread of the events whenever the server is away: what was seen there is over."""
        self._thread: threading.Thread | None = None
        self._wake_up: int | None = None
        self._guard = threading.Lock()
        self._is_woken = False
        """Whether the pipe holds a word for the thread: one is enough, and a full pipe would block."""

    def start(self) -> None:
        """Begin; safe to call twice. Never blocks."""
        if self._thread is not None:
            return
        read, self._wake_up = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(read,), name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End within a second; safe to call twice, or without start. The client is not called afterwards."""
        with self._guard:
            thread, self._thread = self._thread, None
            if thread is None or self._wake_up is None:
                return
            os.close(self._wake_up)  # the thread sees the end of its pipe
        if thread is not threading.current_thread():
            thread.join(STOP_TIME)

    def wake(self) -> None:
        """Let the client be asked whether it is settled, soon, from any thread; while connecting, try at once."""
        with self._guard:
            if self._thread is not None and self._wake_up is not None and not self._is_woken:
                self._is_woken = True
                os.write(self._wake_up, b"!")

    def _run(self, wake_up: int) -> None:
        backoff = Backoff()
        try:
            while self._connect_and_listen(wake_up, backoff):
                if select.select([wake_up], [], [], backoff.next())[0] and self._is_closed(wake_up):
                    break
        finally:
            os.close(wake_up)

    def _connect_and_listen(self, wake_up: int, backoff: Backoff) -> bool:
        """Serve one connection; True = it was lost, or never came about; False = stopped."""
        from Xlib.error import ConnectionClosedError

        display = None
        try:
            display = open_display(self._display)
            self._client.connected(display)
            backoff.reset()
            self._listen(display, wake_up)
        except (OSError, ConnectionClosedError) as error:
            _log.info("%s: the X server is away: %s", self._name, error)
        except Exception:  # noqa: BLE001 - a malformed answer ends this connection, never the agent
            _log.exception("%s: the connection to the X server failed", self._name)
        else:
            return False
        finally:
            if display is not None:
                with contextlib.suppress(Exception):  # closing what is already broken
                    display.close()
        self._lost()
        return True

    def _listen(self, display: Any, wake_up: int) -> None:
        """Return when stopped; raises when the connection ends."""
        while True:
            while display.pending_events():
                self._client.handle(display.next_event())
            wait = self._client.settled()
            if display.pending_events():  # an answer the client waited for brought events along
                continue
            readable, _, _ = select.select([display.fileno(), wake_up], [], [], wait)
            if wake_up in readable and self._is_closed(wake_up):
                return

    def _is_closed(self, pipe: int) -> bool:
        """Take in what was written; True = nothing more can come."""
        is_closed = not os.read(pipe, 1)
        self._is_woken = False  # whoever wakes from now on is heard, whoever did until now is served next
        return is_closed


def open_display(name: str) -> Any:
    """Connect to an X server; its errors are raised as OSError, answers to old requests go to the log."""
    from Xlib import display, error, ext

    ext.__extensions__ = [known for known in ext.__extensions__ if known[1] in EXTENSIONS]
    # (the library would leave its sockets open, and try the network, where nothing listens)
    if not x_server_answers(name):
        raise ConnectionError(f"nothing listens on display {name}")
    try:
        connection = display.Display(name)
    except (error.DisplayError, error.XauthError, error.ConnectionClosedError) as reason:
        raise ConnectionError(str(reason)) from reason
    connection.set_error_handler(lambda problem, _: _log.debug("X server: %s", problem))
    return connection
