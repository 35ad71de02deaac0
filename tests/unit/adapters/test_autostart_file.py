"""The text of the autostart file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.adapters.autostart import desktop_file, quoted
from understudy.adapters.desktop_entry import read_command, read_entry

WORDS = [
    ("understudy", "understudy"),
    ("/opt/My App/run", '"/opt/My App/run"'),
    ("100%", "100%%"),
    ("$HOME", r'"\\$HOME"'),
    ("", '""'),
]


@pytest.mark.parametrize("word,expected", WORDS)
def test_a_word_is_quoted_only_if_need_be(word, expected):
    """As the Desktop Entry Specification asks."""
    assert quoted(word) == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1), min_size=1))
def test_every_command_comes_back_as_it_went_in(command):
    """What a desktop reads from the file is what was to be started, whatever characters are in it."""
    entry = read_entry("understudy", desktop_file(command))
    assert list(entry.command) == command


def test_a_hidden_file_starts_nothing():
    """Hidden means as good as deleted."""
    assert read_entry("understudy", desktop_file(["understudy"], hidden=True)) is None


def test_a_command_reads_back_from_one_string():
    """Quoting and reading fit together for a line of words."""
    assert read_command('"a b" c') == ("a b", "c")
