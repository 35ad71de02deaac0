"""Triggers of routines: the earliest part of it after which the rest is nearly always done."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from understudy.core.pattern import PatternKind
from understudy.core.value import MINUTE, SECOND, Millis
from understudy.core.workflow import CaptureTrigger, ManualTrigger
from understudy.detectors.acts import LONG, SHORTEST, Acts
from understudy.detectors.candidate import Candidate, is_act, is_passive
from understudy.detectors.evidence import Index, lower_bound
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE, Ints, Log

RELIABLE = 0.8
"""Bound of being completed from which a beginning is the trigger; if none reaches it, the best one is."""
DOUBTFUL, SURER = 0.6, 0.15
"""Below that bound a routine may do without one of its steps, if it gains so much by that."""
SPLITS = 8
"""Beginnings that are looked at."""
_HORIZONS: tuple[Millis, Millis] = (90 * SECOND, 15 * MINUTE)
_WITHIN: tuple[Millis, Millis] = (60 * SECOND, 5 * MINUTE)
_KNOWN = ("app:", "url:", "file:", "cmd:", "phrase:", "state:")
_USUAL = 0.9


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Split:
    bound: float
    trigger: CaptureTrigger
    horizon: Millis
    hits: Ints


def routine_candidate(log: Log, acts: Acts, index: Index, sequence: Sequence, score: float) -> Candidate:
    """Return the candidate that a routine makes, with its trigger; a step often left out is none."""
    numbers = sequence.symbols
    places = np.where(sequence.places >= 0, acts.places_in_log[np.maximum(sequence.places, 0)], NOWHERE)
    split = _best(list(_splits(log, index, numbers, places)))
    if split is not None and SHORTEST < len(numbers) < LONG and split.bound < DOUBTFUL:
        numbers, places, split = _without_optional(log, index, numbers, places, split)
    if split is not None and len(numbers) < LONG and len(split.hits) > len(places):
        places = split.hits  # more may stand between the steps than was allowed for finding them
    symbols = tuple(log.templates[symbol] for symbol in numbers)
    return Candidate(
        kind=PatternKind.ROUTINE,
        symbols=symbols,
        trigger=split.trigger if split else ManualTrigger(),
        expects=symbols[len(split.trigger.symbols) :] if split else symbols,
        horizon=split.horizon if split else _span(log, places, 0, len(symbols) - 1, _HORIZONS),
        score=score,
        places=places,
    )


def _without_optional(
    log: Log, index: Index, numbers: tuple[int, ...], places: Ints, split: _Split
) -> tuple[tuple[int, ...], Ints, _Split]:
    """Return the routine without the one step between the others that makes it come true much more often."""
    best = numbers, places, split
    for place in range(1, len(numbers) - 1):
        fewer = (*numbers[:place], *numbers[place + 1 :])
        rest = np.delete(places, place, axis=1)
        other = _best(list(_splits(log, index, fewer, rest)))
        if other is not None and other.bound >= max(best[2].bound, split.bound + SURER):
            best = fewer, rest, other
    return best


def _best(splits: list[_Split]) -> _Split | None:
    for split in splits:
        if split.bound >= RELIABLE:
            return split
    return max(splits, key=lambda split: split.bound, default=None)


def _splits(log: Log, index: Index, numbers: tuple[int, ...], places: Ints) -> Iterator[_Split]:
    """Yield the beginnings that can set something off, the shortest first, and how reliable each was."""
    symbols = tuple(log.templates[symbol] for symbol in numbers)
    for size in range(1, min(SPLITS, len(symbols) - 1) + 1):
        if not _may_trigger(symbols[size - 1]):
            return
        within = _span(log, places, 0, size - 1, _WITHIN)
        horizon = _span(log, places, size - 1, len(symbols) - 1, _HORIZONS)
        trials, hits = index.replay(numbers[:size], within, numbers[size:], horizon)
        yield _Split(
            bound=lower_bound(len(hits), trials),
            trigger=CaptureTrigger(symbols=symbols[:size], within=within),
            horizon=horizon,
            hits=hits,
        )


def _may_trigger(symbol: str) -> bool:
    """Whether it can set something off; of imported logs all can, as nothing of them will be done."""
    return is_passive(symbol) or (is_act(symbol) and not symbol.startswith(_KNOWN))


def _span(log: Log, places: Ints, start: int, end: int, limits: tuple[Millis, Millis]) -> Millis:
    """Return twice the time that nine of ten occurrences took from one step to another, within limits."""
    both = places[(places[:, start] >= 0) & (places[:, end] >= 0)]
    if not len(both):
        return limits[1]
    spans = np.sort(log.at[both[:, end]] - log.at[both[:, start]])
    usual = int(spans[math.ceil(_USUAL * len(spans)) - 1])
    return min(limits[1], max(limits[0], 2 * usual // SECOND * SECOND))
