"""The files watcher: what real programs and GLib's own writer put on the list of recent files."""

import queue
import time

import pytest

from understudy.adapters.applications import Applications
from understudy.adapters.clock import SystemClock
from understudy.adapters.recent_files import LONGEST, read_recent
from understudy.adapters.watchers.files import FilesWatcher
from understudy.core.capture import CaptureKind

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xbel version="1.0"'
    ' xmlns:bookmark="http://www.freedesktop.org/standards/desktop-bookmarks">\n'
)


def entry(path, modified, program="mousepad"):
    """One entry of the list."""
    return (
        f'<bookmark href="file://{path}" added="{modified}" modified="{modified}" visited="{modified}"><info>'
        '<metadata owner="http://freedesktop.org"><bookmark:applications><bookmark:application'
        f' name="{program}" exec="&apos;{program} %u&apos;" modified="{modified}" count="1"/>'
        "</bookmark:applications></metadata></info></bookmark>\n"
    )


def write(home, *entries):
    """Replace the list as GLib does: beside it, then over it."""
    folder = home / ".local" / "share"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".draft"
    draft.write_text(HEAD + "".join(entries) + "</xbel>")
    draft.replace(folder / "recently-used.xbel")


def watcher_of(home, environment=None):
    """A files watcher for this home."""
    environment = environment or {}
    return FilesWatcher(SystemClock(), environment, home, Applications(environment, home))


@pytest.fixture
def seen(tmp_path):
    """What a running watcher reports of a home with one old entry."""
    write(tmp_path, entry("/old", "2026-03-01T09:00:00Z"))
    captures, watcher = queue.Queue(), watcher_of(tmp_path)
    watcher.start(captures.put)
    yield captures
    watcher.stop()


def test_only_new_and_changed_entries_are_reported(tmp_path, seen):
    """In the order of their times; what was there stays unsaid."""
    write(
        tmp_path,
        entry("/old", "2026-03-01T09:00:00Z"),
        entry("/later", "2026-03-01T09:02:00Z"),
        entry("/new", "2026-03-01T09:01:00Z", "Unknown"),
    )
    found = [seen.get(timeout=5), seen.get(timeout=5)]
    assert (found[0].text, found[0].app) == ("/new", "unknown")
    assert [capture.text for capture in found] == ["/new", "/later"]
    assert (found[0].kind, found[0].at) == (CaptureKind.FILE, 1_772_355_660_000)
    write(tmp_path, entry("/old", "2026-03-01T09:05:00Z"))
    assert seen.get(timeout=5).text == "/old"
    time.sleep(0.3)
    assert seen.empty()


def test_a_damaged_list_is_passed_over(tmp_path, seen, caplog):
    """The next good one is read as if nothing had been."""
    (tmp_path / ".local/share/recently-used.xbel").write_text("<xbel")
    time.sleep(0.3)
    write(tmp_path, entry("/old", "2026-03-01T09:00:00Z"), entry("/new", "2026-03-01T09:01:00Z"))
    assert seen.get(timeout=5).text == "/new"
    assert "cannot be read" in caplog.text


def test_a_list_that_appears_later_is_reported(tmp_path):
    """A new home has none."""
    captures, watcher = queue.Queue(), watcher_of(tmp_path)
    assert watcher.availability().state == "degraded"
    watcher.start(captures.put)
    write(tmp_path, entry("/first", "2026-03-01T09:00:00Z"))
    assert captures.get(timeout=5).text == "/first"
    assert watcher.availability().state == "ready"
    watcher.stop()


def test_a_list_of_absurd_length_is_not_read(tmp_path, caplog):
    """It would fill the memory."""
    path = tmp_path / "recently-used.xbel"
    with path.open("wb") as file:
        file.truncate(LONGEST + 1)
    assert read_recent(path) is None
    assert "too long" in caplog.text


@pytest.mark.desktop("mousepad")
def test_a_file_saved_in_mousepad_is_reported(desktop):
    """A real program, a real save; the identity is the one its windows have."""
    file = desktop.home / "note.txt"
    file.write_text("one")
    captures, watcher = queue.Queue(), watcher_of(desktop.home, desktop.env)
    watcher.start(captures.put)
    desktop.focus(desktop.open_editor(file))
    desktop.windows.type_text("two")
    desktop.windows.press("ctrl+s")
    capture = captures.get(timeout=10)
    watcher.stop()
    assert (capture.text, capture.app) == (str(file), "org.xfce.mousepad")
