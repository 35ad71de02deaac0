"""The patterns in captures.db: derived from captures, kept with their evidence."""

from collections.abc import Iterable

from understudy.core.pattern import PatternState
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.purge import owe_vacuum


class SqlitePatterns:
    """The port `Patterns`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, state: PatternState) -> None:
        """Insert or replace by the pattern's id."""
        self._database.write(
            """
            INSERT INTO pattern (id, body) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body
            """,
            (state.pattern.id, encode(state)),
        )

    def update(self, states: Iterable[PatternState], lost: Iterable[str]) -> None:
        """Put all of these and remove those with the lost ids, in one transaction."""
        with self._database.transaction():
            for pattern_id in lost:
                self._database.write("DELETE FROM pattern WHERE id = ?", (pattern_id,))
            for state in states:
                self.put(state)

    def get(self, pattern_id: str) -> PatternState | None:
        """One of them."""
        found = self._database.row("SELECT body FROM pattern WHERE id = ?", (pattern_id,))
        return decode(found[0], PatternState) if found else None

    def all(self) -> list[PatternState]:
        """All, by id."""
        found = self._database.rows("SELECT body FROM pattern ORDER BY id")
        return [decode(body, PatternState) for (body,) in found]

    def replace_all(self, states: Iterable[PatternState]) -> None:
        """Make these the only ones."""
        with self._database.transaction():
            if self._database.write("DELETE FROM pattern"):
                owe_vacuum(self._database)
            for state in states:
                self.put(state)
