"""Lines for a terminal."""

import pytest

from understudy.interfaces.cli.layout import verbatim


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
