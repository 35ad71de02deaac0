"""What evidence is worth: the bounds, checked against exact sums, and the tiers they earn."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.trust import (
    Evidence,
    Tier,
    beta_quantile,
    earned_tier,
    must_demote,
    suggest_bound,
    wilson_lower_bound,
)

counts = st.integers(0, 300)


@pytest.mark.parametrize(
    "hits, trials, bound",
    [
        (0, 0, 0.0),
        (0, 9, 0.0),
        (3, 3, 0.438),
        (4, 4, 0.510),
        (16, 16, 0.806),
        (16, 17, 0.730),
        (40, 42, 0.842),
    ],
)
def test_the_wilson_bound_has_the_published_values(hits, trials, bound):
    """Nothing seen is worth nothing; four of four is just enough to be offered."""
    assert wilson_lower_bound(hits, trials) == pytest.approx(bound, abs=0.001)


@given(counts, counts)
def test_the_wilson_bound_solves_its_equation(hits, misses):
    """At the bound p the rate seen lies z standard errors above p: the definition of 1927."""
    trials = hits + misses
    bound = wilson_lower_bound(hits, trials)
    assert 0.0 <= bound <= 1.0
    if hits:
        distance = hits / trials - bound
        assert distance == pytest.approx(1.959964 * math.sqrt(bound * (1 - bound) / trials), abs=1e-9)


@given(counts, counts)
def test_more_hits_are_worth_more_and_more_misses_less(hits, misses):
    """One hit never lowers a bound, one miss never lifts it."""
    seen = Evidence(hits=hits, misses=misses)
    assert seen.plus(hit=True).lower_bound >= seen.lower_bound >= seen.plus(hit=False).lower_bound


def test_evidence_grows_by_one_outcome():
    """The old one stays as it is."""
    seen = Evidence()
    assert (seen.plus(hit=True), seen.plus(hit=False), seen) == (
        Evidence(hits=1),
        Evidence(misses=1),
        Evidence(),
    )


@pytest.mark.parametrize(
    "hits, misses, quantile", [(0, 0, 0.05), (5, 0, 0.607), (9, 0, 0.05 ** (1 / 10)), (1, 1, 0.1354)]
)
def test_the_beta_quantile_has_known_values(hits, misses, quantile):
    """With hits alone it is the root of the probability; Beta(2, 2) from the tables."""
    assert beta_quantile(0.05, hits, misses) == pytest.approx(quantile, abs=0.0005)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.99))
def test_the_beta_quantile_inverts_the_binomial_tail(hits, misses, probability):
    """P(Binomial(n + 1, x) > hits) at the quantile is the probability, summed exactly."""
    x, trials = beta_quantile(probability, hits, misses), hits + misses + 1
    tail = math.fsum(
        math.comb(trials, k) * x**k * (1 - x) ** (trials - k) for k in range(hits + 1, trials + 1)
    )
    assert tail == pytest.approx(probability, abs=1e-6)


def test_long_histories_do_not_underflow():
    """Ten thousand outcomes, and still a number near their rate."""
    assert beta_quantile(0.05, 9000, 1000) == pytest.approx(0.895, abs=0.001)


@pytest.mark.parametrize(
    "hits, misses, is_habit, tier",
    [
        (0, 0, False, Tier.OBSERVE),
        (3, 0, False, Tier.OBSERVE),
        (4, 0, False, Tier.SUGGEST),
        (4, 0, True, Tier.OBSERVE),
        (5, 0, True, Tier.SUGGEST),
        (16, 0, False, Tier.AUTO),
        (16, 1, False, Tier.SUGGEST),
        (40, 2, True, Tier.AUTO),
    ],
)
def test_the_tier_that_evidence_earns(hits, misses, is_habit, tier):
    """Four of four to be offered, five of five for habits, sixteen of sixteen for auto."""
    assert earned_tier(Evidence(hits=hits, misses=misses), is_habit=is_habit) is tier


def test_the_bound_that_is_needed_is_said():
    """Habits are measured by another rule than the rest."""
    seen = Evidence(hits=5)
    assert suggest_bound(seen, is_habit=True) == (beta_quantile(0.05, 5, 0), 0.60)
    assert suggest_bound(seen, is_habit=False) == (seen.lower_bound, 0.50)


@pytest.mark.parametrize(
    "hits, misses, failures, lost",
    [
        (0, 0, 0, False),
        (0, 0, 2, False),
        (9, 0, 3, True),
        (0, 3, 0, False),
        (3, 1, 0, True),
        (5, 1, 0, False),
        (0, 4, 0, True),
    ],
)
def test_how_trust_is_lost(hits, misses, failures, lost):
    """Three failures, or a bound under .4 that at least four outcomes hold there."""
    assert must_demote(Evidence(hits=hits, misses=misses), failures) is lost


def test_tiers_are_in_order():
    """Observe, suggest, auto; below observe there is nothing."""
    assert [tier.rank for tier in (Tier.OBSERVE, Tier.SUGGEST, Tier.AUTO)] == [0, 1, 2]
    assert [tier.below for tier in (Tier.OBSERVE, Tier.SUGGEST, Tier.AUTO)] == [
        Tier.OBSERVE,
        Tier.OBSERVE,
        Tier.SUGGEST,
    ]
