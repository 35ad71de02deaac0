"""What triggers remember between events, in journal.db."""

from understudy.store.database import Database


class SqliteLevels:
    """The port `Levels`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, workflow_id: str, index: int, level: str) -> None:
        """Insert or replace."""
        self._database.write(
            """
            INSERT INTO level (workflow_id, place, value) VALUES (?, ?, ?)
            ON CONFLICT (workflow_id, place) DO UPDATE SET value = excluded.value
            """,
            (workflow_id, index, level),
        )

    def all(self) -> dict[tuple[str, int], str]:
        """All of them."""
        found = self._database.rows("SELECT workflow_id, place, value FROM level")
        return {(workflow_id, place): value for workflow_id, place, value in found}

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow; nothing of the person is in them that would have to be cleaned away."""
        self._database.write("DELETE FROM level WHERE workflow_id = ?", (workflow_id,))
