"""Follow-ups: after A, does the person soon do B? Weighed against how often B is near anyway, and near there."""

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from understudy.core.pattern import PatternKind
from understudy.core.value import MINUTE, SECOND, Millis
from understudy.core.workflow import CaptureTrigger
from understudy.detectors.candidate import Candidate, is_act, is_passive
from understudy.detectors.evidence import (
    SYMMETRY,
    Index,
    bits,
    bits_of,
    lower_bound,
    lower_bounds,
    one_sided,
)
from understudy.detectors.log import Flags, Floats, Ints, Log

WINDOW: Millis = 5 * MINUTE
SHORTEST: Millis = 90 * SECOND
"""A horizon is not shorter than this, however prompt the person was so far."""
LOOK_AHEAD = 48
"""Events that are looked at after an anchor."""
LEAST = 3
BOUND, BUSY_BOUND = 0.5, 0.65
"""What the bound of being right must reach; more where it would be asked often: errors cost attention."""
BUSY = 3
"""Times a day from which a trigger is busy."""
LIFT = 1.5
SAME = 0.8
"""Share of the answers that another, better trigger explains from which a follow-up is only its echo."""

_SHARE, _LIFT = 0.4, 1.2
"""What a pair must reach in the first count to be looked at closely: share of anchors followed, and lift."""
_PAID = 0.7
"""Of the bits that looking at every pair costs; less than all, as bits are counted on the low side."""
_CLOSELY = 1_000
"""Pairs that are looked at closely, the strongest first."""
_CELLS = 1 << 22
"""Pairs counted at once."""
_ANCHORS, _NEIGHBOURS = 256, 8
"""For the rate nearby: anchors looked at, and events before and after each of them."""


Bytes = NDArray[np.uint8]


class FollowUps:
    """After A, is B soon done?"""

    name: ClassVar[str] = "follow_ups"
    title: ClassVar[str] = "What do you do soon after something else?"
    decoys: ClassVar[int] = 8

    def find(self, log: Log) -> list[Candidate]:
        """Return pairs whose second follows the first within five minutes, best first."""
        if not log.templates:
            return []
        passive, acts = _flags(log)
        needed = _PAID * math.log2(max(2, int(passive.sum()) * int(acts.sum())))
        index = Index(log)
        found = [_weigh(index, first, then, needed) for first, then in _pairs(log, passive, acts)]
        passed = [candidate for candidate in found if candidate is not None]
        return _without_echoes(sorted(passed, key=lambda each: (-each.score, *each.places[0].tolist())))


def _flags(log: Log) -> tuple[Flags, Flags]:
    """Return which symbols may set something off, and which the person may do."""
    passive = np.array([is_passive(template) for template in log.templates], bool)
    acts = np.array([is_act(template) for template in log.templates], bool)
    return passive, acts


def _pairs(log: Log, passive: Flags, acts: Flags) -> list[tuple[int, int]]:
    """Return the pairs (A, B) in which B is often and more than usually near after A, strongest first."""
    strength: dict[tuple[int, int], float] = {}
    for window in (SHORTEST, WINDOW):
        first, then, counts, base = _counts(log, passive, acts, window)
        bounds = lower_bounds(counts, log.counts[first])
        strong = (bounds > base) & (counts >= _LIFT * base * log.counts[first])
        score = bits_of(bounds, log.counts[first], base)
        for a, b, value in zip(first[strong], then[strong], score[strong], strict=True):
            pair = int(a), int(b)
            strength[pair] = max(float(value), strength.get(pair, 0.0))
    return sorted(strength, key=lambda pair: (-strength[pair], pair))[:_CLOSELY]


