"""What ActivityWatch's clients send and expect, byte for byte: times as ISO 8601, lengths in seconds."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from understudy.core.bucket import Bucket
from understudy.core.depth import check_depth
from understudy.core.value import SECOND, Millis
from understudy.engine.bucket_reading import BucketDump, BucketEvent
from understudy.engine.cases.buckets import BucketCard
from understudy.errors import InvalidInputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLI = timedelta(milliseconds=1)
_MOST_SECONDS = 1e12

Shape = TypeVar("Shape")


class Event(msgspec.Struct):
    """An event on the wire; fields it may have besides are passed over."""

    timestamp: str
    duration: float = 0.0
    data: dict[str, Any] = {}
    id: int | None = None


class NewBucket(msgspec.Struct):
    """What creates a bucket."""

    type: str
    client: str
    hostname: str


class ChangedBucket(msgspec.Struct):
    """What changes a bucket; None = stays as it is."""

    type: str | None = None
    client: str | None = None
    hostname: str | None = None
    name: str | None = None
    data: dict[str, Any] | None = None

    def changes(self) -> dict[str, Any]:
        """Return the fields that change."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in fields.items() if value is not None}


class DumpedBucket(msgspec.Struct):
    """A bucket in an export."""

    type: str
    client: str
    hostname: str
    id: str = ""
    name: str | None = None
    created: str | None = None
    data: dict[str, Any] | None = None
    events: list[Event] = []


class Dump(msgspec.Struct):
    """An export."""

    buckets: dict[str, DumpedBucket]


def read(body: bytes, kind: type[Shape]) -> Shape:
    """Return what the body holds. Raises InvalidInputError."""
    try:
        plain = msgspec.json.decode(body)
        check_depth(plain)
        return msgspec.convert(plain, kind)
    except (ValueError, RecursionError) as error:  # DecodeError is a ValueError
        raise InvalidInputError("The request cannot be used", str(error), "Send it as clients do") from error


def read_events(body: bytes) -> list[BucketEvent]:
    """Return the event, or the events, in the body."""
    found = read(body, list[Event]) if body.lstrip()[:1] == b"[" else [read(body, Event)]
    return [event_from(each) for each in found]


def event_from(event: Event) -> BucketEvent:
    """Return an event as we have it. Raises InvalidInputError."""
    lasted = millis_of_seconds("duration", event.duration)
    return BucketEvent(id=event.id, at=millis_of(event.timestamp), lasted=lasted, data=event.data)


def dumps_from(dump: Dump) -> tuple[BucketDump, ...]:
    """Return the buckets of an export as we have them. Raises InvalidInputError."""
    return tuple(_dump_from(bucket_id, bucket) for bucket_id, bucket in dump.buckets.items())


def _dump_from(bucket_id: str, given: DumpedBucket) -> BucketDump:
    bucket = Bucket(
        id=given.id or bucket_id,
        type=given.type,
        client=given.client,
        hostname=given.hostname,
        created_at=millis_of(given.created) if given.created else 0,
        name=given.name or "",
        data=given.data or {},
    )
    return BucketDump(bucket=bucket, events=tuple(map(event_from, given.events)))


def event_json(event: BucketEvent) -> dict[str, Any]:
    """Return an event as clients expect it."""
    return {
        "id": event.id,
        "timestamp": iso_of(event.at),
        "duration": event.lasted / SECOND,
        "data": event.data,
    }


def bucket_json(bucket: Bucket) -> dict[str, Any]:
    """Return what is known of a bucket as clients expect it."""
    return {
        "id": bucket.id,
        "name": bucket.name or bucket.id,
        "type": bucket.type,
        "client": bucket.client,
        "hostname": bucket.hostname,
        "created": iso_of(bucket.created_at),
        "data": bucket.data,
    }


def card_json(card: BucketCard) -> dict[str, Any]:
    """Return a bucket as it stands in the list of all."""
    updated = {"last_updated": iso_of(card.last_updated)} if card.last_updated else {}
    return {**bucket_json(card.bucket), **updated}


def export_json(bucket: Bucket, events: list[BucketEvent]) -> dict[str, Any]:
    """Return a bucket with its events, these without ids."""
    shown = [{name: value for name, value in event_json(each).items() if name != "id"} for each in events]
    return {**bucket_json(bucket), "events": shown}


def iso_of(at: Millis) -> str:
    """Return a time as ISO 8601 in UTC."""
    return (_EPOCH + at * _MILLI).isoformat()


def millis_of(text: str) -> Millis:
    """Return the milliseconds since 1970 of ISO 8601; without a zone it is UTC. Raises InvalidInputError."""
    # (the plus of a zone comes as a blank from clients that do not escape it)
    written = text.replace(" ", "+") if "T" in text else text
    try:
        moment = datetime.fromisoformat(written)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - _EPOCH) // _MILLI
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(f"{text[:40]!r} is no time", fix="Write it as ISO 8601") from error


def millis_of_seconds(name: str, seconds: float) -> Millis:
    """Return a length in milliseconds. Raises InvalidInputError."""
    if not (math.isfinite(seconds) and 0 <= seconds < _MOST_SECONDS):
        raise InvalidInputError(f"The {name} cannot be {seconds}", fix="Give seconds, 0 or more")
    return round(seconds * SECOND)
