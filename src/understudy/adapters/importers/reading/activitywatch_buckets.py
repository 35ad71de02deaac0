"""Turns the buckets of ActivityWatch into captures: windows, pages, presence, edited files.

A whole answer or file is held in memory as bytes; its events are decoded one by one.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from understudy.adapters.importers.reading.times import Times
from understudy.core.bucket_event import fields_of, kind_of
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord
from understudy.core.value import DAY, Millis

SOURCE = "import:activitywatch"
_LONGEST: Millis = 3660 * DAY


class Bucket(msgspec.Struct):
    """One bucket as exported or served; its events stay undecoded bytes."""

    id: str = ""
    type: str = ""
    client: str = ""
    hostname: str = ""
    events: list[msgspec.Raw] = []


class _Event(msgspec.Struct):
    timestamp: str
    data: dict[str, Any]
    duration: float = 0.0


def captures_of(buckets: Sequence[Bucket], zone: str) -> Iterator[Capture | BadRecord]:
    """Yield what the buckets hold, oldest first as far as each bucket is in order."""
    kinds = [(bucket, _kind_of(bucket)) for bucket in buckets]
    for bucket, kind in kinds:
        if not kind:
            why = f"buckets of the type “{bucket.type[:60] or 'unknown'}” are not read"
            yield BadRecord(where=f"bucket {bucket.id[:80]}", why=why)
    streams = (_stream(bucket, kind, zone) for bucket, kind in kinds if kind)
    yield from (record for _, record in heapq.merge(*streams, key=lambda pair: pair[0]))


def _kind_of(bucket: Bucket) -> str:
    """Return window, web, afk or editor; empty = not read."""
    kind = kind_of(bucket)
    return kind if kind or bucket.type or not bucket.events else _kind_of_events(bucket.events)


def _kind_of_events(events: Sequence[msgspec.Raw]) -> str:
    """Guess from the first event that can be read."""
    for raw in events[:100]:
        try:
            fields = msgspec.json.decode(raw, type=_Event).data.keys()
        except (ValueError, RecursionError):
            continue
        for kind, needed in (("web", "url"), ("window", "app"), ("afk", "status"), ("editor", "file")):
            if needed in fields:
                return kind
    return ""


def _stream(bucket: Bucket, kind: str, zone: str) -> Iterator[tuple[Millis, Capture | BadRecord]]:
    """Yield (time, capture) of one bucket; a bad record takes the time of the one before it."""
    times, last = Times(zone), 0
    for number, raw in _oldest_first(bucket.events):
        try:
            capture = _capture(msgspec.json.decode(raw, type=_Event), kind, bucket, times)
            last = capture.at
            yield last, capture
        except (ValueError, RecursionError) as error:  # DecodeError is a ValueError
            yield last, BadRecord(where=f"bucket {bucket.id[:80]}, event {number}", why=str(error)[:200])


def _oldest_first(events: Sequence[msgspec.Raw]) -> Iterable[tuple[int, msgspec.Raw]]:
    """Exports are newest first, lists of the interface too: turn them where first and last say so."""
    numbered = list(enumerate(events, start=1))
    if _first_stamp(events) > _first_stamp(events[::-1]):
        numbered.reverse()
    return numbered


def _first_stamp(events: Sequence[msgspec.Raw]) -> str:
    """Return the first time among the first 100 events; ISO 8601 can be compared as it is written."""
    for raw in events[:100]:
        try:
            stamp = msgspec.json.decode(raw, type=_Event).timestamp
        except (ValueError, RecursionError):
            continue
        if stamp[:4].isdigit():
            return stamp
    return ""


def _capture(event: _Event, kind: str, bucket: Bucket, times: Times) -> Capture:
    """Turn one event. Raises ValueError with what is wrong."""
    data, at = event.data, times.read(event.timestamp)
    lasted = round(event.duration * 1000) if 0 <= event.duration * 1000 <= _LONGEST else -1
    if lasted < 0:
        raise ValueError(f"the duration {event.duration} is out of range")
    return Capture(at=at, source=SOURCE, lasted=lasted, **fields_of(kind, data, bucket))
