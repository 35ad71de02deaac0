"""The local API over a real socket: use cases, errors, live events, its start and its end."""

import http.client
import json
import os
import socket
import stat
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.agent import FakeAgent
from tests.integration.api_server import serving
from understudy import __version__
from understudy.errors import NotRunningError
from understudy.interfaces.api.server import LocalApi
from understudy.interfaces.api.stream import MOST_LISTENERS, MOST_WAITING
from understudy.interfaces.endpoint import Endpoint, read_endpoint, remove_endpoint, write_endpoint


@pytest.fixture
def served():
    """A server of the test's own."""
    with serving() as one:
        yield one


def test_the_agent_tells_how_it_is_doing(served):
    """The first connection loads the server and is answered by it."""
    status, answer = served.ask("GET", "/api/status")
    assert (status, answer["state"], answer["version"]) == (200, "watching", __version__)


def test_a_suggestion_is_answered_once_and_by_whom_is_kept(served):
    """The second answer is a conflict, and starts nothing."""
    served.service.offer(1)
    path = "/api/suggestions/s-0000000001/answer"
    first = served.ask("POST", path, {"answer": "do"}, X_Understudy_Client="cli")
    second = served.ask("POST", path, {"answer": "do"})
    assert (first[0], first[1]["status"], first[1]["answered_by"]) == (200, "approved", "cli")
    assert (second[0], second[1]["type"], len(served.service.runs())) == (409, "conflict", 1)


def test_a_client_cannot_claim_to_be_the_tray(served):
    """Who decided is recorded honestly."""
    served.service.offer(1)
    answer = served.ask(
        "POST", "/api/suggestions/s-0000000001/answer", {"answer": "never"}, X_Understudy_Client="tray"
    )
    assert answer[1]["answered_by"] == "api"


def test_a_workflow_lives_from_post_to_delete(served):
    """Added, read, moved up, suspended, run, undone, removed."""
    document = {"name": "Morning Prep", "steps": [{"action": "open_app", "parameters": {"app": "Mail"}}]}
    _, added = served.ask("POST", "/api/workflows", document)
    path = f"/api/workflows/{added['workflow']['id']}"
    assert served.ask("GET", path)[1]["workflow"]["name"] == "Morning Prep"
    assert served.ask("POST", f"{path}/tier", {"tier": "auto"})[1]["workflow"]["tier"] == "auto"
    assert (
        served.ask("POST", f"{path}/enabled", {"enabled": False})[1]["workflow"]["lifecycle"] == "suspended"
    )
    _, run = served.ask("POST", f"{path}/execute", {})
    assert served.ask("GET", f"/api/runs/{run['id']}")[1]["may_undo"] is True
    assert served.ask("POST", f"/api/runs/{run['id']}/undo", {})[1]["run"]["undo_status"] == "undone"
    assert served.ask("DELETE", path) == (204, None)
    assert served.ask("GET", path)[0] == 404


def test_settings_change_by_field_and_wrong_ones_change_nothing(served):
    """An unknown field is refused with its name."""
    assert served.ask("PATCH", "/api/settings", {"retention_days": 30})[1]["retention_days"] == 30
    status, problem = served.ask("PATCH", "/api/settings", {"no_such": 1})
    assert (status, problem["type"], "no_such" in problem["why"]) == (400, "invalid_input", True)
    assert served.ask("GET", "/api/settings")[1]["retention_days"] == 30


def test_everything_else_answers(served):
    """Every other use case, through its route."""
    served.service.see("mail", "Inbox")
    assert served.ask("GET", "/api/captures?app=mail&limit=5")[1][0]["capture"]["title"] == "Inbox"
    assert served.ask("POST", "/api/privacy/test", {"app": "mail"})[1]["stored"] is True
    assert served.ask("POST", "/api/import", {"source": "/log.csv"})[1]["added"] == 3
    assert served.ask("POST", "/api/pause", {"minutes": 5})[1]["paused"] is True
    assert served.ask("POST", "/api/resume", {})[1]["paused"] is False
    assert served.ask("POST", "/api/stop", {})[1]["paused"] is True
    assert served.ask("POST", "/api/autostart", {"enabled": True})[1] == {"enabled": True}
    assert served.ask("GET", "/api/autostart")[1] == {"enabled": True}
    assert served.ask("GET", "/api/doctor")[1]["healthy"] is True
    assert len(served.ask("GET", "/api/export")[1]["captures"]) == 1
    assert served.ask("POST", "/api/purge", {"app": "mail"})[1]["captures"] == 1
    assert served.ask("POST", "/api/quit", {}) == (204, None)
    assert served.service.quit_asked.is_set()


