"""Deleted is gone: the bytes, in every file of the folder."""

import sqlite3
from contextlib import closing

import pytest

from tests.fakes.engine_rig import EngineRig
from tests.fakes.store import (
    NOON,
    a_bucket,
    a_grant,
    a_letter,
    a_pair,
    a_run,
    a_state,
    a_suggestion,
    a_task,
    a_verdict,
    a_workflow,
)
from tests.integration.store_files import a_home, files_with, opened
from understudy.core.ports import CaptureQuery
from understudy.core.store_queries import TaskQuery
from understudy.core.trust import Tier
from understudy.core.value import DAY
from understudy.core.workflow import Step
from understudy.errors import StoreError

CANARY = "canary7f3a9c"


def fill_with_canary(store):
    """Put the canary wherever text can go, among much else that stays."""
    filler = (
        (one, symbol) for number in range(2000) for one, symbol in [a_pair(number, title=f"t {number}")]
    )
    store.captures.add_many(filler)
    for number in range(300):
        capture, symbol = a_pair(
            NOON + number,
            app=f"{CANARY}app",
            title=f"{CANARY} title {number}",
            url=f"https://{CANARY}.example/{number}",
            text=f"{CANARY} text {number} " + "x" * 5000 * (number % 7 == 0),
            source=f"import:{CANARY}",
            run_id=CANARY * (number % 2),
        )
        store.captures.add(capture, symbol)
    store.patterns.put(a_state(f"p-{CANARY}"))
    for number in range(50):
        store.workflows.put(a_workflow(CANARY, note=f"{CANARY}{number}"))
        store.versions.put(a_workflow(CANARY, version=number, note=f"{CANARY}{number}"))
        store.runs.put(a_run(f"r-{number}", CANARY, text=CANARY * number, event={"title": CANARY}))
        store.tasks.put(a_task(f"t-{number}", title=CANARY * number))
        store.dead_letters.put(a_letter(f"d-{number}", CANARY, error=CANARY * number))
    store.levels.put(CANARY, 0, CANARY)
    store.buckets.put(a_bucket(CANARY))
    store.suggestions.put(a_suggestion(workflow_id=CANARY, event={"title": CANARY}))
    store.grants.put(a_grant(workflow_id=CANARY))
    store.verdicts.add(a_verdict(CANARY))


def delete_canary(store):
    assert store.captures.delete(CaptureQuery(app=f"{CANARY}app")) == 300
    store.patterns.replace_all([])
    store.workflows.delete(CANARY)
    store.versions.delete_of(CANARY)
    store.levels.delete_of(CANARY)
    store.buckets.delete(CANARY)
    store.dead_letters.delete_of(CANARY)
    for task in store.tasks.find(TaskQuery()):
        store.tasks.delete(task.id)
    store.runs.delete_of(CANARY)
    store.suggestions.delete_of(CANARY)
    store.grants.delete_of(CANARY)
    store.verdicts.delete_of(CANARY)


def test_no_deleted_byte_remains_in_any_file(tmp_path):
    """Databases, write-ahead logs, backups and damaged files that were kept."""
    home = a_home(tmp_path)
    store = opened(home)
    fill_with_canary(store)
    store.backup(NOON)
    store.backup(NOON + DAY)
    (home.path / "journal.db.corrupt.1").write_text(CANARY)
    (home.path / "captures.db.corrupt.2").write_text(CANARY)
    (home.path / "captures.db.corrupt.2-wal").write_text(CANARY)
    store.close()
    assert len(files_with(home.path, CANARY)) == 7

    store = opened(home)
    delete_canary(store)
    store.vacuum()
    store.close()
    assert files_with(home.path, CANARY) == []
    names = sorted(path.name for path in home.path.rglob("*") if path.is_file())
    assert names == ["captures.db", "journal.2025-11-21.db", "journal.db"]


