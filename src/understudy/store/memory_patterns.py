"""The patterns, their occurrences and the buckets of captures.db in dictionaries."""

from collections.abc import Iterable

from understudy.core.bucket import Bucket
from understudy.core.pattern import Occurrence, PatternState
from understudy.core.store_queries import PatternQuery, PatternStats
from understudy.core.value import Millis
from understudy.store.codec import decode, encode, scrubbed
from understudy.store.matching import stats_of, tier_of
from understudy.store.memory_table import Guard, Table, require_storable


class MemoryOccurrences(Table):
    """The port `Occurrences`. A key is (pattern, first, last) as JSON."""

    def record(self, pattern_id: str, occurrences: Iterable[Occurrence]) -> int:
        """Keep those not known yet (by first and last capture); returns how many were new."""
        before = len(self.rows)
        for one in occurrences:
            key = encode((pattern_id, one.first, one.last))
            if key not in self.rows:
                self._set(key, encode(one), one.first, one.last, one.start, one.end)
        return len(self.rows) - before

    def of(self, pattern_id: str, limit: int = 100, before: Millis = 0) -> list[Occurrence]:
        """Newest first; `before` = only those that began earlier."""
        self._guard.read()
        wanted = scrubbed(pattern_id)
        every = [decode(body, Occurrence) for key, body in self.rows.items() if _pattern_in(key) == wanted]
        found = [one for one in every if not before or one.start < before]
        return sorted(found, key=lambda one: one.start)[::-1][: max(0, limit)]

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""
        wanted = scrubbed(pattern_id)
        self._drop({key for key in self.rows if _pattern_in(key) == wanted})

    def keep_only(self, patterns: set[str]) -> None:
        """Remove those of all other patterns."""
        self._drop({key for key in self.rows if _pattern_in(key) not in patterns})

    def forget(self, captures: set[int]) -> None:
        """Remove those that one of these captures lies in."""
        self._drop({key for key, body in self.rows.items() if _spans(decode(body, Occurrence), captures)})


def _pattern_in(key: str) -> str:
    return decode(key, tuple[str, int, int])[0]


def _spans(occurrence: Occurrence, captures: set[int]) -> bool:
    return any(occurrence.first <= capture <= occurrence.last for capture in captures)


class MemoryPatterns(Table):
    """The port `Patterns`."""

    def __init__(self, guard: Guard, occurrences: MemoryOccurrences) -> None:
        super().__init__(guard)
        self._occurrences = occurrences

    def put(self, state: PatternState) -> None:
        """Insert or replace by the pattern's id; what is new of its occurrences is recorded."""
        require_storable(state.pattern.last_seen)
        self._set(state.pattern.id, encode(state))
        self._occurrences.record(state.pattern.id, state.pattern.occurrences)

    def update(self, states: Iterable[PatternState], lost: Iterable[str]) -> None:
        """Put all of these and remove those with the lost ids, or nothing."""
        before, seen = dict(self.rows), dict(self._occurrences.rows)
        try:
            self._give_up({scrubbed(pattern_id) for pattern_id in lost})
            for state in states:
                self.put(state)
        except BaseException:
            self.rows, self._occurrences.rows = before, seen
            raise

    def _give_up(self, lost: set[str]) -> None:
        """Remove what the learner no longer believes in: the person deleted nothing that must be cleaned away."""
        self._guard.write()
        self.rows = {key: body for key, body in self.rows.items() if key not in lost}
        seen = self._occurrences
        seen.rows = {key: body for key, body in seen.rows.items() if _pattern_in(key) not in lost}

    def get(self, pattern_id: str) -> PatternState | None:
        """One of them."""
        return self._get(pattern_id, PatternState)

    def all(self) -> list[PatternState]:
        """All, by id."""
        return sorted(self._every(PatternState), key=lambda state: state.pattern.id)

    def find(self, query: PatternQuery) -> list[PatternState]:
        """Those that fit, by id."""
        after = scrubbed(query.after)
        found = [
            state
            for state in self.all()
            if state.pattern.id > after
            and query.kind in (None, state.pattern.kind)
            and query.tier in (None, tier_of(state))
            and state.pattern.last_seen >= query.active_since
        ]
        return found[: max(0, query.limit)]

    def stats(self, pattern_id: str) -> PatternStats | None:
        """How one does; None = there is none of this id."""
        state = self.get(pattern_id)
        if state is None:
            return None
        seen = self._occurrences.of(pattern_id, limit=len(self._occurrences.rows))
        first = min((one.start for one in seen), default=0)
        return stats_of(state, len(seen), first, max((one.end for one in seen), default=0))

    def replace_all(self, states: Iterable[PatternState]) -> None:
        """Make these the only ones."""
        before, seen = dict(self.rows), dict(self._occurrences.rows)
        try:
            self._remove(PatternState, lambda _state: True)
            for state in states:
                self.put(state)
        except BaseException:
            self.rows, self._occurrences.rows = before, seen
            raise
        self._occurrences.keep_only(set(self.rows))


class MemoryBuckets(Table):
    """The port `Buckets`."""

    def put(self, bucket: Bucket) -> None:
        """Insert or replace by id."""
        self._set(bucket.id, encode(bucket))

    def get(self, bucket_id: str) -> Bucket | None:
        """One of them."""
        return self._get(bucket_id, Bucket)

    def all(self) -> list[Bucket]:
        """All, by id."""
        return sorted(self._every(Bucket), key=lambda bucket: bucket.id)

    def delete(self, bucket_id: str) -> None:
        """Remove it; unknown ids are fine."""
        wanted = scrubbed(bucket_id)
        self._remove(Bucket, lambda bucket: bucket.id == wanted)
