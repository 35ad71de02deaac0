"""Triggers: the earliest beginning of a routine that says the rest will be done."""

import numpy as np
import pytest

from tests.unit.detectors.written import planted, steps, written
from understudy.core.pattern import PatternKind
from understudy.core.value import HOUR, MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger, ManualTrigger
from understudy.detectors import triggers
from understudy.detectors.acts import Acts
from understudy.detectors.evidence import Index
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE
from understudy.detectors.rounds import rounds
from understudy.detectors.triggers import routine_candidate


def candidate_of(words, text, places=None, pace=5 * SECOND):
    """The candidate that a routine in these words makes."""
    log = written(words, pace)
    acts = Acts(log)
    names = {each.removeprefix("app:"): symbol for symbol, each in enumerate(log.templates)}
    symbols = tuple(names[each] for each in text.split())
    found = acts.chain(symbols) if places is None else np.array(places)
    return routine_candidate(log, acts, Index(log), Sequence(symbols=symbols, places=found), 7.5)


def trigger_of(words, text, **asked):
    """The symbols that set it off; nothing when it is started by hand."""
    trigger = candidate_of(words, text, **asked).trigger
    return " ".join(each.removeprefix("app:") for each in getattr(trigger, "symbols", ()))


def test_a_first_step_that_comes_nowhere_else_is_the_trigger():
    """The rest is what it makes us expect."""
    found = candidate_of(planted(1, steps("a b c d")), "a b c d")
    assert found.kind is PatternKind.ROUTINE
    assert found.symbols == ("app:a", "app:b", "app:c", "app:d")
    assert found.trigger == CaptureTrigger(symbols=("app:a",), within=60 * SECOND)
    assert found.expects == ("app:b", "app:c", "app:d")
    assert found.score == 7.5


def test_a_first_step_that_is_everywhere_needs_the_second():
    """What was done thirty times without the rest says nothing."""
    words = planted(1, steps("a b c d"), lambda dice: ["a"], times=30)
    assert trigger_of(words, "a b c d") == "a b"


def test_where_the_rest_is_decided_late_the_trigger_is_long():
    """Half of the time it goes on otherwise after three steps."""

    def plant(dice):
        return ["a", "b", "c", *(["d", "e", "f"] if dice.chance(0.5) else ["x", "y", "z"])]

    assert trigger_of(planted(1, plant, times=40), "a b c d e f") == "a b c d"


def test_without_a_beginning_to_rely_on_the_best_is_taken():
    """Its record will tell whether it is any good."""

    def plant(dice):
        return ["a", "b", *(["c"] if dice.chance(0.5) else [])]

    words = planted(1, plant, lambda dice: ["a"], times=30)
    assert trigger_of(words, "a b c") == "a b"


def test_what_is_typed_sets_nothing_off():
    """A phrase at the start is no beginning; one in second place leaves only the first, reliable or not."""
    assert candidate_of(planted(1, steps("phrase:hi b c")), "phrase:hi b c").trigger == ManualTrigger()
    words = planted(1, steps("a phrase:hi c"), lambda dice: ["a"], times=30)
    assert trigger_of(words, "a phrase:hi c") == "a"


def test_what_is_started_by_hand_expects_all_of_it():
    """For as long as twice what it usually takes."""
    found = candidate_of(planted(1, steps("phrase:hi b c")), "phrase:hi b c", pace=40 * SECOND)
    assert found.expects == found.symbols
    assert found.horizon == 2 * 2 * 40 * SECOND


def test_in_imported_logs_anything_can_set_off():
    """Their kinds are foreign, and nothing of them will be done."""
    assert trigger_of(planted(1, steps("click:new b c")), "click:new b c") == "click:new"


@pytest.mark.parametrize("pace, horizon", [(5, 90), (60, 2 * 3 * 60), (280, 15 * 60)])
def test_the_rest_is_waited_for_twice_as_long_as_it_usually_takes(pace, horizon):
    """At least a minute and a half, at most a quarter of an hour."""
    found = candidate_of(planted(1, steps("a b c d")), "a b c d", pace=pace * SECOND)
    assert found.horizon == horizon * SECOND


@pytest.mark.parametrize("pace, within", [(5, 60), (60, 2 * 60), (280, 5 * 60)])
def test_a_beginning_of_two_steps_must_be_done_in_twice_its_usual_time(pace, within):
    """At least a minute, at most five."""
    words = planted(1, steps("a b c d"), lambda dice: ["a"], times=30)
    found = candidate_of(words, "a b c d", pace=pace * SECOND)
    assert len(found.trigger.symbols) == 2
    assert found.trigger.within == within * SECOND


