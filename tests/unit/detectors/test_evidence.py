"""Evidence against chance."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers, text

from tests.unit.detectors.made_logs import log_of, moment, seen
from understudy.core.trust import beta_quantile
from understudy.core.value import MINUTE
from understudy.detectors.evidence import Index, bits, bits_of, lower_bound, lower_bounds, one_sided

EARLY = 30
"""Days before, on which every letter is seen three times, so that it counts."""


def index_of(letters, every=MINUTE):
    """Windows at equal distances, a dot is none; and the place of the first."""
    names = sorted(set(letters) - {"."})
    early = [seen(moment(-EARLY, 0, 10 * i), name) for i, name in enumerate(names * 3)]
    late = [seen(moment(0) + i * every, name) for i, name in enumerate(letters) if name != "."]
    return Index(log_of(early + late)), len(early)


def number(index, letter):
    """The symbol of a letter."""
    return index.log.templates.index(f"app:{letter}")


def test_bounds_are_the_five_percent_quantile():
    """4 of 4 is worth .549; from 200 trials on the normal approximation is as good."""
    assert lower_bound(4, 4) == pytest.approx(0.05 ** (1 / 5), abs=1e-6)
    assert lower_bound(160, 200) == pytest.approx(beta_quantile(0.05, 160, 40), abs=0.005)
    assert lower_bound(0, 300) == 0.0


def test_many_bounds_at_once_are_the_same_bounds():
    """To .002, in the order asked for, also where something is asked twice."""
    pairs = [(hits, trials) for trials in (0, 1, 5, 40, 199, 200, 900) for hits in {0, trials // 2, trials}]
    pairs += pairs[:3]
    together = lower_bounds(*np.array(pairs).T)
    assert together == pytest.approx([lower_bound(*pair) for pair in pairs], abs=0.002)


def test_weighted_counts_have_a_bound_between_those_of_whole_ones():
    """4.5 of 5 is better than 4 and worse than 5."""
    low, middle, high = lower_bounds([4, 4.5, 5], 5 * np.ones(3))
    assert low < middle < high


def test_bits_grow_with_the_distance_from_chance():
    """Nothing where the bound does not exceed the base rate, and endless nowhere."""
    assert bits(4, 4, 0.6) == 0.0
    assert 0 < bits(4, 4, 0.2) < bits(8, 8, 0.2) < bits(8, 8, 0.02)
    assert bits(8, 8, 0.0) == bits(8, 8, 1e-6)
    assert bits_of([0.5, 1.0], [4, 4], 0.6)[0] == 0.0


def test_the_sign_test_knows_coins():
    """Five heads of five: 1 in 32."""
    assert one_sided(5, 0) == pytest.approx(1 / 32)
    assert one_sided(0, 0) == 1.0


@pytest.mark.parametrize("minutes, expected", [(2, 6), (5, 10)])
def test_the_base_rate_counts_every_other_event_once(minutes, expected):
    """The share of events that are not b themselves and have a b soon after them, or several."""
    index, _ = index_of("xyxbyxbxyxyxbb")
    log, b = index.log, number(index, "b")
    others = [place for place in range(len(log)) if log.symbol[place] != b]
    followed = [
        any(0 < log.at[place] - log.at[other] <= minutes * MINUTE for place in index.places(b))
        for other in others
    ]
    assert index.base_rate(b, minutes * MINUTE) == sum(followed) / len(others)
    assert sum(followed) == expected


def test_after_and_before_look_within_a_time():
    """The first one after a place, the last one before it, or nowhere."""
    index, early = index_of("abcab")
    a, b, c = (number(index, letter) for letter in "abc")
    at, places = index.log.at, np.array([early, early + 4])
    assert index.after(places, b, at[places] + 2 * MINUTE).tolist() == [early + 1, -1]
    assert index.after(places[:1], c, at[early] + MINUTE).tolist() == [-1]
    assert index.before(places, a, at[places] - 9 * MINUTE).tolist() == [-1, early + 3]
    assert index.before(places[1:], c, at[places[1:]] - MINUTE).tolist() == [-1]
    assert index.after(np.array([-1]), b, int(at[-1])).tolist() == [-1]


def test_a_symbol_that_is_nowhere_is_never_near():
    """As in a surrogate, or in a stretch of a log."""
    log = log_of([seen(moment(0, 9, i), name) for i, name in enumerate("ababab")])
    index, early = Index(replace(log, templates=("app:c", "app:d"), symbol=log.symbol * 0 - 1)), 0
    places = np.array([early])
    assert index.after(places, 0, moment(9)).tolist() == [-1]
    assert index.before(places, 0, 0).tolist() == [-1]
    assert index.base_rate(0, MINUTE) == 0.0
    assert index.replay((0,), 0, (1,), MINUTE)[0] == 0


def test_a_trigger_that_fires_while_one_is_waited_for_counts_once():
    """As in the shadow: a, a again, then b is one trial and one hit; a alone is a miss."""
    index, early = index_of("axabxyxyxyaxyxyxy")
    trials, hits = index.replay((number(index, "a"),), 0, (number(index, "b"),), 5 * MINUTE)
    assert [hit.tolist() for hit in hits if hit[0] >= early] == [[early, early + 3]]
    misses = 3  # those of the early days
    assert trials == misses + 2


def test_what_is_waited_for_when_the_log_ends_counts_for_nothing():
    """Its time has not passed."""
    index, _ = index_of("axb......axx")
    trials, hits = index.replay((number(index, "a"),), 0, (number(index, "b"),), 5 * MINUTE)
    misses = 3
    assert (trials, len(hits)) == (misses + 1, 1)


def test_a_longer_trigger_needs_all_its_symbols():
    """Without the earlier ones in time it does not fire."""
    index, early = index_of("abc.....bc")
    a, b, c = (number(index, letter) for letter in "abc")
    trials, hits = index.replay((a, b), MINUTE, (c,), MINUTE)
    assert trials == 1
    assert hits.tolist() == [[early, early + 1, early + 2]]


def test_all_that_is_expected_must_come_in_order():
    """a, then c, then b; the other order is a miss."""
    index, early = index_of("acb......abc......x")
    a, b, c = (number(index, letter) for letter in "abc")
    trials, hits = index.replay((a,), 0, (c, b), 3 * MINUTE)
    assert hits.tolist() == [[early, early + 1, early + 2]]
    assert trials == 2 + 3


@given(letters=text("abx", min_size=3, max_size=60), minutes=integers(1, 9))
def test_a_replay_is_what_the_shadow_would_have_seen(letters, minutes):
    """One prediction at a time: opened by a when none is open, closed by b in time or by time alone."""
    index, _ = index_of(letters + "abx")
    log, horizon = index.log, minutes * MINUTE
    trials, hits, opened = 0, 0, None
    for at, symbol in zip(log.at.tolist(), log.symbol.tolist(), strict=True):
        if opened is not None and at > opened + horizon:
            trials, opened = trials + 1, None
        if opened is not None and symbol == number(index, "b"):
            trials, hits, opened = trials + 1, hits + 1, None
        elif opened is None and symbol == number(index, "a"):
            opened = at
    if opened is not None and log.at[-1] >= opened + horizon:
        trials += 1
    found = index.replay((number(index, "a"),), 0, (number(index, "b"),), horizon)
    assert (found[0], len(found[1])) == (trials, hits)
