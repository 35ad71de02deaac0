"""Reading: how captures become symbols, template by template, for a look at what is compared with what."""

from collections.abc import Callable

from understudy.core.capture import Capture, Symbol
from understudy.core.ports import BadRecord
from understudy.core.value import Value
from understudy.engine.sieve import Sieve

MOST = 65_536
"""Templates that are counted at a time; where there are more, the rarer half is given up."""


class ReadTemplate(Value):
    """A template with the first capture that was read so."""

    symbol: Symbol
    seen: int
    """How often it was seen."""
    is_rare: bool = False
    """Seen too rarely to be part of a pattern."""


class Reading(Value):
    """How a log is read."""

    captures: int
    """Good records, private ones among them."""
    bad: int
    first_bad: BadRecord | None
    private: int
    """Left out as the agent leaves them out."""
    unseen: int
    """Say nothing about what was done, as that the person was away."""
    sessions: int
    """Stretches at work."""
    templates: tuple[ReadTemplate, ...]
    """Most frequent first, of equally frequent ones the earliest."""
    given_up: int = 0
    """Rare ones that were forgotten on the way, as there were too many."""


def read_symbols(
    sieve: Sieve,
    *,
    symbol_of: Callable[[Capture], Symbol],
    session_of: Callable[[Capture], int],
    least: int,
) -> Reading:
    """Count templates. `least`: times from which one can be part of a pattern."""
    tally, sessions, unseen = _Tally(), set(), 0
    for _, capture in sieve:
        symbol, session = symbol_of(capture), session_of(capture)
        if symbol.template:
            tally.add(symbol)
            sessions.add(session)
        else:
            unseen += 1
    return Reading(
        captures=sieve.captures,
        bad=sieve.bad,
        first_bad=sieve.first_bad,
        private=sieve.private,
        unseen=unseen,
        sessions=len(sessions),
        templates=tuple(
            ReadTemplate(symbol=symbol, seen=seen, is_rare=seen < least) for symbol, seen in tally.ranked()
        ),
        given_up=tally.given_up,
    )


class _Tally:
    """Counts templates, and keeps the first symbol of each."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._firsts: dict[str, Symbol] = {}
        self.given_up = 0

    def add(self, symbol: Symbol) -> None:
        """Count it once more."""
        seen = self._counts.get(symbol.template, 0)
        self._counts[symbol.template] = seen + 1
        if not seen:
            self._firsts[symbol.template] = symbol
            if len(self._counts) > MOST:
                self._cut()

    def _cut(self) -> None:
        kept = sorted(self._counts, key=self._counts.__getitem__, reverse=True)[: MOST // 2]
        self.given_up += len(self._counts) - len(kept)
        self._counts = {each: self._counts[each] for each in kept}
        self._firsts = {each: self._firsts[each] for each in kept}

    def ranked(self) -> list[tuple[Symbol, int]]:
        """Return (first symbol, times seen), most frequent first, of equally frequent ones the earliest."""
        ranked = sorted(self._counts, key=self._counts.__getitem__, reverse=True)
        return [(self._firsts[each], self._counts[each]) for each in ranked]
