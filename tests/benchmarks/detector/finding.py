"""What the product finds: mined in one go, or replayed event by event as the agent would live through it.

Mining and the learner are loaded when they are asked for: each is measured without the other's memory.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from tests.benchmarks.detector.scores import Range, Steps
from understudy.core.capture import Capture
from understudy.core.pattern import Pattern, PatternKind
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.history import Frozen, History
from understudy.detectors.setting import Setting
from understudy.engine.replaying import ReplayedPattern, replay

ZONE = "UTC"
ENDLESS = 2_000_000
"""A capacity that holds every log measured here."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one mining found, and what it took."""

    patterns: tuple[Pattern, ...]
    """In the product's own order."""
    seconds: float
    """Of mining alone."""


def frozen(captures: Iterable[Capture], capacity: int = ENDLESS) -> Frozen:
    """Return the history that the agent would have handed to mining; positions are zero-based records."""
    history, abstraction = History(capacity), Abstraction()
    for position, capture in enumerate(captures):
        history.append(position, capture, abstraction.symbol(capture))
    return history.freeze()


def mined(captures: Iterable[Capture], zone: str = ZONE) -> Found:
    """Mine all of it in one go, keeping every occurrence."""
    return mined_from(frozen(captures), zone)


def mined_from(history: Frozen, zone: str = ZONE) -> Found:
    """Mine a history."""
    from understudy.detectors.mining import mine

    begun = time.perf_counter()
    patterns = mine(history, Setting(zone=zone, occurrences=None))
    return Found(patterns=patterns, seconds=time.perf_counter() - begun)


def learner(zone: str = ZONE):
    """Return a fresh learner with the agent's usual memory, keeping every occurrence."""
    from understudy.detectors.learner import PatternLearner

    return PatternLearner(zone, occurrences=None)


@dataclass(frozen=True, kw_only=True)
class Lived:
    """What came of living through a log."""

    patterns: tuple[ReplayedPattern, ...]
    """As they stood in the end."""
    found: tuple[Pattern, ...]
    """Every one as first accepted, in order of time, also those given up or replaced later."""


def lived(captures: Iterable[Capture], zone: str = ZONE) -> Lived:
    """Replay it as the agent would live through it. Nothing is private here."""
    noting = _Noting(learner(zone))
    replayed = replay(captures, noting, screen=lambda capture: capture)
    return Lived(patterns=replayed.patterns, found=tuple(noting.found))


class _Noting:
    """A learner that notes what it finds on the way."""

    def __init__(self, watched):
        self._watched, self.found = watched, []

    def __getattr__(self, name):
        return getattr(self._watched, name)

    def accept(self, patterns, now):
        """Take in what a mining found."""
        learned = self._watched.accept(patterns, now)
        self.found += [msgspec.structs.replace(pattern, found_at=now) for pattern in learned.found]
        return learned


def routines(patterns: Iterable[Pattern]) -> list[Steps]:
    """Return the sequences of the routines, in the order of the list."""
    return [pattern.symbols for pattern in patterns if pattern.kind is PatternKind.ROUTINE]


def sequences(patterns: Iterable[Pattern]) -> list[Steps]:
    """Return the sequences of routines and follow-ups, highest score first: a list over all kinds."""
    ordered = sorted(patterns, key=lambda pattern: -pattern.score)
    return [pattern.symbols for pattern in ordered if len(pattern.symbols) > 1]


def ranges(pattern: Pattern) -> list[Range]:
    """Return the records of each occurrence of a pattern."""
    return [(each.first, each.last) for each in pattern.occurrences]


def routine_ranges(patterns: Sequence[Pattern]) -> list[list[Range]]:
    """Return the same for every routine."""
    return [ranges(pattern) for pattern in patterns if pattern.kind is PatternKind.ROUTINE]
