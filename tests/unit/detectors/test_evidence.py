"""Evidence against chance."""

import pytest

from tests.unit.detectors.days import events_of, moment, seen
from understudy.core.trust import beta_quantile
from understudy.core.value import MINUTE
from understudy.detectors.evidence import Log, bits, lower_bound, one_sided


def log(letters, every=MINUTE):
    """Windows at equal distances; each letter is padded by two far ahead so that it counts."""
    names = sorted(set(letters) - {"."})
    early = [seen(moment(-9, 0, 10 * i), name) for i, name in enumerate(names * 3)]
    late = [seen(moment(0) + i * every, name) for i, name in enumerate(letters) if name != "."]
    return Log(events_of(early + late)), len(early)


def test_bounds_are_the_five_percent_quantile():
    """4 of 4 is worth .549; from 200 trials on the normal approximation is as good."""
    assert lower_bound(4, 4) == pytest.approx(0.05 ** (1 / 5), abs=1e-6)
    assert lower_bound(160, 200) == pytest.approx(beta_quantile(0.05, 160, 40), abs=0.005)
    assert lower_bound(0, 300) == 0.0


def test_bits_grow_with_the_distance_from_chance():
    """Nothing where the bound does not exceed the base rate, and endless nowhere."""
    assert bits(4, 4, 0.6) == 0.0
    assert 0 < bits(4, 4, 0.2) < bits(8, 8, 0.2) < bits(8, 8, 0.02)
    assert bits(8, 8, 0.0) == bits(8, 8, 1e-6)


def test_the_sign_test_knows_coins():
    """Five heads of five: 1 in 32."""
    assert one_sided(5, 0) == pytest.approx(1 / 32)
    assert one_sided(0, 0) == 1.0


def test_the_base_rate_counts_every_other_event_once():
    """The share of events that are not b themselves and have a b within the next two minutes."""
    events, _ = log("xyxbyxbxyxyxbb")
    ours = {"app:b"}
    others = [event for event in events.events if event.template not in ours]
    near = sum(
        any(each.template in ours and 0 < each.at - event.at <= 2 * MINUTE for each in events.events)
        for event in others
    )
    assert events.base_rate("app:b", 2 * MINUTE) == near / len(others)
    assert near == 6


def test_after_and_before_look_for_templates_in_order_and_in_time():
    """The first ones after a place, the last ones before it, or nothing."""
    events, early = log("abcab")
    first, last = early, early + 4
    at = events.times
    assert events.after(first, ("app:b", "app:c"), at[first] + 2 * MINUTE) == (early + 1, early + 2)
    assert events.after(first, ("app:c", "app:b"), at[first] + 3 * MINUTE) is None
    assert events.after(last, ("app:a",), at[last] + 9 * MINUTE) is None
    assert events.before(last, ("app:a", "app:c"), at[last] - 4 * MINUTE) == (early, early + 2)
    assert events.before(last, ("app:c",), at[last] - MINUTE) is None
    assert events.before(0, ("app:b",), 0) is None


def test_a_trigger_that_fires_while_one_is_waited_for_counts_once():
    """As in the shadow: a, a again, then b is one trial and one hit; a alone is a miss."""
    events, early = log("axabxxxxxxaxxxx")
    trials, hits = events.replay(("app:a",), 0, ("app:b",), 5 * MINUTE)
    assert [hit for hit in hits if hit[0] >= early] == [(early, early + 3)]
    misses = 3  # the padding
    assert trials == misses + 2


def test_a_longer_trigger_needs_all_its_symbols():
    """Without the earlier ones in time it does not fire."""
    events, early = log("abc.....bc")
    trials, hits = events.replay(("app:a", "app:b"), MINUTE, ("app:c",), MINUTE)
    assert (trials, hits) == (1, [(early, early + 1, early + 2)])
