"""The sieve: passes on what of a log may be looked at, with its place in the log, and counts the rest."""

from collections.abc import Callable, Iterable, Iterator

from understudy.core.capture import Capture
from understudy.core.ports import BadRecord
from understudy.core.reason import Reason
from understudy.core.value import Millis

Screen = Callable[[Capture], Capture | Reason]
"""What of a capture may be looked at, or why nothing of it."""
Progress = Callable[[int, Millis], None]
"""Told now and then: (records so far, time in the log)."""
Report = Callable[[int, Millis, int], None]
"""The same with how many records there will be, more or less; 0 = nobody knows."""

TOLD_EVERY = 4_096
"""Records between two calls of `Progress`."""


class Sieve:
    """The captures of a log that the agent would have kept. Its counts are whole once it has been gone through."""

    def __init__(
        self, records: Iterable[Capture | BadRecord], screen: Screen, on_progress: Progress | None = None
    ) -> None:
        self._records, self._screen, self._on_progress = records, screen, on_progress
        self.captures = 0
        """Good records, private ones among them."""
        self.bad = 0
        self.first_bad: BadRecord | None = None
        self.private = 0
        self.first: Millis = 0
        """The earliest time, 0 = there was none."""
        self.last: Millis = 0

    def __iter__(self) -> Iterator[tuple[int, Capture]]:
        """Yield (zero-based index of the record, bad and private ones counted; what may be looked at of it)."""
        screen, on_progress = self._screen, self._on_progress
        for index, record in enumerate(self._records):
            if isinstance(record, BadRecord):
                self.bad += 1
                self.first_bad = self.first_bad or record
                continue
            at = record.at
            self.captures += 1
            self.last = max(self.last, at)
            if at < self.first or not self.first:
                self.first = at
            kept = screen(record)
            if isinstance(kept, Reason):
                self.private += 1
                continue
            yield index, kept
            if on_progress is not None and not self.captures % TOLD_EVERY:
                on_progress(index + 1, at)
