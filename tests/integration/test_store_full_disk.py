"""A disk that is full, read-only or broken: told in words, nothing half written, reads go on, it recovers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.store import NOON, a_bucket, a_grant, a_letter, a_pair, a_run, a_state, a_task, a_workflow
from tests.integration.store_files import a_home, opened
from understudy.config import Home
from understudy.core.pattern import Occurrence
from understudy.core.store_queries import TaskQuery
from understudy.errors import StoreError

ROOT = Path(__file__).parents[2]


def fill_until_refused(store, prefix="r"):
    """Write runs until the disk says no; returns (runs kept, the error)."""
    for number in range(100_000):
        try:
            with store.transaction():
                store.runs.put(a_run(f"{prefix}-{number}", created_at=number, text="x" * 3000))
                store.grants.put(a_grant(f"{prefix}-{number}", given_at=number))
                store.versions.put(a_workflow(version=number))
                store.levels.put("w-1", number, "above")
                store.tasks.put(a_task(f"{prefix}-{number}"))
                store.dead_letters.put(a_letter(f"{prefix}-{number}", created_at=number))
        except StoreError as error:
            return number, error
    raise AssertionError("the disk never became full")


def require_whole(store, kept):
    """All parts of every transaction that was kept, none of the one that was refused, and a sound file."""
    counted = (
        store.runs.recent(1_000_000),
        store.grants.of("w-1"),
        store.versions.of("w-1"),
        store.levels.all(),
        store.tasks.find(TaskQuery(limit=1_000_000)),
        store.dead_letters.find(limit=1_000_000),
    )
    assert [len(found) for found in counted] == [kept] * 6
    store._journal.check("integrity_check")


def test_a_full_database_refuses_and_recovers(tmp_path):
    """What was kept stays readable, and writing goes on when there is space again."""
    store = opened(a_home(tmp_path))
    store.workflows.put(a_workflow())
    (pages,) = store._journal.rows("PRAGMA page_count")[0]
    store._journal.rows(f"PRAGMA max_page_count={pages + 60}")
    kept, error = fill_until_refused(store)
    assert "The disk is full" in error.why
    assert "Free some space" in error.fix
    assert kept > 3
    require_whole(store, kept)
    assert store.workflows.all() == [a_workflow()]
    store._journal.rows("PRAGMA max_page_count=1000000")
    store.runs.put(a_run("r-after"))
    assert store.runs.get("r-after") == a_run("r-after")
    store.close()


def put_buckets(store, count):
    for number in range(count):
        store.buckets.put(a_bucket(f"bucket {number}", name="x" * 500))


def test_full_captures_refuse_and_recover(tmp_path):
    """An import is kept whole or not at all; what was looked up meanwhile is not taken for stored."""
    store = opened(a_home(tmp_path))
    store.captures.add(*a_pair(1))
    (pages,) = store._captures.rows("PRAGMA page_count")[0]
    store._captures.rows(f"PRAGMA max_page_count={pages + 20}")
    many = [a_pair(number, title=f"title {number} " * 20) for number in range(2, 3000)]
    with pytest.raises(StoreError, match="The disk is full"):
        store.captures.add_many(many)
    with pytest.raises(StoreError, match="The disk is full"):
        store.patterns.replace_all([a_state(f"p-{number}") for number in range(2000)])
    with pytest.raises(StoreError, match="The disk is full"):
        put_buckets(store, 2000)
    with pytest.raises(StoreError, match="The disk is full"):
        store.occurrences.record("p-1", (Occurrence(start=n, end=n, first=n, last=n) for n in range(99_999)))
    assert (store.captures.count(), store.patterns.all(), store.occurrences.of("p-1")) == (1, [], [])
    store._captures.rows("PRAGMA max_page_count=1000000")
    assert store.captures.add_many(many) == (2998, 0)
    store._captures.check("integrity_check")
    assert store.captures.history(1)[0].capture.title == many[-1][0].title
    store.close()


def test_a_transaction_ended_by_an_error_takes_no_more_writes(tmp_path):
    """Going on after a full disk inside a transaction would keep half of it."""
    store = opened(a_home(tmp_path))

    def go_on():
        with store.transaction():
            store.settings.put("first", 1)
            store._journal.rows("ROLLBACK")  # what SQLite does by itself when it cannot go on
            store.settings.put("second", 2)

    with pytest.raises(StoreError, match="An earlier error ended the transaction"):
        go_on()
    assert store.settings.all() == {}
    store.settings.put("third", 3)
    assert store.settings.all() == {"third": 3}
    store.close()


def test_captures_are_counted_on_a_full_disk(tmp_path):
    """Where the tally cannot be kept they are counted each time."""
    store = opened(a_home(tmp_path))
    store.captures.add(*a_pair(1))
    store._captures.rows("PRAGMA query_only=ON")
    assert (store.captures.count(), store.captures.count()) == (1, 1)
    store._captures.rows("PRAGMA query_only=OFF")
    assert (store.captures.count(), store.captures.count()) == (1, 1)
    store.close()


def test_a_read_only_database_refuses_and_is_read_on(tmp_path):
    """Made read-only while the agent runs."""
    store = opened(a_home(tmp_path))
    store.workflows.put(a_workflow())
    store._journal.rows("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match=r"could not be read or written.*read-only.*Make it writable"):
        store.runs.put(a_run())
    assert (store.workflows.all(), store.runs.recent()) == ([a_workflow()], [])
    store._journal.rows("PRAGMA query_only=OFF")
    store.runs.put(a_run())
    assert len(store.runs.recent()) == 1
    store.close()


LIMITED = """
import sys
from tests.integration.store_files import limit_file_size, opened
from tests.integration.test_store_full_disk import fill_until_refused, require_whole
from understudy.config import Home
store = opened(Home(folder=sys.argv[1]))
limit_file_size(1_600_000)
kept, error = fill_until_refused(store)
require_whole(store, kept)
print(kept, type(error).__name__, error.fix)
"""


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE is a POSIX matter")
def test_a_write_error_of_the_system_leaves_nothing_half_written(tmp_path):
    """The kernel lets no file grow: what was committed before is whole, also after the process is gone."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(a_home(tmp_path).path)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert run.returncode == 0, run.stderr
    kept, kind, *fix = run.stdout.split()
    assert (kind, " ".join(fix[:2])) in [("StoreError", "Check the"), ("StoreError", "Free some")]
    assert int(kept) > 10
    store = opened(a_home(tmp_path))
    require_whole(store, int(kept))
    store.close()


