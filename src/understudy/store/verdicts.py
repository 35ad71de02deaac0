"""The verdicts in journal.db: the person's own word on patterns."""

from understudy.core.ports import Verdict
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.purge import owe_vacuum


class SqliteVerdicts:
    """The port `Verdicts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, verdict: Verdict) -> None:
        """Keep one."""
        self._database.write(
            "INSERT INTO verdict (pattern_id, at, body) VALUES (?, ?, ?)",
            (verdict.pattern_id, verdict.at, encode(verdict)),
        )

    def all(self) -> list[Verdict]:
        """All, oldest first."""
        found = self._database.rows("SELECT body FROM verdict ORDER BY at, position")
        return [decode(body, Verdict) for (body,) in found]

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""
        with self._database.transaction():
            if self._database.write("DELETE FROM verdict WHERE pattern_id = ?", (pattern_id,)):
                owe_vacuum(self._database)
