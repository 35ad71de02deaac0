"""Planted streams: 20 routines hidden in a Zipf background, plain or made of bursts that repeat themselves.

Equal arguments give an equal stream. Occurrences do not overlap; breaks never fall inside one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from understudy.core.capture import Capture, CaptureKind
from understudy.core.value import MINUTE, SECOND

KIND = "step"
ALPHABET, ROUTINES = 500, 20
SHORTEST, LONGEST = 3, 6
"""Symbols of a routine."""
GAP = 2
"""Background events between neighbours, at most."""
RARE, OFTEN = 30, 200
"""Occurrences of a routine."""
START = 1_760_313_600_000
"""2025-10-13 00:00 UTC, a Monday."""
_BREAK_EVERY = 400
"""Events between breaks, on average."""
_TOPICS, _TOPIC_SIZE, _BURST, _HABIT = 80, (3, 8), 25, 0.6
"""Topics there are, symbols of one, events of a burst on average, and how often its habit is kept to."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A planted stream."""

    numbers: np.ndarray
    """The symbol of each event."""
    at: np.ndarray
    """Milliseconds since 1970, rising."""
    truth: tuple[tuple[str, ...], ...]
    """The routines, as templates in order."""
    spans: tuple[tuple[tuple[int, int], ...], ...]
    """For each routine its occurrences: indexes of the first and the last event."""

    def captures(self) -> Iterator[Capture]:
        """Yield the events as records of an imported log, lazily: a million of them need room."""
        subjects = [f"a_{number}" for number in range(ALPHABET)]
        for number, at in zip(self.numbers.tolist(), self.at.tolist(), strict=True):
            yield Capture(
                at=at, kind=CaptureKind.FOREIGN, source="import:csv", app=KIND, text=subjects[number]
            )


def planted(count, seed, *, bursty=False):
    """Return a stream of `count` events."""
    rng = np.random.default_rng(seed)
    routines = [
        rng.choice(ALPHABET, rng.integers(SHORTEST, LONGEST + 1), replace=False) for _ in range(ROUTINES)
    ]
    which = np.repeat(np.arange(ROUTINES), rng.integers(RARE, OFTEN + 1, ROUTINES))
    rng.shuffle(which)
    lengths = np.array([len(routine) for routine in routines])[which]
    background = _bursts(rng, count - lengths.sum()) if bursty else _zipf(rng, count - lengths.sum())
    numbers, firsts, lasts = _woven(rng, background, [routines[each] for each in which])
    return Stream(
        numbers=numbers,
        at=_times(rng, count, firsts, lasts),
        truth=tuple(tuple(f"{KIND}:a_{number}" for number in routine) for routine in routines),
        spans=tuple(
            tuple(zip(firsts[which == each].tolist(), lasts[which == each].tolist(), strict=True))
            for each in range(ROUTINES)
        ),
    )


def _shares():
    shares = 1 / np.arange(1, ALPHABET + 1)
    return shares / shares.sum()


def _zipf(rng, count):
    return rng.choice(ALPHABET, count, p=_shares())


def _bursts(rng, count):
    """Sticky topics: few symbols over and over, each with a favourite successor."""
    topics = [
        rng.choice(ALPHABET, rng.integers(_TOPIC_SIZE[0], _TOPIC_SIZE[1] + 1), replace=False, p=_shares())
        for _ in range(_TOPICS)
    ]
    favourites = [np.roll(np.arange(len(topic)), 1)[rng.permutation(len(topic))] for topic in topics]
    events = []
    while len(events) < count:
        topic = rng.integers(_TOPICS)
        events += _burst(rng, topics[topic].tolist(), favourites[topic].tolist())
    return np.array(events[:count])


def _burst(rng, symbols, favourite):
    length = int(rng.geometric(1 / _BURST))
    kept = (rng.random(length) < _HABIT).tolist()
    drawn = rng.integers(0, len(symbols), length).tolist()
    place, events = drawn[0], []
    for keeps, other in zip(kept, drawn, strict=True):
        events.append(symbols[place])
        place = favourite[place] if keeps else other
    return events


def _woven(rng, background, occurrences):
    """Insert the occurrences into the background; return (numbers, first indexes, last indexes)."""
    lengths = np.array([len(occurrence) for occurrence in occurrences])
    owner = np.repeat(np.arange(len(occurrences)), lengths)
    is_first = np.diff(owner, prepend=-1) > 0
    gaps = np.where(is_first, 0, rng.integers(0, GAP + 1, len(owner)))
    spans = np.bincount(owner, gaps).astype(int)
    # An event of the background at least lies between two occurrences, so that none follows from the other.
    free = len(background) - spans.sum() - len(occurrences)
    starts = np.sort(rng.integers(0, free, len(occurrences)))
    starts += np.arange(len(occurrences)) + np.concatenate(([0], np.cumsum(spans)[:-1]))
    before = np.cumsum(gaps) - np.repeat(np.cumsum(spans) - spans, lengths) + starts[owner]
    planted_at = before + np.arange(len(owner))
    numbers = np.empty(len(background) + len(owner), np.int64)
    is_planted = np.zeros(len(numbers), bool)
    is_planted[planted_at] = True
    numbers[planted_at] = np.concatenate(occurrences)
    numbers[~is_planted] = background
    ends = np.cumsum(lengths) - 1
    return numbers, planted_at[is_first], planted_at[ends]


def _times(rng, count, firsts, lasts):
    """1-30 s from event to event, and now and then more than half an hour, but not inside an occurrence."""
    gaps = rng.integers(1 * SECOND, 30 * SECOND, count)
    rests = rng.random(count) < 1 / _BREAK_EVERY
    changes = np.zeros(count + 1, np.int64)
    np.add.at(changes, firsts + 1, 1)
    np.add.at(changes, lasts + 1, -1)
    rests &= np.cumsum(changes[:-1]) == 0
    gaps[rests] = rng.integers(31 * MINUTE, 120 * MINUTE, rests.sum())
    return START + np.cumsum(gaps)
