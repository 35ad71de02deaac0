"""What the system tells of folders: the same from inotify and from watchdog, and who is watched."""

import queue
import time

import pytest

from understudy.adapters.folder_events import FolderEvents
from understudy.adapters.inotify import Inotify
from understudy.adapters.watchdog_folders import WatchdogFolders


@pytest.fixture(params=[Inotify, WatchdogFolders])
def source(request):
    """Each of the two, with what it tells."""
    if request.param is WatchdogFolders:
        pytest.importorskip("watchdog")
    told = queue.Queue()
    folders = request.param(lambda path, is_folder: told.put((path, is_folder)))
    folders.start()
    yield folders, told
    folders.stop()


def take_until(told, wanted):
    """Everything told up to what is wanted."""
    found = [told.get(timeout=5)]
    while found[-1] != wanted:
        found.append(told.get(timeout=5))
    return found


def test_a_file_that_was_written_is_told(source, tmp_path):
    """With its full path, as a file."""
    folders, told = source
    folders.watch(tmp_path)
    (tmp_path / "history").write_text("ls\n")
    take_until(told, (tmp_path / "history", False))


def test_a_file_moved_into_place_and_a_new_folder_are_told(source, tmp_path):
    """As programs replace files, and as a folder that was awaited appears."""
    folders, told = source
    folders.watch(tmp_path)
    draft = tmp_path / "draft"
    draft.write_text("ls\n")
    draft.rename(tmp_path / "history")
    (tmp_path / "new").mkdir()
    found = take_until(told, (tmp_path / "new", True))
    assert (tmp_path / "history", False) in found


def test_a_folder_that_is_not_there_cannot_be_watched(source, tmp_path):
    """The caller hears it."""
    with pytest.raises(OSError, match="No such file"):
        source[0].watch(tmp_path / "nowhere")


def test_nothing_is_told_after_the_end(source, tmp_path):
    """Stopping twice is fine, too."""
    folders, told = source
    folders.watch(tmp_path)
    folders.stop()
    folders.stop()
    (tmp_path / "history").write_text("ls\n")
    time.sleep(0.2)
    assert told.empty()


def test_a_file_that_is_held_open_wakes_nobody_with_each_line(tmp_path):
    """Session logs lie in the home folder and grow all day."""
    told = queue.Queue()
    folders = Inotify(lambda path, is_folder: told.put((path, is_folder)))
    folders.start()
    with (tmp_path / "session.log").open("w") as log:
        folders.watch(tmp_path)
        for _ in range(20):
            log.write("noise\n")
            log.flush()
        time.sleep(0.2)
        assert told.empty()
    assert told.get(timeout=5) == (tmp_path / "session.log", False)
    folders.stop()


def test_a_folder_that_went_and_came_back_is_watched_again(tmp_path):
    """Somebody clears it; the list of files made anew there is seen."""
    place, changed = tmp_path / "share" / "list", queue.Queue()
    place.parent.mkdir()
    events = FolderEvents([place], changed.put)
    events.start()
    try:
        place.parent.rmdir()
        time.sleep(0.2)
        place.parent.mkdir()
        time.sleep(0.2)
        place.write_text("new")
        assert changed.get(timeout=5) == place
    finally:
        events.stop()


def test_where_the_system_gives_no_more_watches_it_is_logged(tmp_path, monkeypatch, caplog):
    """The agent goes on without this watcher's files."""

    def refuse(_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Inotify, "_checked", staticmethod(refuse))
    events = FolderEvents([tmp_path / "list"], lambda _: None)
    events.start()
    events.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "no file is watched: [Errno 24] Too many open files"
    ]
