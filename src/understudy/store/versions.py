"""What each workflow was like, by version, in journal.db."""

from understudy.core.workflow import Workflow
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.purge import owe_vacuum


class SqliteVersions:
    """The port `Versions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id and version."""
        self._database.write(
            """
            INSERT INTO version (workflow_id, number, body) VALUES (?, ?, ?)
            ON CONFLICT (workflow_id, number) DO UPDATE SET body = excluded.body
            """,
            (workflow.id, workflow.version, encode(workflow)),
        )

    def get(self, workflow_id: str, version: int) -> Workflow | None:
        """One of them."""
        found = self._database.row(
            "SELECT body FROM version WHERE workflow_id = ? AND number = ?", (workflow_id, version)
        )
        return decode(found[0], Workflow) if found else None

    def of(self, workflow_id: str) -> list[Workflow]:
        """All of one workflow, newest first."""
        found = self._database.rows(
            "SELECT body FROM version WHERE workflow_id = ? ORDER BY number DESC", (workflow_id,)
        )
        return [decode(body, Workflow) for (body,) in found]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        with self._database.transaction():
            if self._database.write("DELETE FROM version WHERE workflow_id = ?", (workflow_id,)):
                owe_vacuum(self._database)
