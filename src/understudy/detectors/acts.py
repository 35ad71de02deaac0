"""What the person did, in order, for growing sequences: who stands near whom, and what is spoken for already."""

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from understudy.detectors.log import NOWHERE, Flags, Floats, Ints, Log, Symbols

Bytes = NDArray[np.uint8]

REACH = 3
"""How many acts on the next step of a routine may be: two others may stand between."""
MISSES = 3
"""Steps in a row that an occurrence may lack; each lets the next one be one act farther."""
CLOSE, WIDE = 10, 30
"""Acts to either side in which the local frequency of a symbol is taken: a burst is short or long."""
SAMPLE = 1_000
"""Occurrences that decisions are made on; what comes of them is counted on all."""
_PAD = WIDE + 1
_DENSE = 1_200
"""Up to so many symbols pairs are counted in a table, above that by sorting."""
LEAST = 3
"""Occurrences of anything that is looked at."""
SHORTEST = 3
"""Steps in a routine."""
LONG = 6
"""Steps from which a routine is long: some may be missing."""
_KEPT = 32
"""Chains that are kept until the next acts are consumed: each is asked for again, and is where longer ones begin."""


class Acts:
    """The acts of a log. Places are indexes into the acts; `consume` takes acts out of the game."""

    def __init__(self, log: Log) -> None:
        self.places_in_log = np.flatnonzero(~log.is_state)
        symbol = log.symbol[self.places_in_log]
        session = log.session[self.places_in_log]
        self.size, self.variety = len(symbol), len(log.templates)
        fringe = np.full(_PAD, NOWHERE)
        self._every = np.concatenate([fringe, symbol, fringe]).astype(_narrowest(self.variety))
        self._symbol = self._every.copy()
        self._windows = sliding_window_view(self._every[1:], 2 * WIDE + 1)
        self._session = session
        self._room = {1: _room(session), -1: _room(session[::-1])[::-1]}
        """By side: how many acts of the session there are after (1) or before (-1) each, at most all within reach."""
        self.counts = np.bincount(symbol[symbol >= 0], minlength=self.variety).astype(np.int64)
        self._chance = 1 - (1 - self.counts / max(1, self.size)) ** REACH
        self._explained = np.zeros(self.size, bool)
        self._unexplained: Ints | None = None
        self._order = np.argsort(self._every[_PAD:-_PAD], kind="stable")[np.count_nonzero(symbol < 0) :]
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])
        self._free: dict[int, Ints] = {}
        self._chains: dict[tuple[int, tuple[int, ...]], Ints] = {}

    def symbols(self, places: Ints) -> Symbols:
        """Return what is at these places now; NOWHERE where it is rare or consumed."""
        return self._symbol[places + _PAD].astype(np.int32)

    def sessions(self, places: Ints) -> Symbols:
        """Return the sessions of these places."""
        return np.asarray(self._session[places])

    def all_places(self, symbol: int) -> Ints:
        """Return every place of a symbol, consumed or not."""
        return np.asarray(self._order[self._starts[symbol] : self._starts[symbol + 1]])

    def places(self, symbol: int) -> Ints:
        """Return the places of a symbol that are not consumed."""
        free = self._free.get(symbol)
        if free is None:
            every = self.all_places(symbol)
            free = self._free[symbol] = every[self._symbol[every + _PAD] == symbol]
        return free

    def consume(self, places: Ints) -> None:
        """Take these acts out of the game; NOWHERE is passed over."""
        gone = places[places >= 0]
        for symbol in np.unique(self._symbol[gone + _PAD]).tolist():
            self._free.pop(symbol, None)
        self._symbol[gone + _PAD] = NOWHERE
        self._explained[gone] = True
        self._unexplained, self._chains = None, {}

    def are_near(self, ends: Ints, begins: Ints, limit: int) -> Flags:
        """Return where at most so many acts that no routine explains lie between an end and a beginning."""
        if self._unexplained is None:
            self._unexplained = np.concatenate([[0], np.cumsum(~self._explained)])
        before = self._unexplained
        between = before[begins] - before[np.minimum(ends + 1, self.size)]
        return np.asarray((between <= limit) & (self.sessions(ends) == self.sessions(begins)))

    def copy(self) -> "Acts":
        """Return acts of which other ones can be consumed."""
        other = object.__new__(Acts)
        other.__dict__.update(self.__dict__, _symbol=self._symbol.copy(), _explained=self._explained.copy())
        other.__dict__.update(_free=self._free.copy(), _chains=self._chains.copy())
        return other

    # --- chance

    def chance(self, symbol: int) -> float:
        """Return the probability of the symbol within reach of any act."""
        return float(self._chance[symbol])

    def chances(self) -> Floats:
        """Return the same for every symbol."""
        return self._chance

    def local_chance(self, near: Ints, symbol: int, widths: tuple[int, ...] = (CLOSE, WIDE)) -> float:
        """Return the same near these places, outside reach of them: topics last, so what is busy there comes often."""
        return self.around(near).chance(symbol, widths)

    def around(self, near: Ints) -> "Surroundings":
        """Return what stands around these places, for the local chances of several symbols."""
        return Surroundings(self._windows[sample(near, SAMPLE // 3)], self._chance)

    # --- neighbours

    def look(self, ends: Ints, side: int, farther: Ints | None = None) -> Symbols:
        """Return the symbols at 1, 2, ... acts after (side 1) or before (side -1) each end, one row each.

        NOWHERE beyond the session. `farther` grants single ends so many acts more.
        """
        steps = np.arange(1, REACH + 1 + (0 if farther is None else MISSES))
        found = self._symbol[ends + (side * steps[:, None] + _PAD)].astype(np.int32)
        found[steps[:, None] > self._limits(ends, side, farther)] = NOWHERE
        return np.asarray(found.T)

    def distances(self, ends: Ints, symbol: int, side: int, farther: Ints | None = None) -> Bytes:
        """Return how many acts after (side 1) or before (side -1) each end the symbol is nearest, as far as one looks.

        0 where it is not in sight.
        """
        found = np.zeros(len(ends), np.uint8)
        for step in range(REACH + (0 if farther is None else MISSES), 0, -1):
            np.putmask(found, self._symbol[_PAD + side * step :][ends] == symbol, step)
        found[found > self._limits(ends, side, farther)] = 0
        return found

    def _limits(self, ends: Ints, side: int, farther: Ints | None) -> Bytes:
        """Return how far one sees from each end."""
        room = self._room[side][ends]
        return room if farther is None else np.minimum(room, REACH + np.minimum(farther, MISSES))

    def pairs(self) -> tuple[Ints, Ints, Ints]:
        """Return (first, then, count): how often each symbol stands within reach after another, where it is nearest."""
        symbol, room = self._symbol[_PAD:-_PAD], self._room[1]
        code = _narrowest(self.variety**2)
        codes = [np.zeros(0, code)]
        for lag in range(1, min(REACH, self.size - 1) + 1):
            first, then = symbol[:-lag], symbol[lag:]
            counts = (first >= 0) & (then >= 0) & (first != then) & (room[:-lag] >= lag)
            for between in range(1, lag):
                middle = symbol[between : self.size - lag + between]
                counts &= (middle != first) & (middle != then)
            codes.append(first[counts].astype(code) * code.type(self.variety) + then[counts])
        pair, count = self._counted(np.concatenate(codes))
        return pair // max(1, self.variety), pair % max(1, self.variety), count

    def _counted(self, codes: NDArray[Any]) -> tuple[Ints, Ints]:
        if self.variety <= _DENSE:
            table = np.bincount(codes, minlength=1)
            pair = np.flatnonzero(table >= LEAST)
            return pair, table[pair]
        pair, count = np.unique(codes, return_counts=True)
        return pair[count >= LEAST].astype(np.int64), count[count >= LEAST]

    def meetings(self, first: int, then: int) -> Ints:
        """Return where `then` stands within reach after `first`, both free: rows of two places, in order."""
        starts, ends = self.places(first)[:, None], self.places(then)[:, None]
        # Seen from either side they are the same.
        return self.extended(starts, then, 1) if len(starts) <= len(ends) else self.extended(ends, first, -1)

    def extended(self, places: Ints, symbol: int, side: int) -> Ints:
        """Return the occurrences that have the symbol within reach of one end, with its place."""
        ends = places[:, -1] if side > 0 else places[:, 0]
        distance = self.distances(ends, symbol, side)
        has = np.flatnonzero(distance)
        new = (ends[has] + side * distance[has].astype(np.int64))[:, None]
        return distinct(np.concatenate([places[has], new] if side > 0 else [new, places[has]], axis=1), side)

    def chain(self, symbols: tuple[int, ...]) -> Ints:
        """Return the complete occurrences of a sequence among what is free, each next step within reach."""
        return self._chain(symbols, 1)

    def chain_back(self, symbols: tuple[int, ...]) -> Ints:
        """Return the same, found from the end."""
        return self._chain(symbols, -1)

    def _chain(self, symbols: tuple[int, ...], side: int) -> Ints:
        if len(symbols) == 1:
            return self.places(symbols[0])[:, None]
        found = self._chains.get((side, symbols))
        if found is None:
            if len(symbols) == 2:  # noqa: PLR2004
                found = self.meetings(*symbols)
            elif side > 0:
                found = self.extended(self._chain(symbols[:-1], side), symbols[-1], side)
            else:
                found = self.extended(self._chain(symbols[1:], side), symbols[0], side)
            if len(self._chains) >= _KEPT:
                del self._chains[next(iter(self._chains))]
            self._chains[side, symbols] = found
        return found


class Surroundings:
    """The symbols around some places, consumed or not, outside reach of them."""

    def __init__(self, windows: NDArray[Any], chance: Floats) -> None:
        """Windows: places x symbols, from WIDE before to WIDE after each; chance = of each symbol, anywhere."""
        self._there = windows.T[_AROUND]
        self._places, self._chance = len(windows), chance

    def chance(self, symbol: int, widths: tuple[int, ...] = (CLOSE, WIDE)) -> float:
        """Return the probability of the symbol within reach of any act here, or anywhere if that is more."""
        is_it = self._there == symbol
        rates = (
            np.count_nonzero(is_it[: 2 * (wide - REACH)]) / (max(1, self._places) * 2 * (wide - REACH))
            for wide in widths
        )
        return max(1 - (1 - min(0.999, max(rates))) ** REACH, float(self._chance[symbol]))


_AROUND = np.array([WIDE + side * step for step in range(REACH + 1, WIDE + 1) for side in (1, -1)])
"""Where in a window one looks for what is busy there, the nearest first."""


def _narrowest(numbers: int) -> np.dtype[Any]:
    """Return the type that takes least memory of those that hold so many numbers and NOWHERE."""
    return np.min_scalar_type(-numbers - 1)


def _room(session: Symbols) -> Bytes:
    """Return how many acts come after each in its session, at most all within reach."""
    last = np.append(np.flatnonzero(session[1:] != session[:-1]), len(session) - 1)
    room = np.full(len(session), REACH + MISSES, np.uint8)
    for left in range(REACH + MISSES - 1, -1, -1):
        room[last[last >= left] - left] = left
    return room


def sample(places: Ints, size: int) -> Ints:
    """Return at most so many rows, evenly spread."""
    if len(places) <= size:
        return places
    rows = (np.arange(size) * ((len(places) - 1) / max(1, size - 1))).astype(np.int64)
    rows[-1:] = len(places) - 1
    return np.asarray(places[rows])


def distinct(places: Ints, side: int) -> Ints:
    """Of occurrences that share their last (side 1) or first (side -1) place keep the tightest."""
    if not len(places):
        return places
    ends = places[:, -1] if side > 0 else places[:, 0]
    kept = np.ones(len(ends), bool)
    np.not_equal(ends[1:], ends[:-1], out=kept[:-1] if side > 0 else kept[1:])
    return places if kept.all() else np.asarray(places[kept])


def rows_with(found: Symbols, variety: int) -> tuple[Ints, Floats]:
    """Return for each symbol in how many rows it is, and the sum of the distances at which it is nearest."""
    columns = found.T
    counts, sums = np.zeros(variety, np.int64), np.zeros(variety, np.int64)
    for distance, column in enumerate(columns, 1):
        fresh: Flags = column >= 0
        for earlier in columns[: distance - 1]:
            fresh &= column != earlier
        here = np.bincount(column[fresh], minlength=variety)
        counts += here
        sums += distance * here
    return counts, sums.astype(np.float64)


def gain(count: ArrayLike, expected: ArrayLike) -> Floats:
    """Return the log-likelihood gain over a Poisson chance, in nats; 0 where there are no more than expected."""
    seen, chance = np.asarray(count, float), np.maximum(np.asarray(expected, float), 1e-9)
    return np.where(seen > chance, seen * np.log(np.maximum(seen, 1) / chance) - (seen - chance), 0.0)


def gain_of(count: float, expected: float) -> float:
    """Return the gain of a single one."""
    seen, chance = float(count), max(float(expected), 1e-9)
    return seen * math.log(seen / chance) - (seen - chance) if seen > chance else 0.0