def _counts(log: Log, passive: Flags, acts: Flags, window: Millis) -> tuple[Ints, Ints, Ints, Floats]:
    """Return A, B, after how many A a B comes within the window, and how often it does after anything.

    Only pairs where that is often. Of several B after the same A only the first counts.
    """
    reach, since = _reaches(log, passive, window), _distances(log, acts)
    size = len(log.templates)
    rows = max(1, _CELLS // max(1, size))
    totals, kept = np.zeros(size, np.int64), []
    for start in range(0, size, rows):
        here = reach * ((log.symbol >= start) & (log.symbol < start + rows))
        table = _table(log, here, since, start, min(rows, size - start))
        totals += table.sum(axis=0)
        least = np.maximum(LEAST, _SHARE * log.counts[start : start + rows])
        first, then = np.nonzero(table >= least[:, None])
        kept.append((first + start, then, table[first, then]))
    first, then, counts = (np.concatenate(column) for column in zip(*kept, strict=True))
    others = log.counts[passive].sum() - np.where(passive, log.counts, 0)
    return first, then, counts, (totals / np.maximum(1, others))[then]


def _reaches(log: Log, passive: Flags, window: Millis) -> Bytes:
    """Return how many events after each one are within the window; 0 where nothing is set off."""
    ends = np.searchsorted(log.at, log.at + window, side="right")
    reach = np.minimum(LOOK_AHEAD, ends - 1 - np.arange(len(log)))
    return np.where((log.symbol >= 0) & passive[log.symbol], reach, 0).astype(np.uint8)


def _distances(log: Log, acts: Flags) -> Bytes:
    """Return how many events before each one the same symbol was last seen; 0 where nothing is done."""
    order = np.argsort(log.symbol, kind="stable")
    is_same = log.symbol[order][1:] == log.symbol[order][:-1]
    since = np.full(len(log), LOOK_AHEAD + 1)
    since[order[1:][is_same]] = np.diff(order)[is_same]
    is_done = (log.symbol >= 0) & acts[log.symbol]
    return np.where(is_done, np.minimum(since, LOOK_AHEAD + 1), 0).astype(np.uint8)


def _table(log: Log, reach: Bytes, since: Bytes, start: int, rows: int) -> Ints:
    """Return rows x symbols: for how many A (from `start` on) a B is in reach; one pass for each distance."""
    size = len(log.templates)
    table = np.zeros(rows * size, np.int64)
    waiting: list[Ints] = []
    for lag in range(1, int(reach.max()) + 1):
        places = np.flatnonzero((reach[:-lag] >= lag) & (since[lag:] > lag))
        waiting.append((log.symbol[places].astype(np.int64) - start) * size + log.symbol[places + lag])
        if sum(map(len, waiting)) > _CELLS:
            table += np.bincount(np.concatenate(waiting), minlength=len(table))
            waiting = []
    if waiting:
        table += np.bincount(np.concatenate(waiting), minlength=len(table))
    return table.reshape(rows, size)


def _weigh(index: Index, first: int, then: int, needed: float) -> Candidate | None:
    at = index.log.at
    trials, hits = index.replay((first,), 0, (then,), WINDOW)
    if len(hits) < LEAST:
        return None
    horizon = _horizon(at[hits[:, 1]] - at[hits[:, 0]])
    trials, hits = index.replay((first,), 0, (then,), horizon)
    if lower_bound(len(hits), trials) < _bound(index, first, trials) or not _is_after(
        index, first, then, horizon
    ):
        return None
    base = _base(index, first, then, horizon)
    score = bits(len(hits), trials, base)
    if score < needed or lower_bound(len(hits), trials) < LIFT * base:
        return None
    symbols = index.log.templates[first], index.log.templates[then]
    return Candidate(
        kind=PatternKind.FOLLOW_UP,
        symbols=symbols,
        trigger=CaptureTrigger(symbols=symbols[:1]),
        expects=symbols[1:],
        horizon=horizon,
        score=score,
        places=hits,
    )


def _horizon(delays: Ints) -> Millis:
    """Return twice the time that nine of ten needed, in whole seconds, between 90 seconds and the window."""
    usual = int(np.sort(delays)[math.ceil(0.9 * len(delays)) - 1])
    return min(WINDOW, max(SHORTEST, 2 * usual // SECOND * SECOND))


def _bound(index: Index, first: int, trials: int) -> float:
    days = len(np.unique(index.log.day[index.places(first)]))
    return BUSY_BOUND if trials > BUSY * days else BOUND


def _is_after(index: Index, first: int, then: int, horizon: Millis) -> bool:
    """Whether B stands after A rather than before it: what merely comes in the same bursts does both."""
    anchors, at = index.places(first), index.log.at
    is_after = index.after(anchors, then, at[anchors] + horizon) >= 0
    is_before = index.before(anchors, then, at[anchors] - horizon) >= 0
    if is_after.sum() < 2 * is_before.sum():
        return False
    return one_sided(int((is_after & ~is_before).sum()), int((is_before & ~is_after).sum())) <= SYMMETRY


def _base(index: Index, first: int, then: int, horizon: Millis) -> float:
    """Return how often B is near anyway, or near in the same stretches of work, whichever is more.

    Nearby events tell the second, where no A is so close that it could be the cause.
    """
    anywhere = index.base_rate(then, horizon)
    at, places = index.log.at, _nearby(index, first, horizon)
    alone = (index.log.symbol[places] != first) & (index.log.symbol[places] != then)
    alone &= index.before(places, first, at[places] - horizon) < 0
    alone &= index.after(places, first, at[places] + horizon) < 0
    places = places[alone]
    followed = index.after(places, then, at[places] + horizon) >= 0
    return max(anywhere, float((followed.sum() + anywhere) / (len(places) + 1)))


def _nearby(index: Index, first: int, horizon: Millis) -> Ints:
    """Return places of events close to A, yet so far that what follows them is not due to it."""
    anchors, at = index.places(first), index.log.at
    anchors = anchors[:: max(1, len(anchors) // _ANCHORS)]
    steps = np.arange(_NEIGHBOURS)
    earlier = np.searchsorted(at, at[anchors] - horizon)[:, None] - 1 - steps
    later = np.searchsorted(at, at[anchors] + horizon, side="right")[:, None] + steps
    places = np.concatenate((earlier.ravel(), later.ravel()))
    return np.asarray(places[(places >= 0) & (places < len(at))])


def _without_echoes(candidates: list[Candidate]) -> list[Candidate]:
    """Drop those whose answers a better one already explains, as Z -> B where Z comes before A -> B."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(_is_echo(candidate, other) for other in kept):
            kept.append(candidate)
    return kept


def _is_echo(candidate: Candidate, better: Candidate) -> bool:
    if candidate.expects != better.expects:
        return False
    shared = np.isin(candidate.lasts, better.lasts).sum()
    return bool(shared >= SAME * len(candidate.places))


PLUGIN = FollowUps
