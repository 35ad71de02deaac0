"""Routines: what is done in the same order, with noise in between?

Grown from pairs that beat chance, the strongest first. A routine is believed when its end follows its beginning (or
its beginning precedes its end) nearly always, not when it is merely frequent: what comes again and again in the same
burst of work is frequent too. What a routine explains is taken out of the log before the next one is looked for.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from understudy.detectors.absorbing import absorbed
from understudy.detectors.acts import LEAST, LONG, REACH, SHORTEST, Acts, gain, gain_of
from understudy.detectors.belief import (
    FAIRLY,
    PART,
    STEADY,
    is_believed,
    is_in_one_direction,
    steadiness,
    strength_of,
)
from understudy.detectors.candidate import Candidate
from understudy.detectors.completing import completed
from understudy.detectors.evidence import Index
from understudy.detectors.growing import Rules, Sequence, grow
from understudy.detectors.joining import joined
from understudy.detectors.log import Ints, Log
from understudy.detectors.rounds import beginnings, firsts, rounds
from understudy.detectors.stretches import made_whole
from understudy.detectors.triggers import routine_candidate
from understudy.detectors.variants import variants

PAIRS = 3_000
"""Pairs that are grown, the strongest first."""
LOOSE_PAIRS = 60
"""The same for routines with missing steps."""
MOST = 2.0
"""So many rounds of a long routine, at most, to each complete one: otherwise it is one with missing steps."""
VERY_LONG, MUCH = 9, 0.1
"""A routine with missing steps has so many, or explains so much of the log: a busy topic of few things does neither."""
FULL = 0.9
"""Share of its steps that are there from which a routine does not count as one with missing steps."""
DENSE = 0.5
"""Where so much of its span belongs to a long routine, all of it does."""
_HALF = 0.5
NONE: Ints = np.zeros((0, 0), np.int64)


class Routines:
    """What is done in the same order?"""

    name: ClassVar[str] = "routines"
    title: ClassVar[str] = "What do you do in the same order, with other things in between?"
    decoys: ClassVar[int] = 8

    def find(self, log: Log) -> list[Candidate]:
        """Return sequences of three or more steps, best first."""
        acts = Acts(log)
        if acts.size < 2 * SHORTEST:
            return []
        fresh = acts.copy()
        index, least = Index(log), math.log(max(2, acts.variety))
        found = [
            routine_candidate(log, fresh, index, each, strength / math.log(2))
            for each in _with_variants(fresh, _whole(acts, fresh))
            if (strength := strength_of(fresh, each)) >= least * min(len(each.symbols), LONG)
        ]
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.places[0, -1]))


def _whole(acts: Acts, fresh: Acts) -> list[Sequence]:
    """Return the routines put together of what the search finds. fresh: the same acts, none of them consumed."""
    pieces = joined(acts, absorbed(acts, list(search(acts))))
    routines = made_whole(acts, fresh, pieces)
    if routines is not pieces:
        routines = joined(acts, routines)
    return completed(acts, fresh, routines, Rules(keeps=0.5, covers=0.5, needed=_needed(acts)))


def _needed(acts: Acts) -> float:
    """Return the gain over chance that a pair and each further step must bring, in nats."""
    return math.log(max(2.0, acts.variety**2 * REACH / 5)) / 2


def _with_variants(acts: Acts, found: list[Sequence]) -> Iterator[Sequence]:
    for sequence in found:
        yield from variants(acts, sequence) if len(sequence.symbols) >= LONG else [sequence]


def search(acts: Acts) -> Iterator[Sequence]:
    """Yield the routines, from the strongest pair on; what one explains is consumed before the next is looked for."""
    needed = _needed(acts)
    first, then, count = acts.pairs()
    strength = gain(count, acts.counts[first] * acts.chances()[then])
    strong = np.flatnonzero(strength > needed)
    failed: set[tuple[int, int]] = set()
    tries = 0
    for index in strong[np.argsort(-strength[strong], kind="stable")][:PAIRS]:
        pair = int(first[index]), int(then[index])
        if pair in failed:
            continue
        start = Sequence(symbols=pair, places=acts.meetings(*pair))
        if not _is_strong(acts, start, needed):
            continue
        tries += 1
        settled, tried = _best(acts, start, needed, may_be_loose=tries <= LOOSE_PAIRS)
        if settled is None:
            failed.update(_pairs_of(tried))
        else:
            acts.consume(_span(settled))
            yield settled


def _best(
    acts: Acts, start: Sequence, needed: float, *, may_be_loose: bool
) -> tuple[Sequence | None, tuple[int, ...]]:
    """Return the routine around a pair, if there is one, and what was looked at."""
    grown = grow(acts, start, Rules(keeps=0.5, covers=1.0, needed=needed)) or start
    exact = _exact(acts, grown.symbols)
    if may_be_loose and (exact is None or len(exact.symbols) < LONG):
        loose = _loose(acts, start, Rules(keeps=0.4, covers=0.5, needed=needed))
        if loose is not None and (exact is None or _explained(loose) > 2 * _explained(exact)):
            return loose, loose.symbols
    return exact, grown.symbols


def _span(sequence: Sequence) -> Ints:
    """Return the acts that a routine explains."""
    begin, end = firsts(sequence.places), sequence.places.max(axis=1)
    density = np.count_nonzero(sequence.places >= 0) / (end - begin + 1).sum()
    if len(sequence.symbols) < LONG or density < DENSE or (sequence.places >= 0).mean() > FULL:
        return sequence.places
    return np.concatenate([np.arange(first, last + 1) for first, last in zip(begin, end, strict=True)])


def _explained(sequence: Sequence) -> int:
    return int(np.count_nonzero(sequence.places >= 0))


def _is_strong(acts: Acts, pair: Sequence, needed: float) -> bool:
    """Whether two symbols meet more often than their topic explains, in what is left."""
    if len(pair.places) < LEAST:
        return False
    first, then = pair.symbols
    expected = len(acts.places(first)) * acts.local_chance(pair.places[:, 0], then)
    return gain_of(len(pair.places), expected) >= needed


def _pairs_of(symbols: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for index, first in enumerate(symbols):
        for then in symbols[index + 1 :]:
            yield first, then


def _exact(acts: Acts, symbols: tuple[int, ...]) -> Sequence | None:
    """Return the routine of these steps with its complete occurrences, and where it is long with its rounds."""
    places = acts.chain(symbols) if len(symbols) >= SHORTEST else NONE
    whole = Sequence(symbols=symbols, places=places)
    if len(places) < LEAST or not is_believed(acts, whole):
        return None
    if len(symbols) < LONG:
        return whole
    every = rounds(acts, whole)
    return Sequence(symbols=symbols, places=every) if len(every) <= MOST * len(places) else None


def _loose(acts: Acts, start: Sequence, rules: Rules) -> Sequence | None:
    """Grow again and again from the rounds of what was found, as long as that finds more steps."""
    sequence = start
    for _ in range(LONG):
        longer = grow(acts, sequence, rules)
        if longer is None or len(longer.symbols) < max(LONG, len(sequence.symbols) + 1):
            break
        sequence = Sequence(symbols=longer.symbols, places=_half_rounds(acts, longer.symbols, PART))
    steady = steadiness(acts, sequence.symbols) if len(sequence.symbols) >= LONG else 0.0
    if steady < FAIRLY:
        return None
    whole = Sequence(symbols=sequence.symbols, places=_half_rounds(acts, sequence.symbols, None))
    is_long, is_much = len(whole.symbols) >= VERY_LONG, _explained(whole) >= MUCH * acts.size
    if steady < STEADY:
        is_enough = is_long and is_much and is_in_one_direction(acts, whole.symbols, steady)
    else:
        is_enough = is_long or is_much
    return whole if is_enough and len(whole.places) >= LEAST else None


def _half_rounds(acts: Acts, symbols: tuple[int, ...], limit: int | None) -> Ints:
    begun = beginnings(acts, symbols, limit)
    half = begun[(begun >= 0).sum(axis=1) >= _HALF * len(symbols)]
    return np.asarray(half[np.argsort(half.max(axis=1), kind="stable")])


PLUGIN = Routines
