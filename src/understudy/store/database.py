"""One SQLite file: how it is opened, its statements, its transactions, its checks."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from understudy.errors import StoreError
from understudy.store.codec import scrubbed
from understudy.store.faults import FOREIGN_ERRORS, DamagedError, in_words
from understudy.store.files import make_file

Row = tuple[Any, ...]
Parameters = Sequence[Any]

_WAL_KEPT = 4 * 1024 * 1024
"""Bytes the write-ahead log may keep after a checkpoint."""

_CACHE, _LARGE_CACHE = 2_000, 32_000
"""KiB of pages kept in memory."""


class Database:
    """One open file.

    The connection may be made on one thread and used on another, never by two at once: nothing here locks.
    """

    def __init__(self, path: Path, *, synchronous: str) -> None:
        """Open or make it. `synchronous`: FULL survives a power cut, NORMAL may lose the last seconds."""
        self.path = path
        self.is_damaged = False
        """Whether SQLite has reported damage since it was opened."""
        self._depth = 0
        make_file(path)
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        except sqlite3.Error as error:
            raise in_words(error, path) from error
        try:
            self._configure(synchronous)
        except BaseException:
            self._connection.close()
            raise

    def _configure(self, synchronous: str) -> None:
        for pragma in (
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            "fullfsync=ON",  # macOS only: there a plain fsync does not reach the disk
            "checkpoint_fullfsync=ON",
            f"journal_size_limit={_WAL_KEPT}",
            f"cache_size=-{_CACHE}",
        ):
            self.rows(f"PRAGMA {pragma}")
        (mode,) = self.rows("PRAGMA journal_mode=WAL")[0]
        if mode != "wal":
            raise StoreError(
                f"{self.path.name} cannot be kept safely here",
                "The file system does not support write-ahead logging",
                "Keep the folder on a local disk (UNDERSTUDY_HOME names it)",
            )
        # SQLite opens for reading only what it cannot open for writing, and says so at the first write; BEGIN is none.
        self.rows("BEGIN IMMEDIATE")
        self.rows("PRAGMA user_version=1")
        self.rows("ROLLBACK")

    # --- statements ------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and return all its rows."""
        return self._run(sql, parameters)[0]

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """Run one statement and return its first row."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def write(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one changing statement, on its own a transaction of its own; returns how many rows changed."""
        return self._run(sql, parameters)[1]

    def _run(self, sql: str, parameters: Parameters) -> tuple[list[Row], int]:
        if self._depth and not self._connection.in_transaction:
            raise StoreError(
                f"{self.path.name} could not be written",
                "An earlier error ended the transaction",
                "Nothing of it was kept; try the whole again",
            )
        try:
            cursor = self._connection.execute(sql, parameters)
            return cursor.fetchall(), cursor.rowcount
        except UnicodeEncodeError:
            return self._run(sql, [scrubbed(item) if isinstance(item, str) else item for item in parameters])
        except FOREIGN_ERRORS as error:
            translated = in_words(error, self.path)
            self.is_damaged = self.is_damaged or isinstance(translated, DamagedError)
            raise translated from error

    def define(self, name: str, function: Callable[[str, str], bool]) -> None:
        """Make a function of two texts available to statements."""
        self._connection.create_function(name, 2, function, deterministic=True)

    # --- transactions ----------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a `transaction` is open."""
        return self._depth > 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together, or nothing. Inside another one it joins that one.

        It begins IMMEDIATE: one that reads first and then writes fails as locked in spite of the time-out.
        """
        begin, commit, undo = _STATEMENTS[self._depth > 0]
        self.rows(begin)
        self._depth += 1
        try:
            yield
            self.rows(commit)
        except BaseException:
            self._roll_back(undo)
            raise
        finally:
            self._depth -= 1

    def _roll_back(self, statements: tuple[str, ...]) -> None:
        for statement in statements:
            if self._connection.in_transaction:  # a full disk makes SQLite roll back by itself
                self._run(statement, ())

    @contextmanager
    def large_cache(self) -> Iterator[None]:
        """Use more memory inside: with many new rows in one transaction this doubles the speed."""
        self.rows(f"PRAGMA cache_size=-{_LARGE_CACHE}")
        try:
            yield
        finally:
            self.rows(f"PRAGMA cache_size=-{_CACHE}")
            self.rows("PRAGMA shrink_memory")

    # --- care ------------------------------------------------------------------------------------

    def check(self, pragma: str = "quick_check") -> None:
        """Read the whole file; raise DamagedError unless it is sound. `integrity_check` reads indices too."""
        found = [str(text) for (text,) in self.rows(f"PRAGMA {pragma}(3)")]
        if found != ["ok"]:
            self.is_damaged = True
            raise DamagedError(f"{self.path.name} is damaged", "; ".join(found), "Restart Understudy")

    def shrink(self) -> None:
        """Write the file anew without any byte of what was deleted, and empty the write-ahead log."""
        self.rows("VACUUM")
        self.checkpoint()

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file and empty it."""
        (blocked, _, _) = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0]
        if blocked:
            raise StoreError(
                f"Deleted bytes remain in {self.path.name}-wal",
                "Another program is reading the database",
                "Close that program and try again",
            )

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._connection.close()


_STATEMENTS: dict[bool, tuple[str, str, tuple[str, ...]]] = {
    False: ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)),
    True: ("SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner")),
}
"""Begin, commit and roll back, by whether a transaction is open already."""
