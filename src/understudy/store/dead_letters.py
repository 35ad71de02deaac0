"""The dead letters in journal.db."""

from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.paging import Filter, bounded
from understudy.store.purge import owe_vacuum


class SqliteDeadLetters:
    """The port `DeadLetters`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, letter: DeadLetter) -> None:
        """Insert or replace by id."""
        self._database.write(
            """
            INSERT INTO dead_letter (id, workflow_id, status, created_at, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
              workflow_id = excluded.workflow_id, status = excluded.status,
              created_at = excluded.created_at, body = excluded.body
            """,
            (letter.id, letter.workflow_id, letter.status.value, letter.created_at, encode(letter)),
        )

    def get(self, letter_id: str) -> DeadLetter | None:
        """One of them."""
        found = self._database.row("SELECT body FROM dead_letter WHERE id = ?", (letter_id,))
        return decode(found[0], DeadLetter) if found else None

    def find(
        self, status: DeadLetterStatus | None = None, limit: int = 100, before: str = ""
    ) -> list[DeadLetter]:
        """Newest first; `before` = id of the last one of the page before."""
        chosen = Filter()
        chosen.add(status and status.value, "status = ?")
        if before:
            anchor = self._database.row(
                "SELECT created_at, position FROM dead_letter WHERE id = ?", (before,)
            )
            if anchor is None:
                return []
            chosen.require("(created_at, position) < (?, ?)", *anchor)
        found = self._database.rows(
            f"SELECT body FROM dead_letter WHERE {chosen.where} ORDER BY created_at DESC, position DESC LIMIT ?",  # noqa: S608 (constants)
            (*chosen.values, bounded(limit)),
        )
        return [decode(body, DeadLetter) for (body,) in found]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        with self._database.transaction():
            if self._database.write("DELETE FROM dead_letter WHERE workflow_id = ?", (workflow_id,)):
                owe_vacuum(self._database)
