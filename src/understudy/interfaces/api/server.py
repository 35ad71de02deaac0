"""The loopback server: a socket and a token from the start, the web framework once somebody knocks.

Binds 127.0.0.1 on a port the system chooses, writes agent.json, and removes it at a clean end.
"""

import asyncio
import logging
import os
import secrets
import selectors
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from understudy import __version__
from understudy.interfaces.agent import Agent
from understudy.interfaces.api.guard import Door
from understudy.interfaces.endpoint import Endpoint, remove_endpoint, write_endpoint

if TYPE_CHECKING:
    from understudy.interfaces.api.quiet import QuietServer

log = logging.getLogger(__name__)

STOP_TIME = 5.0
"""Seconds given to answers under way when the server ends."""


class LocalApi:
    """The API of one agent. `start`, then `stop`; neither raises for a client's sake."""

    def __init__(self, agent: Agent, endpoint_file: Path) -> None:
        self._agent = agent
        self._file = endpoint_file
        self._token = secrets.token_urlsafe(32)
        self._socket: socket.socket | None = None
        self._wake: socket.socket | None = None
        self._woken: socket.socket | None = None
        self._server: QuietServer | None = None
        self._stopping = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._wait_then_serve, name="api", daemon=True)

    @property
    def door(self) -> Door:
        """Port and token; after `start`."""
        if self._socket is None:
            raise RuntimeError("the API has not been started")
        return Door(port=self._port, token=self._token)

    def start(self) -> Endpoint:
        """Bind, write the file, and wait for a knock. Raises OSError when either cannot be done."""
        self._socket = _listen()
        self._wake, self._woken = socket.socketpair()
        self._port = self._socket.getsockname()[1]
        endpoint = Endpoint(port=self._port, token=self._token, pid=os.getpid(), version=__version__)
        write_endpoint(self._file, endpoint)
        self._thread.start()
        return endpoint

    def stop(self) -> None:
        """Remove the file, end streams, finish answers under way, close the socket. Safe to call twice."""
        remove_endpoint(self._file, self._token)
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
        except Exception:  # the agent goes on without its API; stop() still works
            log.exception("the local API ended")

    def _serve(self, listening: socket.socket) -> None:
        from understudy.interfaces.api.quiet import QuietServer

        server = QuietServer(self._agent, self.door)
        with self._lock:
            if self._stopping:
                return
            self._server = server
        log.info("the local API is loaded")
        asyncio.run(server.serve(sockets=[listening]))


def _listen() -> socket.socket:
    # (asyncio switches Nagle's delay off, 40 ms an answer, only where the protocol is named)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if (
        sys.platform == "win32"
    ):  # there, another program could otherwise bind the same port and take our clients
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening


def _somebody_knocks(listening: socket.socket, woken: socket.socket) -> bool:
    """Sleep until there is a connection to accept; False = stop."""
    with selectors.DefaultSelector() as selector:
        selector.register(listening, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        ready = {key.fileobj for key, _ in selector.select()}
    return woken not in ready
