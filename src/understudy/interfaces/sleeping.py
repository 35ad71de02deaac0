"""A server that sleeps: its loopback socket is there from the start, all else is loaded once somebody knocks."""

import asyncio
import logging
import selectors
import socket
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.interfaces.quiet import QuietServer

log = logging.getLogger(__name__)

STOP_TIME = 5.0
"""Seconds given to answers under way when the server ends."""


class Sleeper:
    """Sleeps on a thread of its own until the first connection. `start`, then `stop`; neither raises."""

    def __init__(self, name: str, load: "Callable[[], QuietServer]") -> None:
        """Serve as `name` with what `load` returns; that is called on the thread, once somebody knocks."""
        self._name = name
        self._load = load
        self._socket: socket.socket | None = None
        self._wake: socket.socket | None = None
        self._woken: socket.socket | None = None
        self._server: QuietServer | None = None
        self._stopping = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._wait_then_serve, name=name, daemon=True)

    def start(self, listening: socket.socket) -> None:
        """Wait for a knock at the socket, which is ours from now on."""
        self._socket = listening
        self._wake, self._woken = socket.socketpair()
        self._thread.start()

    def stop(self) -> None:
        """Finish answers under way, close the socket. Safe to call twice, or without start."""
        with self._lock:
            already, self._stopping = self._stopping, True
            server = self._server
        if already or self._wake is None:
            return
        self._wake.send(b"x")
        if server is not None:
            server.ask_to_exit()
        if self._thread.is_alive():
            self._thread.join(STOP_TIME)
        for end in (self._socket, self._wake, self._woken):
            if end is not None:
                end.close()

    def _wait_then_serve(self) -> None:
        listening = self._socket
        woken = self._woken
        if listening is None or woken is None or not _somebody_knocks(listening, woken):
            return
        try:
            self._serve(listening)
        except Exception:  # the agent goes on without it; stop() still works
            log.exception("%s ended", self._name)

    def _serve(self, listening: socket.socket) -> None:
        server = self._load()
        with self._lock:
            if self._stopping:
                return
            self._server = server
        log.info("%s is loaded", self._name)
        asyncio.run(server.serve(sockets=[listening]))


def listen(port: int = 0) -> socket.socket:
    """Return a socket that listens on 127.0.0.1 alone; port 0 = a free one. Raises OSError."""
    # (asyncio switches Nagle's delay off, 40 ms an answer, only where the protocol is named)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            # there, another program could otherwise bind the same port and take our clients
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # a port that was ours a moment ago is free again
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
    except OSError:
        listening.close()
        raise
    return listening


def _somebody_knocks(listening: socket.socket, woken: socket.socket) -> bool:
    """Sleep until there is a connection to accept; False = stop."""
    with selectors.DefaultSelector() as selector:
        selector.register(listening, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        ready = {key.fileobj for key, _ in selector.select()}
    return woken not in ready
