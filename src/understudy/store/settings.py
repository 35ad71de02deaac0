"""The settings in journal.db, by name, as plain JSON values."""

from typing import Any

from understudy.store.codec import decode_any, encode
from understudy.store.database import Database


class SqliteSettings:
    """The port `SettingsTable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Any:
        """The value, or None."""
        found = self._database.row("SELECT body FROM setting WHERE name = ?", (name,))
        return decode_any(found[0]) if found else None

    def put(self, name: str, value: Any) -> None:
        """Insert or replace."""
        self._database.write(
            """
            INSERT INTO setting (name, body) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET body = excluded.body
            """,
            (name, encode(value)),
        )

    def all(self) -> dict[str, Any]:
        """All of them, by name."""
        found = self._database.rows("SELECT name, body FROM setting ORDER BY name")
        return {name: decode_any(body) for name, body in found}
