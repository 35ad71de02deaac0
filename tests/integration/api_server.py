"""A real local API over the fake service, and ways to knock at it that no library tidies up."""

import contextlib
import http.client
import json
import socket
import tempfile
from pathlib import Path

from tests.fakes.agent import FakeAgent
from tests.fakes.service import FakeService
from understudy.interfaces.api.server import LocalApi


class Knocker:
    """A client of the API whose `endpoint` it has."""

    @property
    def port(self):
        """Where it listens."""
        return self.endpoint.port

    def ask(self, method, path, body=None, **headers):
        """Send a request as a good client would; return status and the JSON that came back."""
        status, _, text = self.fetch(method, path, body, **headers)
        return status, json.loads(text) if text else None

    def fetch(self, method, path, body=None, **headers):
        """Send a request as a good client would; return status, headers and the bytes that came back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        given = {"Authorization": f"Bearer {self.endpoint.token}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = json.dumps(body).encode() if body is not None else None
        with contextlib.closing(connection):
            connection.request(method, path, content, given)
            response = connection.getresponse()
            text = response.read()
        return response.status, response.headers, text

    def knock(self, head):
        """Send raw bytes on a new connection; return everything that came back until it closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(head)
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)


class Served(Knocker):
    """A running API over the fake service."""

    def __init__(self, folder):
        self.agent = FakeAgent(FakeService())
        self.service = self.agent.service
        self.file = Path(folder) / "agent.json"
        self.api = LocalApi(self.agent, self.file)
        self.endpoint = self.api.start()


class Stream:
    """A client that listens."""

    def __init__(self, served, path):
        self.connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {served.endpoint.token}"})
        self.response = self.connection.getresponse()
        self.hello = self.response.readline() + self.response.readline()

    def event(self):
        """The next (kind, content); None = the stream has ended."""
        kind = self.response.readline().decode().removeprefix("event: ").strip()
        content = self.response.readline().decode().removeprefix("data: ")
        self.response.readline()
        return (kind, json.loads(content)) if content else None

    def close(self):
        """Hang up."""
        self.response.close()
        self.connection.close()


def read_all(connection):
    """Everything until the other side closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def status_of(answer):
    """The status of a raw answer."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


@contextlib.contextmanager
def serving():
    """An API for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        served = Served(folder)
        try:
            yield served
        finally:
            served.api.stop()
