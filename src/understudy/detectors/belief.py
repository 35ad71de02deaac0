"""Belief: what makes a sequence a routine, and not only frequent, or busy in the same burst of work."""

import math
from itertools import pairwise

import numpy as np

from understudy.detectors.acts import LEAST, LONG, REACH, SAMPLE, WIDE, Acts, gain_of, sample
from understudy.detectors.evidence import lower_bound
from understudy.detectors.growing import Sequence
from understudy.detectors.log import Ints
from understudy.detectors.rounds import beginnings

COMPLETED = 0.8
"""Share of the beginnings that must be completed, or of the ends that must have been begun, beyond chance."""
BOTH, MANY = 0.35, 30
"""The same for the weaker of the two, unless there are many: before a pair that is always together any third step
looks sure."""
USUALLY = 0.5
"""What the bound of that share must reach: four of four do."""
STRICT = 0.9
"""Share of the occurrences in which each step comes right after the one before, for a circle to be a routine."""
LIFT = 3.0
"""Instead: so much likelier must each step be in the routine than after the same step elsewhere nearby."""
LIFTED = 10
"""Occurrences from which that is known."""
ROUND = 1.5
"""So much more often than anywhere may a step stand beside the routine, outside of it."""
BACKWARDS = 1 / 3
"""Share of the occurrences as often as which two neighbours may meet the other way round, beyond chance."""
_PAID = 100
"""For looking at every pair: the chance that one of them does so well by luck is one in so many."""
STEADY = 0.4
"""Share of the steps in one half that must be there when the other half has begun, beyond chance."""
FAIRLY = 0.3
"""The same where several endings, or a loop, make each half less sure of the other: if it is `STEADY` beyond what the
same steps fit the other way round, and much of the log."""
PART = 600
"""Meetings of each two neighbours, the latest, on which it is decided whether steps may be missing."""


def is_believed(acts: Acts, sequence: Sequence) -> bool:
    """Whether a sequence with complete occurrences is a routine."""
    if strength_of(acts, sequence) < math.log(max(2, acts.variety)) * len(sequence.symbols):
        return False
    if len(sequence.symbols) < LONG and not is_in_order(acts, sequence):
        return False
    return completed(acts, sequence) >= COMPLETED or (
        len(sequence.places) >= LIFTED and is_lifted(acts, sequence)
    )


def strength_of(acts: Acts, sequence: Sequence) -> float:
    """Return the gain of a sequence over independence, in nats."""
    symbols = sequence.symbols
    expected = acts.counts[symbols[0]] * math.prod(acts.chance(symbol) for symbol in symbols[1:])
    return gain_of(len(sequence.places), expected)


def is_strict(sequence: Sequence) -> bool:
    """Whether each step comes right after the one before, nearly always."""
    return bool((np.diff(sequence.places, axis=1) == 1).mean(axis=0).min() >= STRICT)


def is_in_order(acts: Acts, sequence: Sequence) -> bool:
    """Whether no two neighbours meet the other way round as well: things that are merely done together do."""
    return is_strict(sequence) or not any(
        _is_backwards(acts, first, then, len(sequence.places)) for first, then in pairwise(sequence.symbols)
    )


def _is_backwards(acts: Acts, first: int, then: int, found: int) -> bool:
    back = acts.meetings(then, first)
    chance = acts.local_chance(back[:, 0], first) if len(back) else 0.0
    expected = len(acts.places(then)) * chance
    return len(back) - expected - 2 * math.sqrt(expected) > BACKWARDS * found


