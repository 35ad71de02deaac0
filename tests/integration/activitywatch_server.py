"""A real server for ActivityWatch's clients over a real engine thread, its store in memory."""

import contextlib
import json
import socket
import time
from http.client import HTTPConnection

import msgspec

from tests.fakes.engine_rig import EngineRig
from understudy.config import Settings
from understudy.core.ports import CaptureQuery
from understudy.interfaces.activitywatch.server import WatcherServer

TOKEN = "a-token-of-43-characters-as-the-agent-makes"
EXTENSION = "chrome-extension://nglaklhklhcoonedhgnpgddginnjdadi"


class Listening:
    """A running server, and ways to knock at it."""

    def __init__(self, **settings):
        self.rig = EngineRig(at=int(time.time() * 1000))
        self.settings = Settings(**{"activitywatch_port": free_port()} | settings)
        self.server = WatcherServer(self.rig.agent, lambda: self.settings, TOKEN)

    def start(self):
        self.rig.agent.start()
        self.server.start()
        return self

    def stop(self):
        self.server.stop()
        self.rig.agent.stop()

    def allow(self, *origins):
        """Change a setting while the server runs."""
        self.settings = msgspec.structs.replace(self.settings, extension_origins=origins)

    @property
    def port(self):
        return self.server.port

    @property
    def captures(self):
        """All that is stored, oldest first."""
        find = self.rig.store.captures.find
        return [each.capture for each in self.rig.agent.ask(lambda _: find(CaptureQuery(limit=0)))[::-1]]

    def send(self, method, path, body=None, *, token="", headers=()):
        """Send a request; return (status, headers, what came back)."""
        given = {"Content-Type": "application/json"} | dict(headers)
        if token:
            given["Authorization"] = f"Bearer {token}"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, f"/api/0/{path}", content, given)
            answer = connection.getresponse()
            text = answer.read()
        return answer.status, dict(answer.getheaders()), json.loads(text) if text else None

    def ok(self, method, path, body=None, token=TOKEN):
        """Send a request that is let in, and return what came back."""
        status, _, answer = self.send(method, path, body, token=token)
        assert status == 200, answer
        return answer


def free_port():
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@contextlib.contextmanager
def listening(**settings):
    """A server for as long as the block runs."""
    one = Listening(**settings).start()
    try:
        yield one
    finally:
        one.stop()
