"""A damaged database: found at the start, kept, replaced by the newest backup and what could be rescued."""

import shutil

import pytest

from tests.fakes.store import NOON, a_pair, a_run, a_state, a_workflow
from tests.integration.store_files import PAGE, a_home, files_with, opened, overwrite, pages_of
from understudy.core.ports import CaptureQuery
from understudy.core.value import DAY
from understudy.errors import StoreError
from understudy.store import sqlite
from understudy.store.purge import damaged_copies

GARBAGE = b"\xa5" * PAGE


def filled(home, runs=200, captures=2000):
    """A home with runs and captures, closed cleanly."""
    store = opened(home)
    for number in range(runs):
        store.runs.put(a_run(f"r-{number:03}", created_at=number, text="x" * 500))
    store.captures.add_many(
        a_pair(number, app=f"app {number % 50}", title=f"t {number}") for number in range(captures)
    )
    store.patterns.put(a_state())
    store.close()


def kept_files(home):
    return [path.name for name in (home.journal, home.captures) for path in damaged_copies(name)]


def damage_leaves(path, table, *places):
    """Overwrite some of a table's leaf pages; returns how many leaves it has."""
    leaves = pages_of(path, table)
    for place in places:
        overwrite(path, (leaves[place] - 1) * PAGE, GARBAGE)
    return len(leaves)


