"""Opening a database soundly: foreign files refused, damaged ones kept, replaced and rescued from."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from understudy.core.value import Millis, Value
from understudy.store.backups import Backups, stamp
from understudy.store.database import Database
from understudy.store.faults import DamagedError
from understudy.store.files import file_errors, make_file, move_database, remove_database
from understudy.store.migrations import Migrations, migrate, newest, refuse_foreign
from understudy.store.salvage import Judge, salvage, version_in

Check = Callable[[Database], None]
"""Raises DamagedError when the database is not sound."""


class Plan(Value, frozen=True):
    """What one database needs to be opened, and to be made anew."""

    path: Path
    synchronous: str
    migrations: Migrations
    backups: Backups
    judge: Judge
    backup_first: bool
    """Whether rescued rows go on top of the newest backup (their keys are lasting), or replace it."""


def open_sound(plan: Plan, *, now: Millis, check: Check) -> tuple[Database, tuple[str, ...]]:
    """Open the database, repaired if need be; returns it with what happened, in words. Raises StoreError."""
    if _finish_interrupted(plan):
        return _open(plan, now, Database.check), (
            f"{plan.path.name} was damaged; its repair was interrupted and is now finished.",
        )
    try:
        return _open(plan, now, check), ()
    except DamagedError as damage:
        first = damage
    try:
        # a passing read error looks the same as damage: nothing is moved before a second look
        return _open(plan, now, Database.check), (
            f"{plan.path.name} could not be read at first ({first.why}); a second look found it sound.",
        )
    except DamagedError as damage:
        return _replace(plan, now, damage)


def _open(plan: Plan, now: Millis, check: Check) -> Database:
    refuse_foreign(plan.path, plan.migrations)
    _refuse_emptied(plan)
    database = Database(plan.path, synchronous=plan.synchronous)
    try:
        check(database)
        _migrate(plan, database, now)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_emptied(plan: Plan) -> None:
    """Take a file of no bytes for damaged when there are backups of what it held."""
    if plan.path.exists() and not plan.path.stat().st_size and plan.backups.every():
        raise DamagedError(f"{plan.path.name} is damaged", "The file is empty")


def _migrate(plan: Plan, database: Database, now: Millis, to: int = 0) -> None:
    """Bring it up to a version; 0 = the newest."""
    chain = tuple(step for step in plan.migrations if not to or step.version <= to)

    def save(changing: Database) -> Path:
        return plan.backups.save(changing, f"{stamp(now)}-before-{newest(chain)}")

    migrate(database, chain, now=now, save=save)


# --- making anew --------------------------------------------------------------------------------


def _fresh(plan: Plan) -> Path:
    return plan.path.with_name(f"{plan.path.name}.rebuilding")


def _finish_interrupted(plan: Plan) -> bool:
    """Put a finished replacement in its place: the damaged file is moved away only once there is one."""
    if plan.path.exists() or not _fresh(plan).exists():
        return False
    move_database(_fresh(plan), plan.path)
    return True


def _replace(plan: Plan, now: Millis, damage: DamagedError) -> tuple[Database, tuple[str, ...]]:
    backup, rescued = _rebuild(plan, now)
    kept = _free_name(plan.path, now)
    move_database(plan.path, kept)
    move_database(_fresh(plan), plan.path)
    told = [f"{plan.path.name} was damaged ({damage.why}).", f"It is kept as {kept.name}."]
    if backup:
        told.append(f"The backup {backup.name} was restored.")
    told.append(f"{rescued} records could be rescued from it.")
    return _open(plan, now, Database.check), (" ".join(told),)


def _rebuild(plan: Plan, now: Millis) -> tuple[Path | None, int]:
    """Make the replacement; returns the backup that was used and the number of records rescued."""
    backup = plan.backups.newest_sound()
    if backup and not plan.backup_first:
        rescued = _build(plan, now, None)
        return (None, rescued) if rescued else (backup, _build(plan, now, backup))
    return backup, _build(plan, now, backup)


def _build(plan: Plan, now: Millis, backup: Path | None) -> int:
    fresh = _fresh(plan)
    remove_database(fresh)
    if backup:
        make_file(fresh)
        with file_errors(fresh):
            shutil.copyfile(backup, fresh)
    with closing(Database(fresh, synchronous="FULL")) as database:
        # rows are rescued as they are, and brought up to date with what they were rescued into
        _migrate(plan, database, now, to=version_in(plan.path))
        rescued = salvage(plan.path, database, plan.judge)
        _migrate(plan, database, now)
        database.check()
        database.checkpoint()
        return rescued


def _free_name(path: Path, now: Millis) -> Path:
    number = now
    while (name := path.with_name(f"{path.name}.corrupt.{number}")).exists():
        number += 1
    return name
