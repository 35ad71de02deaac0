"""The suggestions in journal.db."""

from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import Millis
from understudy.store.codec import decode, encode
from understudy.store.database import Database, Row
from understudy.store.paging import Filter, bounded
from understudy.store.purge import owe_vacuum


class SqliteSuggestions:
    """The port `Suggestions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, suggestion: Suggestion) -> None:
        """Insert or replace by id."""
        self._database.write(
            """
            INSERT INTO suggestion (id, workflow_id, offered_at, is_waiting, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
              workflow_id = excluded.workflow_id, offered_at = excluded.offered_at,
              is_waiting = excluded.is_waiting, body = excluded.body
            """,
            (
                suggestion.id,
                suggestion.workflow_id,
                suggestion.offered_at,
                suggestion.status is SuggestionStatus.WAITING,
                encode(suggestion),
            ),
        )

    def get(self, suggestion_id: str) -> Suggestion | None:
        """One of them."""
        found = self._database.row("SELECT body FROM suggestion WHERE id = ?", (suggestion_id,))
        return decode(found[0], Suggestion) if found else None

    def waiting(self) -> list[Suggestion]:
        """Those without an answer, oldest first."""
        return _read(
            self._database.rows("SELECT body FROM suggestion WHERE is_waiting ORDER BY offered_at, position")
        )

    def recent(self, limit: int = 200, workflow_id: str = "", before: str = "") -> list[Suggestion]:
        """Newest first; `before` = id of the last one of the page before."""
        chosen = Filter()
        chosen.add(workflow_id, "workflow_id = ?")
        if before:
            anchor = self._database.row("SELECT offered_at, position FROM suggestion WHERE id = ?", (before,))
            if anchor is None:
                return []
            chosen.require("(offered_at, position) < (?, ?)", *anchor)
        sql = f"SELECT body FROM suggestion WHERE {chosen.where} ORDER BY offered_at DESC, position DESC LIMIT ?"  # noqa: S608 (constants)
        return _read(self._database.rows(sql, (*chosen.values, bounded(limit))))

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        with self._database.transaction():
            if self._database.write("DELETE FROM suggestion WHERE workflow_id = ?", (workflow_id,)):
                owe_vacuum(self._database)

    def delete_before(self, until: Millis) -> int:
        """Remove settled ones offered before this time; returns how many."""
        with self._database.transaction():
            gone = self._database.write(
                "DELETE FROM suggestion WHERE offered_at < ? AND NOT is_waiting", (until,)
            )
            if gone:
                owe_vacuum(self._database)
        return gone


def _read(rows: list[Row]) -> list[Suggestion]:
    return [decode(body, Suggestion) for (body,) in rows]
