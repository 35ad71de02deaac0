"""The real client of ActivityWatch feeds us, and reads back what it has sent, without a change to it."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
from aw_client import ActivityWatchClient
from aw_core.models import Event

from tests.integration.activitywatch_server import TOKEN, listening
from understudy.core.capture import CaptureKind

BUCKET = "aw-watcher-window_desk"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)


@pytest.fixture
def served():
    with listening() as one:
        yield one


@pytest.fixture
def client(served, tmp_path, monkeypatch):
    """A client as a watcher has it: it knows the port and nothing else."""
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    one = ActivityWatchClient("aw-watcher-window", host="127.0.0.1", port=served.port)
    yield one
    one.instance.fp.close()


@pytest.fixture
def reader(client, tmp_path):
    """The same client, told the token the way a person can: in a .netrc file."""
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login understudy password {TOKEN}\n")
    client.create_bucket(BUCKET, "currentwindow")
    return client


def window(app, seconds=0, lasted=0, **fields):
    """A window event, so long after the start."""
    return Event(
        timestamp=START + timedelta(seconds=seconds),
        duration=timedelta(seconds=lasted),
        data={"app": app, "title": app.title(), **fields},
    )


def test_a_watcher_without_a_token_reports(client, served):
    """It asks who is there, makes its bucket, twice even, and beats."""
    client.wait_for_start()
    client.create_bucket(BUCKET, "currentwindow")
    client.create_bucket(BUCKET, "currentwindow")
    for second in range(3):
        client.heartbeat(BUCKET, window("slack", second), pulsetime=2)
    client.heartbeat(BUCKET, window("code", 3), pulsetime=2)
    seen = [(each.kind, each.app, each.title, each.lasted, each.source) for each in served.captures]
    assert seen == [
        (CaptureKind.FOCUS, "slack", "Slack", 2000, f"aw:{BUCKET}"),
        (CaptureKind.FOCUS, "code", "Code", 0, f"aw:{BUCKET}"),
    ]


def test_what_a_watcher_has_queued_arrives(client, served):
    """Gathered by the client, sent from its own thread, with a bucket that it makes itself."""
    client.create_bucket(BUCKET, "currentwindow", queued=True)
    with client:
        for second in range(0, 40, 5):
            client.heartbeat(BUCKET, window("slack", second), pulsetime=6, queued=True, commit_interval=10)
        client.heartbeat(BUCKET, window("code", 40), pulsetime=6, queued=True, commit_interval=10)
        deadline = time.monotonic() + 10
        while [each.lasted for each in served.captures] != [35_000] and time.monotonic() < deadline:
            time.sleep(0.05)
    assert [(each.app, each.lasted) for each in served.captures] == [("slack", 35_000)]


def test_without_the_token_nothing_is_read(client):
    """Not by the very client that has written it."""
    client.create_bucket(BUCKET, "currentwindow")
    for read in (
        client.get_buckets,
        client.export_all,
        lambda: client.get_events(BUCKET),
        client.get_setting,
    ):
        with pytest.raises(requests.HTTPError, match="401"):
            read()


def test_without_the_token_nothing_is_deleted_or_imported(client, served):
    """Nor is a bucket filled that is no watcher's."""
    client.create_bucket(BUCKET, "currentwindow")
    client.heartbeat(BUCKET, window("slack"), pulsetime=2)
    for change in (
        lambda: client.delete_bucket(BUCKET, force=True),
        lambda: client.delete_event(BUCKET, 1),
        lambda: client.import_bucket({"id": "x", "type": "t", "client": "c", "hostname": "h", "events": []}),
        lambda: client.create_bucket("diary", "note"),
        lambda: client.insert_event("diary", window("slack")),
    ):
        with pytest.raises(requests.HTTPError, match="401"):
            change()
    assert len(served.captures) == 1


def test_events_are_inserted_and_read_back(reader):
    """Newest first, with ids, in the times and lengths they were sent with."""
    reader.insert_event(BUCKET, window("slack", 0, 60))
    reader.insert_events(BUCKET, [window("code", 60, 30), window("slack", 90)])
    events = reader.get_events(BUCKET)
    assert [(event.id, event.data["app"], event.timestamp, event.duration) for event in events] == [
        (3, "slack", START + timedelta(seconds=90), timedelta(0)),
        (2, "code", START + timedelta(seconds=60), timedelta(seconds=30)),
        (1, "slack", START, timedelta(seconds=60)),
    ]
    assert events[2] == window("slack", 0, 60)
    assert reader.get_event(BUCKET, 2) == events[1]


def test_events_are_found_and_counted_by_time(reader):
    """An event that reaches into the time asked for belongs to it."""
    reader.insert_events(BUCKET, [window("a", 0, 60), window("b", 100, 10), window("c", 200)])
    spans = [(0, 300), (60, 99), (61, 99), (105, 150), (200, 200)]
    found = [
        [event.data["app"] for event in reader.get_events(BUCKET, start=at(start), end=at(end))]
        for start, end in spans
    ]
    counts = [reader.get_eventcount(BUCKET, start=at(start), end=at(end)) for start, end in spans]
    assert found == [["c", "b", "a"], ["a"], [], ["b"], ["c"]]
    assert (counts, reader.get_eventcount(BUCKET)) == ([3, 1, 0, 1, 1], 3)
    assert [event.data["app"] for event in reader.get_events(BUCKET, limit=1)] == ["c"]


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_buckets_are_told_with_all_their_clients_expect(reader):
    """The fields of ActivityWatch, times with their zone."""
    reader.insert_event(BUCKET, window("slack", 0, 60))
    bucket = reader.get_buckets()[BUCKET]
    assert datetime.fromisoformat(bucket.pop("created")).utcoffset() == timedelta(0)
    assert bucket == {
        "id": BUCKET,
        "name": BUCKET,
        "type": "currentwindow",
        "client": "aw-watcher-window",
        "hostname": reader.client_hostname,
        "data": {},
        "last_updated": (START + timedelta(seconds=60)).isoformat(),
    }


def test_what_is_exported_can_be_imported_elsewhere(reader, served):
    """With its events; what is there already is not stored twice."""
    reader.insert_events(BUCKET, [window("slack", 0, 60), window("code", 60)])
    export = reader.export_bucket(BUCKET)
    assert export == {"buckets": {BUCKET: reader.export_all()["buckets"][BUCKET]}}
    bucket = export["buckets"][BUCKET]
    assert [(event["duration"], "id" in event) for event in bucket["events"]] == [(0.0, False), (60.0, False)]
    reader.delete_bucket(BUCKET, force=True)
    assert (reader.get_buckets(), served.captures) == ({}, [])
    for _ in range(2):
        reader.import_bucket(bucket)
    assert reader.export_all()["buckets"] == {BUCKET: bucket}


def test_an_event_is_deleted(reader):
    """And only that one."""
    reader.insert_events(BUCKET, [window("slack"), window("code", 60)])
    reader.delete_event(BUCKET, 1)
    assert [event.id for event in reader.get_events(BUCKET)] == [2]


def test_a_bucket_is_deleted_only_by_force(reader):
    """As ActivityWatch does it."""
    with pytest.raises(requests.HTTPError, match="401"):
        reader.delete_bucket(BUCKET)
    reader.delete_bucket(BUCKET, force=True)
    with pytest.raises(requests.HTTPError, match="404"):
        reader.get_events(BUCKET)


def test_there_are_no_settings_to_read(reader):
    """Clients that ask are told so without an error."""
    assert (reader.get_setting(), reader.get_setting("startOfDay")) == ({}, None)