@pytest.mark.parametrize(
    "content", [b"hello", b"\0" * 8192, GARBAGE * 3, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_kept_and_replaced(tmp_path, content):
    """A new one takes its place, and the person is told."""
    home = a_home(tmp_path)
    filled(home, runs=1, captures=1)
    home.journal.write_bytes(content)
    store = opened(home, NOON)
    (trouble,) = store.troubles
    kept = home.path / f"journal.db.corrupt.{NOON}"
    assert f"It is kept as {kept.name}. 0 records could be rescued" in trouble
    assert kept.read_bytes() == content
    assert (store.runs.recent(), store.captures.count()) == ([], 1)
    store.runs.put(a_run())
    store.close()


def test_the_newest_sound_backup_is_restored(tmp_path):
    """Damaged backups are passed over; the backup itself stays."""
    home = a_home(tmp_path)
    store = opened(home)
    for day in range(3):
        store.workflows.put(a_workflow(f"w-{day}"))
        store.backup(NOON + day * DAY)
    store.close()
    home.journal.write_bytes(GARBAGE)
    (home.backups / "journal.2025-11-22.db").write_bytes(GARBAGE)
    store = opened(home)
    assert "The backup journal.2025-11-21.db was restored. 0 records" in store.troubles[0]
    assert [workflow.id for workflow in store.workflows.all()] == ["w-0", "w-1"]
    assert len(list(home.backups.iterdir())) == 3
    store.close()


def test_what_is_newer_than_the_backup_is_rescued_on_top_of_it(tmp_path):
    """Row by row, over the damaged page, and never an older state over a newer one."""
    home = a_home(tmp_path)
    filled(home)
    store = opened(home)
    store.workflows.put(a_workflow(note="old"))
    store.backup(NOON)
    store.workflows.put(a_workflow(note="new"))
    store.runs.put(a_run("r-new", created_at=NOON))
    store.close()
    damage_leaves(home.journal, "run", 3)
    store = opened(home)
    assert "The backup journal.2025-11-20.db was restored" in store.troubles[0]
    assert store.workflows.all() == [a_workflow(note="new")]
    assert len(store.runs.recent(1000)) == 201
    assert store.runs.get("r-new") == a_run("r-new", created_at=NOON)
    store.close()


def test_without_a_backup_all_but_the_damaged_pages_is_rescued(tmp_path):
    """Of 200 runs only those on the three damaged pages are lost."""
    home = a_home(tmp_path)
    filled(home)
    leaves = damage_leaves(home.journal, "run", 0, 10, -1)
    store = opened(home)
    left = store.runs.recent(1000)
    assert 200 - 3 * (200 // leaves + 2) <= len(left) < 200
    assert {run.text for run in left} == {"x" * 500}
    assert len(kept_files(home)) == 1
    store.close()


def test_damaged_captures_are_rescued_without_half_ones(tmp_path):
    """A capture whose title is lost is left out; the journal is not touched."""
    home = a_home(tmp_path)
    filled(home)
    opened(home).close()
    damage_leaves(home.captures, "title", 2)
    mark_unclean(home)
    store = opened(home)
    left = store.captures.find(CaptureQuery(limit=0))
    assert "captures.db was damaged" in store.troubles[0]
    assert 1000 < len(left) < 2000
    assert all(stored.capture.title == f"t {stored.capture.at}" for stored in left)
    assert all(stored.capture.app == f"app {stored.capture.at % 50}" for stored in left)
    assert store.patterns.all() == [a_state()]
    assert len(store.runs.recent(1000)) == 200
    assert store.captures.add(*a_pair(9999)) > 2000
    store.close()


def mark_unclean(home):
    """Make the next start believe that the agent was killed."""
    from understudy.store.database import Database
    from understudy.store.marks import Marks

    database = Database(home.journal, synchronous="FULL")
    Marks(database).put("captures", "open")
    database.close()


def test_captures_that_nothing_can_be_rescued_of_come_from_their_backup(tmp_path):
    """The one made before the format was changed, if there is one."""
    home = a_home(tmp_path)
    filled(home, runs=0, captures=5)
    store = opened(home)
    store._captures_backups.save(store._captures, "20251120T120000-before-2")
    store.close()
    home.captures.write_bytes(GARBAGE)
    store = opened(home)
    assert "captures.20251120T120000-before-2.db was restored" in store.troubles[0]
    assert store.captures.count() == 5
    store.close()


def test_a_large_captures_file_is_not_read_through_at_the_start(tmp_path, monkeypatch):
    """The start stays fast; `check` finds the damage in an idle hour, and the next start repairs it."""
    home = a_home(tmp_path)
    filled(home)
    damage_leaves(home.captures, "capture", 5)
    mark_unclean(home)
    monkeypatch.setattr(sqlite, "QUICKLY_CHECKED", 1)
    store = opened(home)
    assert (store.troubles, store.is_checked) == ((), False)
    with pytest.raises(StoreError, match=r"captures.db is damaged.*Restart Understudy"):
        store.check()
    store.close()
    store = opened(home)
    assert "captures.db was damaged" in store.troubles[0]
    assert store.captures.count() > 1800
    store.close()


def test_a_large_file_that_nobody_has_checked_is_not_called_clean(tmp_path, monkeypatch):
    """Until `check` has read it."""
    home = a_home(tmp_path)
    filled(home)
    mark_unclean(home)
    monkeypatch.setattr(sqlite, "QUICKLY_CHECKED", 1)
    opened(home).close()
    store = opened(home)
    assert store.is_checked is False
    store.check()
    store.close()
    store = opened(home)
    assert store.is_checked is True
    store.close()


def test_damage_met_while_reading_is_told_and_repaired_at_the_next_start(tmp_path):
    """Even after a clean end."""
    home = a_home(tmp_path)
    filled(home)
    damage_leaves(home.captures, "capture", 5)
    store = opened(home)
    with pytest.raises(StoreError, match=r"captures.db is damaged.*Restart Understudy"):
        store.captures.history(5000)
    store.close()
    store = opened(home)
    assert "captures.db was damaged" in store.troubles[0]
    assert len(store.captures.history(5000)) > 1800
    store.close()


def test_a_passing_read_error_moves_nothing(tmp_path):
    """A second look comes before a file is moved away."""
    from understudy.store.database import Database
    from understudy.store.faults import DamagedError
    from understudy.store.repair import open_sound

    home = a_home(tmp_path)
    filled(home, runs=3, captures=0)
    looks = []

    def once(database):
        looks.append(database)
        raise DamagedError("journal.db is damaged", "disk I/O error")

    database, troubles = open_sound(sqlite.journal_plan(home), now=NOON, check=once)
    assert isinstance(database, Database)
    assert "a second look found it sound" in troubles[0]
    assert (len(looks), kept_files(home)) == (1, [])
    assert database.rows("SELECT count(*) FROM run") == [(3,)]
    database.close()


def test_an_emptied_journal_is_restored(tmp_path):
    """A file of no bytes is a new one only where there is no backup."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    store.backup(NOON)
    store.close()
    home.journal.write_bytes(b"")
    store = opened(home)
    assert "The file is empty" in store.troubles[0]
    assert store.workflows.all() == [a_workflow()]
    store.close()


def test_a_repair_that_was_interrupted_is_finished(tmp_path):
    """The damaged file was moved away, its replacement not yet put in place."""
    home = a_home(tmp_path)
    filled(home, runs=3, captures=0)
    home.journal.rename(home.path / "journal.db.rebuilding")
    store = opened(home)
    assert "its repair was interrupted and is now finished" in store.troubles[0]
    assert len(store.runs.recent()) == 3
    store.close()


def test_a_replacement_half_made_is_made_anew(tmp_path):
    """While the damaged file is still there."""
    home = a_home(tmp_path)
    filled(home, runs=3, captures=0)
    damage_leaves(home.journal, "run", 0)
    (home.path / "journal.db.rebuilding").write_bytes(GARBAGE)
    store = opened(home)
    assert "journal.db was damaged" in store.troubles[0]
    assert not (home.path / "journal.db.rebuilding").exists()
    store.close()


def test_two_damages_at_the_same_time_keep_both_files(tmp_path):
    """A kept file is never written over."""
    home = a_home(tmp_path)
    for content in (b"first", b"second"):
        home.path.mkdir(exist_ok=True)
        home.journal.write_bytes(content)
        opened(home).close()
    kept = [(home.path / name).read_bytes() for name in kept_files(home)]
    assert kept == [b"first", b"second"]


def test_text_that_is_not_valid_is_not_rescued(tmp_path):
    """Bytes that are no text, a body that is no run: left out, the rest stays."""
    home = a_home(tmp_path)
    filled(home, runs=50, captures=0)
    content = home.journal.read_bytes()
    first, second = content.index(b'"id":"r-010"'), content.index(b'"id":"r-020"')
    overwrite(home.journal, first + 7, b"\xff\xff")
    overwrite(home.journal, second, b"{")
    damage_leaves(home.journal, "run", -1)
    store = opened(home)
    left = {run.id for run in store.runs.recent(1000)}
    assert not {"r-010", "r-020"} & left
    assert 35 <= len(left) <= 47
    store.close()


def test_a_full_disk_during_repair_leaves_the_damaged_file(tmp_path, monkeypatch):
    """It is moved away only once its replacement is whole."""
    home = a_home(tmp_path)
    filled(home, runs=50, captures=0)
    damage_leaves(home.journal, "run", 0)
    before = home.journal.read_bytes()
    store_error = StoreError("journal.db could not be read or written", "The disk is full")

    def full(*_arguments):
        raise store_error

    monkeypatch.setattr("understudy.store.repair.salvage", full)
    with pytest.raises(StoreError, match="The disk is full"):
        opened(home)
    monkeypatch.undo()
    assert (home.journal.read_bytes(), kept_files(home)) == (before, [])
    store = opened(home)
    assert len(store.runs.recent(1000)) > 30
    store.close()


def test_the_log_of_a_damaged_file_is_kept_and_read_too(tmp_path):
    """What was committed to the write-ahead log only is rescued as well."""
    home = a_home(tmp_path)
    filled(home, runs=50, captures=0)
    store = opened(home)
    store.runs.put(a_run("r-log", created_at=NOON))
    (tmp_path / "crashed").mkdir()
    import subprocess

    subprocess.run(["cp", "-r", str(home.path), str(tmp_path / "crashed" / "home")], check=True)
    store.close()
    crashed = a_home(tmp_path / "crashed")
    overwrite(crashed.journal, (pages_of_closed(home) - 1) * PAGE, GARBAGE)
    store = opened(crashed)
    assert "journal.db was damaged" in store.troubles[0]
    assert store.runs.get("r-log") is not None
    store.close()


def pages_of_closed(home):
    """A leaf of the runs that the last commit did not touch."""
    return pages_of(home.journal, "run")[1]


def test_other_programs_databases_are_left_alone(tmp_path):
    """A sound database that is not ours is refused, not repaired."""
    import sqlite3

    home = a_home(tmp_path)
    home.path.mkdir()
    with sqlite3.connect(home.journal) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()
    before = home.journal.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        opened(home)
    assert home.journal.read_bytes() == before


def test_the_copy_of_a_home_opens_like_the_home(tmp_path):
    """All paths are relative to the folder: it can be moved to another machine."""
    home = a_home(tmp_path)
    filled(home, runs=3, captures=3)
    shutil.copytree(home.path, tmp_path / "moved" / "home")
    store = opened(a_home(tmp_path / "moved"))
    assert (len(store.runs.recent()), store.captures.count(), store.troubles) == (3, 3, ())
    store.close()
    assert files_with(tmp_path / "moved", str(home.path)) == []


def lead_back(path, table, place):
    """Let one place of a table's tree point to its first leaf again, as a lost write can."""
    leaves, content = pages_of(path, table), path.read_bytes()
    pointer = leaves[place].to_bytes(4, "big")
    inner = (start for start in range(PAGE, len(content), PAGE) if content[start] == 0x05)
    found = (content.find(pointer, start + 12, start + PAGE) for start in inner)
    overwrite(path, next(at for at in found if at > 0), leaves[0].to_bytes(4, "big"))


def test_a_tree_that_leads_back_to_its_beginning_is_rescued_to_an_end(tmp_path):
    """The pages before the damage are read once, not for ever."""
    home = a_home(tmp_path)
    filled(home)
    lead_back(home.journal, "run", 7)
    damage_leaves(home.journal, "run", 8)
    store = opened(home, NOON)
    assert len(store.troubles) == 1
    rescued = [run.id for run in store.runs.recent(1_000)]
    assert len(rescued) == len(set(rescued)) > 20
    store.close()
