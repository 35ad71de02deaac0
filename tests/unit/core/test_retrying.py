"""Trying again: later each time, never later than the most, never all at the same moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.retrying import delay
from understudy.core.value import HOUR, MINUTE, SECOND


@pytest.mark.parametrize("tries, least", [(1, 1), (2, 2), (3, 4), (9, 256)])
def test_the_wait_doubles_with_every_try(tries, least):
    """One second, two, four; with jitter of at most a quarter."""
    waited = delay(SECOND, tries, "r-1/0")
    assert least * SECOND <= waited <= least * SECOND * 5 / 4


def test_the_same_case_always_waits_as_long_and_others_do_not():
    """The jitter is a hash: it can be said beforehand, and spreads what fails together."""
    waits = {delay(MINUTE, 1, f"r-{number}/0") for number in range(100)}
    assert delay(MINUTE, 1, "r-1/0") == delay(MINUTE, 1, "r-1/0")
    assert len(waits) > 90


@given(st.integers(0, 10**9), st.integers(-1, 10**6), st.text(), st.integers(1, 10 * HOUR))
def test_no_wait_is_longer_than_the_most(first, tries, seed, most):
    """However often it failed, and however long the first wait."""
    assert 0 <= delay(first, tries, seed, most) <= most
