"""The commands watcher with real shells, and with files as they are cut, rewritten and replaced."""

import os
import pty
import queue
import select
import subprocess
import sys
import time

import pytest

from understudy.adapters.clock import SystemClock
from understudy.adapters.growing_file import GrowingFile
from understudy.adapters.watchers.commands import CommandsWatcher, history_files
from understudy.core.capture import CaptureKind

ON_TERMINAL = "import os, sys; os.login_tty(int(sys.argv[1])); os.execvp(sys.argv[2], sys.argv[2:])"


@pytest.fixture
def home(tmp_path):
    """A home in which each shell has a history with one old command."""
    for place, text in (
        (".bash_history", "old bash\n"),
        (".zsh_history", "old zsh\n"),
        (".local/share/fish/fish_history", "- cmd: old fish\n  when: 1600000000\n"),
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    # (without this folder fish would start a program that reads every manual page)
    (tmp_path / ".local/share/fish/generated_completions").mkdir()
    return tmp_path


@pytest.fixture
def seen(home):
    """What a running watcher reports."""
    captures, watcher = queue.Queue(), CommandsWatcher(SystemClock(), {}, home)
    watcher.start(captures.put)
    yield captures
    watcher.stop()


def commands(captures, count):
    """The next captures as (shell, command); an error when there are more."""
    found = [captures.get(timeout=5) for _ in range(count)]
    time.sleep(0.3)
    assert captures.empty()
    return [(capture.app, capture.text) for capture in found]


def type_into(shell, home, lines, **environment):
    """Run a shell on a terminal as a person does, and type lines into it."""
    master, slave = pty.openpty()
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8", **environment}
    # (a shell that edits its lines wants the terminal for its own)
    argv = [sys.executable, "-c", ON_TERMINAL, str(slave), *shell]
    process = subprocess.Popen(argv, cwd=home, env=env, pass_fds=[slave])
    os.close(slave)
    for line in (*lines, "exit"):
        read_until_quiet(master)
        os.write(master, f"{line}\r".encode())
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        read_until_quiet(master, 0.05)
    if process.poll() is None:
        process.kill()
    process.wait()
    os.close(master)


def read_until_quiet(master, seconds=0.4):
    """Read what the shell writes until it waits for input."""
    while select.select([master], [], [], seconds)[0]:
        try:
            if not os.read(master, 65536):
                return
        except OSError:  # the shell has ended
            return


@pytest.mark.desktop("bash")
def test_commands_of_bash_are_reported(home, seen):
    """With `history -a` each at once; the old ones never."""
    (home / ".bashrc").write_text("PROMPT_COMMAND='history -a'\n")
    type_into(["bash"], home, ["echo one", "echo 'grün 漢字'"])
    assert commands(seen, 3) == [("bash", "echo one"), ("bash", "echo 'grün 漢字'"), ("bash", "exit")]


@pytest.mark.desktop("bash")
def test_a_bash_that_rewrites_its_whole_history_reports_only_what_is_new(home, seen):
    """When the file has grown too long it is cut in front and written anew."""
    (home / ".bash_history").write_text("".join(f"old command {number}\n" for number in range(50)))
    time.sleep(0.3)
    (home / ".bashrc").write_text("HISTSIZE=20 HISTFILESIZE=20\n")
    type_into(["bash"], home, ["echo one", "echo two"])
    assert [text for _, text in commands(seen, 3)] == ["echo one", "echo two", "exit"]
    assert "old command 10" not in (home / ".bash_history").read_text()


@pytest.mark.desktop("zsh")
def test_commands_of_zsh_are_reported_with_time_and_duration(home, seen):
    """Its extended format knows both; its own escapes for bytes are undone."""
    options = "setopt INC_APPEND_HISTORY_TIME EXTENDED_HISTORY"
    settings = f"HISTFILE=~/.zsh_history SAVEHIST=1000 HISTSIZE=1000\n{options}\n"
    (home / ".zshrc").write_text(settings)
    type_into(["zsh", "+Z"], home, ["sleep 1.2", "echo 'grün 漢字 🎉'"])
    found = [seen.get(timeout=5) for _ in range(2)]
    assert [capture.text for capture in found] == ["sleep 1.2", "echo 'grün 漢字 🎉'"]
    assert (found[0].app, found[0].lasted in (1000, 2000)) == ("zsh", True)
    assert abs(found[0].at - SystemClock().now()) < 15_000


@pytest.mark.desktop("fish")
def test_commands_of_fish_are_reported(home, seen):
    """Fish writes a file of its own kind, and replaces it now and then."""
    type_into(["fish", "--private"], home, ["echo private"])
    type_into(["fish"], home, ["echo 'one \\\\ two'", "echo three"], XDG_DATA_HOME=str(home / ".local/share"))
    found = commands(seen, 3)
    assert found == [("fish", "echo 'one \\\\ two'"), ("fish", "echo three"), ("fish", "exit")]


def test_a_history_that_appears_later_is_reported_from_its_beginning(tmp_path):
    """A shell used for the first time, in folders that did not exist."""
    captures, watcher = queue.Queue(), CommandsWatcher(SystemClock(), {}, tmp_path)
    watcher.start(captures.put)
    folder = tmp_path / ".local" / "share" / "fish"
    for part in (folder.parent.parent, folder.parent, folder):
        part.mkdir()
        time.sleep(0.05)
    (folder / "fish_history").write_text("- cmd: first\n  when: 1700000000\n")
    capture = captures.get(timeout=5)
    assert (capture.text, capture.at, capture.kind) == ("first", 1_700_000_000_000, CaptureKind.COMMAND)
    watcher.stop()


def test_a_history_behind_a_link_is_watched_where_it_is(home, tmp_path_factory):
    """People keep their settings elsewhere and link to them."""
    real = tmp_path_factory.mktemp("dotfiles") / "history"
    real.write_text("old\n")
    (home / ".bash_history").unlink()
    (home / ".bash_history").symlink_to(real)
    captures, watcher = queue.Queue(), CommandsWatcher(SystemClock(), {}, home)
    watcher.start(captures.put)
    with real.open("a") as file:
        file.write("new\n")
    assert captures.get(timeout=5).text == "new"
    watcher.stop()


def test_a_time_in_the_future_is_not_believed(home, seen):
    """A clock was wrong; the command was run now."""
    with (home / ".zsh_history").open("a") as file:
        file.write(": 99999999999:0;from tomorrow\n")
    assert seen.get(timeout=5).at <= SystemClock().now()


def test_availability_names_the_shells_and_how_to_see_more(home, tmp_path_factory):
    """Ready with histories; missing, with what to do, without."""
    ready = CommandsWatcher(SystemClock(), {}, home).availability()
    assert (ready.state, "bash, fish, zsh" in ready.text) == ("ready", True)
    assert "history -a" in ready.fix
    empty = tmp_path_factory.mktemp("empty")
    missing = CommandsWatcher(SystemClock(), {}, empty).availability()
    assert (missing.state, bool(missing.fix)) == ("missing", True)


def test_the_places_of_histories_follow_the_environment(tmp_path):
    """ZDOTDIR and XDG_DATA_HOME move them."""
    environment = {"ZDOTDIR": "/z", "XDG_DATA_HOME": "/d"}
    places = {str(path) for path in history_files(environment, tmp_path)}
    assert {"/z/.zsh_history", "/d/fish/fish_history", f"{tmp_path}/.bash_history"} <= places


# ---------------------------------------------------------------- the file underneath


@pytest.fixture
def growing(tmp_path):
    """A file with two old lines, and its reader."""
    path = tmp_path / "history"
    path.write_bytes(b"old 1\nold 2\n")
    return path, GrowingFile(path)


def append(path, raw):
    """Add bytes, as most shells do."""
    with path.open("ab") as file:
        file.write(raw)


def test_only_complete_new_lines_are_read(growing):
    """Half a line waits for its other half."""
    path, reader = growing
    append(path, b"new 1\nhal")
    assert reader.read_new() == b"new 1\n"
    assert reader.read_new() == b""
    append(path, b"f\n")
    assert reader.read_new() == b"half\n"


def test_a_file_that_was_cut_in_front_goes_on_where_it_was(growing):
    """A shell drops its oldest lines and adds one."""
    path, reader = growing
    append(path, b"new 1\n" * 3)
    reader.read_new()
    path.write_bytes(b"old 2\n" + b"new 1\n" * 3 + b"new 2\n")
    assert reader.read_new() == b"new 2\n"


def test_a_file_with_nothing_left_of_the_old_counts_as_old(growing):
    """Another history altogether; from here on its new lines are reported."""
    path, reader = growing
    path.write_bytes(b"another 1\nanother 2\n")
    assert reader.read_new() == b""
    append(path, b"new\n")
    assert reader.read_new() == b"new\n"


def test_a_long_file_cut_in_front_loses_nothing(tmp_path):
    """Of a real history the remembered end survives the cut."""
    path = tmp_path / "history"
    lines = [b"command %d\n" % number for number in range(2000)]
    path.write_bytes(b"".join(lines))
    reader = GrowingFile(path)
    path.write_bytes(b"".join(lines[500:]) + b"new\n")
    assert reader.read_new() == b"new\n"


def test_a_replaced_file_is_read_on_behind_the_same_place(growing):
    """Another file with the same beginning takes its name."""
    path, reader = growing
    draft = path.with_name("draft")
    draft.write_bytes(b"old 1\nold 2\nnew\n")
    draft.replace(path)
    assert reader.read_new() == b"new\n"


def test_a_file_seen_empty_in_the_middle_of_a_rewrite_reports_nothing_old(growing):
    """First it is cut to nothing, then everything is written again."""
    path, reader = growing
    path.write_bytes(b"")
    assert reader.read_new() == b""
    path.write_bytes(b"old 1\nold 2\nnew\n")
    assert reader.read_new() == b"new\n"


def test_a_cleared_history_is_read_on_from_its_new_beginning(growing):
    """After the person has cleared it the first line counts as old, the following as new."""
    path, reader = growing
    path.write_bytes(b"")
    reader.read_new()
    append(path, b"first\n")
    assert reader.read_new() == b""
    append(path, b"second\n")
    assert reader.read_new() == b"second\n"


def test_a_missing_file_is_read_from_its_first_line_once_it_is_there(tmp_path):
    """Nothing in it is old."""
    reader = GrowingFile(tmp_path / "later")
    assert reader.read_new() == b""
    (tmp_path / "later").write_bytes(b"first\n")
    assert reader.read_new() == b"first\n"


def test_a_file_that_cannot_be_read_is_said_in_the_log(tmp_path, caplog):
    """A folder in its place, for one."""
    (tmp_path / "folder").mkdir()
    assert GrowingFile(tmp_path / "folder").read_new() == b""
    assert "cannot be read" in caplog.text
