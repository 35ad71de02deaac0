"""Text for notifications: short, plain, visible."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.adapters.notifiers.text import escaped, plain


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Open Obsidian?", "Open Obsidian?"),
        ("  two\nlines  ", "two lines"),
        ("tab\there", "tab here"),
        ("\u202egnp.exe\u200b", "gnp.exe"),
        ("\x1b[31mred\x07", "[31mred"),
        ("\ud800half", "half"),
        ("x" * 81, "x" * 79 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_one_plain_line(text, expected):
    """No line end, nothing invisible, at most 80 characters."""
    assert plain(text, 80) == expected


def test_a_body_keeps_its_first_lines():
    """As many as fit, whatever they were separated by; what is missing is marked."""
    assert plain("1\r\n2\r3\u20284\n5", 240, 4) == "1\n2\n3\n4…"
    assert plain("1\n2\n3\n4", 240, 4) == "1\n2\n3\n4"


def test_markup_is_shown_and_not_obeyed():
    """Only daemons that read markup get it escaped."""
    assert escaped("<b>&", is_markup=True) == "&lt;b&gt;&amp;"
    assert escaped("<b>&", is_markup=False) == "<b>&"


@given(st.text(), st.integers(1, 50), st.integers(1, 4))
def test_any_text_is_made_fit(text, longest, lines):
    """Whatever a title on the screen holds."""
    shown = plain(text, longest, lines)
    assert len(shown) <= longest
    assert shown.count("\n") < lines
    assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in shown)
