"""The loopback server: a socket and a token from the start, the web framework once somebody knocks.

Binds 127.0.0.1 on a port the system chooses, writes agent.json, and removes it at a clean end.
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from understudy import __version__
from understudy.interfaces.agent import Agent
from understudy.interfaces.api.guard import Door
from understudy.interfaces.endpoint import Endpoint, remove_endpoint, write_endpoint
from understudy.interfaces.sleeping import Sleeper, listen

if TYPE_CHECKING:
    from understudy.interfaces.quiet import QuietServer


class LocalApi:
    """The API of one agent. `start`, then `stop`; neither raises for a client's sake."""

    def __init__(self, agent: Agent, endpoint_file: Path) -> None:
        self._agent = agent
        self._file = endpoint_file
        self._port = 0
        self.token = secrets.token_urlsafe(32)
        """What clients have to send."""
        self._sleeper = Sleeper("the local API", self._load)

    @property
    def door(self) -> Door:
        """Port and token; after `start`."""
        if not self._port:
            raise RuntimeError("the API has not been started")
        return Door(port=self._port, token=self.token)

    def start(self) -> Endpoint:
        """Bind, write the file, and wait for a knock. Raises OSError when either cannot be done."""
        listening = listen()
        self._port = listening.getsockname()[1]
        endpoint = Endpoint(port=self._port, token=self.token, pid=os.getpid(), version=__version__)
        write_endpoint(self._file, endpoint)
        self._sleeper.start(listening)
        return endpoint

    def stop(self) -> None:
        """Remove the file, end streams, finish answers under way, close the socket. Safe to call twice."""
        remove_endpoint(self._file, self.token)
        self._sleeper.stop()

    def _load(self) -> "QuietServer":
        from understudy.interfaces.api.asgi import build
        from understudy.interfaces.api.stream import Streams
        from understudy.interfaces.quiet import QuietServer

        streams = Streams(self._agent)
        return QuietServer(build(self._agent, self.door, streams), streams.end)
