"""Histories of shells: with times and without, whole and damaged."""

from pathlib import Path

import pytest

from tests.samples.imports import T0, command, written
from understudy.adapters.importers.shell_history import ShellHistory
from understudy.core.capture import Capture
from understudy.core.ports import ImportOptions
from understudy.errors import InvalidInputError

OPTIONS = ImportOptions()


def history(tmp_path, content, name):
    return list(ShellHistory().read(written(tmp_path, content, name), OPTIONS))


@pytest.mark.parametrize(
    "name, shell", [(".bash_history", "bash"), (".zsh_history", "zsh"), (".histfile", "zsh")]
)
def test_a_history_without_times_keeps_its_order_and_says_so(tmp_path, name, shell):
    """One minute apart, the last one when the file was last changed."""
    note, *commands = history(tmp_path, "git status\n\nmake\nls\n", name)
    assert note.why == "3 commands have no time; they are placed one minute apart"
    assert commands == [
        command(T0 - 120_000, shell, "git status"),
        command(T0 - 60_000, shell, "make"),
        command(T0, shell, "ls"),
    ]


def test_commands_before_the_first_time_come_before_it(tmp_path):
    """Where times were switched on later."""
    note, *commands = history(tmp_path, f"a\nb\n#{T0 // 1000}\nc\n", ".bash_history")
    assert [(entry.at - T0, entry.text) for entry in commands] == [(-120_000, "a"), (-60_000, "b"), (0, "c")]
    assert note.where == ".bash_history"


@pytest.mark.parametrize(
    "name, content, bad",
    [
        (".bash_history", "x" * 2_000_000 + "\nls\n", "the line is longer than 1 MiB"),
        (
            ".zsh_history",
            ": 1717570941:0;" + "x" * 2_000_000 + "\n: 1717570941:0;ls\n",
            "the line is longer than 1 MiB",
        ),
        (
            "fish_history",
            "- cmd: " + "x" * 2_000_000 + "\n- cmd: ls\n  when: 1717570941\n",
            "the line is longer than 1 MiB",
        ),
        (".zsh_history", ": 999999999999:0;x\n: 1717570941:0;ls\n", "the time is out of range"),
        ("fish_history", "stray\n- cmd: ls\n  when: 1717570941\n", "it belongs to no command"),
    ],
)
def test_a_damaged_entry_is_named_and_the_rest_is_read(tmp_path, name, content, bad):
    """Whatever the shell."""
    records = history(tmp_path, content, name)
    assert (records[0].why, records[-1].text) == (bad, "ls")


def test_a_command_that_never_ends_is_cut_into_pieces(tmp_path):
    """A thousand lines at most."""
    zsh = history(tmp_path, ": 1717570941:0;a\\\n" + "b\\\n" * 1500, ".zsh_history")
    bash = history(tmp_path, "#1717570941\n" + "b\n" * 1500, ".bash_history")
    assert max(record.text.count("\n") for record in (*zsh, *bash) if isinstance(record, Capture)) <= 1000


def test_a_zsh_history_that_ends_in_a_backslash_is_read(tmp_path):
    """The last command is kept."""
    assert [record.text for record in history(tmp_path, ": 1717570941:0;a\\", ".zsh_history")] == ["a"]


def test_a_binary_file_is_no_history(tmp_path):
    """Refused at once."""
    with pytest.raises(InvalidInputError, match="binary"):
        history(tmp_path, b"\x00\x01", ".bash_history")


@pytest.mark.parametrize(
    "name, head",
    [("history", b"ls\n"), ("x.txt", b": 1717570941:0;ls"), ("x", b"- cmd: ls"), ("x", b"#1717570941\nls")],
)
def test_a_history_is_known_by_name_or_content(name, head):
    """Zsh with times and fish anywhere, bash without times by its name."""
    assert ShellHistory().recognises(Path(name), head)


@pytest.mark.parametrize(
    "name, head", [("x.txt", b"ls\n"), (".bash_history", b"\x00"), ("history", b'{"a": 1}')]
)
def test_other_files_are_no_history(name, head):
    """Not every text is."""
    assert not ShellHistory().recognises(Path(name), head)
