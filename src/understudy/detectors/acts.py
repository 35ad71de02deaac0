"""What the person did, in order, for growing sequences: who stands near whom, and what is spoken for already."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from understudy.detectors.log import NOWHERE, Flags, Floats, Ints, Log, Symbols

REACH = 3
"""How many acts on the next step of a routine may be: two others may stand between."""
MISSES = 3
"""Steps in a row that an occurrence may lack; each lets the next one be one act farther."""
CLOSE, WIDE = 10, 30
"""Acts to either side in which the local frequency of a symbol is taken: a burst is short or long."""
SAMPLE = 1_000
"""Occurrences that decisions are made on; what comes of them is counted on all."""
_PAD = REACH + MISSES + 1
_DENSE = 1_200
"""Up to so many symbols pairs are counted in a table, above that by sorting."""
LEAST = 3
"""Occurrences of anything that is looked at."""
SHORTEST = 3
"""Steps in a routine."""
LONG = 6
"""Steps from which a routine is long: some may be missing."""


class Acts:
    """The acts of a log. Places are indexes into the acts; `consume` takes acts out of the game."""

    def __init__(self, log: Log) -> None:
        self.places_in_log = np.flatnonzero(~log.is_state)
        symbol = log.symbol[self.places_in_log]
        self.size, self.variety = len(symbol), len(log.templates)
        self._symbol = np.concatenate([_FRINGE, symbol, _FRINGE])
        self._session = np.concatenate([_FRINGE - 1, log.session[self.places_in_log], _FRINGE - 1])
        self.counts = np.bincount(symbol[symbol >= 0], minlength=self.variety).astype(np.int64)
        self._chance = 1 - (1 - self.counts / max(1, self.size)) ** REACH
        self._explained = np.zeros(self.size, bool)
        self._unexplained: Ints | None = None
        order = np.argsort(symbol, kind="stable")
        self._order = order[np.count_nonzero(symbol < 0) :]
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])

    def symbols(self, places: Ints) -> Symbols:
        """Return what is at these places now; NOWHERE where it is rare or consumed."""
        return np.asarray(self._symbol[places + _PAD])

    def sessions(self, places: Ints) -> Symbols:
        """Return the sessions of these places."""
        return np.asarray(self._session[places + _PAD])

    def all_places(self, symbol: int) -> Ints:
        """Return every place of a symbol, consumed or not."""
        return np.asarray(self._order[self._starts[symbol] : self._starts[symbol + 1]])

    def places(self, symbol: int) -> Ints:
        """Return the places of a symbol that are not consumed."""
        every = self.all_places(symbol)
        return np.asarray(every[self.symbols(every) == symbol])

    def consume(self, places: Ints) -> None:
        """Take these acts out of the game; NOWHERE is passed over."""
        self._symbol[places[places >= 0] + _PAD] = NOWHERE
        self._explained[places[places >= 0]] = True
        self._unexplained = None

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
        places, every = sample(near, SAMPLE // 3), self.all_places(symbol)
        inside = self._counted_within(every, places, REACH)
        rates = (
            (self._counted_within(every, places, wide) - inside) / (max(1, len(places)) * 2 * (wide - REACH))
            for wide in widths
        )
        return max(1 - (1 - min(0.999, max(rates))) ** REACH, self.chance(symbol))

    @staticmethod
    def _counted_within(every: Ints, places: Ints, distance: int) -> int:
        """Return how many of `every` are at most so far from a place, added up over the places."""
        first = np.searchsorted(every, places - distance)
        return int((np.searchsorted(every, places + distance + 1) - first).sum())

    # --- neighbours

    def look(self, ends: Ints, side: int, farther: Ints | None = None) -> Symbols:
        """Return the symbols at 1, 2, ... acts after (side 1) or before (side -1) each end, one row each.

        NOWHERE beyond the session. `farther` grants single ends so many acts more.
        """
        steps = np.arange(1, REACH + 1 + (0 if farther is None else MISSES))
        at = ends[:, None] + side * steps + _PAD
        found = np.where(self._session[at] == self.sessions(ends)[:, None], self._symbol[at], NOWHERE)
        if farther is not None:
            found = np.where(steps <= REACH + np.minimum(farther, MISSES)[:, None], found, NOWHERE)
        return found

    def pairs(self) -> tuple[Ints, Ints, Ints]:
        """Return (first, then, count): how often each symbol stands within reach after another, where it is nearest."""
        symbol, session = self._symbol[_PAD:-_PAD], self._session[_PAD:-_PAD]
        codes = [np.zeros(0, np.int64)]
        for lag in range(1, min(REACH, self.size - 1) + 1):
            first, then = symbol[:-lag], symbol[lag:]
            counts = (first >= 0) & (then >= 0) & (first != then) & (session[:-lag] == session[lag:])
            for between in range(1, lag):
                middle = symbol[between : self.size - lag + between]
                counts &= (middle != first) & (middle != then)
            codes.append(first[counts].astype(np.int64) * self.variety + then[counts])
        pair, count = self._counted(np.concatenate(codes))
        return pair // max(1, self.variety), pair % max(1, self.variety), count

    def _counted(self, codes: Ints) -> tuple[Ints, Ints]:
        if self.variety <= _DENSE:
            table = np.bincount(codes, minlength=1)
            pair = np.flatnonzero(table >= LEAST)
            return pair, table[pair]
        pair, count = np.unique(codes, return_counts=True)
        return pair[count >= LEAST], count[count >= LEAST]

    def meetings(self, first: int, then: int) -> Ints:
        """Return where `then` stands within reach after `first`, both free: rows of two places, in order."""
        starts, ends = self.places(first), self.places(then)
        index = np.searchsorted(ends, starts, side="right")
        starts, index = starts[index < len(ends)], index[index < len(ends)]
        follow = ends[index]
        meets = (follow - starts <= REACH) & (self.sessions(starts) == self.sessions(follow))
        return distinct(np.stack([starts[meets], follow[meets]], axis=1), 1)

    def extended(self, places: Ints, symbol: int, side: int) -> Ints:
        """Return the occurrences that have the symbol within reach of one end, with its place."""
        ends = places[:, -1] if side > 0 else places[:, 0]
        hit = self.look(ends, side) == symbol
        has = hit.any(axis=1)
        new = (ends + side * (hit.argmax(axis=1) + 1))[has, None]
        return distinct(np.concatenate([places[has], new] if side > 0 else [new, places[has]], axis=1), side)

    def chain(self, symbols: tuple[int, ...]) -> Ints:
        """Return the complete occurrences of a sequence among what is free, each next step within reach."""
        places = self.places(symbols[0])[:, None]
        for symbol in symbols[1:]:
            places = self.extended(places, symbol, 1)
        return places

    def chain_back(self, symbols: tuple[int, ...]) -> Ints:
        """Return the same, found from the end."""
        places = self.places(symbols[-1])[:, None]
        for symbol in symbols[-2::-1]:
            places = self.extended(places, symbol, -1)
        return places


_FRINGE: NDArray[np.int32] = np.full(_PAD, NOWHERE, np.int32)


def sample(places: Ints, size: int) -> Ints:
    """Return at most so many rows, evenly spread."""
    if len(places) <= size:
        return places
    return np.asarray(places[np.linspace(0, len(places) - 1, size).astype(np.int64)])


def distinct(places: Ints, side: int) -> Ints:
    """Of occurrences that share their last (side 1) or first (side -1) place keep the tightest."""
    if not len(places):
        return places
    ends = places[:, -1] if side > 0 else places[:, 0]
    is_new = ends[1:] != ends[:-1]
    return np.asarray(places[np.append(is_new, True) if side > 0 else np.append(True, is_new)])


def rows_with(found: Symbols, variety: int) -> tuple[Ints, Floats]:
    """Return for each symbol in how many rows it is, and the sum of the distances at which it is nearest."""
    fresh: Flags = found >= 0
    for column in range(1, found.shape[1]):
        for earlier in range(column):
            fresh[:, column] &= found[:, column] != found[:, earlier]
    distance = np.broadcast_to(np.arange(1.0, found.shape[1] + 1), found.shape)
    here = found[fresh]
    counts = np.bincount(here, minlength=variety).astype(np.int64)
    sums = np.bincount(here, weights=distance[fresh], minlength=variety)
    return counts, sums.astype(np.float64)


def gain(count: ArrayLike, expected: ArrayLike) -> Floats:
    """Return the log-likelihood gain over a Poisson chance, in nats; 0 where there are no more than expected."""
    seen, chance = np.asarray(count, float), np.maximum(np.asarray(expected, float), 1e-9)
    return np.where(seen > chance, seen * np.log(np.maximum(seen, 1) / chance) - (seen - chance), 0.0)
