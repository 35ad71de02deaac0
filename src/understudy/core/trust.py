"""Trust: what evidence is worth and which tier it has earned. Numbers in, verdicts out."""

import math
from collections.abc import Iterable
from enum import StrEnum

from understudy.core.value import DAY, Millis, Value


class Tier(StrEnum):
    """How far a workflow may go: observe < suggest < auto."""

    OBSERVE = "observe"
    """A dry run that only says what it would have done."""
    SUGGEST = "suggest"
    """Asks each time."""
    AUTO = "auto"
    """Runs by itself; only the person switches this on."""

    @property
    def rank(self) -> int:
        """0, 1 or 2."""
        return _RANKS[self]

    @property
    def below(self) -> "Tier":
        """The next lower tier; observe stays observe."""
        return Tier.SUGGEST if self is Tier.AUTO else Tier.OBSERVE


_RANKS = {Tier.OBSERVE: 0, Tier.SUGGEST: 1, Tier.AUTO: 2}

SUGGEST_BOUND = 0.50
"""Wilson lower bound from which a pattern may be offered."""
HABIT_SUGGEST_BOUND = 0.60
"""For habits: 5 % quantile of Beta(1 + hits, 1 + misses)."""
AUTO_BOUND = 0.80
"""Wilson lower bound from which Always may be offered."""
DEMOTE_BOUND = 0.40
"""A bound over the last 14 days below this costs one tier."""
PRECISION = 1e-9
"""To which the quantile is found."""
RECENT: Millis = 14 * DAY
DEMOTING_FAILURES = 3
"""Failed runs within seven days that cost one tier."""
ENOUGH_OUTCOMES = 4


class Evidence(Value):
    """What happened each time a pattern's trigger fired after the pattern was found."""

    hits: int = 0
    """The person then did what was predicted, or said yes."""
    misses: int = 0
    """They did not, or refused, undid, or it failed."""

    @property
    def lower_bound(self) -> float:
        """Wilson 95 % lower bound of the rate of hits, 0 with nothing seen."""
        return wilson_lower_bound(self.hits, self.hits + self.misses)

    def plus(self, *, hit: bool) -> "Evidence":
        """This evidence with one more outcome."""
        return Evidence(hits=self.hits + hit, misses=self.misses + (not hit))


def wilson_lower_bound(hits: int, trials: int, z: float = 1.959964) -> float:
    """Return the lower end of the Wilson score interval (E. B. Wilson, 1927); 0.0 when there were no trials."""
    if trials <= 0 or hits <= 0:  # (without a hit it is 0, which the terms below only come near)
        return 0.0
    rate = hits / trials
    centre = rate + z * z / (2 * trials)
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return max(0.0, (centre - spread) / (1 + z * z / trials))


def beta_quantile(probability: float, hits: int, misses: int) -> float:
    """Return the quantile of Beta(1 + hits, 1 + misses), by bisection on the binomial tail, to 1e-9.

    For whole numbers the Beta distribution function at x equals P(Binomial(hits + misses + 1, x) > hits).
    """
    trials = hits + misses + 1
    ways = _logs_of_ways(hits, trials)
    low, high = 0.0, 1.0
    while high - low > PRECISION:
        middle = (low + high) / 2
        if _binomial_above(ways, trials, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _logs_of_ways(count: int, trials: int) -> list[tuple[int, float]]:
    """Return each number k above the count, with the logarithm of the ways to have k of so many trials."""
    log_all = math.lgamma(trials + 1)
    return [
        (k, log_all - math.lgamma(k + 1) - math.lgamma(trials - k + 1)) for k in range(count + 1, trials + 1)
    ]


def _binomial_above(ways: Iterable[tuple[int, float]], trials: int, rate: float) -> float:
    """P(Binomial(trials, rate) is one of these), summed in logarithms so that long histories do not underflow."""
    log_rate, log_rest = math.log(rate), math.log1p(-rate)
    return math.fsum([math.exp(log_ways + k * log_rate + (trials - k) * log_rest) for k, log_ways in ways])


def suggest_bound(evidence: Evidence, *, is_habit: bool) -> tuple[float, float]:
    """Return (bound reached, bound needed) for being offered."""
    if is_habit:
        return beta_quantile(0.05, evidence.hits, evidence.misses), HABIT_SUGGEST_BOUND
    return evidence.lower_bound, SUGGEST_BOUND


def earned_tier(evidence: Evidence, *, is_habit: bool) -> Tier:
    """Return the highest tier this evidence may be *offered*; auto still needs the person's own switch."""
    if evidence.lower_bound >= AUTO_BOUND:
        return Tier.AUTO
    reached, needed = suggest_bound(evidence, is_habit=is_habit)
    return Tier.SUGGEST if reached >= needed else Tier.OBSERVE


def must_demote(recent: Evidence, failures_in_week: int) -> bool:
    """Say whether trust was lost: three failures in seven days, or a 14-day bound that some outcomes hold under .4.

    A single recent outcome cannot lift the bound over .4, so the bound speaks only once it could have (4 outcomes).
    """
    enough = recent.hits + recent.misses >= ENOUGH_OUTCOMES
    return failures_in_week >= DEMOTING_FAILURES or (enough and recent.lower_bound < DEMOTE_BOUND)
