"""The key of the marks lives as long as the process."""

from understudy.adapters import value_marks
from understudy.adapters.value_marks import mark_of


def test_marks_can_be_compared_within_a_process_only():
    """A new key makes other marks."""
    before = mark_of("John Doe")
    assert mark_of("John Doe") == before
    value_marks._key.cache_clear()
    assert mark_of("John Doe") != before
