"""The person's rhythm: on which of the last days, and in which minutes, they were active and what they did then."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from understudy.detectors.candidate import is_act
from understudy.detectors.log import Flags, Floats, Ints, Log
from understudy.detectors.weekdays import WEEK

SLOT = 5
"""Minutes; windows begin at multiples of it."""
_SLOTS = 24 * 60 // SLOT
MARGIN = 9
"""Slots kept before the earliest act: no window is longer."""
DAYS = 56
"""Days looked at."""
HALF_LIFE = 21.0
"""Days after which a day counts half."""
SPANS = (7, 14, 28)
"""Days for which a habit may have been there, when it was not before."""
LEAST = 4
"""Days on which something must be done to be looked at."""
AROUND = 2
"""Slots on both sides of a window that are near it."""
_PAD = MARGIN + AROUND
SYMBOLS = 512
"""Symbols looked at, those of most days first."""
_BINS = 48
"""Half hours of a day: where so many days do not meet in two that follow, no window has enough."""
_HALF_HOUR = 30

Matrix = NDArray[np.float32]


class Rhythm:
    """The last days of a log, as days x slots: only those slots of the day between the earliest act and the latest.

    A window is named by its first slot; those past midnight hold nothing.
    """

    def __init__(self, log: Log) -> None:
        """Look at the days up to the latest; at least one act must be there. Records may be out of order."""
        self.log = log
        self.begin, self.today = int(log.day.min()), int(log.day.max())
        self.first = max(self.begin, self.today - DAYS + 1)
        self.size = self.today - self.first + 1
        self.places = np.flatnonzero(~log.is_state & (log.day >= self.first))
        self.day = log.day[self.places] - self.first
        slot = log.minute[self.places] // SLOT
        self.opening = max(0, int(slot.min()) - MARGIN)
        """The first slot that is kept; slots are counted from it."""
        self.slots = int(slot.max()) + 1 - self.opening
        self.slot = slot - self.opening

    @cached_property
    def activity(self) -> Ints:
        """Acts in each slot: days x slots."""
        cells = np.bincount(self.day * self.slots + self.slot, minlength=self.size * self.slots)
        return cells.reshape(self.size, self.slots)

    @cached_property
    def active(self) -> Flags:
        """Days on which the person did anything."""
        return np.asarray(self.activity.sum(axis=1) > 0)

    @cached_property
    def weights(self) -> Matrix:
        """What each day counts."""
        age = self.size - 1 - np.arange(self.size)
        return (0.5 ** (age / HALF_LIFE)).astype(np.float32)

    @cached_property
    def weekdays(self) -> Ints:
        """Return the weekday of each day, 0 = Monday."""
        return np.asarray((np.arange(self.size) + self.first - 1) % WEEK)

    @cached_property
    def spans(self) -> tuple[int, ...]:
        """So many of the last days there may have been a habit; all of them first."""
        return (DAYS, *(span for span in SPANS if span < self.size))

    def within(self, span: int) -> Flags:
        """Return which days are among the last so many."""
        return np.arange(self.size) >= self.size - span

    def eligible(self, width: int) -> Flags:
        """Return days x windows: whether the log goes from its beginning to its end, and someone was there."""
        starts = (np.arange(self.slots) + self.opening) * SLOT
        found = np.repeat(self.active[:, None], self.slots, axis=1)
        found[-1] &= starts + width * SLOT <= self.log.minute[self.log.day == self.today].max()
        if self.first == self.begin:
            found[0] &= starts >= self.log.minute[self.log.day == self.begin].min()
        return found

    def share(self, width: int) -> Floats:
        """Return days x windows: the share of the day's acts that fall into the window."""
        in_window = Sums(self.activity).windows(width)
        return np.asarray((in_window + 1) / (self.activity.sum(axis=1, keepdims=True) + 1))

    def batches(self, size: int) -> Iterator[tuple[Ints, Ints]]:
        """Yield symbols that may have a time of the day, and their counts: symbols x days x slots."""
        log, places = self.log, self.places
        acts = np.array([is_act(template) for template in log.templates], bool)
        kept = (log.symbol[places] >= 0) & acts[log.symbol[places]]
        symbol, cell = log.symbol[places[kept]], (self.day * self.slots + self.slot)[kept]
        chosen = self._promising(symbol, cell // self.slots, log.minute[places[kept]] // _HALF_HOUR)
        for start in range(0, len(chosen), size):
            symbols = np.sort(chosen[start : start + size])
            row = np.full(len(log.templates), -1)
            row[symbols] = np.arange(len(symbols))
            is_here = row[symbol] >= 0
            cells = np.bincount(
                row[symbol[is_here]] * (self.size * self.slots) + cell[is_here],
                minlength=len(symbols) * self.size * self.slots,
            )
            yield symbols, cells.reshape(len(symbols), self.size, self.slots)

    def _promising(self, symbol: Ints, day: Ints, half_hour: Ints) -> Ints:
        """Return the symbols of which enough days meet within an hour and a half, those of most days first."""
        cells = np.unique((symbol.astype(np.int64) * self.size + day) * _BINS + half_hour)
        rows = cells // _BINS // self.size
        table = np.bincount(rows * _BINS + cells % _BINS, minlength=len(self.log.templates) * _BINS)
        padded = np.pad(table.reshape(-1, _BINS), ((0, 0), (1, 1)))
        most = (padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]).max(axis=1)
        enough = np.flatnonzero(most >= LEAST)
        return np.asarray(enough[np.argsort(-most[enough], kind="stable")][:SYMBOLS])


class Sums:
    """Counts along the last axis, summed up once: how many lie in each window is then one difference."""

    def __init__(self, counts: Ints) -> None:
        self.slots = counts.shape[-1]
        sums = np.zeros((*counts.shape[:-1], self.slots + 1 + 2 * _PAD), np.int32)
        np.cumsum(counts, axis=-1, out=sums[..., _PAD + 1 : _PAD + 1 + self.slots])
        sums[..., _PAD + 1 + self.slots :] = sums[..., _PAD + self.slots, None]
        self._sums = sums

    def windows(self, width: int) -> NDArray[np.int32]:
        """Return the sums over so many slots from each one on; nothing lies past the last one."""
        first, end = _PAD, _PAD + width
        return self._sums[..., end : end + self.slots] - self._sums[..., first : first + self.slots]

    def around(self, which: Ints, start: Ints, width: int) -> NDArray[np.int32]:
        """Return the sums over some windows and what is near them: rows x days; counts: symbols x days x slots."""
        end = self._sums[which, :, _PAD + start + width + AROUND]
        return np.asarray(end - self._sums[which, :, _PAD + start - AROUND])