def test_no_deleted_byte_remains_while_the_store_is_open(tmp_path):
    """The write-ahead logs are emptied, not only shrunk at the end."""
    home = a_home(tmp_path)
    store = opened(home)
    fill_with_canary(store)
    store.backup(NOON)
    delete_canary(store)
    store.vacuum()
    folder_copy = tmp_path / "copy"
    # copied by another process: opening our own open files here would drop SQLite's locks on them
    import subprocess

    subprocess.run(["cp", "-r", str(home.path), str(folder_copy)], check=True)
    assert files_with(folder_copy, CANARY) == []
    assert store.captures.count() == 2000
    store.close()


def test_the_canary_is_found_while_it_is_not_deleted(tmp_path):
    """The search can fail: before the purge it finds the canary in every file."""
    home = a_home(tmp_path)
    store = opened(home)
    fill_with_canary(store)
    store.backup(NOON)
    store.close()
    assert files_with(home.path, CANARY) == ["backups/journal.2025-11-20.db", "captures.db", "journal.db"]


def test_no_byte_of_what_fired_a_run_remains_once_its_capture_is_deleted(tmp_path):
    """Through its event, the filled-in parameters of its step, its output, its undo, its question and the backup."""
    home = a_home(tmp_path)
    store = opened(home)
    rig = EngineRig(store=store).begin()
    tell = Step(action="open", parameters={"what": "{{ trigger.title }}"})
    rig.written(Tier.AUTO, tell)
    rig.written(Tier.SUGGEST, tell, id="w-2")
    rig.see("mail", title=CANARY)
    store.backup(NOON)
    store._journal.checkpoint()
    assert (len(rig.runs), len(rig.waiting)) == (1, 1)
    assert files_with(home.path, CANARY) == ["backups/journal.2025-11-20.db", "captures.db-wal", "journal.db"]
    rig.ask(lambda service: service.purge(CaptureQuery(app="mail")))
    assert (len(rig.runs), rig.waiting) == (1, [])
    store.close()
    assert files_with(home.path, CANARY) == []


def test_texts_go_with_their_last_capture(tmp_path):
    """A look-up row that nothing uses any more is deleted; one that is still used stays."""
    home = a_home(tmp_path)
    store = opened(home)
    store.captures.add(*a_pair(1, app="both", title="one", url="u", text="x", source="a"))
    store.captures.add(*a_pair(2, app="both", title="two", source="b"))
    store.captures.delete(CaptureQuery(until=2))
    store.close()
    with closing(sqlite3.connect(home.captures)) as connection:
        left = {
            table: [value for (value,) in connection.execute(f"SELECT value FROM {table}")]
            for table in ("app", "title", "url", "text", "source")
        }
    assert left == {"app": ["both"], "title": ["two"], "url": [], "text": [], "source": ["b"]}


def test_what_is_owed_survives_a_restart(tmp_path):
    """An agent that dies between deleting and cleaning finds it still to do."""
    home = a_home(tmp_path)
    store = opened(home)
    store.captures.add(*a_pair())
    store.captures.delete(CaptureQuery())
    store.close()
    store = opened(home)
    assert store.owes_vacuum is True
    store.vacuum()
    assert store.owes_vacuum is False
    store.close()


def test_a_vacuum_without_backups_makes_none(tmp_path):
    """Cleaning is not a reason for new copies; a backup that was broken off is removed."""
    home = a_home(tmp_path)
    store = opened(home)
    home.backups.mkdir()
    (home.backups / "journal.x.partial").write_text(CANARY)
    store.vacuum()
    store.close()
    assert list(home.backups.iterdir()) == []


def test_a_vacuum_that_fails_still_owes(tmp_path):
    """Nothing is claimed to be gone that is not."""
    home = a_home(tmp_path)
    store = opened(home)
    store.workflows.put(a_workflow())
    store.workflows.delete("w-1")
    home.backups.write_text("in the way")
    (home.path / "journal.db.corrupt.1").mkdir()
    with pytest.raises(StoreError, match="could not be read or written"):
        store.vacuum()
    assert store.owes_vacuum is True
    store.close()