def test_one_slow_time_in_ten_does_not_stretch_the_waiting():
    """Nine of ten were as fast as ever."""
    log = written("a b " * 20)
    places = np.arange(40).reshape(20, 2)
    log.at[-1] += HOUR
    limits = (SECOND, 2 * HOUR)
    assert triggers._span(log, places, 0, 1, limits) == 10 * SECOND
    log.at[-5:] += HOUR
    assert triggers._span(log, places, 0, 1, limits) == 10 * SECOND
    log.at[1::2] += HOUR
    assert triggers._span(log, places, 0, 1, limits) == 2 * HOUR


def test_where_two_steps_were_never_seen_together_we_wait_longest():
    """Nothing is known about it."""
    log = written("a b c")
    places = np.array([[0, NOWHERE, 2], [NOWHERE, 1, 2]])
    assert triggers._span(log, places, 0, 1, (SECOND, MINUTE)) == MINUTE


def test_places_are_those_in_the_log():
    """With what the machine reported between the acts."""
    words = "state:battery a b c . " * 6
    assert candidate_of(words, "a b c").places[:2].tolist() == [[1, 2, 3], [6, 7, 8]]


def test_steps_that_are_missing_stay_missing():
    """In a long routine."""
    words = ["a", "b", "c", "d", "e", "f", ".", "."] * 6 + ["a", "b", "d", "e", "f"]
    log = written(words)
    acts = Acts(log)
    symbols = tuple(range(6))
    complete = Sequence(symbols=symbols, places=acts.chain(symbols))
    found = candidate_of(words, "a b c d e f", places=rounds(acts, complete))
    assert found.places[-1].tolist() == [48, 49, NOWHERE, 50, 51, 52]


def test_occurrences_with_more_in_between_count_for_short_routines():
    """They were completed in time, which is all that the person will see."""
    words = "a b c | " * 9 + "a . . . . . b c"
    assert len(candidate_of(words, "a b c").places) == 10
    text = "a b c d e f"
    words = f"{text} | " * 9 + text.replace("a", "a . . . . .")
    assert len(candidate_of(words, text).places) == 9


def test_only_so_many_beginnings_are_looked_at():
    """Of a routine of twelve steps the first eight."""
    log = written(planted(1, steps("a b c d e f g h i j k l", skips=0.3)))
    symbols = tuple(log.templates.index(f"app:{each}") for each in "abcdefghijkl")
    found = triggers._splits(log, Index(log), symbols, np.full((1, 12), NOWHERE))
    assert [len(each.trigger.symbols) for each in found] == list(range(1, 9))


def sessions(**rounds):
    """Sessions in which these letters are done, one round each, so many times."""
    return " | ".join(" ".join([*round_, "."]) for round_, times in rounds.items() for _ in range(times))


def test_a_step_that_was_often_left_out_is_no_part_of_it():
    """Four of nine times say little, nine of nine say more."""
    found = candidate_of(sessions(aboc=4, abc=5), "a b o c")
    assert found.symbols == ("app:a", "app:b", "app:c")
    assert found.trigger.symbols == ("app:a",)
    assert len(found.places) == 9
    assert (np.diff(found.places, axis=1) > 0).all()


def test_a_step_that_is_nearly_always_done_stays():
    """Leaving it out makes nothing much surer; nor where it tells reliably what comes after it."""
    assert len(candidate_of(sessions(aboc=4, abc=1), "a b o c").symbols) == 4
    assert len(candidate_of(sessions(aboc=20, abc=20), "a b o c").symbols) == 4


def test_only_one_step_is_taken_out():
    """The one that makes it surest."""
    found = candidate_of(sessions(axbyc=4, abyc=6, abc=1), "a x b y c")
    assert found.symbols == ("app:a", "app:b", "app:y", "app:c")


@pytest.mark.parametrize(
    "text, rounds_", [("a o c", {"aoc": 4, "ac": 5}), ("a b c o", {"abco": 4, "abc": 5})]
)
def test_neither_an_end_nor_one_of_three_is_taken_out(text, rounds_):
    """What is left would be another routine, or none."""
    assert len(candidate_of(sessions(**rounds_), text).symbols) == len(text.split())


def test_a_beginning_leaves_something_to_do():
    """Of three steps at most two can set it off."""

    def plant(dice):
        return ["a", "b", *(["c"] if dice.chance(0.3) else [])]

    assert len(trigger_of(planted(1, plant, times=30), "a b c").split()) <= 2
