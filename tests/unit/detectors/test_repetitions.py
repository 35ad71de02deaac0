"""Repetitions: what is worth keeping at hand, and what is not."""

import pytest

from tests.unit.detectors.made_logs import log_of, moment, page, phrase, seen, typed
from understudy.core.redaction import SECRET
from understudy.core.workflow import ManualTrigger
from understudy.detectors.repetitions import PLUGIN


def again(make, times=6, days=3):
    """The same thing so many times on so many days, with something else in between."""
    captures = []
    for number in range(times):
        at = moment(number % days, 9, number * 10)
        captures += [make(at), seen(at + 1000, "else")]
    return captures


def found(captures):
    """What is found, as exact forms."""
    return [candidate.expects for candidate in PLUGIN().find(log_of(captures))]


def test_a_command_line_typed_again_and_again_is_found():
    """Started by hand: only the person knows when."""
    log = log_of(again(lambda at: typed(at, "git pull --rebase")))
    (candidate,) = PLUGIN().find(log)
    assert candidate.expects == candidate.symbols == ("cmd:git pull --rebase",)
    assert candidate.trigger == ManualTrigger()
    assert candidate.score == 6 * len("git pull --rebase")
    assert candidate.places.shape == (6, 1)
    assert {log.templates[each] for each in log.symbol[candidate.firsts]} == {"cmd:git pull --rebase"}


def test_the_score_is_the_characters_of_a_week():
    """A history of two weeks saves half as much a week as one of one week."""
    captures = again(lambda at: typed(at, "git pull --rebase"))
    (candidate,) = PLUGIN().find(log_of([*captures, seen(moment(13), "else")]))
    assert candidate.score == 3 * len("git pull --rebase")


def test_a_line_with_parameters_is_itself_not_its_template():
    """`ssh box1` six times, not any ssh."""
    captures = again(lambda at: typed(at, "ssh box1")) + again(lambda at: typed(at + 5000, f"ssh host{at}"))
    assert found(captures) == [("cmd:ssh box1",)]


@pytest.mark.parametrize("line", ["ls -la", "cd projects/understudy", "clear", "make", f"login {SECRET}"])
def test_short_and_trivial_lines_are_not_worth_it(line):
    """Asking for them takes longer than typing them; what is redacted cannot be typed."""
    assert found(again(lambda at: typed(at, line))) == []


def test_a_phrase_needs_twelve_characters():
    """Signatures, not words."""
    assert found(again(lambda at: phrase(at, "Kind regards, Ada"))) == [("phrase:Kind regards, Ada",)]
    assert found(again(lambda at: phrase(at, "Hello there"))) == []


def test_five_times_on_two_days_are_needed():
    """Neither four times, nor one day."""
    assert found(again(lambda at: typed(at, "make all install"), times=4)) == []
    assert found(again(lambda at: typed(at, "make all install"), times=6, days=1)) == []
    assert len(found(again(lambda at: typed(at, "make all install"), times=5, days=2))) == 1


def test_what_saves_more_keys_comes_first():
    """Ranked by characters."""
    captures = again(lambda at: typed(at, "make all")) + again(
        lambda at: typed(at + 5000, "make install clean")
    )
    assert found(captures) == [("cmd:make install clean",), ("cmd:make all",)]


def test_pages_and_windows_are_not_typed():
    """A tab that comes to the front again and again was opened once."""
    assert found(again(lambda at: page(at, "https://tracker.example/board"), times=20)) == []


def test_no_events_have_no_repetitions():
    """The first day."""
    assert found([]) == []
