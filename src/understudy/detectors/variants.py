"""Variants of a long routine: where whole sets of steps come together or instead of each other, it is several."""

import math

import numpy as np

from understudy.detectors.acts import LEAST, Acts, gain
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE, Flags, Floats, Ints
from understudy.detectors.rounds import firsts

DEPTH = 3
"""Times a routine may be split in two."""
RARELY, MOSTLY = 0.1, 0.5
"""Share of the rounds from which a step may tell variants apart, and from which it belongs to one."""
WHOLLY = 0.9
"""Share above which it tells nothing apart."""


def variants(acts: Acts, sequence: Sequence) -> list[Sequence]:
    """Return the variants of a routine, or itself alone; steps that its rounds share besides its own are added."""
    rounds_seen = _Rounds(acts, sequence)
    groups = rounds_seen.split(np.ones(len(sequence.places), bool), DEPTH)
    found = [rounds_seen.sequence_of(group) for group in groups]
    return [each for each in found if len(each.symbols) > 1] or [sequence]


class _Rounds:
    """Which symbols are in which rounds: the routine's own steps, then whatever else lies in its spans."""

    def __init__(self, acts: Acts, sequence: Sequence) -> None:
        own = len(sequence.symbols)
        spans = _Spans(acts, sequence.places)
        others = [symbol for symbol in spans.frequent() if symbol not in sequence.symbols]
        self._acts, self._own = acts, own
        self.symbols = (*sequence.symbols, *others)
        self.places = np.concatenate(
            [sequence.places, *(spans.places(symbol)[:, None] for symbol in others)], axis=1
        )
        self.there: Flags = self.places >= 0
        self._begin, self._length = spans.begin, spans.length

    def split(self, rows: Flags, depth: int) -> list[Flags]:
        """Return groups of rounds, split where steps depend on each other most."""
        mark = self._mark(rows) if depth else None
        if mark is None:
            return [rows]
        has = self.there[:, mark]
        return [*self.split(rows & has, depth - 1), *self.split(rows & ~has, depth - 1)]

    def _mark(self, rows: Flags) -> int | None:
        """Return the step that most others depend on; None = what is missing is missing by chance."""
        there, total = self.there[rows], int(np.count_nonzero(rows))
        counts = there.sum(axis=0)
        telling = np.flatnonzero(
            (counts >= max(LEAST, RARELY * total)) & (counts <= min(total - LEAST, WHOLLY * total))
        )
        if len(telling) < 2:  # noqa: PLR2004  (nothing depends on itself)
            return None
        ties = _dependence(there[:, telling])
        np.fill_diagonal(ties, 0)
        ties[ties < 4 * math.log(len(self.symbols)) + 10] = 0
        strength = ties.sum(axis=0)
        return int(telling[strength.argmax()]) if strength.any() else None

    def sequence_of(self, rows: Flags) -> Sequence:
        """Return the steps that most of these rounds have, in their usual order."""
        there, total = self.there[rows], int(np.count_nonzero(rows))
        share = there.mean(axis=0)
        kept = [
            column
            for column in range(len(self.symbols))
            if share[column] >= MOSTLY and (column < self._own or self._is_beyond_chance(column, rows, total))
        ]
        order = sorted(kept, key=lambda column: self._usual_place(column, rows))
        return Sequence(
            symbols=tuple(self.symbols[column] for column in order), places=self.places[rows][:, order]
        )

    def _is_beyond_chance(self, column: int, rows: Flags, total: int) -> bool:
        rate = self._acts.counts[self.symbols[column]] / self._acts.size
        chance = 1 - (1 - rate) ** float(self._length[rows].mean())
        count = np.count_nonzero(self.there[rows, column])
        return bool(gain(np.array(count), np.array(total * chance)) > math.log(len(self.symbols) + 1))

    def _usual_place(self, column: int, rows: Flags) -> float:
        has = rows & self.there[:, column]
        return float(((self.places[has, column] - self._begin[has]) / self._length[has]).mean())


class _Spans:
    """The acts from the first to the last step of each round."""

    def __init__(self, acts: Acts, places: Ints) -> None:
        begin, end = firsts(places), places.max(axis=1)
        self.begin, self.length = begin, np.maximum(1, end - begin + 1)
        self.size = len(places)
        lengths = self.length
        self._row = np.repeat(np.arange(self.size), lengths)
        offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        self._place = np.repeat(begin, lengths) + offset
        self._symbol = acts.symbols(self._place)
        self._variety = acts.variety

    def frequent(self) -> list[int]:
        """Return the symbols that are in a tenth of the rounds, in at least three."""
        codes = np.unique(self._row[self._symbol >= 0] * self._variety + self._symbol[self._symbol >= 0])
        counts = np.bincount(codes % self._variety, minlength=self._variety)
        return [int(symbol) for symbol in np.flatnonzero(counts >= max(LEAST, RARELY * self.size))]

    def places(self, symbol: int) -> Ints:
        """Return where the symbol first is in each round, or NOWHERE."""
        found = np.full(self.size, NOWHERE, np.int64)
        here = np.flatnonzero(self._symbol == symbol)[::-1]
        found[self._row[here]] = self._place[here]
        return found


def _dependence(there: Flags) -> Floats:
    """Return for each two columns the G statistic of independence."""
    total, has = len(there), there.astype(np.float64)
    both = has.T @ has
    one = np.diag(both)
    first, then = one[:, None], one[None, :]
    observed = [both, first - both, then - both, total - first - then + both]
    expected = [
        first * then,
        first * (total - then),
        (total - first) * then,
        (total - first) * (total - then),
    ]
    result = np.zeros_like(both)
    for seen, chance in zip(observed, expected, strict=True):
        result += np.where(
            seen > 0, seen * np.log(np.maximum(seen, 1e-9) * total / np.maximum(chance, 1e-9)), 0
        )
    return 2 * result
