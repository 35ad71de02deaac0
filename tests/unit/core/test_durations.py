"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.durations import PATTERN, read_duration, write_duration
from understudy.errors import InvalidInputError


@pytest.mark.parametrize(
    "given, expected",
    [
        (1500, 1500),
        ("1500 ms", 1500),
        ("30 s", 30_000),
        ("30s", 30_000),
        (" 5 Min ", 300_000),
        ("2 h", 7_200_000),
        ("1 h 30 min", 5_400_000),
        ("1h30m", 5_400_000),
        ("1.5 hours", 5_400_000),
        ("2 hrs 5 mins 3 secs", 7_503_000),
        ("1 day 1 second", 86_401_000),
        ("2 days", 172_800_000),
    ],
)
def test_a_length_of_time_is_read(given, expected):
    """Numbers are milliseconds; texts have a unit."""
    assert read_duration(given) == expected


@pytest.mark.parametrize(
    "given", ["", "5", "min", "5 parsecs", "5 min and more", "-5 s", "1,5 h", None, 1.5, True, [5]]
)
def test_what_is_no_length_of_time_is_refused_with_an_example(given):
    """A text without a unit could mean anything."""
    with pytest.raises(InvalidInputError, match=r"no length of time.*1 h 30 min"):
        read_duration(given)


@pytest.mark.parametrize(
    "millis, expected",
    [(0, 0), (-5, -5), (1, "1 ms"), (90_061_001, "1 d 1 h 1 min 1 s 1 ms"), (5_400_000, "1 h 30 min")],
)
def test_a_length_of_time_is_written_in_its_largest_units(millis, expected):
    """As a person would; what is none stays a number."""
    assert write_duration(millis) == expected


@given(st.integers(min_value=1, max_value=10**12))
def test_what_was_written_reads_back_equal(millis):
    """And looks as the schema says."""
    import re

    text = write_duration(millis)
    assert read_duration(text) == millis
    assert re.search(PATTERN, text)
