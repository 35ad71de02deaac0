"""The captures in dictionaries."""

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

import msgspec

from understudy.core.capture import Capture, Symbol
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.store_queries import Count
from understudy.core.value import Millis
from understudy.store.codec import decode, encode, scrubbed, scrubbed_capture
from understudy.store.matching import QUARTER, matches
from understudy.store.memory_patterns import MemoryOccurrences
from understudy.store.memory_table import Guard, require_storable


class MemoryCaptures:
    """The port `Captures`."""

    def __init__(self, guard: Guard, occurrences: MemoryOccurrences) -> None:
        self._guard = guard
        self._occurrences = occurrences
        self._stored: dict[int, StoredCapture] = {}
        self._ids: dict[int, int] = {}
        self._last_id = 0
        self._snapshot = b""

    def add(self, capture: Capture, symbol: Symbol) -> int | None:
        """Store one and return its id; None = it was there already."""
        capture = scrubbed_capture(capture)
        digest = capture.digest
        self._guard.read()
        if digest in self._ids:
            return None
        self._guard.write()
        require_storable(capture.at, capture.lasted)
        kept = decode(encode(symbol), Symbol)
        self._last_id += 1
        self._ids[digest] = self._last_id
        self._stored[self._last_id] = StoredCapture(id=self._last_id, capture=capture, symbol=kept)
        return self._last_id

    def add_many(self, pairs: Iterable[tuple[Capture, Symbol]]) -> tuple[int, int]:
        """Store many, or on an error none; returns (added, known before)."""
        self._guard.write()
        before = dict(self._stored), dict(self._ids)
        try:
            ids = [self.add(capture, symbol) for capture, symbol in pairs]
        except BaseException:
            self._stored, self._ids = before
            raise
        self._snapshot = b""
        known = ids.count(None)
        return len(ids) - known, known

    def mark_started(self, capture_id: int, run_id: str) -> None:
        """Remember that this capture set off a run; one that was deleted meanwhile needs no mark."""
        self._guard.write()
        stored = self._stored.get(capture_id)
        if stored:
            self._stored[capture_id] = msgspec.structs.replace(stored, started_run=scrubbed(run_id))
        self._snapshot = b""

    def keep_snapshot(self, snapshot: bytes) -> None:
        """Keep what a learner goes on from, until a capture in it is deleted or starts a run, or old ones are added."""
        self._guard.write()
        self._snapshot = snapshot

    def snapshot(self) -> bytes:
        """What was kept last, or nothing."""
        self._guard.read()
        return self._snapshot

    def find(self, query: CaptureQuery) -> list[StoredCapture]:
        """Newest first; a limit of 0 or less = all."""
        self._guard.read()
        clean = _scrubbed_query(query)
        found = self._matching(clean)
        return found[: query.limit] if query.limit > 0 else found

    def in_order(self, limit: int, after: StoredCapture | None = None) -> list[StoredCapture]:
        """Oldest first (by time, then id); `after` = the last one of the page before, which may be gone by now."""
        self._guard.read()
        later = (each for each in self._stored.values() if after is None or _place(each) > _place(after))
        return _in_order(later)[: max(0, limit)]

    def get(self, capture_id: int) -> StoredCapture | None:
        """One of them."""
        self._guard.read()
        return self._stored.get(capture_id)

    def history(self, limit: int) -> list[StoredCapture]:
        """The latest `limit` captures that may be mined, oldest first (by time, then id)."""
        self._guard.read()
        mined = _in_order(
            stored for stored in self._stored.values() if not stored.capture.run_id and not stored.started_run
        )
        return mined[-limit:] if limit > 0 else []

    def count(self, since: Millis = 0) -> int:
        """How many there are, from this time on."""
        self._guard.read()
        return sum(stored.capture.at >= since for stored in self._stored.values())

    def missing(self, ids: Iterable[int]) -> set[int]:
        """Those of the ids that are of no capture (any more)."""
        self._guard.read()
        return set(ids) - set(self._stored)

    def totals(self, by: Literal["app", "kind"], since: Millis = 0, until: Millis = 0) -> list[Count]:
        """Captures by app or kind, the most frequent first; those without an app under the empty text."""
        groups = _grouped(self.find(_all_within(since, until)), lambda capture: str(getattr(capture, by)))
        counts = [Count(key=key, captures=count, lasted=lasted) for key, (count, lasted) in groups.items()]
        return sorted(counts, key=lambda count: (-count.captures, count.key))

    def quarters(self, since: Millis = 0, until: Millis = 0) -> list[tuple[Millis, int, Millis]]:
        """(begin, captures, lasted) of every quarter of an hour with captures, oldest first."""
        groups = _grouped(
            self.find(_all_within(since, until)), lambda capture: capture.at - capture.at % QUARTER
        )
        return sorted((begin, count, lasted) for begin, (count, lasted) in groups.items())

    def extend(self, capture_id: int, lasted: Millis) -> None:
        """Set how long one went on; unknown ids are fine."""
        self._guard.write()
        require_storable(lasted)
        stored = self._stored.get(capture_id)
        if stored:
            capture = msgspec.structs.replace(stored.capture, lasted=lasted)
            self._stored[capture_id] = msgspec.structs.replace(stored, capture=capture)

    def delete(self, query: CaptureQuery) -> int:
        """Delete for good (the limit of the query does not apply); returns how many."""
        self._guard.write()
        clean = _scrubbed_query(query)
        doomed = self._matching(clean)
        for stored in doomed:
            del self._stored[stored.id], self._ids[stored.capture.digest]
        if doomed:
            self._guard.has_deleted, self._snapshot = True, b""
            self._occurrences.forget({stored.id for stored in doomed})
        return len(doomed)

    def _matching(self, query: CaptureQuery) -> list[StoredCapture]:
        """Return what is asked for, newest first; of the page after a capture that is gone nothing."""
        found = _in_order(stored for stored in self._stored.values() if matches(query, stored))[::-1]
        if not query.before_id:
            return found
        last = self._stored.get(query.before_id)
        return [stored for stored in found if last and _place(stored) < _place(last)]


def _in_order(stored: Iterable[StoredCapture]) -> list[StoredCapture]:
    return sorted(stored, key=_place)


def _place(stored: StoredCapture) -> tuple[Millis, int]:
    return stored.capture.at, stored.id


def _scrubbed_query(query: CaptureQuery) -> CaptureQuery:
    return msgspec.structs.replace(
        query, app=scrubbed(query.app), text=scrubbed(query.text), source=scrubbed(query.source)
    )


def _all_within(since: Millis, until: Millis) -> CaptureQuery:
    return CaptureQuery(since=since, until=until, limit=0)


K = TypeVar("K", str, int)


def _grouped(found: list[StoredCapture], key: Callable[[Capture], K]) -> dict[K, tuple[int, Millis]]:
    groups: dict[K, tuple[int, Millis]] = {}
    for stored in found:
        count, lasted = groups.get(key(stored.capture), (0, 0))
        groups[key(stored.capture)] = count + 1, lasted + stored.capture.lasted
    return groups
