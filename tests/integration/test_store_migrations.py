"""Schema changes: whole or not at all, with a verified backup before, and back again; from every version."""

import msgspec
import pytest

from tests.fakes.store import NOON, a_pair, a_workflow
from tests.integration.store_files import a_home, opened
from understudy.core.ports import CaptureQuery
from understudy.errors import StoreError
from understudy.store import sqlite
from understudy.store.backups import verify
from understudy.store.database import Database
from understudy.store.migrations import Migration, migrate, newest, revert, version_of
from understudy.store.repair import open_sound
from understudy.store.schema import CAPTURES, JOURNAL

PLANS = {"journal": sqlite.journal_plan, "captures": sqlite.captures_plan}


def shape(database):
    """Every table and index as SQLite describes it."""
    return database.rows("""
        SELECT name, sql FROM sqlite_master WHERE name != 'migration' AND name NOT LIKE 'sqlite_%'
        ORDER BY name
    """)


def never(_database):
    raise AssertionError("no backup is due")


def a_later(version, forward, back):
    return Migration(version=version, name=f"later {version}", forward=forward, back=back)


def add_colour(database):
    database.write("ALTER TABLE workflow ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'")


def drop_colour(database):
    database.write("ALTER TABLE workflow DROP COLUMN colour")


def with_colour(home):
    plan = sqlite.journal_plan(home)
    later = a_later(newest(JOURNAL) + 1, add_colour, drop_colour)
    return msgspec.structs.replace(plan, migrations=(*JOURNAL, later))


@pytest.mark.parametrize(
    "migrations,version",
    [(chain, version) for chain in (JOURNAL, CAPTURES) for version in range(len(chain) + 1)],
)
def test_every_version_leads_to_the_newest_and_back(tmp_path, migrations, version):
    """The same tables, whichever version it started from; each step's reverse leaves what was before it."""
    database = Database(tmp_path / "a.db", synchronous="FULL")
    migrate(database, migrations[:version] or migrations[:0], now=NOON, save=never)
    before = shape(database)
    migrate(database, migrations, now=NOON, save=lambda _: tmp_path)
    direct = Database(tmp_path / "b.db", synchronous="FULL")
    migrate(direct, migrations, now=NOON, save=never)
    assert shape(database) == shape(direct)
    assert version_of(database) == newest(migrations)
    revert(database, migrations, to=version)
    assert (shape(database), version_of(database)) == (before, version)
    database.close()
    direct.close()


def test_versions_count_up_without_a_gap():
    """Append-only: a released step is never renumbered."""
    assert [step.version for step in JOURNAL] == list(range(1, len(JOURNAL) + 1))
    assert [step.version for step in CAPTURES] == list(range(1, len(CAPTURES) + 1))


