"""Lines for a terminal."""

import contextlib

import click
import pytest

from understudy.interfaces.cli.layout import COLUMNS, facts, hanging, table, verbatim
from understudy.interfaces.plain import columns


@pytest.mark.parametrize(
    "line, shown",
    [
        ("  a   b", "  a   b"),
        ("a\tb", "a       b"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07\u202e", "]0;title"),
        ("Ä 漢", "Ä 漢"),
    ],
)
def test_what_a_program_puts_out_keeps_its_columns_and_steers_nothing(line, shown):
    """Tables stay tables; colours are left out, and no other code reaches the terminal."""
    assert verbatim(line) == shown


@contextlib.contextmanager
def terminal(width):
    """A command that runs on a terminal of this width; 0 = on none."""
    with click.Context(click.Command("x")) as context:
        context.meta[COLUMNS] = width
        yield


NAME = "Morning Prep and all that comes before nine"
ROWS = (
    ("w-0123456789", "suggest", "2 runs, last 12 Mar 8:55", NAME),
    ("w-1", "auto", "", "漢字" * 20),
    ("w-2", "auto", "", "Mail"),
)


@pytest.mark.parametrize("width", [80, 60])
def test_a_table_fits_its_terminal(width):
    """What is too long is cut with a sign; the first cell, by which it is named, never is."""
    with terminal(width):
        lines = list(table(ROWS, "", indent="  "))
    assert max(map(columns, lines)) <= width
    assert [line.split()[0] for line in lines] == [row[0] for row in ROWS]
    assert [("…" in line, "Mail" in line) for line in lines] == [(True, False), (True, False), (False, True)]


@pytest.mark.parametrize("width", [0, 200])
def test_where_there_is_room_nothing_is_cut(width):
    """On a wide terminal; and in a pipe, where programs look for words."""
    with terminal(width):
        assert NAME in "".join(table(ROWS, ""))
        assert len(list(facts([("what", "many words " * 10)]))) == 1
    assert NAME in "".join(table(ROWS, ""))


def test_a_row_stays_readable_on_a_terminal_that_is_too_narrow():
    """It may be wider then."""
    with terminal(20):
        assert "suggest  2 runs, last 12…  Morning Prep an…" in next(table(ROWS, ""))


def test_a_long_value_goes_over_several_lines():
    """Below where it began, broken at spaces alone: an address stays in one piece."""
    address = "https://a.example/" + "x" * 90
    with terminal(60):
        value = f"{'many words ' * 8}{address}"
        lines = list(map(click.unstyle, facts([("when", "now"), ("what", value)])))
    assert "".join(line.strip() for line in lines).count(address) == 1
    assert [line[:8].strip() for line in lines[2:]] == [""] * (len(lines) - 2)
    assert max(len(line) for line in lines if address not in line) <= 60


def test_a_value_far_to_the_right_begins_on_its_own_line():
    """Where little room is left beside its name."""
    with terminal(60):
        assert list(hanging("a long head", "words " * 9, 40)) == [
            "a long head",
            f"      {'words ' * 9}".rstrip(),
        ]
