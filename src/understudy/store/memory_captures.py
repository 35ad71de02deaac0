"""The tables of captures.db in dictionaries."""

from collections.abc import Iterable

import msgspec

from understudy.core.capture import Capture, Symbol
from understudy.core.pattern import PatternState
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.value import Millis
from understudy.store.codec import decode, encode, scrubbed, scrubbed_capture
from understudy.store.matching import matches
from understudy.store.memory_table import Guard, Table, require_storable


class MemoryCaptures:
    """The port `Captures`."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
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
        found = _in_order(stored for stored in self._stored.values() if matches(clean, stored))[::-1]
        return found[: query.limit] if query.limit > 0 else found

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

    def delete(self, query: CaptureQuery) -> int:
        """Delete for good (the limit of the query does not apply); returns how many."""
        self._guard.write()
        clean = _scrubbed_query(query)
        doomed = [stored for stored in self._stored.values() if matches(clean, stored)]
        for stored in doomed:
            del self._stored[stored.id], self._ids[stored.capture.digest]
        if doomed:
            self._guard.has_deleted, self._snapshot = True, b""
        return len(doomed)


def _in_order(stored: Iterable[StoredCapture]) -> list[StoredCapture]:
    return sorted(stored, key=lambda one: (one.capture.at, one.id))


def _scrubbed_query(query: CaptureQuery) -> CaptureQuery:
    return msgspec.structs.replace(query, app=scrubbed(query.app), text=scrubbed(query.text))


class MemoryPatterns(Table):
    """The port `Patterns`."""

    def put(self, state: PatternState) -> None:
        """Insert or replace by the pattern's id."""
        self._set(state.pattern.id, encode(state))

    def update(self, states: Iterable[PatternState], lost: Iterable[str]) -> None:
        """Put all of these and remove those with the lost ids, or nothing."""
        before, gone = dict(self.rows), set(lost)
        try:
            self._remove(PatternState, lambda state: state.pattern.id in gone)
            for state in states:
                self.put(state)
        except BaseException:
            self.rows = before
            raise

    def get(self, pattern_id: str) -> PatternState | None:
        """One of them."""
        return self._get(pattern_id, PatternState)

    def all(self) -> list[PatternState]:
        """All, by id."""
        return sorted(self._every(PatternState), key=lambda state: state.pattern.id)

    def replace_all(self, states: Iterable[PatternState]) -> None:
        """Make these the only ones."""
        before = dict(self.rows)
        try:
            self._remove(PatternState, lambda _state: True)
            for state in states:
                self.put(state)
        except BaseException:
            self.rows = before
            raise
