"""Data edges: which step of a routine uses a value from which earlier one."""

import numpy as np

from understudy.detectors.log import NOWHERE, Ints, Log

SHARE = 0.75
"""Part of the occurrences that have both ends in which the value must have gone that way."""
LEAST = 3
"""Occurrences in which it must have."""
_HOPS = 8
"""Uses of one value that are followed back: what is pasted three times was copied once."""


def data_edges(log: Log, places: Ints) -> tuple[tuple[int, int], ...]:
    """Return (from, to) pairs of columns of `places` (occurrences x symbols), in order of the target.

    A target has one source: the latest earlier step its value was seen in. Steps of other things in between are
    looked through.
    """
    targets = places.shape[1] if len(places) else 0
    found = (_source(log, places, target) for target in range(1, targets))
    return tuple((source, target) for target, source in enumerate(found, 1) if source != NOWHERE)


def _source(log: Log, places: Ints, target: int) -> int:
    """Return the column its value comes from, or NOWHERE."""
    used = places[places[:, target] != NOWHERE]
    came_from = _columns(log, used, target)
    counts = np.bincount(came_from[came_from != NOWHERE], minlength=target)
    best = int(counts.argmax())
    both = int((used[:, best] != NOWHERE).sum())
    return best if counts[best] >= max(LEAST, SHARE * both) else NOWHERE


def _columns(log: Log, places: Ints, target: int) -> Ints:
    """Return, by occurrence, the first earlier column on the way back of the value, or NOWHERE."""
    earlier = places[:, :target]
    found = np.full(len(places), NOWHERE, np.int64)
    at = places[:, target].astype(np.int64)
    for _ in range(_HOPS):
        at = np.where(at == NOWHERE, NOWHERE, log.source[at])
        is_here = (earlier == at[:, None]) & (at[:, None] != NOWHERE)
        found = np.where((found == NOWHERE) & is_here.any(axis=1), is_here.argmax(axis=1), found)
    return found
