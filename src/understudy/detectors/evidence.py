"""What counts as evidence against chance: conservative bounds, base rates, and the past replayed."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from understudy.core.trust import beta_quantile
from understudy.core.value import Millis
from understudy.detectors.log import NOWHERE, Flags, Floats, Ints, Log

_LARGE = 200
"""From so many trials the normal approximation of the quantile is off by less than .005."""
_Z = 1.6449
_QUANTILE = 0.05
_GRID = (np.arange(1_024) + 0.5) / 1_024
"""Rates at which the density of a bound is summed up."""
_LOG_RATE, _LOG_REST = np.log(_GRID), np.log1p(-_GRID)
_TINY = 1e-6

SYMMETRY = 1 / 16
"""Largest chance that the order is a matter of luck: four of four times in the same order is enough."""


@lru_cache(maxsize=8_192)
def lower_bound(hits: int, trials: int) -> float:
    """Return the 5 % quantile of Beta(1 + hits, 1 + misses)."""
    if trials < _LARGE:
        return beta_quantile(_QUANTILE, hits, trials - hits)
    mean = (1 + hits) / (2 + trials)
    return max(0.0, mean - _Z * math.sqrt(mean * (1 - mean) / (3 + trials)))


def lower_bounds(hits: ArrayLike, trials: ArrayLike) -> Floats:
    """Return `lower_bound` of many, to .002; the counts may be weighted, so no whole numbers."""
    number = np.atleast_1d(np.asarray(trials, np.float64))
    good = np.broadcast_to(np.asarray(hits, np.float64), number.shape)
    mean = (1 + good) / (2 + number)
    bounds = np.maximum(0.0, mean - _Z * np.sqrt(mean * (1 - mean) / (3 + number)))
    few = number < _LARGE
    bounds[few] = _few_bounds(good[few], number[few])
    return bounds


def _few_bounds(hits: Floats, trials: Floats) -> Floats:
    """Sum up the density of each different (hits, trials) until it reaches the quantile."""
    pairs, inverse = np.unique(np.round(np.stack((hits, trials)), 3), axis=1, return_inverse=True)
    good, bad = pairs[0][:, None], np.maximum(0.0, pairs[1] - pairs[0])[:, None]
    logs = good * _LOG_RATE + bad * _LOG_REST
    sums = np.cumsum(np.exp(logs - logs.max(axis=1, keepdims=True)), axis=1)
    wanted = _QUANTILE * sums[:, -1:]
    above = np.argmax(sums >= wanted, axis=1)[:, None]
    upper = np.take_along_axis(sums, above, axis=1)
    lower = np.where(above > 0, np.take_along_axis(sums, np.maximum(above - 1, 0), axis=1), 0.0)
    found = (above + (wanted - lower) / (upper - lower)) / len(_GRID)
    return np.asarray(found[:, 0][inverse.ravel()])


def bits(hits: int, trials: int, base: float) -> float:
    """Return trials * KL(bound || base) in bits, 0 where the bound does not exceed the base rate."""
    return float(bits_of(lower_bound(hits, trials), trials, base)[0])


def bits_of(bounds: ArrayLike, trials: ArrayLike, base: ArrayLike) -> Floats:
    """Return the same for many bounds that are known already."""
    bound = np.clip(np.atleast_1d(np.asarray(bounds, np.float64)), _TINY, 1 - _TINY)
    rate = np.clip(np.asarray(base, np.float64), _TINY, 1 - _TINY)
    apart = bound * np.log2(bound / rate) + (1 - bound) * np.log2((1 - bound) / (1 - rate))
    return np.asarray(np.where(bound > rate, np.asarray(trials) * apart, 0.0))


@lru_cache(maxsize=8_192)
def one_sided(more: int, less: int) -> float:
    """Return the probability of `more` or more heads in more + less throws of a fair coin (sign test)."""
    total = more + less
    heads = sum(math.comb(total, count) for count in range(more, total + 1))
    return float(Fraction(heads, 2**total))


class Index:
    """Where each symbol of a log is: the next one, the last one, how often one is near."""

    def __init__(self, log: Log) -> None:
        """Sort the places of a log by symbol, once."""
        self.log = log
        self._order = np.argsort(log.symbol, kind="stable")
        self._starts = np.searchsorted(log.symbol[self._order], np.arange(len(log.templates) + 1))

    def places(self, symbol: int) -> Ints:
        """Return where a symbol is, in order."""
        return np.asarray(self._order[self._starts[symbol] : self._starts[symbol + 1]])

    def after(self, places: Ints, symbol: int, until: Ints | Millis) -> Ints:
        """Return the first place of the symbol after each place, NOWHERE where it comes later than `until`."""
        return self._next(self.places(symbol), places, until)

    def _next(self, where: Ints, places: Ints, until: Ints | Millis) -> Ints:
        if not len(where):
            return np.full(len(places), NOWHERE, np.int64)
        later = np.searchsorted(where, places, side="right")
        found = where[np.minimum(later, len(where) - 1)]
        is_there = (places >= 0) & (later < len(where)) & (self.log.at[found] <= until)
        return np.where(is_there, found, NOWHERE)

    def before(self, places: Ints, symbol: int, since: Ints | Millis) -> Ints:
        """Return the last place of the symbol before each place, NOWHERE where it came earlier than `since`."""
        where = self.places(symbol)
        if not len(where):
            return np.full(len(places), NOWHERE, np.int64)
        earlier = np.searchsorted(where, places) - 1
        found = where[np.maximum(earlier, 0)]
        is_there = (places >= 0) & (earlier >= 0) & (self.log.at[found] >= since)
        return np.where(is_there, found, NOWHERE)

    def base_rate(self, symbol: int, span: Millis) -> float:
        """Return the share of all other events that are followed by the symbol within the span."""
        places, at = self.places(symbol), self.log.at
        earliest = np.searchsorted(at, at[places] - span)
        done = np.concatenate(([0], places[:-1] + 1))
        covered = int((places - np.maximum(earliest, done)).sum())
        return covered / max(1, len(self.log) - len(places))

    def replay(
        self, trigger: Sequence[int], within: Millis, expects: Sequence[int], horizon: Millis
    ) -> tuple[int, Ints]:
        """Return how often a trigger would have fired, and the occurrences that were completed.

        Occurrences x symbols. As in the shadow, a trigger that fires while an earlier one is still waited for
        counts for nothing; nor does one that is still waited for when the log ends.
        """
        at, columns = self.log.at, [self.places(trigger[-1])]
        since = at[columns[0]] - within
        for symbol in reversed(trigger[:-1]):
            columns.insert(0, self.before(columns[0], symbol, since))
        until = at[columns[-1]] + horizon
        for symbol in expects:
            columns.append(self.after(columns[-1], symbol, until))
        rows = np.stack(columns, axis=1)
        fired = np.flatnonzero(columns[0] >= 0)
        rows, until = rows[fired], until[fired]
        is_hit = rows[:, -1] >= 0
        trials = _not_waiting(at[rows[:, len(trigger) - 1]], np.where(is_hit, at[rows[:, -1]], until))
        is_judged = trials & (is_hit | (until <= (at[-1] if len(at) else 0)))
        return int(is_judged.sum()), rows[is_judged & is_hit]


def _not_waiting(opened: Ints, closed: Ints) -> Flags:
    """Return which of these intervals, in order, begin when no earlier one of them is open."""
    following = np.searchsorted(opened, closed, side="right").tolist()
    found = np.zeros(len(opened), bool)
    index = 0
    while index < len(opened):
        found[index] = True
        index = max(index + 1, following[index])
    return found
