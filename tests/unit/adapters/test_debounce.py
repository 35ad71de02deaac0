"""Which window changes are reported, and when."""

import pytest

from understudy.adapters.focus.active_window import WindowView, decode
from understudy.adapters.focus.debounce import GONE_TIME, TITLE_TIME, Debounce


def view(number, title="a"):
    """A window."""
    return WindowView(id=number, title=title, wm_class=("x", "X"))


@pytest.fixture
def debounce():
    """One that has reported window 1 at second 10."""
    fresh = Debounce()
    assert fresh.see(view(1), 10.0) == view(1)
    return fresh


def test_another_window_is_reported_at_once(debounce):
    """Nothing is waited for when the focus changes."""
    assert debounce.see(view(2), 10.001) == view(2)
    assert debounce.due() is None


def test_another_window_after_a_short_gap_is_reported_at_once(debounce):
    """The moment without a window, which window managers have between two, costs no time."""
    assert debounce.see(None, 10.001) is None
    assert debounce.see(view(2), 10.002) == view(2)
    assert debounce.due() is None


def test_the_same_window_after_a_short_gap_is_no_change(debounce):
    """A flicker is not a visit."""
    debounce.see(None, 10.0)
    assert debounce.see(view(1), 10.0 + GONE_TIME / 2) is None


def test_another_program_with_the_number_of_a_closed_window_is_reported_at_once(debounce):
    """Numbers are given again, and its title may be the same by chance."""
    other = view(1).__class__(id=1, title="a", wm_class=("x", "X"), pid=7)
    assert debounce.see(other, 10.001) == other


def test_the_same_window_after_a_real_gap_is_a_new_visit(debounce):
    """Whoever went away and came back did come back."""
    debounce.see(None, 11.0)
    debounce.see(None, 11.0 + GONE_TIME / 2)
    assert debounce.due() == 11.0 + GONE_TIME
    assert debounce.expire(11.0 + GONE_TIME) is None
    assert debounce.due() is None
    assert debounce.see(view(1), 12.0) == view(1)


def test_another_title_is_reported_at_once_when_the_last_is_old(debounce):
    """A page that has loaded is seen when it has."""
    assert debounce.see(view(1, "b"), 10.0 + TITLE_TIME) == view(1, "b")


def test_of_many_titles_in_a_row_the_last_is_reported(debounce):
    """A window that counts in its title does not fill the store."""
    for number in range(100):
        assert debounce.see(view(1, f"{number} %"), 10.0 + number / 1000) is None
    assert debounce.expire(10.0 + TITLE_TIME - 0.01) is None
    assert debounce.expire(debounce.due()) == view(1, "99 %")
    assert debounce.expire(99.0) is None


def test_a_title_that_is_back_to_what_it_was_is_not_reported(debounce):
    """Only what remains counts."""
    debounce.see(view(1, "b"), 10.1)
    assert debounce.see(view(1, "a"), 10.2) is None
    assert debounce.due() is None


def test_a_title_that_waits_is_dropped_with_its_window(debounce):
    """When the window has gone its last title is of no interest."""
    debounce.see(view(1, "b"), 10.1)
    debounce.see(None, 10.15)
    assert debounce.expire(11.0) is None
    assert debounce.due() is None


TITLES = [
    (b"plain", False, "plain"),
    ("grün 漢字 🎉".encode(), False, "grün 漢字 🎉"),
    ("漢字".encode()[:-1], False, "漢"),
    (b"a\xffb", False, "a\N{REPLACEMENT CHARACTER}b"),
    (b"\xed\xa0\x80", False, "\N{REPLACEMENT CHARACTER}" * 3),
    (b"gr\xfcn", True, "grün"),
]


@pytest.mark.parametrize("raw,is_latin,expected", TITLES)
def test_a_property_is_decoded_by_its_type(raw, is_latin, expected):
    """Bad bytes are replaced, a character cut in two is left out, a surrogate never comes out."""
    assert decode(raw, is_latin=is_latin) == expected
