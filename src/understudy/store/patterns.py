"""The patterns in captures.db: derived from captures, kept with their evidence and their occurrences."""

from collections.abc import Iterable

from understudy.core.pattern import PatternState
from understudy.core.store_queries import PatternQuery, PatternStats
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.matching import stats_of, tier_of
from understudy.store.occurrences import SqliteOccurrences
from understudy.store.paging import Filter, bounded
from understudy.store.purge import owe_vacuum


class SqlitePatterns:
    """The port `Patterns`."""

    def __init__(self, database: Database, occurrences: SqliteOccurrences) -> None:
        self._database = database
        self._occurrences = occurrences

    def put(self, state: PatternState) -> None:
        """Insert or replace by the pattern's id; what is new of its occurrences is recorded."""
        with self._database.transaction():
            self._put(state)

    def _put(self, state: PatternState) -> None:
        pattern = state.pattern
        self._database.write(
            """
            INSERT INTO pattern (id, kind, tier, last_seen, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
              kind = excluded.kind, tier = excluded.tier, last_seen = excluded.last_seen, body = excluded.body
            """,
            (pattern.id, pattern.kind.value, tier_of(state).value, pattern.last_seen, encode(state)),
        )
        self._occurrences.record(pattern.id, pattern.occurrences)

    def update(self, states: Iterable[PatternState], lost: Iterable[str]) -> None:
        """Put all of these and remove those with the lost ids, in one transaction."""
        with self._database.transaction():
            for pattern_id in lost:
                self._database.write("DELETE FROM pattern WHERE id = ?", (pattern_id,))
                self._database.write("DELETE FROM occurrence WHERE pattern_id = ?", (pattern_id,))
            for state in states:
                self._put(state)

    def get(self, pattern_id: str) -> PatternState | None:
        """One of them."""
        found = self._database.row("SELECT body FROM pattern WHERE id = ?", (pattern_id,))
        return decode(found[0], PatternState) if found else None

    def all(self) -> list[PatternState]:
        """All, by id."""
        found = self._database.rows("SELECT body FROM pattern ORDER BY id")
        return [decode(body, PatternState) for (body,) in found]

    def find(self, query: PatternQuery) -> list[PatternState]:
        """Those that fit, by id."""
        chosen = Filter()
        chosen.add(query.kind and query.kind.value, "kind = ?")
        chosen.add(query.tier and query.tier.value, "tier = ?")
        chosen.add(query.active_since, "last_seen >= ?")
        chosen.add(query.after, "id > ?")
        found = self._database.rows(
            f"SELECT body FROM pattern WHERE {chosen.where} ORDER BY id LIMIT ?",  # noqa: S608 (constants)
            (*chosen.values, bounded(query.limit)),
        )
        return [decode(body, PatternState) for (body,) in found]

    def stats(self, pattern_id: str) -> PatternStats | None:
        """How one does; None = there is none of this id."""
        state = self.get(pattern_id)
        if state is None:
            return None
        ((count, first, last),) = self._database.rows(
            'SELECT count(*), min(start), max("end") FROM occurrence WHERE pattern_id = ?', (pattern_id,)
        )
        return stats_of(state, count, first or 0, last or 0)

    def replace_all(self, states: Iterable[PatternState]) -> None:
        """Make these the only ones."""
        with self._database.transaction():
            if self._database.write("DELETE FROM pattern"):
                owe_vacuum(self._database)
            for state in states:
                self._put(state)
            self._database.write("DELETE FROM occurrence WHERE pattern_id NOT IN (SELECT id FROM pattern)")
