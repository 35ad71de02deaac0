"""Routines: what is done in the same order, with noise in between? Grown from pairs that beat chance."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

from understudy.core.capture import CaptureKind
from understudy.core.pattern import PatternKind
from understudy.core.value import MINUTE, SECOND, Millis
from understudy.core.workflow import CaptureTrigger
from understudy.detectors.candidate import Candidate, is_passive
from understudy.detectors.evidence import SYMMETRY, Log, bits, lower_bound, one_sided
from understudy.detectors.stream import Event

GAP = 3
"""Other events that may stand between two of a routine."""
REACH = GAP + 1
Places = list[tuple[int, ...]]
"""For each occurrence where its symbols are."""

SHORTEST, LONGEST = 3, 6
"""Symbols in a routine."""
LEAST = 3
SESSIONS = 2
DAYS = 3
IN_ORDER = 0.75
"""Share of a pair's meetings, beyond those by chance, that must be in its order."""
TOGETHER = 0.4
"""Share of the rarer neighbour's events that must belong to the pair."""
KEEPS = 0.5
"""Share of the occurrences that must survive one more symbol."""
PAIRS = 200
"""Pairs that are grown, the strongest first."""
BEAM = 3
"""Symbols tried at each end, the strongest first."""
SEQUENCES = 2_000
"""Sequences looked at in all."""
RELIABLE, USABLE = 0.8, 0.5
"""Bounds of being completed from which a prefix may be the trigger: gladly, or at all."""
_HORIZONS: tuple[Millis, Millis] = (90 * SECOND, 15 * MINUTE)
_WITHIN: tuple[Millis, Millis] = (60 * SECOND, 5 * MINUTE)


class Routines:
    """What is done in the same order?"""

    name: ClassVar[str] = "routines"
    title: ClassVar[str] = "What do you do in the same order, with other things in between?"

    def find(self, events: Sequence[Event], zone: str) -> list[Candidate]:  # noqa: ARG002 - time of day plays no part
        """Return sequences of three to six that are completed more often than not, best first."""
        acts = [place for place, event in enumerate(events) if event.kind is not CaptureKind.STATE]
        stream, log = _Stream(events, acts), Log(events)
        found = [
            candidate
            for symbols, occurrences in _grow(stream)
            if (candidate := _weigh(stream, log, symbols, occurrences)) is not None
        ]
        return _best(sorted(found, key=lambda candidate: (-candidate.score, candidate.places)))


class _Stream:
    """The person's acts in order, and which of them follow which."""

    def __init__(self, events: Sequence[Event], acts: list[int]) -> None:
        self.events, self.acts = events, acts
        self.templates = [events[place].template for place in acts]
        self.sessions = [events[place].session for place in acts]
        self.counts = Counter(template for template in self.templates if template)

    def near(self, place: int, side: int) -> dict[str, int]:
        """Return what stands within reach after (side 1) or before (side -1), each where it is nearest."""
        found: dict[str, int] = {}
        for other in range(place + side, place + side * (REACH + 1), side):
            if not 0 <= other < len(self.acts) or self.sessions[other] != self.sessions[place]:
                break
            template = self.templates[other]
            if template and template not in found:
                found[template] = other
        return found

    def chance(self, template: str) -> float:
        """Return the probability of the template within reach of any event."""
        return float(1 - (1 - self.counts[template] / len(self.templates)) ** REACH)

    def pairs(self) -> Iterator[tuple[tuple[str, str], Places]]:
        """Yield neighbours that meet beyond chance and in order, strongest first, with their occurrences."""
        meetings: dict[tuple[str, str], Places] = {}
        for place, first in enumerate(self.templates):
            if first:
                for then, later in self.near(place, 1).items():
                    if then != first:
                        meetings.setdefault((first, then), []).append((place, later))
        needed = math.log(max(2.0, len(self.counts) ** 2 * REACH / 5))
        strong: list[tuple[float, tuple[str, str]]] = []
        for (first, then), places in meetings.items():
            backwards = len(meetings.get((then, first), ()))
            strength = self._strength(first, then, len(places), backwards)
            if strength > needed:
                strong.append((strength, (first, then)))
        for _, pair in sorted(strong, key=lambda option: -option[0])[:PAIRS]:
            yield pair, _tightest(meetings[pair])

    def _strength(self, first: str, then: str, count: int, backwards: int) -> float:
        """Return the log-likelihood gain over independence; 0 = too few, too loose, or in no order."""
        expected = self.counts[first] * self.chance(then)
        if count < LEAST or count <= expected:
            return 0.0
        beyond = count - expected
        beyond_backwards = max(0.0, backwards - self.counts[then] * self.chance(first))
        together = count / min(self.counts[first], self.counts[then])
        if together < TOGETHER or beyond / (beyond + beyond_backwards) < IN_ORDER:
            return 0.0
        return count * math.log(count / expected) - beyond


