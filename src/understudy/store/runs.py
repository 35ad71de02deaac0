"""The runs in journal.db, each with its steps in one record: a run is never half written."""

from understudy.core.run import Run
from understudy.core.value import Millis
from understudy.store.codec import decode, encode
from understudy.store.database import Database, Row
from understudy.store.purge import owe_vacuum


class SqliteRuns:
    """The port `Runs`. Every `put` is durable when it returns, or when the transaction around it has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run: Run) -> None:
        """Insert or replace by id."""
        self._database.write(
            """
            INSERT INTO run (id, workflow_id, created_at, started_at, is_final, body)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
              workflow_id = excluded.workflow_id, created_at = excluded.created_at,
              started_at = excluded.started_at, is_final = excluded.is_final, body = excluded.body
            """,
            (run.id, run.workflow.id, run.created_at, run.started_at, run.status.is_final, encode(run)),
        )

    def get(self, run_id: str) -> Run | None:
        """One of them."""
        found = self._database.row("SELECT body FROM run WHERE id = ?", (run_id,))
        return decode(found[0], Run) if found else None

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, oldest first."""
        return _read(
            self._database.rows("SELECT body FROM run WHERE NOT is_final ORDER BY created_at, position")
        )

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first; `since` is the earliest time of creation."""
        sql = "SELECT body FROM run WHERE created_at >= ? ORDER BY created_at DESC, position DESC LIMIT ?"
        if not workflow_id:
            return _read(self._database.rows(sql, (since, max(0, limit))))
        return _read(
            self._database.rows(
                """
                SELECT body FROM run WHERE workflow_id = ? AND created_at >= ?
                ORDER BY created_at DESC, position DESC LIMIT ?
                """,
                (workflow_id, since, max(0, limit)),
            )
        )

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""
        found = self._database.rows(
            """
            SELECT started_at, workflow_id FROM run WHERE started_at > 0 AND started_at >= ?
            ORDER BY started_at, position
            """,
            (since,),
        )
        return [(at, workflow_id) for at, workflow_id in found]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        with self._database.transaction():
            if self._database.write("DELETE FROM run WHERE workflow_id = ?", (workflow_id,)):
                owe_vacuum(self._database)


def _read(rows: list[Row]) -> list[Run]:
    return [decode(body, Run) for (body,) in rows]
