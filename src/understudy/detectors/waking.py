"""Waking: says that something has come back often enough to be worth mining now. Imports no numpy.

Two sorts of trace are counted: three different symbols in a row, and two rare ones close to each other, with at most
one rare one between them. Longer runs hold these. A trace that is expected by chance wakes no one, and going to and
fro between two symbols leaves none. The table has a fixed size.
"""

from array import array
from itertools import chain

TIMES = (3, 6, 12)
"""How often a trace is seen when it wakes."""
QUIET = 64
"""Events between two times of waking; what comes in between is told at their end."""
NEAR = 6
"""Events within which two rare symbols belong together, a trace counts once, and a routine is not over yet."""
_RARE = 32
"""A symbol is rare below one of so many events."""
_EARLY = 3 * _RARE
"""Seen three times, every symbol is rare yet."""
_SURE = 20
"""A trace must be so many times less frequent by chance than it is seen."""
_SURER = 3
"""The same against two of its three symbols being always together."""
_SLOTS = 1 << 14
_SYMBOLS = 1 << 13
_OLD = 1 << 13
"""Events for which a trace seen twice or more keeps its slot."""
_AGEING = 1 << 15
"""Events after which the counts of symbols are halved."""
_TIMES = 255
"""The bits of a trace that count."""
_MARK = (1 << 64) - 1 - _TIMES
_SESSION_BITS = 20
_SEVERAL = (1 << _SESSION_BITS) - 1
"""Instead of the session: it was more than one."""
_NONE = -1

Snapshot = tuple[tuple[int, ...], ...]
"""The state, then number and count of symbols, then three numbers for each slot in use."""


class Waking:
    """Watches symbols go by. Numbers of symbols and sessions are whole and not negative."""

    def __init__(self) -> None:
        self._session = _NONE
        self._last = self._before = self._rare = self._older = _NONE
        """The last symbol, the one before it, the last two rare ones; of this session."""
        self._rare_at = self._older_at = 0
        self._events = self._rare_events = 0
        """For the share of a symbol; halved as the counts are."""
        self._now = 0
        self._loud_at = 0
        self._is_due = 0
        self._counts = array("I", bytes(4 * _SYMBOLS))
        self._traces, self._seen = array("Q", bytes(8 * _SLOTS)), array("Q", bytes(8 * _SLOTS))
        """By slot: mark of the trace and how often it was seen; when last and in which session, or several."""

    def see(self, symbol: int, session: int) -> bool:
        """Take in the next event; True = mine soon. Equal ones in a row are one event."""
        if session != self._session:
            self._session, self._last, self._before = session, _NONE, _NONE
            self._rare = self._older = _NONE
        if symbol != self._last:
            self._now += 1
            self._events = events = self._events + 1
            slot, before = symbol % _SYMBOLS, self._before
            self._counts[slot] = count = self._counts[slot] + 1
            if before != _NONE and before != symbol:  # noqa: PLR1714  (twice as fast)
                self._row(symbol, count)
            if count * _RARE <= events + _EARLY:
                self._pair(symbol, count)
            self._before, self._last = self._last, symbol
            if events >= _AGEING:
                self._age()
        if self._is_due and self._now >= self._loud_at:
            self._is_due, self._loud_at = 0, self._now + QUIET
            return True
        return False

    def _row(self, symbol: int, count: int) -> None:
        """Count three different symbols in a row."""
        # Hashes of whole numbers are the same in every process.
        times = self._count(hash((self._before, self._last, symbol)))
        if times:
            first, second = self._counts[self._before % _SYMBOLS], self._counts[self._last % _SYMBOLS]
            by_chance = first * second * count / self._events**2
            # Two of them may belong together, and the third be any frequent one.
            by_pair = max(first * min(second, count), min(first, second) * count) / self._events
            if times > _SURE * by_chance and times > _SURER * by_pair:
                self._come_back()

    def _pair(self, symbol: int, count: int) -> None:
        """Count it with the two last rare symbols near it; going to and fro between two is no such thing."""
        self._rare_events += 1
        if symbol != self._before:
            since = self._now - NEAR
            if self._rare_at >= since:
                self._meet(self._rare, symbol, count)
                if self._older_at >= since:  # it came before the other
                    self._meet(self._older, symbol, count)
        self._older, self._older_at = self._rare, self._rare_at
        self._rare, self._rare_at = symbol, self._now

    def _meet(self, rare: int, symbol: int, count: int) -> None:
        """Count a rare symbol after another one."""
        if rare != _NONE and rare != symbol:  # noqa: PLR1714
            times = self._count(hash((rare, symbol)))
            if times and count * self._counts[rare % _SYMBOLS] * _SURE < times * self._rare_events:
                self._come_back()

    def _come_back(self) -> None:
        """Wake soon: once nothing else has come back for a few events, as a routine should be seen to its end."""
        self._is_due = 1
        self._loud_at = max(self._loud_at, self._now + NEAR)

    def _count(self, key: int) -> int:
        """Count a trace; returns how often it was seen where that is a reason to wake, else 0."""
        slot, mark = (key >> 8) % _SLOTS, key & _MARK
        traces, now = self._traces, self._now
        trace = traces[slot]
        times = trace & _TIMES
        if trace - times != mark or not times:
            if times <= 1 or now - (self._seen[slot] >> _SESSION_BITS) > _OLD:
                traces[slot] = mark | 1
                self._seen[slot] = now << _SESSION_BITS | self._session % _SEVERAL
            return 0
        before, session = divmod(self._seen[slot], _SEVERAL + 1)
        if now - before < NEAR:
            return 0
        is_elsewhere = session not in (_SEVERAL, self._session % _SEVERAL)
        times = min(times + 1, _TIMES)
        self._traces[slot] = mark | times
        self._seen[slot] = now << _SESSION_BITS | (_SEVERAL if is_elsewhere else session)
        return times if times in TIMES or (is_elsewhere and times > TIMES[0]) else 0

    def _age(self) -> None:
        self._counts = array("I", [count >> 1 for count in self._counts])
        self._events >>= 1
        self._rare_events >>= 1

    def snapshot(self) -> Snapshot:
        """Return the state as plain numbers."""
        state = (
            *(self._session, self._last, self._before),
            *(self._rare, self._rare_at, self._older, self._older_at),
            *(self._events, self._rare_events, self._now, self._loud_at, self._is_due),
        )
        counts = ((number, count) for number, count in enumerate(self._counts) if count)
        slots = zip(self._traces, self._seen, strict=True)
        used = ((number, *slot) for number, slot in enumerate(slots) if slot[0])
        return state, tuple(chain.from_iterable(counts)), tuple(chain.from_iterable(used))

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from such a state, as a new one."""
        state, counts, used = snapshot
        self._session, self._last, self._before = state[:3]
        self._rare, self._rare_at, self._older, self._older_at = state[3:7]
        self._events, self._rare_events, self._now, self._loud_at, self._is_due = state[7:]
        for number, count in zip(counts[::2], counts[1::2], strict=True):
            self._counts[number] = count
        for number, trace, seen in zip(used[::3], used[1::3], used[2::3], strict=True):
            self._traces[number], self._seen[number] = trace, seen
