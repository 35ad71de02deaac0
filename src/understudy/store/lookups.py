"""Look-up tables: every distinct text of the captures is stored once, under a number."""

import json
from collections.abc import Iterable

from understudy.store.database import Database

_REMEMBERED = 4096
"""Texts whose numbers are kept in memory; window titles come back again and again."""


class LookUp:
    """One table of (id, value)."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._find = f"SELECT id FROM {table} WHERE value = ?"  # noqa: S608 (table: a name from captures.py)
        self._add = f"INSERT INTO {table} (value) VALUES (?) RETURNING id"  # noqa: S608 (as above)
        self._read = f"SELECT id, value FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 (as above)
        self._ids: dict[str, int] = {}

    def id_of(self, value: str) -> int:
        """Return the number of a text, a new one when it is new."""
        known = self._ids.get(value)
        if known is None:
            found = self._database.row(self._find, (value,)) or self._database.rows(self._add, (value,))[0]
            known = int(found[0])
            if len(self._ids) >= _REMEMBERED:
                self._ids.clear()
            self._ids[value] = known
        return known

    def optional_id_of(self, value: str) -> int | None:
        """Return the number of a text, None for the empty one."""
        return self.id_of(value) if value else None

    def texts_of(self, ids: Iterable[int | None]) -> dict[int | None, str]:
        """Return the texts behind the numbers; None stands for the empty text."""
        wanted = json.dumps([number for number in set(ids) if number is not None])
        texts: dict[int | None, str] = {None: ""}
        texts.update(self._database.rows(self._read, (wanted,)))
        return texts

    def forget(self) -> None:
        """Drop what is remembered: after a roll-back or a deletion the numbers may be gone."""
        self._ids.clear()
