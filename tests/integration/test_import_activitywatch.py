"""ActivityWatch: every form of an export, and a real server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from understudy.adapters.importers.activitywatch import ActivityWatch
from understudy.adapters.importers.intake import FileIntake
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions
from understudy.errors import InvalidInputError

OPTIONS = ImportOptions()
IMPORTERS = {"activitywatch": ActivityWatch()}


def event(minute, data, duration=0.0, **more):
    return {"timestamp": f"2024-06-05T07:{minute:02}:00Z", "duration": duration, "data": data, **more}


WINDOWS = [
    event(5, {"app": "Code.exe", "title": "main.py"}),
    event(1, {"app": "Google Chrome", "title": "Inbox"}),
]
PAGES = [
    event(2, {"url": "https://example.org/", "title": "Example", "audible": False, "incognito": False}),
    event(3, {"url": "https://secret.example/", "title": "Secret", "incognito": True}),
]
BUCKETS = {
    "aw-watcher-window_pc": {
        "type": "currentwindow",
        "client": "aw-watcher-window",
        "hostname": "pc",
        "events": WINDOWS,
    },
    "aw-watcher-web-chrome_pc": {
        "type": "web.tab.current",
        "client": "aw-client-web",
        "hostname": "pc",
        "events": PAGES,
    },
    "aw-watcher-afk_pc": {
        "type": "afkstatus",
        "events": [event(4, {"status": "afk"}), event(6, {"status": "asleep"})],
    },
    "aw-watcher-vim_pc": {
        "type": "app.editor.activity",
        "events": [event(7, {"file": "/a/b.py", "project": "a"})],
    },
    "aw-stopwatch": {"type": "general.stopwatch", "events": [event(8, {"label": "x"})]},
}


def read(tmp_path, content, name="export.json"):
    path = tmp_path / name
    path.write_text(json.dumps(content))
    return list(ActivityWatch().read(path, OPTIONS))


def short(records):
    """What matters of the captures."""
    return [
        (record.kind.value, record.app, record.title, record.url or record.text)
        for record in records
        if isinstance(record, Capture)
    ]


EXPECTED = [
    ("focus", "google-chrome", "Inbox", ""),
    ("url", "google-chrome", "Example", "https://example.org/"),
    ("presence", "", "", "idle"),
    ("focus", "code", "main.py", ""),
    ("file", "vim", "", "/a/b.py"),
]


def test_all_buckets_become_one_stream(tmp_path):
    """Windows, pages, presence and files in the order of time, though each bucket is newest first."""
    assert short(read(tmp_path, {"buckets": BUCKETS})) == EXPECTED


def test_what_is_left_out_is_named(tmp_path):
    """A page of a private window, an unknown status, a bucket of another type."""
    bad = {record.why for record in read(tmp_path, {"buckets": BUCKETS}) if isinstance(record, BadRecord)}
    assert bad == {
        "it was seen in a private window",
        "there is no status “asleep”",
        "buckets of the type “general.stopwatch” are not read",
    }


def test_a_single_bucket_can_be_read(tmp_path):
    """As the web page of ActivityWatch exports it."""
    assert short(read(tmp_path, {"id": "aw-watcher-window_pc", **BUCKETS["aw-watcher-window_pc"]})) == [
        EXPECTED[0],
        EXPECTED[3],
    ]


@pytest.mark.parametrize(
    "events, kinds",
    [
        (WINDOWS, ["focus", "focus"]),
        (PAGES, ["url"]),
        ([{"x": 1}, event(4, {"status": "afk"})], ["presence"]),
        ([event(1, {})], []),
        ([], []),
    ],
)
def test_a_bare_list_of_events_can_be_read(tmp_path, events, kinds):
    """The kind is told by the fields."""
    assert [kind for kind, *_ in short(read(tmp_path, events, "events.json"))] == kinds


@pytest.mark.parametrize(
    "data, why",
    [
        ({"app": 5, "title": "x"}, "the field “app” must be a text"),
        ({"app": "", "title": ""}, "neither program nor title is given"),
    ],
)
def test_an_event_with_wrong_fields_is_named(tmp_path, data, why):
    """The bucket, the number, and why."""
    (bad,) = read(tmp_path, {"buckets": {"w": {"type": "currentwindow", "events": [event(1, data)]}}})
    assert (bad.where, bad.why) == ("bucket w, event 1", why)


@pytest.mark.parametrize("duration", [-1.0, 1e300])
def test_an_event_that_lasts_for_ever_is_named(tmp_path, duration):
    """Nothing is guessed."""
    (bad,) = read(tmp_path, [event(1, {"app": "x", "title": "y"}, duration)])
    assert "out of range" in bad.why


def test_editors_and_pages_without_what_they_show_are_named(tmp_path):
    """No empty captures."""
    buckets = {
        "e": {"type": "app.editor.activity", "events": [event(1, {})]},
        "w": {"type": "web.tab.current", "events": [event(2, {})]},
    }
    assert [record.why for record in read(tmp_path, {"buckets": buckets})] == [
        "no file is given",
        "no address is given",
    ]


class Server(ThreadingHTTPServer):
    """An ActivityWatch server as far as an import asks."""

    answers = {}
    asked = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path, (404, b"{}"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """A real server on a free port of the loopback."""
    with Server(("127.0.0.1", 0), Handler) as running:
        running.answers, running.asked = {}, []
        listing = {name: {**bucket, "events": []} for name, bucket in BUCKETS.items()}
        running.answers["/api/0/buckets/"] = (200, json.dumps(listing).encode())
        for name, bucket in BUCKETS.items():
            running.answers[f"/api/0/buckets/{name}/events?limit=-1"] = (
                200,
                json.dumps(bucket["events"]).encode(),
            )
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def address_of(server, host="127.0.0.1"):
    return f"http://{host}:{server.server_address[1]}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_running_server_is_asked_for_everything(server, host):
    """All buckets with all events, the same as from a file."""
    name, records = FileIntake(IMPORTERS).open(f"{address_of(server, host)}/", "", OPTIONS)
    assert (name, short(records)) == ("activitywatch", EXPECTED)


def test_its_name_is_enough_where_it_runs_at_the_usual_place(server, tmp_path, monkeypatch):
    """`understudy import activitywatch`."""
    monkeypatch.chdir(tmp_path)
    watch = ActivityWatch()
    watch.address = address_of(server)
    _, records = FileIntake({"activitywatch": watch}).open("activitywatch", "", OPTIONS)
    assert short(records) == EXPECTED


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (302, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"\xff": {}}'),
        (200, b'{"x": {"events": 1}}'),
    ],
)
def test_a_server_that_answers_otherwise_is_refused(server, answer):
    """An error, a redirect to somewhere else, another program."""
    server.answers["/api/0/buckets/"] = answer
    with pytest.raises(InvalidInputError, match="ActivityWatch cannot be read"):
        ActivityWatch().read_address(address_of(server), OPTIONS)
    assert server.asked == ["/api/0/buckets/"]


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1:5600",
        "http://example.org",
        "https://127.0.0.1",
        "http://bob@127.0.0.1",
        "http://127.0.0.1:x",
        "http://[::1",
        "http://0.0.0.0",
        "http://",
        "http://127.0.0.1:1",
    ],
)
def test_only_this_machine_is_asked(address):
    """No other host, no login, and a clear word where nothing answers."""
    with pytest.raises(InvalidInputError, match="ActivityWatch cannot be read"):
        ActivityWatch().read_address(address, OPTIONS)
