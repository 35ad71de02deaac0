"""Usual times: every symbol in every window of the day on every likely set of weekdays, and which pass all tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from understudy.detectors.evidence import bits_of, lower_bounds
from understudy.detectors.log import Flags, Floats, Ints
from understudy.detectors.rhythm import DAYS, LEAST, Matrix, Rhythm, Sums
from understudy.detectors.weekdays import EVERY, USUAL, WEEK, WEEKEND, WORKING, costs, flags

WIDTHS = (3, 5, 9)
"""Slots in a window: 15 to 45 minutes."""
SHARE = 0.75
"""Share of the days on which it must happen."""
BOUND = 0.5
"""What the bound of that share must reach."""
OTHERS = 0.25
"""Share of the days from which they must stand out up to which it may be done there, too."""
MOSTLY = 0.6
"""Share of a weekday's days from which it is one of a habit's own."""
OWN_SHARE, OWN_OTHERS, OWN_SPANS = 0.8, 0.15, (DAYS, 28)
"""The same shares, and the days looked at, for weekdays that were chosen because it is done on them."""
APART_BITS = 7.5
"""What is won by telling the chosen weekdays from the others, of which there are 127 sets."""
ON_EACH = 3
"""On each weekday of the set it must be done at least once in so many times."""
FEW = 0.15
"""Other days than the chosen ones that need not be told apart, as a share of these."""
BROAD = (WORKING, EVERY)
"""Sets that may have begun lately, and need not stand out from the other weekdays."""
LATEST, OF_LATEST, LAST = 5, 3, 2
"""It must still be alive: done on so many of the latest five days, and on one of the last two."""
BESIDE = 0.5
"""Largest part of its share that the same length of time just before or after may have."""
NEEDED = 5.0
"""Bits against the person's own rhythm: four days of four count when chance alone makes less than one in sixteen,
five of five when it makes less than one in nine. What is found has yet to prove itself in the shadow."""
_TINY = 1e-6
_BATCH = 96
"""Symbols counted at once."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Spot:
    """A symbol in a window on certain days."""

    symbol: int
    weekdays: tuple[int, ...]
    """0 = Monday."""
    days: Flags
    """Which of the days looked at are such days."""
    start: int
    """First slot, and how many."""
    width: int
    score: float


def spots_of(rhythm: Rhythm) -> Iterator[Spot]:
    """Yield every symbol in every window that passes all tests."""
    if rhythm.active.sum() < LEAST:
        return
    tables = [_Table(rhythm, width, span) for width in WIDTHS for span in rhythm.spans]
    for symbols, counts in rhythm.batches(_BATCH):
        sums, daily = Sums(counts), counts.sum(axis=2)
        for width, same in groupby(tables, key=lambda table: table.width):
            done = (sums.windows(width) > 0).astype(np.float32)
            for table in same:
                yield from table.spots(symbols, daily, sums, done)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Rows:
    """Spots on trial: arrays with one entry, or one row, for each."""

    which: Ints
    """Place of the symbol in its batch."""
    start: Ints
    chosen: Flags
    """Rows x weekdays."""
    beside: Floats
    """On what share of the days it is done in the window just before, or just after."""
    days: Flags
    """Rows x days, as all that follows: those it is to be done on."""
    done: Flags
    near: Flags
    """Whether it was done in the window or around it."""

    def only(self, kept: Flags) -> "_Rows":
        """Return some of the rows."""
        return _Rows(**{name: getattr(self, name)[kept] for name in self.__dataclass_fields__})


