"""Repetitions: what is worth keeping at hand, and what is not."""

import pytest

from tests.unit.detectors.days import events_of, moment, phrase, seen, typed
from understudy.core.workflow import ManualTrigger
from understudy.detectors.repetitions import PLUGIN


def again(make, times=6, days=3):
    """The same thing so many times on so many days, with something else in between."""
    captures = []
    for number in range(times):
        at = moment(number % days, 9, number * 10)
        captures += [make(at), seen(at + 1000, "else")]
    return sorted(captures, key=lambda capture: capture.at)


def found(captures):
    """What is found, as exact forms."""
    return [candidate.expects for candidate in PLUGIN().find(events_of(captures), "UTC")]


def test_a_command_line_typed_again_and_again_is_found():
    """Started by hand: only the person knows when."""
    (candidate,) = PLUGIN().find(events_of(again(lambda at: typed(at, "git pull --rebase"))), "UTC")
    assert candidate.expects == ("cmd:git pull --rebase",)
    assert candidate.trigger == ManualTrigger()
    assert candidate.score == 6 * len("git pull --rebase")


def test_a_line_with_parameters_is_itself_not_its_template():
    """`ssh box1` six times, not any ssh."""
    captures = again(lambda at: typed(at, "ssh box1")) + again(lambda at: typed(at + 5000, f"ssh host{at}"))
    assert found(captures) == [("cmd:ssh box1",)]


@pytest.mark.parametrize("line", ["ls -la", "cd projects/understudy", "clear", "make"])
def test_short_and_trivial_lines_are_not_worth_it(line):
    """Asking for them takes longer than typing them."""
    assert found(again(lambda at: typed(at, line))) == []


def test_a_phrase_needs_twelve_characters():
    """Signatures, not words."""
    assert found(again(lambda at: phrase(at, "Kind regards, Ada"))) == [("phrase:Kind regards, Ada",)]
    assert found(again(lambda at: phrase(at, "Hello there"))) == []


def test_five_times_on_three_days_are_needed():
    """Neither four times, nor two days."""
    assert found(again(lambda at: typed(at, "make all install"), times=4)) == []
    assert found(again(lambda at: typed(at, "make all install"), times=6, days=2)) == []
    assert len(found(again(lambda at: typed(at, "make all install"), times=5))) == 1


def test_what_saves_more_keys_comes_first():
    """Ranked by characters."""
    captures = again(lambda at: typed(at, "make all")) + again(
        lambda at: typed(at + 5000, "make install clean")
    )
    assert found(captures) == [("cmd:make install clean",), ("cmd:make all",)]
