"""Rounds of a long routine: its occurrences in a noisy log, where steps are missing or strange ones stand between."""

import numpy as np

from understudy.detectors.acts import MISSES, Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE, Ints

SHARE = 0.6
"""Share of the steps that a round must have."""
AGAIN = 4
"""Times it is looked for once more among what is left."""


def rounds(acts: Acts, sequence: Sequence, share: float = SHARE) -> Ints:
    """Return the rounds of a sequence among what is free, none of them sharing an act, in order of time."""
    left, found = acts.copy(), [sequence.places]
    left.consume(sequence.places)
    for _ in range(AGAIN):
        best = max(
            (_around(left, sequence.symbols, index, share) for index in range(len(sequence.symbols) - 1)),
            key=len,
        )
        new = _disjoint(best)
        if not len(new):
            break
        left.consume(new)
        found.append(new)
    together = np.concatenate(found)
    return together[np.argsort(firsts(together), kind="stable")]


def beginnings(acts: Acts, symbols: tuple[int, ...], limit: int | None = None) -> Ints:
    """Return wherever two neighbouring steps were met, with as much of a round as there is; none share an act.

    limit: of the meetings of two neighbours only so many are looked at, the latest.
    """
    found = [_around(acts, symbols, index, 0.0, limit) for index in range(len(symbols) - 1)]
    return _disjoint(np.concatenate(found))


def firsts(places: Ints) -> Ints:
    """Return the first place of each round."""
    return np.asarray(np.where(places < 0, np.iinfo(np.int64).max, places).min(axis=1))


def _around(acts: Acts, symbols: tuple[int, ...], index: int, share: float, limit: int | None = None) -> Ints:
    """Return the rounds that have the steps `index` and `index + 1` within reach, walked from there to both ends."""
    core = acts.meetings(symbols[index], symbols[index + 1])
    core = core if limit is None else core[-limit:]
    places = np.full((len(core), len(symbols)), NOWHERE, np.int64)
    places[:, index : index + 2] = core
    walk(acts, symbols, places, range(index + 2, len(symbols)))
    walk(acts, symbols, places, range(index - 1, -1, -1))
    return np.asarray(places[(places >= 0).sum(axis=1) >= max(2.0, share * len(symbols))])


def walk(acts: Acts, symbols: tuple[int, ...], places: Ints, columns: range) -> None:
    """Fill in these columns, one after the other away from what is there, where the next step is near enough."""
    side = columns.step
    ends = places.max(axis=1) if side > 0 else firsts(places)
    missed = np.zeros(len(ends), np.int64)
    for column in columns:
        distance = acts.distances(ends, symbols[column], side, missed)
        has = (distance > 0) & (missed <= MISSES)
        ends = np.where(has, ends + side * distance.astype(np.int64), ends)
        missed = np.where(has, 0, missed + 1)
        places[has, column] = ends[has]


def _disjoint(places: Ints) -> Ints:
    """Of rounds that share an act keep the fullest."""
    taken: set[int] = set()
    kept = []
    for index in np.argsort(-(places >= 0).sum(axis=1), kind="stable"):
        here = [place for place in places[index].tolist() if place >= 0]
        if taken.isdisjoint(here):
            taken.update(here)
            kept.append(int(index))
    return np.asarray(places[kept])
