"""Backups: verified copies of a database, one a day and one before each change of its format."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from understudy.core.value import Millis
from understudy.errors import StoreError
from understudy.store.database import Database
from understudy.store.faults import DamagedError, in_words
from understudy.store.files import (
    file_errors,
    make_file,
    make_folder,
    remove_database,
    sync_file,
    sync_folder,
)

KEPT = 7
"""Daily backups kept."""


class Backups:
    """The backups of one database, in a folder shared with those of others."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem

    def every(self) -> list[Path]:
        """Return all of them, the newest first."""
        found = self._folder.glob(f"{self._stem}.*.db")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)

    def save_daily(self, database: Database, now: Millis) -> Path:
        """Make or renew the backup of the day (UTC), and let go of those older than the newest seven."""
        path = self.save(database, _day(now))
        for old in self.every()[KEPT:]:
            remove_database(old)
        return path

    def save(self, database: Database, label: str) -> Path:
        """Make a backup and return its path, once it has been read back and found sound."""
        make_folder(self._folder)
        path = self._folder / f"{self._stem}.{label}.db"
        partial = path.with_suffix(".partial")
        remove_database(partial)
        make_file(partial)
        try:
            database.rows("VACUUM INTO ?", (str(partial),))
            verify(partial)
            with file_errors(path):
                sync_file(partial)
                partial.replace(path)
                sync_folder(self._folder)
        except BaseException:
            remove_database(partial)
            raise
        return path

    def newest_sound(self) -> Path | None:
        """Return the newest backup that can be read whole now."""
        for path in self.every():
            try:
                verify(path)
            except DamagedError:
                continue
            return path
        return None

    def renew(self, database: Database) -> None:
        """Replace all of them by one of the present content, under the newest name."""
        known = self.every()
        if known:
            label = known[0].name.removeprefix(f"{self._stem}.").removesuffix(".db")
            kept = self.save(database, label)
            for path in known:
                if path != kept:
                    remove_database(path)
        for partial in self._folder.glob(f"{self._stem}.*.partial*"):
            with file_errors(partial):
                partial.unlink()


def verify(path: Path) -> None:
    """Raise DamagedError unless the copy can be read whole. Leaves nothing beside it."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            found = [str(text) for (text,) in connection.execute("PRAGMA integrity_check(3)")]
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        translated = in_words(error, path)
        if isinstance(translated, StoreError):
            raise translated from error
        raise
    if found != ["ok"] or not version:
        raise DamagedError(f"The backup {path.name} is damaged", "; ".join(found), "Make a new one")


def _day(now: Millis) -> str:
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d")


def stamp(now: Millis) -> str:
    """Return a time (UTC) as it stands in file names: 20261120T134000."""
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%S")
