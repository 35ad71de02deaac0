"""Reads what clients of ActivityWatch send: their buckets and events, as captures."""

from collections.abc import Iterator
from typing import Any

from understudy.core.bucket import Bucket
from understudy.core.bucket_event import SOURCE, data_of, fields_of, kind_of
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions, StoredCapture
from understudy.core.sanitise import clean
from understudy.core.value import DAY, MINUTE, Millis, Value
from understudy.errors import InvalidInputError

LONGEST_NAME = 200
LONGEST: Millis = 3660 * DAY
"""The longest event that is believed."""
AHEAD: Millis = 5 * MINUTE
"""How far the clock of a client may be ahead of ours."""


class BucketEvent(Value):
    """An event as it comes in, and as it is read back."""

    at: Millis
    lasted: Millis = 0
    data: dict[str, Any] = {}
    id: int | None = None
    """Of the capture; None = it was not kept."""


class BucketDump(Value):
    """A bucket with its events, to be imported."""

    bucket: Bucket
    events: tuple[BucketEvent, ...] = ()


def source_of(bucket_id: str) -> str:
    """Return the source of the captures in a bucket."""
    return f"{SOURCE}{bucket_id}"


def check_bucket(bucket: Bucket) -> None:
    """Raise InvalidInputError for a bucket without a name that can be told from others."""
    for name, text in (("id", bucket.id), ("type", bucket.type), ("client", bucket.client)):
        if not text or len(text) > LONGEST_NAME or clean(text) != text:
            why = f"Its {name} must have 1 to {LONGEST_NAME} printable characters"
            raise InvalidInputError("This bucket cannot be kept", why, "Choose another one")


def capture_of(bucket: Bucket, event: BucketEvent, now: Millis) -> Capture:
    """Return the event as a capture. Raises ValueError with what is wrong."""
    if not 0 < event.at <= now + AHEAD:
        raise ValueError("its time is out of range")
    if not 0 <= event.lasted <= LONGEST:
        raise ValueError("its duration is out of range")
    fields = fields_of(kind_of(bucket), event.data, bucket)
    return Capture(at=event.at, source=source_of(bucket.id), lasted=event.lasted, **fields)


def event_of(stored: StoredCapture) -> BucketEvent:
    """Return a stored capture as the event it was."""
    capture = stored.capture
    return BucketEvent(id=stored.id, at=capture.at, lasted=capture.lasted, data=data_of(capture))


class Records:
    """Keeps the port `Intake` over events that were sent."""

    def __init__(self, records: Iterator[Capture | BadRecord]) -> None:
        self._records = records

    def open(
        self, source: str, format_name: str, options: ImportOptions
    ) -> tuple[str, Iterator[Capture | BadRecord]]:
        """Return the name of the format, and the records."""
        del source, options
        return format_name, self._records


def records_of(dumps: tuple[BucketDump, ...], now: Millis) -> Iterator[Capture | BadRecord]:
    """Yield the events of an export."""
    for dump in dumps:
        for number, event in enumerate(dump.events, start=1):
            try:
                yield capture_of(dump.bucket, event, now)
            except ValueError as error:
                yield BadRecord(where=f"bucket {dump.bucket.id[:80]}, event {number}", why=str(error)[:200])
