"""Text from elsewhere is shown without the power to mislead."""

import pytest

from understudy.interfaces.plain import clean, columns, cut, literal, wrapped

HOSTILE = {
    "escape": ("notes \x1b[31mred", "notes [31mred"),
    "bidi": ("pay \u202eevil\u202c now", "pay evil now"),
    "lines": ("one\r\n\ttwo\u2028three", "one two three"),
    "zero width": ("pass\u200bword", "password"),
    "surrogate": ("half \ud800 pair", "half pair"),
    "NUL": ("a\x00b", "ab"),
}


@pytest.mark.parametrize("given, expected", HOSTILE.values(), ids=HOSTILE)
def test_hidden_characters_are_taken_out(given, expected):
    """What cannot be seen cannot change how the rest is read."""
    assert clean(given) == expected


def test_a_megabyte_is_cut_before_it_is_looked_at():
    """A huge title costs no more than a long one."""
    assert len(clean("x" * 1_000_000)) == 4096


def test_what_is_cut_says_so():
    """An ellipsis stands for what is missing, inside the limit."""
    assert (cut("abcdef", 4), cut("abcd", 4), cut("abcdef", 0)) == ("abc…", "abcd", "abcdef")


def test_a_literal_shows_hidden_characters_as_their_codes():
    """A yes to what is shown is a yes to what is meant."""
    given = "rm\u202e x\n\U000e0041 é"
    assert literal(given) == "rm\\u202e x\\n\\U000e0041 é"


def test_a_plain_literal_stays_as_it_is():
    """Ordinary text is not touched."""
    assert literal("Open https://a.example/?q=1") == "Open https://a.example/?q=1"


@pytest.mark.parametrize("text", ["one two three four five", "x" * 25, "a " + "y" * 30 + " b", ""])
def test_wrapping_loses_nothing_but_spaces(text):
    """Every character of a plan is on screen."""
    lines = wrapped(text, 10)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, lines)) <= 10


def test_wide_characters_take_two_columns_and_accents_none():
    """Columns stay aligned under other scripts."""
    assert (columns("abc"), columns("世界"), columns("e\u0301")) == (3, 4, 1)