def test_a_change_keeps_what_is_there_and_is_recorded(tmp_path):
    """With its time, and after a verified backup of the old format."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    store.close()
    database, troubles = open_sound(with_colour(home), now=NOON + 1, check=Database.check)
    assert troubles == ()
    assert database.rows("SELECT id, colour FROM workflow") == [("w-1", "grey")]
    assert database.rows("SELECT version, applied_at FROM migration") == [(1, NOON), (2, NOON), (3, NOON + 1)]
    (backup,) = home.backups.iterdir()
    assert backup.name == "journal.20251120T120000-before-3.db"
    verify(backup)
    revert(database, with_colour(home).migrations, to=newest(JOURNAL))
    database.close()
    store = opened(home)
    assert store.workflows.all() == [a_workflow()]
    store.close()


def test_a_change_that_fails_leaves_the_old_format(tmp_path):
    """Neither half a change nor its record."""
    home = a_home(tmp_path)
    opened(home).close()

    def fail(database):
        add_colour(database)
        database.write("INSERT INTO nowhere VALUES (1)")

    plan = msgspec.structs.replace(
        with_colour(home), migrations=(*JOURNAL, a_later(newest(JOURNAL) + 1, fail, drop_colour))
    )
    with pytest.raises(StoreError, match="no such table: nowhere"):
        open_sound(plan, now=NOON, check=Database.check)
    database = Database(home.journal, synchronous="FULL")
    columns = [name for _, name, *_ in database.rows("PRAGMA table_info(workflow)")]
    assert (version_of(database), "colour" in columns) == (newest(JOURNAL), False)
    database.close()


def test_a_change_that_tears_rows_apart_is_refused(tmp_path):
    """Rows that point nowhere are not committed."""
    home = a_home(tmp_path)
    store = opened(home)
    store.captures.add(*a_pair())
    store.close()

    def tear(database):
        database.write("PRAGMA defer_foreign_keys=ON")
        database.write("DELETE FROM app")

    plan = msgspec.structs.replace(
        sqlite.captures_plan(home), migrations=(*CAPTURES, a_later(newest(CAPTURES) + 1, tear, tear))
    )
    with pytest.raises(StoreError, match="would be torn apart; nothing was changed"):
        open_sound(plan, now=NOON, check=Database.check)
    store = opened(home)
    assert store.captures.count() == 1
    store.close()


def test_a_change_may_rebuild_a_table_with_sqlite_utils(tmp_path):
    """What ALTER TABLE cannot do; imported by that step alone."""

    def rebuild(database):
        import sqlite_utils

        table = sqlite_utils.Database(database._connection)["verdict"]
        table.transform(drop={"at"})

    def back(database):
        database.write("ALTER TABLE verdict ADD COLUMN at INTEGER NOT NULL DEFAULT 0")

    home = a_home(tmp_path)
    opened(home).close()
    plan = msgspec.structs.replace(
        sqlite.journal_plan(home), migrations=(*JOURNAL, a_later(newest(JOURNAL) + 1, rebuild, back))
    )
    database, _ = open_sound(plan, now=NOON, check=Database.check)
    columns = [name for _, name, *_ in database.rows("PRAGMA table_info(verdict)")]
    assert columns == ["position", "pattern_id", "body"]
    database.close()


@pytest.mark.parametrize("name", ["journal", "captures"])
def test_a_newer_format_is_refused_and_left_as_it_is(tmp_path, name):
    """Byte for byte; the person is told to install the newer version."""
    home = a_home(tmp_path)
    store = opened(home)
    store.captures.add(*a_pair())
    store.close()
    path = PLANS[name](home).path
    database = Database(path, synchronous="FULL")
    database.write("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer Understudy.*Its format is 99.*Install the newer version"):
        opened(home)
    assert path.read_bytes() == before


def test_a_backup_of_an_older_format_is_brought_up_to_date(tmp_path):
    """Restored after damage, it is migrated like any old file."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    store.backup(NOON)
    store.close()
    home.journal.write_bytes(b"damaged")
    database, (trouble,) = open_sound(with_colour(home), now=NOON, check=Database.check)
    assert "was restored" in trouble
    assert database.rows("SELECT id, colour FROM workflow") == [("w-1", "grey")]
    database.close()


def test_a_damaged_file_of_an_older_format_is_rescued(tmp_path):
    """The columns both formats know."""
    home = a_home(tmp_path)
    store = opened(home)
    for number in range(200):
        store.workflows.put(a_workflow(f"w-{number}", note="x" * 500))
    store.captures.add(*a_pair())
    store.close()
    from tests.integration.store_files import PAGE, overwrite, pages_of

    overwrite(home.journal, (pages_of(home.journal, "workflow")[3] - 1) * PAGE, b"\xa5" * PAGE)
    database, (trouble,) = open_sound(with_colour(home), now=NOON, check=Database.check)
    assert "could be rescued" in trouble
    ((count, grey),) = database.rows("SELECT count(*), sum(colour = 'grey') FROM workflow")
    assert 180 < count == grey < 200
    database.close()


def test_going_back_leaves_other_rows_alone(tmp_path):
    """Reverting to the version it has changes nothing."""
    home = a_home(tmp_path)
    store = opened(home)
    store.captures.add(*a_pair())
    revert(store._captures, CAPTURES, to=newest(CAPTURES))
    assert len(store.captures.find(CaptureQuery())) == 1
    store.close()
