"""The local API's start and end: its endpoint file, what it loads when, and how it goes."""

import json
import os
import socket
import stat
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.agent import FakeAgent
from tests.integration.api_server import Stream, serving
from understudy import __version__
from understudy.errors import NotRunningError
from understudy.interfaces.api.server import LocalApi
from understudy.interfaces.endpoint import Endpoint, read_endpoint, remove_endpoint, write_endpoint


@pytest.fixture
def served():
    """A server of the test's own."""
    with serving() as one:
        yield one


def test_the_endpoint_file_is_for_its_owner_alone(served):
    """Port and token, readable by nobody else, whole from the first moment."""
    mode = stat.S_IMODE(served.file.stat().st_mode)
    told = json.loads(served.file.read_text())
    assert (mode, told["port"], told["pid"], told["version"]) == (
        0o600,
        served.port,
        os.getpid(),
        __version__,
    )
    assert len(told["token"]) >= 32
    assert [path.name for path in served.file.parent.iterdir()] == ["agent.json"]


def test_before_the_first_connection_no_web_framework_is_loaded(served):
    """It costs memory only those who use it."""
    assert served.api._sleeper._server is None
    served.ask("GET", "/health")
    assert served.api._sleeper._server is not None


def test_at_the_end_the_file_goes_streams_end_and_the_port_closes(served):
    """In less than two seconds, with a stream open."""
    stream = Stream(served, "/api/events")
    start = time.monotonic()
    served.api.stop()
    assert time.monotonic() - start < 2
    assert (stream.event(), served.file.exists()) == (None, False)
    stream.close()
    with pytest.raises(ConnectionRefusedError):
        served.ask("GET", "/health")


def test_an_agent_that_nobody_ever_asked_ends_at_once(tmp_path):
    """The thread that sleeps on the socket is woken."""
    api = LocalApi(FakeAgent(), tmp_path / "agent.json")
    api.start()
    start = time.monotonic()
    api.stop()
    api.stop()
    assert (time.monotonic() - start < 0.5, api._sleeper._thread.is_alive()) == (True, False)


def test_a_server_that_cannot_run_is_logged_and_the_agent_goes_on(served, caplog, monkeypatch):
    """What the API cannot do does not end anything else."""
    monkeypatch.setattr(served.api._sleeper, "_serve", lambda _: 1 / 0)
    with socket.create_connection(("127.0.0.1", served.port), timeout=5):
        until(lambda: not served.api._sleeper._thread.is_alive(), what="the thread to end")
    assert "the local API ended" in caplog.text


def test_a_client_that_goes_in_the_middle_of_its_request_is_no_mistake_of_ours(served, caplog):
    """Nothing was asked, so nothing is done, and the log has no traceback of it."""
    lines = (
        "POST /api/pause HTTP/1.1",
        f"Host: 127.0.0.1:{served.port}",
        f"Authorization: Bearer {served.endpoint.token}",
        "Content-Type: application/json",
        "Content-Length: 100",
    )
    served.knock("\r\n".join((*lines, "", '{"minutes"')).encode())
    assert served.ask("GET", "/api/status")[1]["paused"] is False
    assert "failed" not in caplog.text


def test_before_it_is_started_there_is_no_door(tmp_path):
    """A mistake in the order of things is said."""
    with pytest.raises(RuntimeError):
        LocalApi(FakeAgent(), tmp_path / "agent.json").door  # noqa: B018 - the look itself is the test


ENDPOINT = Endpoint(port=1, token="a", pid=2, version="3")


def test_an_endpoint_is_read_as_it_was_written(tmp_path):
    """Into a folder that is made for it, over an older one."""
    path = tmp_path / "new" / "agent.json"
    write_endpoint(path, Endpoint(port=9, token="old", pid=2, version="3"))
    write_endpoint(path, ENDPOINT)
    assert (read_endpoint(path), stat.S_IMODE(path.parent.stat().st_mode)) == (ENDPOINT, 0o700)


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", '{"port": 1}', '{"port":"1","token":"a","pid":2,"version":"3"}']
)
def test_a_file_that_says_nothing_means_that_nobody_runs(tmp_path, text):
    """With the command that starts the agent."""
    path = tmp_path / "agent.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(NotRunningError, match="understudy run"):
        read_endpoint(path)


def test_the_file_of_another_agent_is_left_alone(tmp_path):
    """Who ends removes only what is its own."""
    path = tmp_path / "agent.json"
    write_endpoint(path, ENDPOINT)
    assert (remove_endpoint(path, "other"), path.exists()) == (False, True)
    assert (remove_endpoint(path, "a"), path.exists()) == (True, False)
    assert remove_endpoint(path, "a") is False