def completed(acts: Acts, sequence: Sequence) -> float:
    """Return the better share, beyond chance, of beginnings that were completed and of ends that had been begun.

    0 where the other one is too small.
    """
    symbols, found = sequence.symbols, len(sequence.places)
    strict, heads, tails = is_strict(sequence), 0.0, 0.0
    for length in range(2, min(len(symbols) - 1, max(2, len(symbols) // 2 + 1)) + 1):
        head, tail = acts.chain(symbols[:length]), acts.chain_back(symbols[-length:])
        heads = max(heads, _beyond(acts, found, head, symbols[length:], 1, strict=strict))
        tails = max(tails, _beyond(acts, found, tail, symbols[:-length], -1, strict=strict))
    return max(heads, tails) if found >= MANY or min(heads, tails) >= BOTH else 0.0


def _beyond(acts: Acts, found: int, part: Ints, rest: tuple[int, ...], side: int, *, strict: bool) -> float:
    """Return how often the rest comes after (side 1) or before (side -1) a part, beyond chance.

    Chance is what is near anyway, and what is as near on the other side: who goes round in circles between the same
    few things does each of them soon after any other. Unless the circle is always the same.
    """
    trials = len(part)
    hits = min(found, trials)
    if 2 * hits <= trials or lower_bound(hits, trials) < USUALLY:  # the first is known at once
        return 0.0
    some = sample(part, SAMPLE)
    inner, outer = (some[:, -1], some[:, 0]) if side > 0 else (some[:, 0], some[:, -1])
    around = acts.around(inner)
    chances = [around.chance(symbol) for symbol in rest]
    if not strict:
        before = acts.look(outer, -side)
        opposite = [float((before == symbol).any(axis=1).mean()) for symbol in rest]
        chances = [max(pair) for pair in zip(chances, opposite, strict=True)]
    chance = math.prod(chances)
    if _nats(hits, trials, chance) < math.log(_PAID * max(2, acts.variety) ** 2):
        return 0.0
    share = hits / trials
    # What may be luck does not speak against it: one standard error.
    return (share + math.sqrt(share * (1 - share) / trials) - chance) / max(1e-9, 1 - chance)


def _nats(hits: int, trials: int, chance: float) -> float:
    """Return what so many hits tell against chance: trials * KL(share || chance)."""
    share, rate = hits / trials, min(max(chance, 1e-9), 1 - 1e-9)
    if share <= rate:
        return 0.0
    rest = (1 - share) * math.log((1 - share) / (1 - rate)) if share < 1 else 0.0
    return trials * (share * math.log(share / rate) + rest)


def is_lifted(acts: Acts, sequence: Sequence) -> bool:
    """Whether each step is much likelier in the routine than beside the same step elsewhere nearby."""
    symbols = sequence.symbols
    return not _goes_round(acts, sequence) and all(
        _lift(acts, sequence, index, len(acts.chain(symbols[: index + 1])), 1) >= LIFT
        and _lift(acts, sequence, index, len(acts.chain_back(symbols[index:])), -1) >= LIFT
        for index in range(1, len(symbols) - 1)
    )


def _goes_round(acts: Acts, sequence: Sequence) -> bool:
    """Whether steps are often right before the first one, or right after the last one, too."""
    some = sample(sequence.places, SAMPLE)
    sides = acts.look(some[:, 0], -1), acts.look(some[:, -1], 1)
    return any(
        (side == symbol).any(axis=1).mean() > max(1 / LIFT, ROUND * acts.chance(symbol))
        for side in sides
        for symbol in sequence.symbols
    )


def _lift(acts: Acts, sequence: Sequence, index: int, parts: int, side: int) -> float:
    """Return how much likelier the step after (side 1) or before (side -1) one is here than elsewhere nearby.

    parts: how often the routine came as far as the one.
    """
    symbol, step, own = sequence.symbols[index], sequence.symbols[index + side], sequence.places[:, index]
    every = acts.all_places(symbol)
    near = np.searchsorted(own, every + WIDE + 1) > np.searchsorted(own, every - WIDE)
    others = sample(every[near & ~np.isin(every, own)], SAMPLE)
    hits = np.count_nonzero((acts.look(others, side) == step).any(axis=1))
    meetings = acts.meetings(symbol, step) if side > 0 else acts.meetings(step, symbol)
    elsewhere = max(0, len(meetings) - len(own)) / max(1, len(every) - len(own))
    locally = (hits + 4 * elsewhere + 0.2) / (len(others) + 4)
    return len(own) / max(1, parts) / max(locally, elsewhere)


def steadiness(acts: Acts, symbols: tuple[int, ...]) -> float:
    """Return how much of each half is there when the other has begun, beyond chance; the mean of both.

    What is only busy in the same topic comes in any order, so little of it fits.
    """
    begun, middle = beginnings(acts, symbols, PART), len(symbols) // 2
    first, then = slice(0, middle), slice(middle, None)
    return (
        _half_steady(acts, symbols, begun, first, then) + _half_steady(acts, symbols, begun, then, first)
    ) / 2


def is_in_one_direction(acts: Acts, symbols: tuple[int, ...], steady: float) -> bool:
    """Whether the steps fit so much better in this order than backwards; what is in no order fits both ways alike."""
    return steady - max(0.0, steadiness(acts, symbols[::-1])) >= FAIRLY


def _half_steady(acts: Acts, symbols: tuple[int, ...], begun: Ints, given: slice, wanted: slice) -> float:
    there = (begun[:, given] >= 0).sum(axis=1)
    rows = begun[there >= max(2.0, STEADY * begun[:, given].shape[1])]
    if len(rows) < LEAST:
        return 0.0
    share = float((rows[:, wanted] >= 0).mean())
    around = acts.around(rows.max(axis=1))
    # A step may be up to MISSES acts farther when the ones before it are missing, on average one act.
    chances = [1 - (1 - around.chance(symbol, (WIDE,))) ** (1 + 1 / REACH) for symbol in symbols[wanted]]
    chance = sum(chances) / len(chances)
    return float((share - chance) / max(1e-9, 1 - chance))