class _Table:
    """All windows of one width on all sets of weekdays, within the last so many days."""

    def __init__(self, rhythm: Rhythm, width: int, span: int) -> None:
        self.width, self._rhythm = width, rhythm
        self._is_eligible = rhythm.eligible(width)
        self._share = rhythm.share(width)
        self._within = rhythm.within(span)
        self._has_own = span in OWN_SPANS
        self._sets = flags(USUAL if span == DAYS else BROAD)
        self._is_of = rhythm.weekdays == np.arange(WEEK)[:, None]
        self._weights: Matrix = (self._is_of & self._within) * rhythm.weights
        self._trials = self._weights @ self._is_eligible.astype(np.float32)
        """Weekdays x windows: days that count, by their weight."""

    def spots(self, symbols: Ints, daily: Ints, sums: Sums, done: Matrix) -> Iterator[Spot]:
        """Yield the spots of these symbols; daily: symbols x days, done: symbols x days x windows, 0 or 1."""
        rows = self._rows(sums, done)
        rows = rows.only(_is_alive(rows))
        rows = rows.only(self._is_on_each(rows))
        rows = rows.only(self._stands_out(rows))
        trials, count = rows.days.sum(axis=1), (rows.done & rows.days).sum(axis=1)
        bounds = lower_bounds(count, trials)
        base = np.maximum(self._base(daily[rows.which], rows), rows.beside)
        score = bits_of(bounds, trials, base) - costs(rows.chosen)
        for each in np.flatnonzero((bounds >= BOUND) & (score >= NEEDED)):
            yield Spot(
                symbol=int(symbols[rows.which[each]]),
                weekdays=tuple(np.flatnonzero(rows.chosen[each]).tolist()),
                days=rows.days[each],
                start=int(rows.start[each]),
                width=self.width,
                score=float(score[each]),
            )

    def _rows(self, counts: Sums, done: Matrix) -> _Rows:
        """Return where it is done often enough, and not as much before and after."""
        hits = self._weights @ (done if self._is_eligible.all() else done * self._is_eligible)
        own = self._own(hits)
        sums, totals = self._summed(hits, own), self._summed(self._trials, own)
        beside = np.maximum(self._beside(hits, own, -self.width), self._beside(hits, own, self.width))
        needed = np.full((sums.shape[1], 1), SHARE, np.float32)
        needed[-1] = OWN_SHARE
        enough = (sums > 0) & (sums >= needed * totals) & (beside * totals <= BESIDE * sums)
        which, number, start = np.nonzero(enough)
        sets = np.concatenate((self._sets, np.zeros((1, WEEK), bool)))
        is_own = (number == len(self._sets))[:, None]
        chosen = np.where(is_own, own[which, :, start], sets[number])
        days = chosen[:, self._rhythm.weekdays] & self._within & self._is_eligible[:, start].T
        return _Rows(
            which=which,
            start=start,
            chosen=chosen,
            beside=beside[which, number, start],
            days=days,
            done=done[which, :, start] > 0,
            near=counts.around(which, start, self.width) > 0,
        )

    def _own(self, hits: Matrix) -> Flags:
        """Return the weekdays on most of which it is done: symbols x weekdays x windows, as the hits."""
        own = (hits > 0) & (hits >= MOSTLY * self._trials)
        return own if self._has_own else np.zeros_like(own)

    def _summed(self, values: Matrix, own: Flags) -> Matrix:
        """Return the sum of each weekday's values over the usual sets and, last, over its own."""
        usual = self._sets.astype(np.float32) @ values
        usual = np.broadcast_to(usual, (len(own), *usual.shape[-2:]))
        return np.concatenate((usual, (own * values).sum(axis=1, keepdims=True)), axis=1)

    def _beside(self, hits: Matrix, own: Flags, shift: int) -> Matrix:
        """Return the shares of the days in the windows so many slots later; none outside of the day."""
        trials = self._summed(_shifted(self._trials, shift), own)
        return np.asarray(self._summed(_shifted(hits, shift), own) / np.maximum(trials, _TINY))

    def _is_on_each(self, rows: _Rows) -> Flags:
        """Whether it was done on each weekday of the set, of which one may never have come."""
        is_of = self._is_of.T.astype(np.float32)
        tries, hits = rows.days.astype(np.float32) @ is_of, (rows.done & rows.days).astype(np.float32) @ is_of
        is_missing = (tries > 0) & (hits * ON_EACH < tries)
        unknown = (rows.chosen & (tries == 0)).sum(axis=1)
        return np.asarray(~is_missing.any(axis=1) & (unknown <= 1))

    def _stands_out(self, rows: _Rows) -> Flags:
        """Whether it is not done as well before the days looked at, nor on the other weekdays."""
        is_chosen = rows.chosen[:, self._rhythm.weekdays]
        eligible = self._is_eligible[:, rows.start].T
        before = is_chosen & ~self._within & eligible
        is_broad = (rows.chosen[:, None, :] == flags((*BROAD, WEEKEND))).all(axis=2).any(axis=1)
        other = ~is_chosen & self._within & eligible & ~is_broad[:, None]
        trials, others = rows.days.sum(axis=1), other.sum(axis=1)
        hits, elsewhere = (rows.done & rows.days).sum(axis=1), (rows.near & other).sum(axis=1)
        is_apart = (others <= FEW * trials) | (_gain(hits, trials, elsewhere, others) >= APART_BITS)
        is_chosen_well = elsewhere <= np.where(costs(rows.chosen) > 0, OWN_OTHERS, OTHERS) * others
        is_new = (rows.done & before).sum(axis=1) <= OTHERS * before.sum(axis=1)
        return np.asarray(is_new & is_apart & is_chosen_well)

    def _base(self, daily: Ints, rows: _Rows) -> Floats:
        """Return on how many of the days it would happen if it came at any time of the person's own day."""
        chance = 1 - (1 - self._share[:, rows.start].T) ** daily
        return np.asarray((chance * rows.days).sum(axis=1) / np.maximum(rows.days.sum(axis=1), 1))


def _shifted(values: Matrix, shift: int) -> Matrix:
    """Return the values so many places later along the last axis, 0 where there are none."""
    found = np.zeros_like(values)
    if shift > 0:
        found[..., :-shift] = values[..., shift:]
    else:
        found[..., -shift:] = values[..., :shift]
    return found


def _gain(hits: Ints, trials: Ints, elsewhere: Ints, others: Ints) -> Floats:
    """Return how many bits are won by telling the chosen days from the others, instead of one rate for all."""
    rate = (hits + elsewhere) / np.maximum(trials + others, 1)
    on_others = elsewhere / np.maximum(others, 1)
    return bits_of(hits / np.maximum(trials, 1), trials, rate) + bits_of(1 - on_others, others, 1 - rate)


def _is_alive(rows: _Rows) -> Flags:
    """Whether it was done often enough, on most of the latest five days, and on one of the last two."""
    done, rank = rows.done & rows.days, np.cumsum(rows.days[:, ::-1], axis=1)[:, ::-1]
    latest = (done & (rank <= LATEST)).sum(axis=1)
    return np.asarray(
        (done.sum(axis=1) >= LEAST) & (latest >= OF_LATEST) & (done & (rank <= LAST)).any(axis=1)
    )