def _grow(stream: _Stream) -> Iterator[tuple[tuple[str, ...], Places]]:
    """Yield sequences of at least three symbols with their occurrences, grown from pairs at either end."""
    queue: list[tuple[tuple[str, ...], Places]] = list(stream.pairs())
    known = {symbols for symbols, _ in queue}
    for looked_at, (symbols, occurrences) in enumerate(queue):
        if looked_at >= SEQUENCES:
            break
        if len(symbols) >= SHORTEST:
            yield symbols, occurrences
        if len(symbols) == LONGEST:
            continue
        for side in (1, -1):
            for template, places in _extensions(stream, symbols, occurrences, side):
                longer = (*symbols, template) if side > 0 else (template, *symbols)
                if longer not in known:
                    known.add(longer)
                    queue.append((longer, places))


def _extensions(
    stream: _Stream, symbols: tuple[str, ...], occurrences: Places, side: int
) -> list[tuple[str, Places]]:
    """Return the few symbols that belong to one end, with the occurrences that have them there."""
    end = -1 if side > 0 else 0
    here = [stream.near(occurrence[end], side) for occurrence in occurrences]
    there = [stream.near(occurrence[end], -side) for occurrence in occurrences]
    counts = Counter(template for near in here for template in near if template not in symbols)
    least, needed = max(LEAST, KEEPS * len(occurrences)), math.log2(max(2, len(stream.counts)))
    options: list[tuple[float, str]] = []
    for template, count in counts.items():
        if count < least:
            continue
        strength = bits(count, len(occurrences), stream.chance(template))
        only_here = sum(
            template in near and template not in far for near, far in zip(here, there, strict=True)
        )
        only_there = sum(
            template in far and template not in near for near, far in zip(here, there, strict=True)
        )
        if strength >= needed and one_sided(only_here, only_there) <= SYMMETRY:
            options.append((strength, template))
    best = sorted(options, key=lambda option: -option[0])[:BEAM]
    return [(template, _extended(occurrences, here, template, side)) for _, template in best]


def _extended(occurrences: Places, near: list[dict[str, int]], template: str, side: int) -> Places:
    pairs = [
        (occurrence, at[template]) for occurrence, at in zip(occurrences, near, strict=True) if template in at
    ]
    return _tightest([(*places, new) if side > 0 else (new, *places) for places, new in pairs])


def _tightest(occurrences: Places) -> Places:
    """Of occurrences that begin or end in the same event keep the tightest."""
    ends = {occurrence[-1]: occurrence for occurrence in sorted(occurrences)}
    starts = {occurrence[0]: occurrence for occurrence in sorted(ends.values(), reverse=True)}
    return sorted(starts.values())


def _weigh(stream: _Stream, log: Log, symbols: tuple[str, ...], occurrences: Places) -> Candidate | None:
    places = [tuple(stream.acts[place] for place in occurrence) for occurrence in occurrences]
    firsts = [stream.events[occurrence[0]] for occurrence in places]
    if len({event.session for event in firsts}) < SESSIONS or len({event.day for event in firsts}) < DAYS:
        return None
    expected = stream.counts[symbols[0]] * math.prod(stream.chance(symbol) for symbol in symbols[1:])
    score = len(places) * math.log2(len(places) / expected) - (len(places) - expected) / math.log(2)
    options = [
        option
        for split in range(1, len(symbols))
        if all(is_passive(symbol) for symbol in symbols[:split])
        and (option := _split(log, symbols, split, places)) is not None
    ]
    for bound in (RELIABLE, USABLE):
        for reached, trigger, horizon, hits in options:
            if reached >= bound:
                return Candidate(
                    kind=PatternKind.ROUTINE,
                    symbols=symbols,
                    trigger=trigger,
                    expects=symbols[len(trigger.symbols) :],
                    horizon=horizon,
                    score=score,
                    places=tuple(hits),
                )
    return None


def _split(
    log: Log, symbols: tuple[str, ...], split: int, places: Places
) -> tuple[float, CaptureTrigger, Millis, Places] | None:
    """Replay the past with so many symbols as the trigger; None = the rest follows as often by chance."""
    within = _usual(log, places, 0, split - 1, _WITHIN)
    horizon = _usual(log, places, split - 1, len(symbols) - 1, _HORIZONS)
    trials, hits = log.replay(symbols[:split], within, symbols[split:], horizon)
    base = math.prod(log.base_rate(symbol, horizon) for symbol in symbols[split:])
    needed = len(symbols) * math.log2(max(2, len(log.places)))
    if len(hits) < LEAST or bits(len(hits), trials, base) < needed:
        return None
    trigger = CaptureTrigger(symbols=symbols[:split], within=within)
    return lower_bound(len(hits), trials), trigger, horizon, hits


def _usual(log: Log, places: Places, start: int, end: int, limits: tuple[Millis, Millis]) -> Millis:
    """Return twice the time that nine of ten occurrences took from one symbol to another, within limits."""
    spans = sorted(log.times[place[end]] - log.times[place[start]] for place in places)
    usual = spans[math.ceil(0.9 * len(spans)) - 1]
    return min(limits[1], max(limits[0], 2 * usual // SECOND * SECOND))


def _best(candidates: list[Candidate]) -> list[Candidate]:
    """Drop what is part of a better one, or an extension of it."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(
            is_part(candidate.symbols, other.symbols) or is_part(other.symbols, candidate.symbols)
            for other in kept
        ):
            kept.append(candidate)
    return kept


def is_part(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the symbols occur in the whole in the same order."""
    rest = iter(whole)
    return all(symbol in rest for symbol in part)


PLUGIN = Routines
