"""Matching: when the newest event completes a trigger, and when a text fits a pattern."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.matching import fires, is_like, literals_of
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


def test_a_trigger_without_a_row_is_never_completed():
    """What it waits for stands elsewhere."""
    assert fires(CaptureTrigger(), recent("a")) is False


@pytest.mark.parametrize(
    "pattern, text, expected",
    [
        ("*invoice*", "Your INVOICE 42", True),
        ("invoice*", "Invoice 42", True),
        ("invoice*", "my invoice", False),
        ("*.pdf", "/home/me/A.PDF", True),
        ("*.pdf", "a.pdf.part", False),
        ("?.txt", "a.txt", True),
        ("?.txt", "ab.txt", False),
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "axxcyyb", False),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("a**b", "ab", True),
        ("*x?z*", "wxyzw", True),
        ("mail", "Mail", True),
        ("mail", "mailer", False),
        ("", "", True),
        ("", "x", False),
        ("*", "", True),
        ("[ab]*", "[AB]c", True),
        ("[ab]*", "ac", False),
        ("a?c", "a\nc", True),
        ("STRASSE*", "straße 5", True),
    ],
)
def test_a_pattern_is_like_a_text(pattern, text, expected):
    """Without case; only * and ? are special."""
    assert is_like(pattern, text) is expected


@given(st.text("ab*?", max_size=12), st.text("abAB", max_size=12))
def test_patterns_agree_with_regular_expressions(pattern, text):
    """The same answer as the plain translation."""
    plain = "".join({"*": ".*", "?": "."}.get(each, each) for each in pattern)
    assert is_like(pattern, text) is (re.fullmatch(plain, text.casefold()) is not None)


def test_no_pattern_is_slow_on_any_text():
    """Parts are looked for once: a title of 64 KiB made for it costs under a second."""
    began = time.process_time()
    assert not is_like("*" + "a*" * 30 + "b", "a" * 65_536)
    assert time.process_time() - began < 1


def test_the_literals_of_a_pattern_are_its_texts_the_longest_first():
    """What any fitting text must hold."""
    assert literals_of("*Invoice?42*x") == ("invoice", "42", "x")
    assert literals_of("*?") == ()
