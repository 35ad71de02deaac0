"""Triggers: when the newest event completes one."""

import pytest

from understudy.core.matching import fires
from understudy.core.value import MINUTE
from understudy.core.workflow import CaptureTrigger


def recent(text):
    """Events a minute apart, from letters."""
    return [(index * MINUTE, letter) for index, letter in enumerate(text)]


@pytest.mark.parametrize(
    "symbols, events, expected",
    [
        ("a", "a", True),
        ("a", "ba", True),
        ("a", "ab", False),
        ("a", "", False),
        ("a", "aa", False),
        ("ab", "ab", True),
        ("ab", "axxb", True),
        ("ab", "b", False),
        ("ab", "ba", False),
        ("ab", "abb", False),
        ("abc", "aabxc", True),
        ("abc", "bac", False),
        ("aba", "aba", True),
        ("aba", "xba", False),
    ],
)
def test_fires_when_the_last_symbol_arrives_and_the_others_came_before_in_order(symbols, events, expected):
    """Order counts, things in between do not, and staying where one is is no arrival."""
    assert fires(CaptureTrigger(symbols=tuple(symbols)), recent(events)) is expected


@pytest.mark.parametrize("events, expected", [("axxxxb", True), ("axxxxxb", False), ("axxaxxxb", True)])
def test_the_first_symbol_must_not_be_longer_ago_than_allowed(events, expected):
    """`within` runs from the first to the last symbol, both ends included, at the latest chance."""
    trigger = CaptureTrigger(symbols=("a", "b"), within=5 * MINUTE)
    assert fires(trigger, recent(events)) is expected
