"""The store's files: private, closed cleanly, opened fast, handed from thread to thread."""

import os
import sqlite3
import stat
import sys
import threading
from contextlib import closing

import pytest

from tests.fakes.store import NOON, a_pair, a_run, a_workflow
from tests.integration.store_files import a_home, opened
from understudy.config import Home
from understudy.errors import StoreError

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of files are a POSIX matter")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix_only
def test_only_the_person_may_read_the_files(tmp_path):
    """Folders 0700, files 0600, whatever the umask and whatever they were before."""
    home = a_home(tmp_path)
    home.path.mkdir(mode=0o755)
    home.journal.touch(mode=0o644)
    before = os.umask(0)
    try:
        store = opened(home)
        store.workflows.put(a_workflow())
        store.captures.add(*a_pair())
        store.backup(NOON)
        modes = {path.name: mode(path) for path in home.path.rglob("*")}
    finally:
        os.umask(before)
    store.close()
    assert mode(home.path) == 0o700
    assert modes.pop("backups") == 0o700
    assert set(modes.values()) == {0o600}
    assert {"journal.db", "journal.db-wal", "captures.db", "captures.db-wal"} <= set(modes)


def test_closing_leaves_nothing_but_the_two_files(tmp_path):
    """The write-ahead logs are emptied into them."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    store.close()
    assert sorted(path.name for path in home.path.iterdir()) == ["captures.db", "journal.db"]


def test_everything_is_there_after_opening_again(tmp_path):
    """And a clean end needs no check of the captures."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    capture_id = store.captures.add(*a_pair(title="x"))
    store.close()
    store = opened(home)
    assert store.workflows.all() == [a_workflow()]
    assert store.captures.get(capture_id).capture.title == "x"
    assert (store.troubles, store.is_checked) == ((), True)
    store.close()


def test_both_databases_are_opened_as_promised(tmp_path):
    """Write-ahead log, every commit of the journal on the disk, deleted bytes overwritten."""
    store = opened(a_home(tmp_path))

    def settings(database):
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        return [database.rows(f"PRAGMA {name}")[0][0] for name in names]

    full, normal = 2, 1
    assert settings(store._journal) == ["wal", full, 1, 1]
    assert settings(store._captures) == ["wal", normal, 1, 1]
    store.close()


def test_the_store_can_be_handed_to_another_thread(tmp_path):
    """Opened by the main thread, used by the engine's."""
    store = opened(a_home(tmp_path))
    worker = threading.Thread(target=lambda: store.workflows.put(a_workflow()))
    worker.start()
    worker.join()
    assert store.workflows.all() == [a_workflow()]
    store.close()


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    """What failed, why, and what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"could not be read or written.*Check that the folder"):
        opened(Home(folder=str(tmp_path / "file" / "home")))


def test_a_locked_database_is_told_in_words(tmp_path):
    """Another program that writes: wait, then say so; afterwards all works again."""
    home = a_home(tmp_path)
    store = opened(home)
    store._journal.rows("PRAGMA busy_timeout=10")
    with closing(sqlite3.connect(home.journal, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program is using the database"):
            store.runs.put(a_run())
    store.runs.put(a_run())
    assert store.runs.get("r-1") == a_run()
    store.close()


def test_vacuum_says_when_another_program_keeps_it_from_emptying_the_log(tmp_path):
    """A reader holds the old pages: nothing is claimed to be gone."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    store._journal.rows("PRAGMA busy_timeout=10")
    with closing(sqlite3.connect(home.journal, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM workflow").fetchone()
        store.workflows.delete("w-1")
        with pytest.raises(StoreError, match="Another program"):
            store.vacuum()
        assert store.owes_vacuum
    store.vacuum()
    assert not store.owes_vacuum
    store.close()


def test_a_file_system_without_shared_memory_is_refused_in_words(tmp_path, monkeypatch):
    """Without a write-ahead log a commit would not be what was promised."""
    from understudy.store.database import Database

    plain = Database.rows
    monkeypatch.setattr(
        Database,
        "rows",
        lambda self, sql, parameters=(): (
            [("delete",)] if "journal_mode" in sql else plain(self, sql, parameters)
        ),
    )
    with pytest.raises(StoreError, match="cannot be kept safely here"):
        opened(a_home(tmp_path))


def test_the_running_store_does_without_sqlite_utils(tmp_path):
    """It costs 3 MiB and nothing here needs it."""
    import subprocess

    code = (
        "import sys; from understudy.config import Home; from understudy.store.sqlite import open_store;"
        f"open_store(Home(folder={str(tmp_path)!r}), now=1).close(); print('sqlite_utils' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
