"""Backups of the journal: one a day, seven kept, each read back before it counts."""

import pytest

from tests.fakes.store import NOON, a_workflow
from tests.integration.store_files import a_home, opened
from understudy.core.value import DAY, HOUR
from understudy.errors import StoreError
from understudy.store.backups import Backups, verify
from understudy.store.faults import DamagedError


def names(home):
    return sorted(path.name for path in home.backups.iterdir())


def test_seven_days_are_kept(tmp_path):
    """The oldest goes when the eighth comes."""
    home = a_home(tmp_path)
    store = opened(home)
    for day in range(9):
        store.backup(NOON + day * DAY)
    assert names(home) == [f"journal.2025-11-{day}.db" for day in range(22, 29)]
    store.close()


def test_a_second_backup_of_a_day_replaces_the_first(tmp_path):
    """So that seven restarts do not push out a week."""
    home = a_home(tmp_path)
    store = opened(home)
    store.backup(NOON)
    store.workflows.put(a_workflow())
    path = store.backup(NOON + HOUR)
    verify(path)
    assert names(home) == ["journal.2025-11-20.db"]
    assert b"After Mail" in path.read_bytes()
    store.close()


def test_a_backup_that_is_not_sound_does_not_count(tmp_path, monkeypatch):
    """It is removed, and the one before it stays."""
    home = a_home(tmp_path)
    store = opened(home)
    path = store.backup(NOON)
    before = path.read_bytes()

    def damaged(copy):
        copy.write_bytes(b"\xa5" * 8192)
        verify(copy)

    monkeypatch.setattr("understudy.store.backups.verify", damaged)
    with pytest.raises(DamagedError):
        store.backup(NOON)
    assert (names(home), path.read_bytes()) == (["journal.2025-11-20.db"], before)
    store.close()


@pytest.mark.parametrize("content", [b"", b"x", b"\xa5" * 8192])
def test_what_is_no_database_is_not_a_backup(tmp_path, content):
    """An empty file among it."""
    (tmp_path / "journal.x.db").write_bytes(content)
    with pytest.raises(DamagedError):
        verify(tmp_path / "journal.x.db")
    assert Backups(tmp_path, "journal").newest_sound() is None


def test_a_backup_that_is_missing_is_told_in_words(tmp_path):
    """Not an error of SQLite."""
    with pytest.raises(StoreError, match="could not be read or written"):
        verify(tmp_path / "journal.x.db")
