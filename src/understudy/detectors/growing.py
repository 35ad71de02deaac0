"""Sequences grown from a pair: at either end and in the middle, as long as most occurrences come along."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from understudy.detectors.acts import LEAST, REACH, SAMPLE, SHORTEST, Acts, gain, gain_of, rows_with, sample
from understudy.detectors.log import NOWHERE, Flags, Ints, Symbols

LONGEST = 100
"""Steps in a sequence."""
FIRST_SHARE = 0.02
"""Share of the pair's occurrences that the third step may keep: a pair of frequent symbols mostly meets by chance."""
IN_BETWEEN = 0.6
"""Share of the occurrences that must have a step which is put in between; half of it for the first one."""
OPTIONS = 4
"""Symbols weighed at each end, the strongest first."""
FROM_ELSEWHERE = 0.3
"""A symbol may come twice unless so many of its places are those of another occurrence: that is a new round."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sequence:
    """Symbols in order with their occurrences."""

    symbols: tuple[int, ...]
    places: Ints
    """Occurrences x symbols, in order of time; NOWHERE where one is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How strict growing is."""

    keeps: float
    """Share of the occurrences that must have a new step."""
    covers: float
    """Share of the steps that an occurrence must have to stay; 1 = all of them."""
    needed: float
    """Gain over chance that a new step must bring, in nats."""

    @property
    def is_exact(self) -> bool:
        """Whether an occurrence must have all steps."""
        return self.covers == 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Option:
    rank: tuple[float, float]
    index: int
    """Where the new step is put."""
    symbol: int
    column: Ints
    """Its places, NOWHERE where it is missing."""


def grow(acts: Acts, start: Sequence, rules: Rules) -> Sequence | None:
    """Return the longest sequence around a start, with a sample of its occurrences; None = hardly ever met."""
    places, symbols = sample(start.places, SAMPLE), start.symbols
    while len(symbols) < LONGEST and len(places) >= LEAST:
        best = _best(_at_end(acts, symbols, places, rules, side) for side in (1, -1)) or _best(
            _between(acts, symbols, places, rules, index) for index in range(1, len(symbols))
        )
        if best is None:
            break
        symbols = (*symbols[: best.index], best.symbol, *symbols[best.index :])
        places = _kept(np.insert(places, best.index, best.column, axis=1), rules)
    return Sequence(symbols=symbols, places=places) if len(places) >= LEAST else None


def _best(options: Iterable[_Option | None]) -> _Option | None:
    return max((each for each in options if each is not None), key=lambda each: each.rank, default=None)


def _kept(places: Ints, rules: Rules) -> Ints:
    """Drop the occurrences that lack too much."""
    kept = places[(places >= 0).sum(axis=1) >= rules.covers * places.shape[1]]
    last = kept.max(axis=1)
    return np.asarray(kept[np.append(last[1:] != last[:-1], True)]) if len(kept) else kept


def ends_of(places: Ints, side: int) -> tuple[Ints, Ints]:
    """Return the last (side 1) or first (side -1) place of each occurrence, and how many steps it lacks there."""
    towards = places[:, ::-1] if side > 0 else places
    missing = (towards >= 0).argmax(axis=1)
    return towards[np.arange(len(towards)), missing], missing


def _at_end(acts: Acts, symbols: tuple[int, ...], places: Ints, rules: Rules, side: int) -> _Option | None:
    ends, missing = ends_of(places, side)
    near = acts.look(ends, side, None if rules.is_exact else missing)
    counts, distances = rows_with(near, acts.variety)
    share = FIRST_SHARE if rules.is_exact and len(symbols) < SHORTEST else rules.keeps
    possible = np.flatnonzero(counts >= max(LEAST, share * len(places)))
    gains = gain(counts[possible], len(places) * acts.chances()[possible])
    best, around = None, acts.around(ends)
    for index in np.argsort(-gains, kind="stable")[:OPTIONS]:
        symbol = int(possible[index])
        strength = gain_of(counts[symbol], len(places) * around.chance(symbol))
        rank = _rank(strength, -distances[symbol] / counts[symbol])
        is_neighbour = symbol == symbols[-1 if side > 0 else 0]
        if is_neighbour or strength < rules.needed or (best is not None and rank <= best.rank):
            continue
        column = _column(near == symbol, ends, side)
        if _may_come_again(symbols, places, symbol, column, rules):
            where = len(symbols) if side > 0 else 0
            best = _Option(rank=rank, index=where, symbol=symbol, column=column)
    return best


def _rank(strength: float, nearness: float) -> tuple[float, float]:
    """Of steps about equally strong the nearest comes first, so that none is skipped."""
    return round(2 * math.log(max(strength, 1e-9))), nearness


def _column(hit: Flags, ends: Ints, side: int) -> Ints:
    return np.where(hit.any(axis=1), ends + side * (hit.argmax(axis=1) + 1), NOWHERE)


def _may_come_again(symbols: tuple[int, ...], places: Ints, symbol: int, column: Ints, rules: Rules) -> bool:
    """Whether the symbol is new, or comes twice in one round: not where its next round begins."""
    known = [places[:, index] for index, other in enumerate(symbols) if other == symbol]
    if not known or not rules.is_exact:
        return not known
    return bool(np.isin(column[column >= 0], np.concatenate(known)).mean() <= FROM_ELSEWHERE)


def _between(acts: Acts, symbols: tuple[int, ...], places: Ints, rules: Rules, index: int) -> _Option | None:
    """Return the symbol that most often stands between two steps, if it is a step."""
    before, after = places[:, index - 1], places[:, index]
    both = (before >= 0) & (after >= 0)
    steps = np.arange(1, REACH + 1)
    at = np.maximum(before, 0)[:, None] + steps
    inside = both[:, None] & (at < after[:, None])
    if not inside.any():
        return None
    found: Symbols = np.where(inside, acts.symbols(np.where(inside, at, 0)), NOWHERE)
    counts, _ = rows_with(found, acts.variety)
    symbol, total = int(counts.argmax()), np.count_nonzero(both)
    between = IN_BETWEEN / 2 if len(symbols) < SHORTEST else IN_BETWEEN
    share = between if rules.is_exact else rules.keeps
    if counts[symbol] < max(LEAST, share * total) or symbol in symbols[index - 1 : index + 1]:
        return None
    strength = gain_of(counts[symbol], total * acts.local_chance(before[both], symbol))
    if strength < 2 * rules.needed:
        return None
    column = _column(found == symbol, before, 1)
    if not _may_come_again(symbols, places, symbol, column, rules):
        return None
    return _Option(rank=_rank(strength, 0.0), index=index, symbol=symbol, column=column)
