"""Where a pasted value was copied."""

from hypothesis import given
from hypothesis import strategies as st

from understudy.detectors.value_flow import REACH, ValueFlow

MARKS = st.sampled_from(["", "", "a", "b", "c"])


def flows(*marks):
    """What is said of each of these events."""
    flow = ValueFlow()
    return [flow.see(mark) for mark in marks]


def test_an_equal_value_is_found_as_many_events_back_as_there_are():
    """Events without a value count, too."""
    assert flows("a", "", "b", "a", "b", "a") == [0, 0, 0, 3, 2, 2]


def test_events_without_a_value_have_no_source():
    """Nothing equals nothing."""
    assert flows("", "", "") == [0, 0, 0]


def test_a_value_is_found_64_events_back_and_no_further():
    """What was copied long ago says nothing."""
    assert flows("a", *[""] * (REACH - 1), "a")[-1] == REACH
    assert flows("a", *[""] * REACH, "a")[-1] == 0


def test_a_value_seen_again_stays_within_reach():
    """The earlier event going out of reach does not take the later one along."""
    assert flows("a", *[""] * 39, "a", *[""] * 39, "a")[-1] == 40


@given(st.lists(MARKS, max_size=300))
def test_it_says_what_a_search_through_the_list_says(marks):
    """The same as looking for the last equal one among the 64 before."""
    expected = [
        next((ago for ago in range(1, min(REACH, n) + 1) if mark and marks[n - ago] == mark), 0)
        for n, mark in enumerate(marks)
    ]
    assert flows(*marks) == expected


@given(st.lists(st.text(max_size=3), max_size=400))
def test_no_more_than_the_marks_within_reach_are_held(marks):
    """Whatever the stream."""
    flow = ValueFlow()
    for mark in marks:
        flow.see(mark)
        assert len(flow._last) <= len(flow._recent) <= REACH + 1
