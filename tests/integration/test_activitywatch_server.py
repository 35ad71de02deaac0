"""The server for watchers: where it listens, what it says of itself, and what a browser extension sees of it."""

import socket
import threading
import time

import pytest

from tests.integration.activitywatch_server import EXTENSION, TOKEN, Listening, free_port, listening
from understudy.config import Settings
from understudy.core.capture import CaptureKind
from understudy.interfaces.activitywatch import server

BUCKET = "aw-watcher-web-chrome"
PATH = f"buckets/{BUCKET}"


@pytest.fixture
def served():
    with listening() as one:
        yield one


# --- where it listens -----------------------------------------------------------------------------


def test_it_sleeps_until_somebody_knocks(served):
    """A thread and a socket is all it costs who never uses it."""
    assert served.server._sleeper._server is None
    served.ok("GET", "info")
    assert served.server._sleeper._server is not None


def test_it_listens_on_this_machine_alone_and_says_where(served):
    """On the port that is set."""
    capability = served.server.availability()
    assert served.server._sleeper._socket.getsockname() == ("127.0.0.1", served.settings.activitywatch_port)
    assert (capability.state, str(served.port) in capability.text) == ("ready", True)


def test_without_a_setting_it_is_where_clients_look(monkeypatch):
    """Port 5600, by its name here."""
    port = free_port()
    monkeypatch.setattr(server, "USUAL_PORT", port)
    with listening(activitywatch_port=0) as one:
        assert one.port == port


def test_a_port_that_is_taken_is_left_alone_and_said():
    """ActivityWatch itself may be running: watchers then have to be told another port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with listening(activitywatch_port=taken) as one:
            capability = one.server.availability()
            assert one.port != taken
            assert one.ok("GET", "info")["testing"] is False
    assert (capability.state, f"port {taken} is taken" in capability.text) == ("degraded", True)


def test_its_port_is_free_again_at_once():
    """Also with connections that were open a moment ago."""
    port = free_port()
    for _ in range(2):
        with listening(activitywatch_port=port) as one:
            one.ok("GET", "info")
            assert one.port == port


def test_switched_off_there_is_no_port():
    """And it says what switches it on."""
    with listening(activitywatch=False) as one:
        capability = one.server.availability()
        assert (one.port, capability.fix) == (0, "understudy settings set activitywatch on")


def test_switched_off_meanwhile_it_refuses_at_once(served):
    """The port itself is given back at the next start."""
    served.ok("GET", "info")
    served.settings = Settings(activitywatch=False)
    assert served.send("GET", "info", token=TOKEN)[0] == 403


def test_a_machine_without_a_port_goes_on_without_it(monkeypatch):
    """It is said, and nothing raises."""

    def listen(_port=0):
        raise OSError("no ports left")

    monkeypatch.setattr(server, "listen", listen)
    with listening() as one:
        capability = one.server.availability()
    assert (capability.state, "no ports left" in capability.text) == ("missing", True)


def test_before_the_start_it_is_missing():
    """Stopping it then is no mistake."""
    one = Listening()
    one.server.stop()
    assert one.server.availability().state == "missing"


# --- a browser extension --------------------------------------------------------------------------


def fetch(served, method, path, body=None, origin=EXTENSION):
    """What the extension sends: JSON with its origin, after the preflight the browser sends before it."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    asked |= {"Origin": origin, "Access-Control-Request-Private-Network": "true"}
    status, headers, _ = served.send("OPTIONS", path.partition("?")[0], headers=asked)
    if status != 200 or headers.get("access-control-allow-origin") != origin:
        return status, headers, None
    assert headers["access-control-allow-private-network"] == "true"
    assert "content-type" in headers["access-control-allow-headers"]
    assert method in headers["access-control-allow-methods"]
    return served.send(method, path, body, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})


def page(url, moment, **data):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + ".000Z"
    shown = {"url": url, "title": "A", "audible": False, "incognito": False, "tabCount": 3} | data
    return {"data": shown, "duration": 0, "timestamp": stamp}


def test_an_extension_that_is_not_allowed_is_turned_away_and_named(served, caplog):
    """Once, in the log and in doctor, each with the command that allows it."""
    command = f"understudy settings set extension_origins {EXTENSION}"
    for _ in range(2):
        assert fetch(served, "POST", PATH, {})[0] == 403
    assert caplog.text.count(command) == 1
    assert served.server.availability().fix == command
    served.allow(EXTENSION)
    assert served.server.availability().fix == ""
    fetch(served, "POST", PATH, {}, origin="moz-extension://b")
    assert served.server.availability().fix == f"{command},moz-extension://b"


