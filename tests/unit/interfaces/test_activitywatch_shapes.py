"""Times, lengths and bodies of ActivityWatch's clients, as they are written and read."""

import pytest

from understudy.core.bucket import Bucket
from understudy.engine.bucket_reading import BucketEvent
from understudy.errors import InvalidInputError
from understudy.interfaces.activitywatch import shapes
from understudy.interfaces.activitywatch.routes import ROUTES, Access, find

EVENT = BucketEvent(at=1_700_000_000_123, lasted=1500, data={"app": "a"})


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-14T22:13:20.123Z",
        "2023-11-14T22:13:20.123456+00:00",
        "2023-11-14T23:13:20.123+01:00",
        "2023-11-14T23:13:20.123 01:00",
        "2023-11-14 22:13:20.123",
        "20231114T221320.123Z",
    ],
)
def test_a_time_is_read_however_it_is_written(text):
    """To the millisecond; without a zone it is UTC, and a plus may have come as a blank."""
    assert shapes.millis_of(text) == 1_700_000_000_123


@pytest.mark.parametrize("text", ["", "now", "2023-13-01T00:00:00Z", "1700000000", "2023-11-14T99"])
def test_what_is_no_time_is_said(text):
    """Nothing is guessed."""
    with pytest.raises(InvalidInputError, match="is no time"):
        shapes.millis_of(text)


def test_times_are_written_with_their_zone():
    """As ActivityWatch writes them."""
    assert shapes.iso_of(1_700_000_000_123) == "2023-11-14T22:13:20.123000+00:00"


@pytest.mark.parametrize("seconds", [-0.1, float("inf"), float("nan"), 1e300])
def test_a_length_is_a_number_of_seconds(seconds):
    """Not less than none, not more than can be."""
    with pytest.raises(InvalidInputError):
        shapes.millis_of_seconds("duration", seconds)


@pytest.mark.parametrize(
    "body,events",
    [
        (
            b'{"timestamp":"2023-11-14T22:13:20.123Z","duration":1.5,"data":{"app":"a"},"extra":1}',
            [EVENT],
        ),
        (b'[{"timestamp":"2023-11-14T22:13:20.123Z","duration":1.5,"data":{"app":"a"},"id":null}]', [EVENT]),
        (b" []", []),
    ],
)
def test_one_event_or_many_are_read(body, events):
    """Fields that nobody knows are passed over."""
    assert shapes.read_events(body) == events


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"3",
        b"{}",
        b'{"timestamp":1}',
        b'[{"timestamp":"x"}]',
        b"\xff",
        b"[" * 5000,
        b'{"timestamp":"2023-11-14T22:13:20Z","data":' + b'{"a":' * 300 + b"1" + b"}" * 301,
    ],
)
def test_a_body_that_cannot_be_used_is_said(body):
    """Whatever is wrong with it."""
    with pytest.raises(InvalidInputError):
        shapes.read_events(body)


def test_an_export_reads_back_as_what_it_was():
    """Bucket and events, these without ids."""
    bucket = Bucket(id="b", type="t", client="c", hostname="h", created_at=5, name="b", data={"x": 1})
    written = shapes.export_json(bucket, [BucketEvent(id=3, at=EVENT.at, lasted=1500, data={"app": "a"})])
    dump = shapes.Dump(buckets={"b": shapes.DumpedBucket(**{**written, "events": []})})
    dump.buckets["b"].events = [shapes.Event(**each) for each in written["events"]]
    (read,) = shapes.dumps_from(dump)
    assert (read.bucket, read.events) == (bucket, (EVENT,))


@pytest.mark.parametrize(
    "path",
    [
        "/api/0/buckets/aw-watcher-x%2Fevents",
        "/api/0/buckets/aw-watcher-x/../diary/heartbeat",
        "/api/0/buckets/aw-watcher-x%2f..%2fdiary/heartbeat",
        "/api/0/buckets/aw-watcher-x/./heartbeat",
        "//api/0/info",
        "/api/0/info/",
        "/API/0/info",
        "/api/0/%69nfo",
        "/api/0/buckets//heartbeat",
        "/api/0/buckets/x/events/1a",
        "/api/0/buckets/x\n",
        "",
    ],
)
def test_there_is_one_way_to_write_each_path(path):
    """Any other way is no path, so what the guard has looked at is what is done."""
    assert find(path, "POST") == (None, {}, False)


def test_a_host_name_beyond_ascii_is_read():
    """Some machines are called so."""
    route, names, _ = find("/api/0/buckets/aw-watcher-afk_b%C3%BCro%20pc", "POST")
    assert (route.access, names["bucket"]) == (Access.WATCHER, "aw-watcher-afk_büro pc")


def test_only_three_routes_are_for_watchers_and_one_for_all():
    """A new route needs the token unless somebody decides otherwise here."""
    open_ones = {(each.method, each.path.pattern) for each in ROUTES if each.access is not Access.TOKEN}
    assert {(method, pattern.rpartition(")")[2] or "bucket") for method, pattern in open_ones} == {
        ("GET", "/api/0/info"),
        ("POST", "bucket"),
        ("POST", "/events"),
        ("POST", "/heartbeat"),
    }