def mounted(folder, *options):
    """Mount a small disk in memory there, or skip the test where this is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs mount")
    if run.returncode:
        pytest.skip(f"may not mount: {run.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    mounted(folder, "size=1200k")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full_refuses_and_recovers(small_disk):
    """Journal, captures, backup and vacuum each say so; all of it works again once there is space."""
    ballast = small_disk / "ballast"
    home = Home(folder=str(small_disk / "home"))
    store = opened(home)
    store.workflows.put(a_workflow())
    ballast.write_bytes(b"\0" * 400_000)
    kept, error = fill_until_refused(store)
    assert "full" in error.why or "I/O" in error.why
    require_whole(store, kept)
    with pytest.raises(StoreError):
        store.backup(NOON)
    with pytest.raises(StoreError):
        store.vacuum()
    assert not home.backups.exists() or list(home.backups.iterdir()) == []
    assert store.workflows.all() == [a_workflow()]
    ballast.unlink()
    store.runs.delete_of("w-1")
    store.vacuum()
    store.runs.put(a_run("r-after"))
    store.backup(NOON)
    assert [run.id for run in store.runs.recent()] == ["r-after"]
    store.close()


def test_a_home_on_a_full_disk_is_told_in_words(small_disk):
    """The first start finds no space at all."""
    (small_disk / "ballast").write_bytes(b"\0" * 1_200_000)
    with pytest.raises(StoreError, match="could not be read or written"):
        opened(Home(folder=str(small_disk / "home")))


def test_a_read_only_disk_refuses_and_recovers(small_disk):
    """Remounted under the running agent, as a failing disk is."""
    store = opened(Home(folder=str(small_disk / "home")))
    store.workflows.put(a_workflow())
    remount = ["mount", "-o", "remount,{}", str(small_disk)]
    # files open for writing keep a disk from being remounted; a new agent finds it read-only
    store.close()
    subprocess.run([part.format("ro") for part in remount], check=True)
    with pytest.raises(StoreError, match=r"could not be read or written.*Check that the folder is yours"):
        opened(Home(folder=str(small_disk / "home")))
    subprocess.run([part.format("rw") for part in remount], check=True)
    store = opened(Home(folder=str(small_disk / "home")))
    assert store.workflows.all() == [a_workflow()]
    store.close()
