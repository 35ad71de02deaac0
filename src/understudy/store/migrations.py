"""Schema changes: each applied in one transaction with its record, each with its reverse."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from understudy.core.value import Millis, Value
from understudy.errors import StoreError
from understudy.store.database import Database
from understudy.store.faults import in_words

log = logging.getLogger(__name__)

APPLICATION_ID = 0x55445359
"""Stands in the header of our files ("UDSY"), so that the database of another program is never touched."""


class Migration(Value, frozen=True):
    """One step from version - 1 to version. Its functions must not commit."""

    version: int
    name: str
    forward: Callable[[Database], None]
    back: Callable[[Database], None]


Migrations = tuple[Migration, ...]


def newest(migrations: Migrations) -> int:
    """Return the version these lead to."""
    return migrations[-1].version


def version_of(database: Database) -> int:
    """Return the version of the schema; 0 = an empty file."""
    (version,) = database.rows("PRAGMA user_version")[0]
    return int(version)


def refuse_foreign(path: Path, migrations: Migrations) -> None:
    """Raise StoreError for the database of a newer Understudy or another program, DamagedError for none.

    Opens the file for reading only, so that what is not ours stays as it is. A missing or empty file is fine.
    """
    if not path.exists() or not path.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            ((application,),) = connection.execute("PRAGMA application_id")
            ((version,),) = connection.execute("PRAGMA user_version")
            ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        raise in_words(error, path) from error
    if tables and application != APPLICATION_ID:
        raise StoreError(
            f"{path.name} belongs to another program",
            "It is a database, but not one of Understudy; it was left as it is",
            f"Move {path} away, or choose another folder with UNDERSTUDY_HOME",
        )
    if version > newest(migrations):
        raise StoreError(
            f"{path.name} was written by a newer Understudy",
            f"Its format is {version}, this program knows {newest(migrations)}; it was left as it is",
            "Install the newer version again",
        )


def migrate(
    database: Database, migrations: Migrations, *, now: Millis, save: Callable[[Database], Path]
) -> None:
    """Bring the schema up to date; `save` makes a verified backup before anything is changed."""
    version = version_of(database)
    pending = [migration for migration in migrations if migration.version > version]
    if pending and version:
        log.info("%s is brought from format %d to %d", database.path.name, version, newest(migrations))
        log.info("what it was is kept as %s", save(database))
    for migration in pending:
        _apply(database, migration, now)
    if pending and version:
        log.info("%s has format %d now", database.path.name, newest(migrations))


def _apply(database: Database, migration: Migration, now: Millis) -> None:
    with database.large_cache(), database.transaction():
        database.write("""
            CREATE TABLE IF NOT EXISTS migration (
              version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL
            ) STRICT
        """)
        migration.forward(database)
        _require_whole(database, migration)
        database.write(
            "INSERT INTO migration (version, name, applied_at) VALUES (?, ?, ?)",
            (migration.version, migration.name, now),
        )
        database.write(f"PRAGMA application_id = {APPLICATION_ID}")
        database.write(f"PRAGMA user_version = {migration.version}")


def revert(database: Database, migrations: Migrations, *, to: int) -> None:
    """Take the schema back to an earlier version, newest step first: for going back to an older program."""
    version = version_of(database)
    for migration in reversed(migrations):
        if to < migration.version <= version:
            with database.large_cache(), database.transaction():
                migration.back(database)
                _require_whole(database, migration)
                database.write("DELETE FROM migration WHERE version = ?", (migration.version,))
                database.write(f"PRAGMA user_version = {migration.version - 1}")


def _require_whole(database: Database, migration: Migration) -> None:
    """Refuse a step that leaves rows pointing nowhere."""
    broken = database.rows("PRAGMA foreign_key_check")
    if broken:
        raise StoreError(
            f"{database.path.name} could not be brought to format {migration.version}",
            f"{len(broken)} records would be torn apart; nothing was changed",
            "Go on with the version you had",
        )
