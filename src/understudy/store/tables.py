"""Writes what was exported as tables of a new SQLite file, for other programs to look at."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from understudy.errors import StoreError

Row = Mapping[str, Any]


def write_tables(path: Path, tables: Mapping[str, Iterable[Row]]) -> None:
    """Write each table with one column a field; inner values become `outer_inner`, lists become JSON.

    The file is for its owner's eyes only. Raises StoreError, also when there is one already.
    """
    from sqlite_utils import Database

    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"{path} was not written", str(error), "Choose another name or folder") from error
    database = Database(path)
    try:
        for name, rows in tables.items():
            database.table(name).insert_all((_flat(row) for row in rows), alter=True, batch_size=1000)
    finally:
        database.close()


def _flat(row: Row, outer: str = "") -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            cells |= _flat(value, f"{outer}{name}_")
        else:
            cells[f"{outer}{name}"] = json.dumps(value) if isinstance(value, list | tuple) else value
    return cells
