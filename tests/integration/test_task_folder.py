"""The folder whose files become tasks: real files, as programs write them."""

import os
import queue
import stat
import sys
import threading

import pytest

from understudy.adapters.clock import SystemClock
from understudy.adapters.task_folder import LARGEST, TaskFolder, read_plain_file
from understudy.errors import InvalidInputError, StoreError

SOON = 0.1
"""Seconds for which a file must not have changed in these tests."""
PATIENCE = 5


class Inbox:
    """Takes tasks in, once for each id, or refuses them as the test says."""

    def __init__(self):
        self.tasks = queue.Queue()
        self.ids = set()
        self.refuses = None

    def add(self, task):
        if self.refuses:
            raise self.refuses
        if task.id not in self.ids:
            self.ids.add(task.id)
            self.tasks.put(task)

    def next(self):
        return self.tasks.get(timeout=PATIENCE)


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def watched(tmp_path, inbox):
    """A folder that is watched."""
    place = tmp_path / "tasks"
    folder = TaskFolder(SystemClock(), inbox.add, settled=SOON)
    folder.use(str(place))
    yield place
    folder.stop()


def wait_for(path):
    """Wait until a file is there; returns what it holds."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if os.path.lexists(path):
            pause.wait(0.02)
            return path.read_text("utf-8") if path.is_file() else ""
        pause.wait(0.02)
    raise AssertionError(f"{path.name} did not come")


def test_a_file_becomes_a_task_and_is_moved_away(watched, inbox):
    """A text, a document as JSON and one as YAML; each once."""
    (watched / "call.txt").write_text("Call the bank\n")
    assert inbox.next().title == "Call the bank"
    assert wait_for(watched / "taken" / "call.txt") == "Call the bank\n"
    (watched / "tidy.json").write_text('{"title": "Tidy", "workflow": "w-1", "priority": 3}')
    tidy = inbox.next()
    assert (tidy.workflow_id, tidy.priority, tidy.source) == ("w-1", 3, "folder:tidy.json")
    (watched / "sum.yaml").write_text("title: Sum up\nprompt: |\n  no: 16:30\npriority: 2\n")
    task = inbox.next()
    assert (task.title, task.prompt, task.priority) == ("Sum up", "no: 16:30\n", 2)
    wait_for(watched / "taken" / "sum.yaml")
    assert sorted(path.name for path in watched.iterdir()) == ["taken"]


def test_what_lay_there_before_is_taken_too(tmp_path, inbox):
    """Files that came while no agent ran."""
    (tmp_path / "before.md").write_text("# Write to Ann")
    folder = TaskFolder(SystemClock(), inbox.add, settled=SOON)
    folder.use(str(tmp_path))
    assert inbox.next().title == "Write to Ann"
    folder.stop()
    folder.stop()


def test_the_same_file_put_there_twice_is_two_tasks(watched, inbox, tmp_path):
    """A template may be dropped again and again, even with its old date; the names beside do not clash."""
    for name in ("report.txt", "report-2.txt"):
        source = tmp_path / "report.txt"
        source.write_text("Write the report")
        os.utime(source, (1_000_000_000, 1_000_000_000))
        source.rename(watched / "report.txt")
        assert inbox.next().title == "Write the report"
        wait_for(watched / "taken" / name)


def test_a_file_that_is_still_written_is_waited_for(watched, inbox):
    """Nothing half is read: what counts is what stands there once it has come to rest."""
    pause = threading.Event()
    with (watched / "slow.txt").open("w") as file:
        for word in ("Call", " the", " bank", " today"):
            file.write(word)
            file.flush()
            pause.wait(SOON / 3)
    assert inbox.next().title == "Call the bank today"
    assert inbox.tasks.empty()


@pytest.mark.parametrize(
    "name, content, why",
    [
        ("bad.json", b"{", "bad.json cannot be read"),
        ("bad.yaml", b"a: [", "It is not valid"),
        ("deep.json", b"[" * 100_000, "cannot be read"),
        ("wrong.json", b'{"titel": "x"}', "Did you mean title"),
        ("noise.txt", b"\xff\xfe\x00", "not UTF-8"),
        ("large.txt", b"x" * (LARGEST + 1), "too large"),
    ],
)
def test_what_makes_no_task_is_refused_with_the_reason_beside(watched, inbox, name, content, why):
    """The file is kept, and nothing of it comes into the inbox."""
    (watched / name).write_bytes(content)
    assert why in wait_for(watched / "refused" / f"{name}.why.txt")
    assert (watched / "refused" / name).read_bytes() == content
    assert inbox.tasks.empty()


def test_what_the_inbox_refuses_is_refused_here(watched, inbox):
    """An unknown workflow, say."""
    inbox.refuses = InvalidInputError("There is no workflow w-9")
    (watched / "a.json").write_text('{"title": "x", "workflow": "w-9"}')
    assert wait_for(watched / "refused" / "a.json.why.txt") == "There is no workflow w-9.\n"


def test_a_file_waits_while_the_inbox_cannot_be_written(watched, inbox):
    """A full disk loses nothing: it stays where it is, and the next start takes it."""
    inbox.refuses = StoreError("The disk is full")
    (watched / "a.txt").write_text("Call the bank")
    threading.Event().wait(SOON * 5)
    assert [path.name for path in watched.iterdir()] == ["a.txt"]
    inbox.refuses = None
    again = TaskFolder(SystemClock(), inbox.add, settled=SOON)
    again.use(str(watched))
    assert inbox.next().title == "Call the bank"
    again.stop()


def test_the_same_file_seen_by_the_next_agent_is_the_same_task(tmp_path, inbox):
    """It died after the task was stored, before the file was moved: the id says that it is known."""
    ids = []
    (tmp_path / "a.txt").write_text("Call the bank")
    for _ in range(2):
        folder = TaskFolder(SystemClock(), lambda task: (ids.append(task.id), _die()), settled=SOON)
        folder.use(str(tmp_path))
        pause = threading.Event()
        while len(ids) <= _:
            pause.wait(0.02)
        folder.stop()
    assert ids[0] == ids[1]


def _die():
    raise StoreError("The agent ended")


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links and named pipes")
def test_links_and_pipes_are_refused_unread(watched, inbox, tmp_path):
    """What they lead to is not ours to read, and nothing blocks."""
    secret = tmp_path / "secret.txt"
    secret.write_text("The password")
    (watched / "link.txt").symlink_to(secret)
    os.mkfifo(watched / "pipe.txt")
    (watched / "call.txt").write_text("Call the bank")
    assert inbox.next().title == "Call the bank"
    assert "is a link" in wait_for(watched / "refused" / "link.txt.why.txt")
    assert "not a plain file" in wait_for(watched / "refused" / "pipe.txt.why.txt")
    assert stat.S_ISFIFO((watched / "refused" / "pipe.txt").lstat().st_mode)
    assert secret.read_text() == "The password"
    assert inbox.tasks.empty()


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_a_link_is_not_read_even_when_it_came_in_between(tmp_path):
    """The system refuses to follow it when it is opened."""
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InvalidInputError, match="is a link"):
        read_plain_file(tmp_path / "link.txt")


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_nothing_is_moved_through_a_link(watched, inbox, tmp_path):
    """Where `taken` leads elsewhere, the file stays; its task is in the inbox once."""
    (tmp_path / "elsewhere").mkdir()
    (watched / "taken").symlink_to(tmp_path / "elsewhere")
    (watched / "a.txt").write_text("Call the bank")
    inbox.next()
    threading.Event().wait(SOON * 3)
    assert (watched / "a.txt").exists()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_hidden_files_other_endings_and_folders_are_left_alone(watched, inbox):
    """What an editor or a browser is still working on is not touched."""
    for name in (".a.txt", "a.txt.part", "a.pdf", "b.txt~"):
        (watched / name).write_text("Call the bank")
    (watched / "folder.txt").mkdir()
    (watched / "z.txt").write_text("Call the bank")
    wait_for(watched / "taken" / "z.txt")
    names = sorted(path.name for path in watched.iterdir())
    assert names == [".a.txt", "a.pdf", "a.txt.part", "b.txt~", "folder.txt", "taken"]


def test_another_folder_is_watched_when_the_setting_changes(tmp_path, inbox):
    """And none when it is empty; it says which."""
    folder = TaskFolder(SystemClock(), inbox.add, settled=SOON)
    assert folder.availability() == ()
    for name in ("one", "two"):
        folder.use(str(tmp_path / name))
        folder.use(str(tmp_path / name))
    (tmp_path / "one" / "a.txt").write_text("One")
    (tmp_path / "two" / "a.txt").write_text("Two")
    assert (inbox.next().title, folder.availability()[0].state) == ("Two", "ready")
    folder.use("")
    assert inbox.tasks.empty()


def test_a_folder_that_cannot_be_is_said(tmp_path, inbox):
    """Nothing breaks; the way to another one is named."""
    (tmp_path / "file").write_text("x")
    folder = TaskFolder(SystemClock(), inbox.add)
    folder.use(str(tmp_path / "file" / "tasks"))
    (said,) = folder.availability()
    assert (said.state, said.fix) == ("missing", "Choose another: understudy settings set task_folder PATH")
    folder.stop()
