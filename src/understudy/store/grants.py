"""The grants in journal.db (table `permission`: GRANT is a word of SQL)."""

from understudy.core.grant import Grant
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.purge import owe_vacuum


class SqliteGrants:
    """The port `Grants`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, grant: Grant) -> None:
        """Insert or replace by id."""
        self._database.write(
            """
            INSERT INTO permission (id, workflow_id, given_at, body) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET workflow_id = excluded.workflow_id, given_at = excluded.given_at,
            body = excluded.body
            """,
            (grant.id, grant.workflow_id, grant.given_at, encode(grant)),
        )

    def of(self, workflow_id: str) -> list[Grant]:
        """All of one workflow, oldest first."""
        found = self._database.rows(
            "SELECT body FROM permission WHERE workflow_id = ? ORDER BY given_at, position", (workflow_id,)
        )
        return [decode(body, Grant) for (body,) in found]

    def get(self, grant_id: str) -> Grant | None:
        """One of them."""
        found = self._database.row("SELECT body FROM permission WHERE id = ?", (grant_id,))
        return decode(found[0], Grant) if found else None

    def all(self) -> list[Grant]:
        """All, oldest first."""
        found = self._database.rows("SELECT body FROM permission ORDER BY given_at, position")
        return [decode(body, Grant) for (body,) in found]

    def delete(self, grant_id: str) -> None:
        """Take one back for good; unknown ids are fine."""
        with self._database.transaction():
            if self._database.write("DELETE FROM permission WHERE id = ?", (grant_id,)):
                owe_vacuum(self._database)

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        with self._database.transaction():
            if self._database.write("DELETE FROM permission WHERE workflow_id = ?", (workflow_id,)):
                owe_vacuum(self._database)
