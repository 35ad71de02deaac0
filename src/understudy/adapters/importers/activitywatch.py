"""Reads what ActivityWatch recorded: an export of all buckets or one, a list of events, or its server.

Windows become `focus`, pages `url`, AFK `presence`, edited files `file`; other buckets are named as bad
records. The whole file is held in memory (about its size again), its events are turned one by one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import msgspec

from understudy.adapters.importers.reading.activitywatch_buckets import Bucket, captures_of
from understudy.adapters.importers.reading.activitywatch_server import DEFAULT_ADDRESS, fetch_buckets
from understudy.adapters.importers.reading.files import check_file, unreadable
from understudy.adapters.importers.reading.times import Times
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions
from understudy.errors import InvalidInputError

_LARGEST = 2 * 1024 * 1024 * 1024
"""Bytes of a file; a larger one would not fit into memory everywhere."""
_BOM = b"\xef\xbb\xbf"


class _Export(msgspec.Struct):
    buckets: dict[str, Bucket]


class ActivityWatch:
    """Windows, pages and presence from ActivityWatch."""

    name: ClassVar[str] = "activitywatch"
    title: ClassVar[str] = "ActivityWatch: an exported file, or its server on this machine"
    address: ClassVar[str] = DEFAULT_ADDRESS
    """Where its server usually is."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the file starts like an export."""
        del path
        start = head.removeprefix(_BOM).lstrip()
        if start.startswith(b"{"):
            return b'"buckets"' in start[:200] or (b'"events"' in start and b'"type"' in start)
        return start.startswith(b"[") and b'"timestamp"' in start and b'"data"' in start

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the events of the file, oldest first."""
        Times(options.zone)  # refuses an unknown zone before the work starts
        check_file(path)
        return captures_of(_buckets(path), options.zone)

    def read_address(self, address: str, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the events of a running server on this machine, oldest first."""
        Times(options.zone)
        return captures_of(fetch_buckets(address), options.zone)


def _buckets(path: Path) -> list[Bucket]:
    """Split the file into its buckets, whichever of the three forms it has."""
    body = _body(path)
    try:
        if body.startswith(b"["):
            return [Bucket(id=path.stem, events=msgspec.json.decode(body, type=list[msgspec.Raw]))]
        if b'"buckets"' not in body[:200]:
            return [msgspec.json.decode(body, type=Bucket)]
        export = msgspec.json.decode(body, type=_Export)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"{path.name} is no export of ActivityWatch", str(error), "Export all buckets as JSON again"
        ) from error
    for bucket_id, bucket in export.buckets.items():
        bucket.id = bucket_id
    return list(export.buckets.values())


def _body(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise InvalidInputError(
                f"{path.name} is too large", "At most 2 GiB are read", "Export single buckets"
            )
        return path.read_bytes().removeprefix(_BOM).lstrip()
    except OSError as error:
        raise unreadable(path, error) from error


PLUGIN = ActivityWatch
