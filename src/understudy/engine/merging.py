"""Merging: several logs as one, by time."""

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence

from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions
from understudy.core.value import Millis, Value


class LogSource(Value):
    """Which files to read as one log, and how."""

    files: tuple[str, ...]
    """Paths, or addresses of recorders on this machine."""
    format_name: str = ""
    """Empty = found out, for each file by itself."""
    options: ImportOptions = ImportOptions()


_Entry = tuple[Millis, int, int, Capture | BadRecord]
"""(time, number of the log, index in it, record): no two compare equal before the record."""


class Merged:
    """The records of several logs, oldest first where each log is; afterwards, where each record came from."""

    def __init__(self, logs: Sequence[Iterable[Capture | BadRecord]]) -> None:
        self._logs = logs
        self._counts = [0] * len(logs)
        self._origins = array("Q")
        """By place in the merged log: index in its own log, times the number of logs, plus the number of its log."""

    def __iter__(self) -> Iterator[Capture | BadRecord]:
        """Yield the records; a bad one, which has no time, stays behind the one before it."""
        if len(self._logs) == 1:
            yield from self._logs[0]
            return
        entries = [self._entries(number, log) for number, log in enumerate(self._logs)]
        for _, number, index, record in heapq.merge(*entries):
            self._origins.append(index * len(self._logs) + number)
            self._counts[number] += 1
            yield record

    def _entries(self, number: int, log: Iterable[Capture | BadRecord]) -> Iterator[_Entry]:
        at = 0
        for index, record in enumerate(log):
            at = at if isinstance(record, BadRecord) else record.at
            yield at, number, index, record

    def index(self, position: int) -> int:
        """Return the index in all logs one after the other of a record at a place in the merged log, once read."""
        if len(self._logs) == 1:
            return position
        index, number = divmod(self._origins[position], len(self._logs))
        return sum(self._counts[:number]) + index
