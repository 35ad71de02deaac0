"""Acts: who stands near whom, what is spoken for, and how much of it chance explains."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from

from tests.unit.detectors.written import written
from understudy.core.dice import Dice
from understudy.detectors import acts as acts_module
from understudy.detectors.acts import (
    CLOSE,
    REACH,
    SAMPLE,
    WIDE,
    Acts,
    distinct,
    gain,
    gain_of,
    rows_with,
    sample,
)
from understudy.detectors.log import NOWHERE

logs = lists(sampled_from(["a", "b", "c", "d", ".", "|"]), max_size=40).map(written)


def acts_of(text):
    """The acts of a written log."""
    return Acts(written(text))


def at(*places):
    """Places, as they are handed around."""
    return np.array(places, np.int64)


def pairs_of(acts):
    """How often each symbol is followed by each other."""
    return {(int(x), int(y)): int(n) for x, y, n in zip(*acts.pairs(), strict=True)}


# --- what is there


def test_what_the_machine_reports_is_no_act():
    """It fills no gap, and places lead back to the log."""
    acts = acts_of("a state:battery b state:battery c")
    assert acts.size == 3
    assert acts.places_in_log.tolist() == [0, 2, 4]
    assert acts.symbols(at(0, 1, 2)).tolist() == [0, 2, 3]
    assert acts.counts.tolist() == [1, 0, 1, 1]


def test_what_is_rare_keeps_its_place_without_a_name():
    """It counts as one act in between, nothing more."""
    acts = acts_of("a . b .")
    assert acts.symbols(at(0, 1, 2)).tolist() == [0, NOWHERE, 1]
    assert acts.places(1).tolist() == [2]
    assert acts.counts.tolist() == [1, 1]


def test_what_is_consumed_is_seen_by_nobody_any_more():
    """It stays countable for local frequencies; NOWHERE is passed over."""
    acts = acts_of("a b a b")
    acts.consume(at(NOWHERE, 2))
    assert acts.places(0).tolist() == [0]
    assert acts.all_places(0).tolist() == [0, 2]
    assert acts.symbols(at(0, 1, 2, 3)).tolist() == [0, 1, NOWHERE, 1]
    assert acts.look(at(0), 1).tolist() == [[1, NOWHERE, 1]]


def test_a_copy_has_acts_of_its_own():
    """What is tried out there is not taken out here."""
    acts = acts_of("a b a b")
    other = acts.copy()
    other.consume(at(0, 1))
    assert acts.symbols(at(0, 1)).tolist() == [0, 1]
    assert other.symbols(at(0, 1)).tolist() == [NOWHERE, NOWHERE]
    assert acts.are_near(at(0), at(2), 1).tolist() == [True]


# --- neighbours


def test_the_neighbours_after_and_before_are_the_nearest_three():
    """The nearest first, on either side."""
    acts = acts_of("a b c d e")
    assert acts.look(at(0, 2), 1).tolist() == [[1, 2, 3], [3, 4, NOWHERE]]
    assert acts.look(at(4, 1), -1).tolist() == [[3, 2, 1], [0, NOWHERE, NOWHERE]]


def test_nobody_has_neighbours_in_another_session():
    """What comes after lunch follows nothing that was before it."""
    acts = acts_of("a b | c d")
    assert acts.look(at(1), 1).tolist() == [[NOWHERE] * 3]
    assert acts.look(at(2), -1).tolist() == [[NOWHERE] * 3]
    assert acts.sessions(at(1, 2)).tolist() == [0, 1]


def test_each_missing_step_lets_the_next_be_one_farther():
    """At most three farther."""
    acts = acts_of("a b c d e f g h i")
    assert acts.look(at(0, 0, 0), 1, at(0, 1, 9)).tolist() == [
        [1, 2, 3, NOWHERE, NOWHERE, NOWHERE],
        [1, 2, 3, 4, NOWHERE, NOWHERE],
        [1, 2, 3, 4, 5, 6],
    ]


@settings(derandomize=True, max_examples=60)
@given(logs, sampled_from([1, -1]), sampled_from([None, 0, 1, 9]))
def test_a_symbol_is_as_far_as_one_sees_it(log, side, missed):
    """At its nearest; 0 where it is not in sight."""
    acts, ends = Acts(log), np.arange(len(log))
    farther = None if missed is None else np.full(len(log), missed)
    seen = acts.look(ends, side, farther).tolist()
    for symbol in range(len(log.templates)):
        expected = [row.index(symbol) + 1 if symbol in row else 0 for row in seen]
        assert acts.distances(ends, symbol, side, farther).tolist() == expected


def test_two_are_near_while_few_unexplained_acts_lie_between():
    """What a routine explains does not count, so the question has another answer when one was consumed."""
    acts = acts_of("a b c d e")
    assert acts.are_near(at(0, 0), at(3, 4), 2).tolist() == [True, False]
    acts.consume(at(2))
    assert acts.are_near(at(0, 0), at(3, 4), 2).tolist() == [True, True]
    assert acts.are_near(at(0, 0), at(3, 4), 1).tolist() == [True, False]


def test_two_in_different_sessions_are_not_near():
    """However few acts lie between; the last act of all has nothing after it."""
    acts = acts_of("a b | c")
    assert acts.are_near(at(1, 2), at(2, 2), 5).tolist() == [False, True]


def test_pairs_are_neighbours_within_reach_where_they_are_nearest():
    """`a b a b`: the last b follows the second a, not the first."""
    acts = acts_of("a b a b a b a b")
    assert pairs_of(acts) == {(0, 1): 4, (1, 0): 3}


def test_pairs_reach_over_two_others_and_not_over_three():
    """Two others may stand between."""
    assert pairs_of(acts_of("a . . b | a . . b | a . . b")) == {(0, 1): 3}
    assert pairs_of(acts_of("a . . . b | a . . . b | a . . . b")) == {}


def test_pairs_do_not_reach_into_another_session():
    """Three times across a break is no company."""
    assert pairs_of(acts_of("a | b c a | b c a | b c a | b")) == {(1, 2): 3, (1, 0): 3, (2, 0): 3}


def test_two_times_are_no_pair():
    """From three on."""
    assert pairs_of(acts_of("a b | a b")) == {}


def test_no_acts_make_no_pairs():
    """The first minute."""
    assert pairs_of(acts_of("")) == {}
    assert pairs_of(acts_of("a")) == {}


@settings(derandomize=True, max_examples=60)
@given(logs)
def test_pairs_are_what_counting_by_hand_gives(log):
    """Either way they are counted."""
    symbol, session = log.symbol.tolist(), log.session.tolist()
    expected = {}
    for i, first in enumerate(symbol):
        for j in range(i + 1, min(len(symbol), i + REACH + 1)):
            then, between = symbol[j], symbol[i + 1 : j]
            is_nearest = first != then and not {first, then} & set(between)
            if min(first, then) >= 0 and is_nearest and session[i] == session[j]:
                expected[first, then] = expected.get((first, then), 0) + 1
    expected = {pair: count for pair, count in expected.items() if count >= 3}
    acts = Acts(log)
    assert pairs_of(acts) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts_module, "_DENSE", -1)
        assert pairs_of(acts) == expected


def test_meetings_are_the_tightest():
    """Of two that wait for the same one, the later."""
    acts = acts_of("a . a b | a b . . a . . . b")
    assert acts.meetings(0, 1).tolist() == [[2, 3], [4, 5]]


def test_nobody_meets_across_a_break():
    """Nor far away, nor where one of them never is."""
    acts = acts_of("a | b a . . . b")
    assert acts.meetings(0, 1).tolist() == []
    acts.consume(at(1, 6))
    assert acts.meetings(0, 1).shape == (0, 2)


@settings(derandomize=True, max_examples=60)
@given(logs)
def test_meetings_of_a_pair_are_as_many_as_its_count(log):
    """What is counted is what can be shown."""
    acts = Acts(log)
    for (first, then), count in pairs_of(acts).items():
        assert len(acts.meetings(first, then)) == count


def test_a_chain_has_each_next_step_within_reach():
    """Forward and backward the same ones, when there is no choice."""
    acts = acts_of("a b . c | a . . . b c | a b c d")
    assert acts.chain((0, 1, 2)).tolist() == [[0, 1, 3], [10, 11, 12]]
    assert acts.chain_back((0, 1, 2)).tolist() == [[0, 1, 3], [10, 11, 12]]


def test_chains_that_would_share_an_end_are_one():
    """From the front the tightest is kept, from the back too."""
    acts = acts_of("a a b b")
    assert acts.chain((0, 1)).tolist() == [[1, 2]]
    assert acts.chain_back((0, 1)).tolist() == [[1, 2]]


def test_a_chain_is_looked_for_anew_once_acts_were_consumed():
    """In the copy as well, whichever of the two they were consumed in."""
    acts = acts_of("a b c | a b c | a b c")
    assert len(acts.chain((0, 1, 2))) == len(acts.chain_back((0, 1, 2))) == 3
    other = acts.copy()
    acts.consume(at(1))
    other.consume(at(3, 6))
    assert acts.chain((0, 1, 2)).tolist() == acts.chain_back((0, 1, 2)).tolist() == [[3, 4, 5], [6, 7, 8]]
    assert other.chain((0, 1, 2)).tolist() == other.chain_back((0, 1, 2)).tolist() == [[0, 1, 2]]


@settings(derandomize=True, max_examples=60)
@given(logs, lists(sampled_from(range(4)), min_size=2, max_size=4))
def test_chains_are_what_looking_step_by_step_gives(log, steps):
    """However many were asked for before, and from either end."""
    acts, steps = Acts(log), tuple(step for step in steps if step < len(log.templates))
    if not steps:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts_module, "_KEPT", 2)
        for length in range(1, len(steps) + 1):
            for side in (1, -1):
                wanted = steps[:length] if side > 0 else steps[-length:]
                found = acts.chain(wanted) if side > 0 else acts.chain_back(wanted)
                assert found.tolist() == by_hand(acts, wanted, side)


def by_hand(acts, steps, side):
    """The chain of these steps, one occurrence after the other; of those with one end in common the tightest."""
    found = [[place] for place in acts.places(steps[0 if side > 0 else -1]).tolist()]
    for step in steps[1:] if side > 0 else steps[-2::-1]:
        longer = {}
        for places in found[::-side]:
            near = acts.look(at(places[-1]), side)[0].tolist()
            if step in near:
                end = places[-1] + side * (near.index(step) + 1)
                longer.setdefault(end, [*places, end])
        found = [longer[end] for end in sorted(longer)]
    return [places[::side] for places in found]


def test_occurrences_are_extended_at_either_end():
    """Those without the symbol there are left out."""
    acts = acts_of("c a b | a b . c")
    pairs = acts.meetings(1, 2)
    assert acts.extended(pairs, 0, 1).tolist() == [[3, 4, 6]]
    assert acts.extended(pairs, 0, -1).tolist() == [[0, 1, 2]]


# --- chance


def test_the_chance_of_a_symbol_is_that_of_three_tries():
    """A quarter of all acts is met within three of them 58 times of a hundred."""
    acts = acts_of("a b c d a b c d")
    assert acts.chance(0) == pytest.approx(1 - 0.75**3)
    assert acts.chances().tolist() == [acts.chance(symbol) for symbol in range(4)]


def test_where_a_symbol_is_busy_it_is_no_surprise():
    """Near its own topic it is met nearly always, elsewhere as often as on the whole."""
    quiet, busy = "c d " * 100, "a b " * 40
    acts = acts_of(quiet + busy + quiet)
    inside, outside = at(240), at(60)
    assert acts.local_chance(inside, 2) > 0.8
    assert acts.local_chance(outside, 2) == acts.chance(2) < 0.3


def test_its_own_company_says_nothing_about_the_topic():
    """What stands within reach only is no local frequency."""
    text = "a b " + "c d " * 30
    acts = acts_of(text * 5)
    assert acts.local_chance(acts.places(0), 1) == acts.chance(1)


@settings(derandomize=True, max_examples=60)
@given(lists(sampled_from("abc."), min_size=12, max_size=90), sampled_from(range(12)))
def test_what_is_busy_around_places_is_counted_as_by_hand(words, place):
    """Beyond reach, near or in a wider stretch, whichever has more; consumed or not."""
    acts = Acts(log := written(words))
    acts.consume(np.arange(len(words)))
    for symbol in range(len(log.templates)):
        others = [abs(n - place) for n, each in enumerate(log.symbol.tolist()) if each == symbol]
        rates = [sum(REACH < far <= wide for far in others) / (2 * (wide - REACH)) for wide in (CLOSE, WIDE)]
        expected = max(1 - (1 - min(0.999, max(rates))) ** REACH, acts.chance(symbol))
        assert acts.local_chance(at(place), symbol) == acts.around(at(place)).chance(symbol) == expected


def test_one_is_never_quite_sure_of_anything():
    """Even where nothing else is done, for divisions by what is left."""
    acts = acts_of("a " * 100)
    assert acts.local_chance(at(50), 0) <= 1
    assert acts.local_chance(at(), 0) == acts.chance(0)


# --- counting


def test_a_sample_is_spread_evenly():
    """First and last are among it; few are taken as they are."""
    rows = np.arange(10_000)[:, None]
    few = sample(rows, SAMPLE)
    assert len(few) == SAMPLE
    assert (few[0, 0], few[-1, 0]) == (0, 9_999)
    assert sample(rows, 1).tolist() == [[9_999]]
    assert sample(rows[:5], 5).tolist() == [[0], [1], [2], [3], [4]]


def test_of_occurrences_with_one_end_in_common_the_tightest_is_kept():
    """The latest beginning of an end, the earliest end of a beginning."""
    assert distinct(np.array([[0, 5], [2, 5], [6, 7]]), 1).tolist() == [[2, 5], [6, 7]]
    assert distinct(np.array([[0, 1], [0, 3], [2, 5]]), -1).tolist() == [[0, 1], [2, 5]]
    assert distinct(np.zeros((0, 2), int), 1).shape == (0, 2)


def test_a_symbol_counts_once_in_a_row_where_it_is_nearest():
    """With how far that is."""
    counts, distances = rows_with(np.array([[1, 0, 1], [NOWHERE, 1, 1]], np.int32), 3)
    assert counts.tolist() == [1, 2, 0]
    assert distances.tolist() == [2.0, 3.0, 0.0]


@settings(derandomize=True, max_examples=60)
@given(lists(lists(sampled_from([NOWHERE, 0, 1, 2]), min_size=4, max_size=4), min_size=1, max_size=8))
def test_rows_are_counted_as_by_hand(rows):
    """Each symbol of each row, at its first column."""
    counts, distances = rows_with(np.array(rows, np.int32), 3)
    assert counts.tolist() == [sum(symbol in row for row in rows) for symbol in range(3)]
    assert distances.tolist() == [
        sum(row.index(symbol) + 1 for row in rows if symbol in row) for symbol in range(3)
    ]


def test_the_gain_is_nothing_where_chance_explains_it():
    """Else k ln(k / E) - (k - E), also where nothing was expected."""
    gains = gain(np.array([5, 6, 0, 20]), np.array([5.0, 7.0, 0.0, 2.0]))
    assert gains[:3].tolist() == [0.0, 0.0, 0.0]
    assert gains[3] == pytest.approx(20 * math.log(10) - 18)
    assert gain(np.array(4), np.array(0.0)) > 80


def test_more_of_the_same_gains_more():
    """As does the same where less was expected."""
    dice = Dice(1)
    for _ in range(50):
        count, expected = dice.whole(1, 50), dice.between(0.01, 50)
        assert gain(np.array(count + 1), np.array(expected)) >= gain(np.array(count), np.array(expected))
        assert gain(np.array(count), np.array(expected)) == pytest.approx(gain_of(count, expected))
        assert gain(np.array(count), np.array(expected / 2)) >= gain(np.array(count), np.array(expected))