def test_an_allowed_extension_reports_pages(served):
    """It makes its bucket each time, beats each minute and at each change, and may read the answers."""
    served.allow(EXTENSION)
    now = int(time.time())
    made = {"client": "aw-client-web", "type": "web.tab.current", "hostname": "unknown"}
    statuses = [fetch(served, "POST", PATH, made)[0] for _ in range(2)]
    beats = [
        page("https://a.example/b?q=1#part", now - 50),
        page("https://a.example/b?q=1#other", now - 10, tabCount=4, audible=True),
        page("https://secret.example/", now - 5, incognito=True),
        page("https://c.example/", now),
    ]
    answers = [fetch(served, "POST", f"{PATH}/heartbeat?pulsetime=80", each) for each in beats]
    assert (statuses, [status for status, _, _ in answers]) == ([200, 304], [200] * 4)
    assert [headers["access-control-allow-origin"] for _, headers, _ in answers] == [EXTENSION] * 4
    assert [answer["id"] for _, _, answer in answers] == [1, 1, None, 2]
    assert [(each.kind, each.app, each.url, each.lasted) for each in served.captures] == [
        (CaptureKind.URL, "google-chrome", "https://a.example/b?q=1", 40_000),
        (CaptureKind.URL, "google-chrome", "https://c.example/", 0),
    ]


def test_an_allowed_extension_reads_nothing(served):
    """What other watchers have seen is none of its business."""
    served.allow(EXTENSION)
    status, headers, _ = fetch(served, "GET", "buckets/")
    assert (status, headers["access-control-allow-origin"]) == (401, EXTENSION)


def test_nobody_else_may_read_an_answer(served):
    """Without an origin there is no word of other origins; every answer is for its asker alone."""
    _, headers, _ = served.send("GET", "info")
    assert [name for name in headers if name.startswith("access-control")] == []
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "method,path,status",
    [
        ("GET", "nothing", 404), ("POST", "info", 405), ("HEAD", "info", 405), ("OPTIONS", "info", 405),
        ("POST", f"{PATH}/heartbeat", 400), ("POST", f"{PATH}/heartbeat?pulsetime=x", 400),
        ("POST", f"{PATH}/heartbeat?pulsetime=-1", 400), ("GET", f"{PATH}/events?limit=x", 400),
        ("GET", f"{PATH}/events?start=x", 400), ("GET", f"{PATH}/events", 404), ("GET", f"{PATH}/events/1", 404),
        ("DELETE", f"{PATH}?force=1", 404), ("PUT", PATH, 404), ("POST", "query/", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_their_way(served, method, path, status):
    """An object with a message."""
    body = page("https://a.example/", time.time()) if method == "POST" else {}
    found, _, answer = served.send(method, path, body, token=TOKEN)
    assert found == status
    assert method == "HEAD" or answer["message"]


def test_what_is_said_of_a_bucket_can_be_changed(served):
    """By whoever has the token."""
    served.ok("POST", PATH, {"client": "c", "type": "web.tab.current", "hostname": "unknown"})
    assert served.ok("PUT", PATH, {"hostname": "desk", "data": {"a": 1}}) == {}
    bucket = served.ok("GET", PATH)
    assert (bucket["hostname"], bucket["data"], bucket["client"]) == ("desk", {"a": 1}, "c")


def test_an_event_that_is_not_there_is_nothing(served):
    """404 with null, as ActivityWatch answers."""
    served.ok("POST", PATH, {"client": "c", "type": "web.tab.current", "hostname": "unknown"})
    status, _, answer = served.send("GET", f"{PATH}/events/7", token=TOKEN)
    assert (status, answer) == (404, None)


def test_an_export_is_saved_under_a_name(served):
    """Of one bucket or of all."""
    served.ok("POST", PATH, {"client": "c", "type": "web.tab.current", "hostname": "unknown"})
    names = [
        served.send("GET", path, token=TOKEN)[1]["content-disposition"]
        for path in ("export", f"{PATH}/export")
    ]
    assert names == [
        "attachment; filename=aw-buckets-export.json",
        f"attachment; filename=aw-bucket-export_{BUCKET}.json",
    ]


def test_our_own_mistakes_are_logged_and_told_without_details(served, monkeypatch, caplog):
    """The agent goes on."""
    monkeypatch.setattr(served.rig.agent.service, "buckets", lambda: 1 / 0)
    status, _, answer = served.send("GET", "buckets/", token=TOKEN)
    assert (status, "log" in answer["message"], "ZeroDivisionError" in caplog.text) == (500, True, True)
    served.ok("GET", "info")


def test_many_clients_at_once_lose_nothing(served):
    """Eight of them, each with its own bucket."""

    def report(number):
        path = f"buckets/aw-watcher-window_{number}"
        served.ok("POST", path, {"client": "c", "type": "currentwindow", "hostname": str(number)}, token="")
        for beat in range(20):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 100 + beat))
            event = {"timestamp": stamp, "data": {"app": f"app{number}.{beat // 10}", "title": ""}}
            served.ok("POST", f"{path}/heartbeat?pulsetime=5", event, token="")

    threads = [threading.Thread(target=report, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    expected = {f"app{number}.{part}" for number in range(8) for part in range(2)}
    assert {each.app for each in served.captures} == expected
    assert len(served.captures) == 16
