"""Marks of values: equal for equal texts, and nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from understudy.core.capture import Capture, CaptureKind
from understudy.core.privacy import screen
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.value_mark import value_mark

KEY, OTHER = b"k" * 16, b"o" * 16


def seen(value=""):
    """A capture that carries a mark."""
    return Capture(at=1, kind=CaptureKind.FOREIGN, source="import:csv", app="paste", text="form", value=value)


@given(st.text(min_size=3))
def test_equal_texts_have_equal_marks_and_the_text_is_not_in_them(text):
    """Any text at all, lone surrogates included."""
    mark = value_mark(text, KEY)
    assert mark == value_mark(text, KEY)
    assert mark == "" or (len(mark) == 18 and set(mark) <= set("0123456789abcdef"))


def test_texts_that_differ_have_different_marks():
    """Also where only the case differs."""
    assert len({value_mark(text, KEY) for text in ("John Doe", "john doe", "John Do", "Jane Doe")}) == 4


def test_another_key_gives_another_mark():
    """Marks of two processes cannot be compared, nor looked up in a list of common values."""
    assert value_mark("John Doe", KEY) != value_mark("John Doe", OTHER)


def test_space_around_a_value_does_not_count():
    """A line is often copied with its end."""
    assert value_mark(" John Doe\n", KEY) == value_mark("John Doe", KEY)


def test_short_values_have_no_mark():
    """One or two characters are equal by chance."""
    assert [value_mark(text, KEY) for text in ("", "  ", "7", "ab", " ab \n")] == [""] * 5
    assert value_mark("abc", KEY)


def test_the_privacy_screen_lets_no_mark_pass():
    """What is stored, told and exported is what the screen returns."""
    kept = screen(seen("mark"), PrivacyRules())
    assert isinstance(kept, Capture)
    assert kept.value == ""


def test_the_mark_is_no_part_of_what_a_capture_is():
    """The same record imported in another process, under another key, is the same record."""
    assert seen("mark").digest == seen().digest