def test_errors_are_problems_with_what_why_and_what_to_do(served):
    """As every interface tells them."""
    status, problem = served.ask("GET", "/api/runs/r-none")
    expected = {"type": "not_found", "title": "There is no such run", "status": 404}
    assert status == 404
    assert {name: problem[name] for name in expected} == expected
    assert problem["why"]
    assert problem["fix"]


def test_unknown_paths_and_methods_are_problems_too(served):
    """Also what the framework would answer in its own words."""
    missing, wrong = served.ask("GET", "/api/nothing"), served.ask("PUT", "/api/status", {})
    assert (missing[0], missing[1]["type"]) == (404, "not_found")
    assert (wrong[0], wrong[1]["type"]) == (405, "invalid_input")


def test_a_mistake_of_our_own_is_logged_and_tells_nothing_of_the_inside(served, caplog):
    """The next request is answered as if nothing had been."""
    served.service.status = lambda: 1 / 0
    status, problem = served.ask("GET", "/api/status")
    del served.service.status
    assert (status, problem["title"], "ZeroDivisionError" in caplog.text) == (
        500,
        "Understudy made a mistake",
        True,
    )
    assert served.ask("GET", "/api/status")[0] == 200


def test_a_busy_engine_is_said_to_be_busy(served):
    """Time is up for the client too, with the reason."""
    served.agent.stuck = True
    status, problem = served.ask("GET", "/api/status")
    assert (status, problem["type"]) == (504, "timed_out")


def test_many_ask_at_once_and_each_gets_an_answer(served):
    """A thousand double answers would give one run; here fifty."""
    served.service.offer(1)
    found = []

    def answer():
        found.append(served.ask("POST", "/api/suggestions/s-0000000001/answer", {"answer": "do"})[0])

    threads = [threading.Thread(target=answer) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found.count(200), found.count(409), len(served.service.runs())) == (1, 49, 1)


# ---------------------------------------------------------------- live events


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


def test_captures_arrive_live_and_nothing_else_on_their_stream(served):
    """A title with line breaks cannot start an event of its own."""
    stream = Stream(served, "/api/captures/stream")
    served.agent.tell("status", {"state": "paused"})
    served.agent.tell("capture", {"title": "a\n\nevent: run\ndata: {}"})
    served.agent.tell("capture", {"title": "b"})
    assert [stream.event(), stream.event()] == [
        ("capture", {"title": "a\n\nevent: run\ndata: {}"}),
        ("capture", {"title": "b"}),
    ]
    stream.close()


def test_the_stream_of_events_has_every_kind(served):
    """For views that show more than captures."""
    stream = Stream(served, "/api/events")
    for kind in ("capture", "suggestion", "run", "status"):
        served.agent.tell(kind, {})
    assert [stream.event()[0] for _ in range(4)] == ["capture", "suggestion", "run", "status"]
    stream.close()


def test_an_event_arrives_at_once(served):
    """Nothing is polled on the way."""
    stream = Stream(served, "/api/events")
    took = []
    for _ in range(20):
        start = time.perf_counter()
        served.agent.tell("status", {})
        stream.event()
        took.append(time.perf_counter() - start)
    stream.close()
    assert sorted(took)[10] < 0.1


def test_who_hangs_up_is_forgotten(served):
    """The agent keeps no listener that nobody hears."""
    stream = Stream(served, "/api/events")
    assert len(served.agent.listeners) == 1
    stream.close()

    def gone():
        served.agent.tell("status", {})
        return not served.agent.listeners

    until(gone, what="the listener to leave")


def test_a_slow_reader_loses_the_oldest_and_is_told_how_many(served):
    """Memory stays bounded, and nothing is lost silently."""
    stream = Stream(served, "/api/events")
    big = "x" * 20_000
    served.agent.tell_all(("capture", {"n": n, "text": big}) for n in range(3 * MOST_WAITING))
    seen = {}
    while "n" not in seen or seen["n"] < 3 * MOST_WAITING - 1:
        kind, content = stream.event()
        seen["dropped"] = seen.get("dropped", 0) + content.get("events", 0)
        seen["got"] = seen.get("got", 0) + (kind == "capture")
        seen |= {"n": content["n"]} if "n" in content else {}
    stream.close()
    assert seen["got"] + seen["dropped"] == 3 * MOST_WAITING


def test_there_are_only_so_many_streams(served):
    """One more is refused with the reason, and there is room again once one has gone."""
    streams = [Stream(served, "/api/events") for _ in range(MOST_LISTENERS)]
    status, problem = served.ask("GET", "/api/events")
    assert (status, problem["title"]) == (403, "No more live views")
    for stream in streams:
        stream.close()


# ---------------------------------------------------------------- start and end


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
