"""Shell histories: what is read from the bytes each shell writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.adapters.history import (
    LONGEST,
    HistoryEntry,
    read_bash,
    read_fish,
    read_powershell,
    read_zsh,
    unmetafy,
)


def entry(text, at=0, lasted=0):
    """An entry, with seconds as in the files."""
    return HistoryEntry(text=text, at=at * 1000, lasted=lasted * 1000)


CASES = [
    (read_bash, b"git status\nls -la\n", [entry("git status"), entry("ls -la")]),
    (read_bash, b"#1700000000\ngit status\nls\n", [entry("git status", 1_700_000_000), entry("ls")]),
    (read_bash, b"# a comment\n\n   \n", [entry("# a comment")]),
    (read_bash, "grün 漢字\n".encode(), [entry("grün 漢字")]),
    (read_bash, b"bad \xff byte\n", [entry("bad \N{REPLACEMENT CHARACTER} byte")]),
    (read_zsh, b"git status\n", [entry("git status")]),
    (read_zsh, b": 1700000000:12;make test\n", [entry("make test", 1_700_000_000, 12)]),
    (read_zsh, b": 169:0;cmd\n", [entry("cmd", 169)]),
    (
        read_zsh,
        b": 169:0;for a in b\\\ndo c\\\ndone\nls\n",
        [entry("for a in b\ndo c\ndone", 169), entry("ls")],
    ),
    (read_zsh, b"echo \\\\\nls\n", [entry("echo \\\\"), entry("ls")]),
    (read_zsh, b"echo gr\xc3\x83\x9cn\n", [entry("echo gr\u00fcn")]),
    (read_fish, b"- cmd: git status\n  when: 1700000000\n", [entry("git status", 1_700_000_000)]),
    (
        read_fish,
        b"- cmd: echo a\\nb \\\\n\n  when: 7\n  paths:\n    - x\n- cmd: ls\n",
        [entry("echo a\nb \\n", 7), entry("ls")],
    ),
    (read_powershell, b"Get-Item x\r\nforeach `\r\n{ }\r\n", [entry("Get-Item x"), entry("foreach \n{ }")]),
    (read_powershell, b"unfinished `\n", [entry("unfinished")]),
]


@pytest.mark.parametrize("read,raw,expected", CASES)
def test_a_history_is_read_as_its_shell_writes_it(read, raw, expected):
    """Times, durations, continued lines and each shell's own escapes are understood."""
    assert list(read(raw)) == expected


def test_the_bytes_zsh_keeps_for_itself_come_back():
    """0x83 stands before a byte whose bit 5 was flipped."""
    assert unmetafy(b"a\x83\xa3b\x83") == b"a\x83b"


def test_a_very_long_command_is_cut():
    """A pasted file is no command."""
    assert [len(found.text) for found in read_bash(b"x" * 100_000 + b"\n")] == [LONGEST]


@given(st.sampled_from([read_bash, read_zsh, read_fish, read_powershell]), st.binary(max_size=200))
def test_any_bytes_can_be_read(read, raw):
    """A damaged history raises nothing, and what comes out has text and can be stored."""
    for found in read(raw):
        assert found.text.encode()
        assert 0 <= found.at < 10**15
