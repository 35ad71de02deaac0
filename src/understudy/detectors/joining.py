"""Routines that always come together become one: a long one falls apart where a page is filled in differently."""

from dataclasses import replace

import numpy as np

from understudy.detectors.acts import MISSES, REACH, Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE, Flags, Ints
from understudy.detectors.rounds import firsts, walk

NEAR = REACH + MISSES
"""Acts that no routine explains which may lie between two parts of one."""
FAR = 20
"""Acts between them if there are always about as many."""
TOGETHER = 0.7
"""Share of the rounds of each part that must have the other."""
WITHIN = 0.5
"""Share of its occurrences inside another routine from which a routine is only a part of that."""


def joined(acts: Acts, found: list[Sequence]) -> list[Sequence]:
    """Return the routines with their parts put together, and without those that are only seen inside others."""
    sequences = list(found)
    apart: set[tuple[Sequence, Sequence]] = set()
    while True:
        pair = _pair_to_join(acts, sequences, apart)
        if pair is None:
            break
        first, then, both = pair
        sequences = [each for index, each in enumerate(sequences) if index not in (first, then)]
        sequences.append(both)
    return [
        each
        for each in sequences
        if not any(_is_within(each, other) for other in sequences if other is not each)
    ]


def _pair_to_join(
    acts: Acts, sequences: list[Sequence], apart: set[tuple[Sequence, Sequence]]
) -> tuple[int, int, Sequence] | None:
    """Return the first two parts that belong together; the most frequent one, as a loop is, is placed first.

    apart: what is known not to belong together, and is added to.
    """
    order = sorted(range(len(sequences)), key=lambda index: -len(sequences[index].places))
    for then in order:
        for first in order:
            pair = sequences[first], sequences[then]
            both = _join(acts, *pair) if first != then and pair not in apart else None
            if both is not None:
                return first, then, both
            apart.add(pair)
    return None


def _join(acts: Acts, before: Sequence, after: Sequence) -> Sequence | None:
    """Return one sequence where one follows the other nearly always; of several turns of a loop the last is taken."""
    small, large = sorted((len(before.places), len(after.places)))
    if small < TOGETHER * large and not _may_loop(before, after):
        return None
    last_of, attached = _attached(acts, before, after)
    if np.count_nonzero(last_of >= 0) < TOGETHER * len(before.places) or attached < TOGETHER * len(
        after.places
    ):
        return None
    tail = np.where((last_of >= 0)[:, None], after.places[np.maximum(last_of, 0)], NOWHERE)
    places = np.concatenate([before.places, tail], axis=1)
    both = Sequence(symbols=(*before.symbols, *after.symbols), places=places)
    return _completed(acts, both, len(before.symbols))


def _may_loop(before: Sequence, after: Sequence) -> bool:
    return len(after.places) > len(before.places) and 2 * len(after.symbols) <= len(before.symbols)


def _attached(acts: Acts, before: Sequence, after: Sequence) -> tuple[Ints, int]:
    """Return for each round the last of the followers in a row right after it, or NOWHERE; and how many there are."""
    begin, end = firsts(after.places), after.places.max(axis=1)
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], end[order]
    follows: Flags = acts.are_near(end[:-1], begin[1:], NEAR)
    run_end = np.arange(len(begin))
    for index in range(len(begin) - 2, -1, -1):
        if follows[index]:
            run_end[index] = run_end[index + 1]
    ends = before.places.max(axis=1)
    following = np.searchsorted(begin, ends, side="right")
    exists = following < len(begin)
    at = np.minimum(following, len(begin) - 1)
    near = exists & (acts.are_near(ends, begin[at], NEAR) | _is_usual(acts, ends, begin[at]))
    next_round = np.append(firsts(before.places)[1:], np.iinfo(np.int64).max)
    last = np.minimum(run_end[at], np.searchsorted(begin, next_round) - 1)
    near &= last >= at
    return np.where(near, order[last], NOWHERE), int((last - at + 1)[near].sum())


def _is_usual(acts: Acts, ends: Ints, begins: Ints) -> Flags:
    """Return where about as many acts are in between as usual: a form that is filled in differently is as long."""
    between = begins - ends
    within = (between > 0) & (between <= FAR) & (acts.sessions(ends) == acts.sessions(begins))
    usual = np.median(between[within]) if within.any() else 0
    return np.asarray(within & (np.abs(between - usual) <= REACH))


def _completed(acts: Acts, both: Sequence, own: int) -> Sequence:
    """Look once more for the second part of the rounds that lack it."""
    lacking = np.flatnonzero((both.places[:, own:] < 0).all(axis=1))
    if not len(lacking):
        return both
    places = both.places.copy()
    part = places[lacking]
    walk(acts, both.symbols, part, range(own, len(both.symbols)))
    places[lacking] = part
    return replace(both, places=places)


def _is_within(part: Sequence, whole: Sequence) -> bool:
    """Whether a routine is seen inside another one nearly always, as the turns of a loop are."""
    begin, end = firsts(whole.places), whole.places.max(axis=1)
    own = firsts(part.places), part.places.max(axis=1)
    index = np.searchsorted(begin, own[0], side="right") - 1
    inside = (index >= 0) & (own[1] <= end[np.maximum(index, 0)])
    return bool(inside.mean() >= WITHIN) and len(whole.symbols) > len(part.symbols)
