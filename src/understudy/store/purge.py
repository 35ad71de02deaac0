"""Deleting for good: captures with what only they had, and then every byte of what was deleted."""

from pathlib import Path

from understudy.store.backups import Backups
from understudy.store.database import Database, Parameters
from understudy.store.files import remove_database
from understudy.store.marks import Marks
from understudy.store.snapshots import forget_snapshot
from understudy.store.tally import tally_deleted

_TOUCHED = """
    DELETE FROM occurrence WHERE EXISTS (SELECT 1 FROM gone WHERE gone.id BETWEEN occurrence.first AND occurrence.last)
"""
_TEXTS = ("symbol", "text", "url", "title", "app", "source")


def delete_captures(database: Database, where: str, parameters: Parameters) -> int:
    """Delete the captures of a condition, the look-up rows only they used, and the occurrences they lie in.

    Returns how many captures.
    """
    names = ", ".join(_TEXTS)
    with database.transaction():
        database.write(f"CREATE TEMP TABLE gone (id INTEGER PRIMARY KEY, {names})")
        database.write(f"INSERT INTO gone SELECT id, {names} FROM capture WHERE {where}", parameters)  # noqa: S608 (constants)
        count = database.write("DELETE FROM capture WHERE id IN (SELECT id FROM gone)")
        database.write(_TOUCHED)
        for table in _TEXTS:
            _delete_unused(database, table)
        database.write("DROP TABLE gone")
        if count:
            tally_deleted(database, count)
            forget_snapshot(database)
            owe_vacuum(database)
    return count


def _delete_unused(database: Database, table: str) -> None:
    database.write(f"""
        DELETE FROM {table} WHERE id IN (SELECT {table} FROM gone)
        AND NOT EXISTS (SELECT 1 FROM capture WHERE capture.{table} = {table}.id)
    """)  # noqa: S608 (the names are constants of this file)


def owe_vacuum(database: Database) -> None:
    """Remember that deleted bytes are still about, also should the agent die before they are removed."""
    Marks(database).put("vacuum", "owed")


def owes_vacuum(database: Database) -> bool:
    """Say whether something was deleted since the last vacuum."""
    return Marks(database).get("vacuum") == "owed"


def vacuum(databases: tuple[tuple[Database, Backups], ...]) -> None:
    """Remove deleted bytes from files, write-ahead logs and backups, and the damaged files that were kept.

    What the disk itself keeps of overwritten blocks is out of reach.
    """
    for database, backups in databases:
        database.shrink()
        backups.renew(database)
        for kept in damaged_copies(database.path):
            remove_database(kept)
        Marks(database).put("vacuum", "")
        database.checkpoint()


def damaged_copies(path: Path) -> list[Path]:
    """Return the damaged files that were moved away from this path, without their companions."""
    found = path.parent.glob(f"{path.name}.corrupt.*")
    return sorted(file for file in found if not file.name.endswith(("-wal", "-shm")))
