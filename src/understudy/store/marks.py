"""Marks: small facts a database keeps about itself, as whether it was closed cleanly."""

from understudy.store.database import Database


class Marks:
    """Names with values. Not settings: the person never sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str:
        """The value, or empty."""
        found = self._database.row("SELECT value FROM mark WHERE name = ?", (name,))
        return str(found[0]) if found else ""

    def put(self, name: str, value: str) -> None:
        """Insert or replace; empty = remove."""
        if not value:
            self._database.write("DELETE FROM mark WHERE name = ?", (name,))
            return
        self._database.write(
            """
            INSERT INTO mark (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            (name, value),
        )
