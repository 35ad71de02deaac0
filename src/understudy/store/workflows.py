"""The workflows in journal.db."""

from understudy.core.workflow import Workflow
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.purge import owe_vacuum


class SqliteWorkflows:
    """The port `Workflows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id."""
        self._database.write(
            """
            INSERT INTO workflow (id, created_at, body) VALUES (?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, body = excluded.body
            """,
            (workflow.id, workflow.created_at, encode(workflow)),
        )

    def get(self, workflow_id: str) -> Workflow | None:
        """One of them."""
        found = self._database.row("SELECT body FROM workflow WHERE id = ?", (workflow_id,))
        return decode(found[0], Workflow) if found else None

    def all(self) -> list[Workflow]:
        """All, by creation."""
        found = self._database.rows("SELECT body FROM workflow ORDER BY created_at, position")
        return [decode(body, Workflow) for (body,) in found]

    def delete(self, workflow_id: str) -> None:
        """Remove it; unknown ids are fine."""
        with self._database.transaction():
            if self._database.write("DELETE FROM workflow WHERE id = ?", (workflow_id,)):
                owe_vacuum(self._database)
