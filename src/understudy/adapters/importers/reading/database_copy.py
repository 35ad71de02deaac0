"""Reads a SQLite database that another program may have open, through a copy; the original stays as it is."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from understudy.adapters.importers.reading.files import check_file, unreadable
from understudy.errors import InvalidInputError

MAGIC = b"SQLite format 3\x00"
_ATTEMPTS = 3
"""How often a copy is made when the other program writes meanwhile."""


def has_tables(path: Path, tables: frozenset[str]) -> bool:
    """Whether the database holds all these tables; nothing is created beside it, and no lock is taken."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as database:
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except (sqlite3.Error, UnicodeError):
        return False
    return tables <= {name for (name,) in rows}


@contextmanager
def opened_copy(path: Path, kind: str) -> Iterator[sqlite3.Connection]:
    """Copy the database with its write-ahead log to a private folder and open that; `kind` is for messages.

    Raises InvalidInputError when it is no database, or a damaged one.
    """
    check_file(path)
    with tempfile.TemporaryDirectory(prefix="understudy-import-", ignore_cleanup_errors=True) as folder:
        copy = _copied(path, Path(folder))
        with closing(sqlite3.connect(copy)) as database:
            database.text_factory = lambda raw: raw.decode("utf-8", "replace")
            with translated(path, kind):
                database.execute("PRAGMA query_only = ON")
                database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            yield database


@contextmanager
def translated(path: Path, kind: str) -> Iterator[None]:
    """Turn what SQLite says into InvalidInputError."""
    try:
        yield
    except (sqlite3.Error, OverflowError) as error:
        raise InvalidInputError(
            f"{path.name} cannot be read as {kind}",
            f"The database says: {error}",
            "Check that it is the right file",
        ) from error


def _copied(path: Path, folder: Path) -> Path:
    """Copy database and log; again when they changed meanwhile, so that the two belong together."""
    copy, log = folder / "copy.db", path.with_name(f"{path.name}-wal")
    copied_log = folder / "copy.db-wal"
    try:
        for _ in range(_ATTEMPTS):
            before = _stamps(path, log)
            copied_log.unlink(missing_ok=True)
            shutil.copyfile(path, copy)
            if log.exists():
                shutil.copyfile(log, copied_log)
            if _stamps(path, log) == before:
                break
    except OSError as error:
        raise unreadable(path, error) from error
    return copy


def _stamps(*paths: Path) -> list[tuple[int, int]]:
    return [(path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.exists()]
