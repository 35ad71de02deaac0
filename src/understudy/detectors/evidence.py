"""What counts as evidence against chance: conservative bounds, base rates, and the past replayed."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from understudy.core.trust import beta_quantile
from understudy.core.value import Millis
from understudy.detectors.stream import Event

_LARGE = 200
"""From so many trials the normal approximation of the quantile is off by less than .005."""
_Z = 1.6449

SYMMETRY = 1 / 16
"""Largest chance that the order is a matter of luck: four of four times in the same order is enough."""


@lru_cache(maxsize=8_192)
def lower_bound(hits: int, trials: int) -> float:
    """Return the 5 % quantile of Beta(1 + hits, 1 + misses)."""
    if trials < _LARGE:
        return beta_quantile(0.05, hits, trials - hits)
    mean = (1 + hits) / (2 + trials)
    return max(0.0, mean - _Z * math.sqrt(mean * (1 - mean) / (3 + trials)))


def bits(hits: int, trials: int, base: float) -> float:
    """Return trials * KL(bound || base) in bits, 0 where the bound does not exceed the base rate."""
    bound, base = lower_bound(hits, trials), min(max(base, 1e-6), 1 - 1e-6)
    if bound <= base:
        return 0.0
    rest = (1 - bound) * math.log2((1 - bound) / (1 - base))
    return trials * (bound * math.log2(bound / base) + rest)


@lru_cache(maxsize=8_192)
def one_sided(more: int, less: int) -> float:
    """Return the probability of `more` or more heads in more + less throws of a fair coin (sign test)."""
    total = more + less
    heads = sum(math.comb(total, count) for count in range(more, total + 1))
    return float(Fraction(heads, 2**total))


class Log:
    """Events with an index by template: where is the next one, how often is one near."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.times = [event.at for event in events]
        self.places: dict[str, list[int]] = {}
        for index, event in enumerate(events):
            if event.template:
                self.places.setdefault(event.template, []).append(index)

    def base_rate(self, template: str, span: Millis) -> float:
        """Return the share of all other events that are followed by the template within the span."""
        covered, done = 0, 0
        places = self.places[template]
        for place in places:
            first = max(done, bisect_left(self.times, self.times[place] - span))
            covered += max(0, place - first)
            done = place + 1
        return covered / max(1, len(self.events) - len(places))

    def after(self, place: int, wanted: Sequence[str], until: Millis) -> tuple[int, ...] | None:
        """Return the first places of these templates, in order, after a place; None = not all until then."""
        found = []
        for template in wanted:
            places = self.places[template]
            next_one = bisect_right(places, place)
            if next_one == len(places) or self.times[places[next_one]] > until:
                return None
            place = places[next_one]
            found.append(place)
        return tuple(found)

    def before(self, place: int, wanted: Sequence[str], since: Millis) -> tuple[int, ...] | None:
        """Return the last places of these templates, in order, before a place; None = not all since then."""
        found = []
        for template in reversed(wanted):
            places = self.places[template]
            last_one = bisect_left(places, place) - 1
            if last_one < 0 or self.times[places[last_one]] < since:
                return None
            place = places[last_one]
            found.append(place)
        return tuple(reversed(found))

    def replay(
        self, trigger: Sequence[str], within: Millis, expects: Sequence[str], horizon: Millis
    ) -> tuple[int, list[tuple[int, ...]]]:
        """Return how often a trigger would have fired, and the occurrences that were completed.

        As in the shadow, a trigger that fires while an earlier one is still waited for counts for nothing.
        """
        trials, hits, busy_until = 0, [], -1
        for place in self.places[trigger[-1]]:
            at = self.times[place]
            if at <= busy_until:
                continue
            earlier = self.before(place, trigger[:-1], at - within)
            if earlier is None:
                continue
            trials += 1
            later = self.after(place, expects, at + horizon)
            busy_until = at + horizon if later is None else self.times[later[-1]]
            if later is not None:
                hits.append((*earlier, place, *later))
        return trials, hits
