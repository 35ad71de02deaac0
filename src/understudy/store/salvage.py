"""Salvage: what can still be read of a damaged database, row by row, into a sound one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from understudy.errors import InvalidInputError
from understudy.store.database import Database, Row

Judge = Callable[[str, dict[str, object]], bool]
"""Whether a row (table, column -> value) makes sense and may be kept."""

_OWN = ("migration", "mark")
"""Tables that speak of the file itself and are not carried over."""
_FARTHEST_HOP = 1 << 40


def salvage(path: Path, target: Database, judge: Judge) -> int:
    """Copy the readable, sensible rows of the damaged file; returns how many. Never changes that file.

    Rows replace those of the same key that the target has. Rows that point to a lost one are left out.
    """
    try:
        with closing(_open_read_only(path)) as source, target.transaction():
            target.rows("PRAGMA defer_foreign_keys=ON")
            count = sum(_copy(source, target, table, judge) for table in _tables(target))
            return count - _drop_torn(target)
    except sqlite3.DatabaseError:
        return 0  # not even its list of tables can be read


def version_in(path: Path) -> int:
    """Return the version of the schema in a damaged file; 0 = it cannot be read."""
    try:
        with closing(_open_read_only(path)) as source:
            ((version,),) = source.execute("PRAGMA user_version")
            return int(version)
    except sqlite3.DatabaseError:
        return 0


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _tables(target: Database) -> list[str]:
    found = target.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in found if name not in _OWN]


def _copy(source: sqlite3.Connection, target: Database, table: str, judge: Judge) -> int:
    wanted = [name for _, name, *_ in target.rows(f"PRAGMA table_info({table})")]
    known = [name for _, name, *_ in source.execute(f"PRAGMA table_info({table})")]
    columns = [name for name in wanted if name in known]
    if not columns:
        return 0
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    insert = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})"  # noqa: S608 (names from our own schema)
    count = 0
    for row in _readable(source, table, names):
        if judge(table, dict(zip(columns, row, strict=True))):
            count += _insert(target, insert, row)
    return count


def _insert(target: Database, insert: str, row: Row) -> int:
    try:
        return target.write(insert, row)
    except InvalidInputError:
        return 0  # a value of the wrong type, or none where one is needed


def _readable(source: sqlite3.Connection, table: str, names: str) -> Iterator[Row]:
    """Yield what can be read: onwards from the first row, over gaps in growing hops, then back into them."""
    select = f"SELECT rowid, {names} FROM {table} WHERE rowid"  # noqa: S608 (names from our own schema)
    done, hop = -1, 0
    while hop < _FARTHEST_HOP:
        onwards = _Reader(source, f"{select} > ? ORDER BY rowid", (done + hop,))
        for number, *row in onwards:
            if number <= done:  # a page that stands in two places of the tree: from here it goes in circles
                onwards.failed = True
                break
            if hop:
                back = _Reader(source, f"{select} < ? AND rowid > ? ORDER BY rowid DESC", (number, done))
                yield from (tuple(earlier) for _, *earlier in back)
            yield tuple(row)
            done, hop = number, 0
        if not onwards.failed:
            return
        hop = hop * 2 or 1


class _Reader:
    """Iterates over a statement until its end or its first error."""

    def __init__(self, source: sqlite3.Connection, sql: str, parameters: tuple[int, ...]) -> None:
        self._source, self._sql, self._parameters = source, sql, parameters
        self.failed = False

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from self._source.execute(self._sql, self._parameters)
        except sqlite3.DatabaseError:
            self.failed = True


def _drop_torn(target: Database) -> int:
    """Delete rows that point to one that is gone; returns how many."""
    torn = {(table, number) for table, number, *_ in target.rows("PRAGMA foreign_key_check")}
    return sum(target.write(f"DELETE FROM {table} WHERE rowid = ?", (number,)) for table, number in torn)  # noqa: S608
