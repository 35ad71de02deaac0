"""Stretches of pieces that make one routine: few different steps in turns and loops fall into pieces when grown."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from understudy.detectors.acts import LEAST, LONG, MISSES, REACH, Acts, sample
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE, Flags, Floats, Ints, Symbols
from understudy.detectors.rounds import firsts

LIMITS = (REACH + MISSES, 2 * (REACH + MISSES))
"""Acts that no routine explains which may lie between two pieces: the tighter, unless the wider explains more."""
MOST, LONGEST = 1_000, 100
"""Stretches that are compared, the latest; acts in one."""
PIECES = 1.2
"""Occurrences of pieces in a stretch, on average: with fewer the routine is whole as it is."""
SEEN_TOGETHER = 0.2
"""Share of the occurrences of a piece that must have another one beside them for its stretches to be compared."""
ALIKE = 0.8
"""Jaccard similarity of the acts of two stretches, counting how often each comes, from which they are the same."""
CLOSE, MOST_CLOSE = 0.9, 0.7
"""Similarity with the most typical one that so many of them must have: what has any length is alike, hardly close."""
MODELS = 20
"""Stretches that others are compared with, at a time."""
MOSTLY = 0.5
"""Share of the stretches that have an act which is a step, or a piece that is one of theirs."""
IN_ORDER = 0.8
"""Share of the steps that must be there in the same order, on average."""
TURNS = 2
"""Occurrences of a piece in a stretch, on average, from which it is a loop."""
ENDS, BEFORE = 0.4, 1.5
"""Share of the stretches with the same pieces that must end there of those that are as long, and how many times as
many may be shorter."""
BELONGS = 0.7
"""Share of the occurrences of each piece that must lie in such stretches: it is seldom seen otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Stretch:
    places: Ints
    """Every act from the first to the last."""
    symbols: Symbols
    pieces: tuple[int, ...]
    """Of each occurrence in it, the number of the routine."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Group:
    sequence: Sequence
    pieces: Counter[int]
    """How often each piece is in its stretches."""
    own: frozenset[int]
    """The pieces that most of its stretches have."""
    lengths: tuple[int, int]
    """Acts in the shortest and the longest of its stretches."""


def made_whole(acts: Acts, fresh: Acts, found: list[Sequence]) -> list[Sequence]:
    """Return the routines, and instead of those that are mostly pieces of the same stretches, these.

    fresh: the same acts, none of them consumed. A loop that ends anywhere has stretches of any length, so that few
    of them are alike; what always has as many turns is a routine, however few different steps it has.
    """
    wholes = max((_wholes(_stretches(acts, fresh, found, limit), found) for limit in LIMITS), key=_explained)
    parts = _parts(wholes, found)
    left = [each for number, each in enumerate(found) if number not in parts]
    return [*left, *(group.sequence for group in wholes)] if wholes else found


def _explained(groups: list[_Group]) -> int:
    return sum(int(np.count_nonzero(group.sequence.places >= 0)) for group in groups)


def _wholes(stretches: list[_Stretch], found: list[Sequence]) -> list[_Group]:
    """Return the groups of alike stretches that are routines, of pieces that are hardly ever seen elsewhere."""
    compared = _worth_comparing(stretches)
    groups = [group for members in _alike(compared) if (group := _group(members)) is not None]
    parts = _parts(groups, found)
    return [
        group
        for group in groups
        if group.own <= parts and _ends_there(group, stretches) and not _is_mere_loop(group, found)
    ]


def _parts(groups: list[_Group], found: list[Sequence]) -> set[int]:
    """Return which pieces are hardly ever seen outside of these groups."""
    inside: Counter[int] = sum((group.pieces for group in groups), Counter())
    return {number for number, each in enumerate(found) if inside[number] >= BELONGS * len(each.places)}


def _ends_there(group: _Group, stretches: list[_Stretch]) -> bool:
    """Whether of the stretches of its pieces that come so far many end there, and not many more have ended before.

    Of the turns of a loop that may end anywhere as large a share ends after any number of turns.
    """
    shortest, longest = group.lengths
    lengths = np.array([len(each.places) for each in stretches if not group.own.isdisjoint(each.pieces)])
    before, after = np.count_nonzero(lengths < shortest), np.count_nonzero(lengths > longest)
    here = len(lengths) - before - after
    return bool(here >= ENDS * (here + after) and before <= BEFORE * here)


def _is_mere_loop(group: _Group, found: list[Sequence]) -> bool:
    """Whether there is nothing but turns of one piece, which is done as well with more turns or fewer."""
    steps, size = {*group.sequence.symbols}, len(group.sequence.places)
    return any(
        steps <= {*found[piece].symbols}
        and TURNS * size <= group.pieces[piece] < BELONGS * len(found[piece].places)
        for piece in group.own
    )


def _stretches(acts: Acts, fresh: Acts, found: list[Sequence], limit: int) -> list[_Stretch]:
    """Return the stretches from piece to piece, with at most so many acts in between that nothing explains."""
    if not found:
        return []
    begin = np.concatenate([firsts(each.places) for each in found])
    end = np.concatenate([each.places.max(axis=1) for each in found])
    number = np.repeat(np.arange(len(found)), [len(each.places) for each in found])
    order = np.argsort(begin, kind="stable")
    begin, end, number = begin[order], np.maximum.accumulate(end[order]), number[order]
    apart = ~acts.are_near(end[:-1], begin[1:], limit) & (begin[1:] > end[:-1])
    breaks = [0, *(np.flatnonzero(apart) + 1).tolist(), len(begin)]
    return [
        _Stretch(
            places=np.arange(begin[first], end[last - 1] + 1),
            symbols=fresh.symbols(np.arange(begin[first], end[last - 1] + 1)),
            pieces=tuple(number[first:last].tolist()),
        )
        for first, last in pairwise(breaks)
    ]


def _worth_comparing(stretches: list[_Stretch]) -> list[_Stretch]:
    """Return those of a fit length that have a piece which another one is often beside: others are whole already."""
    total = Counter(piece for each in stretches for piece in each.pieces)
    together = Counter(piece for each in stretches if len(each.pieces) > 1 for piece in each.pieces)
    seen = {piece for piece, count in together.items() if count >= max(LEAST, SEEN_TOGETHER * total[piece])}
    fit = [each for each in stretches if LONG <= len(each.places) <= LONGEST]
    return [each for each in fit if not seen.isdisjoint(each.pieces)][-MOST:]


def _alike(stretches: list[_Stretch]) -> list[list[_Stretch]]:
    """Return groups of three or more stretches with about the same acts, the largest first."""
    bags, left, groups = _bags(stretches), np.arange(len(stretches)), []
    while len(left) >= LEAST:
        near = [left[_similar(bags[left], bags[index]) >= ALIKE] for index in sample(left, MODELS)]
        best = max(near, key=len)
        if len(best) < LEAST:
            break
        if (
            max((_similar(bags[best], bags[index]) >= CLOSE).mean() for index in sample(best, MODELS))
            >= MOST_CLOSE
        ):
            groups.append([stretches[index] for index in best])
        left = left[~np.isin(left, best)]
    return groups


def _bags(stretches: list[_Stretch]) -> Ints:
    """Return how often each symbol is in each stretch, for those that are in any."""
    lengths = [len(each.symbols) for each in stretches]
    rows = np.repeat(np.arange(len(stretches)), lengths)
    every = np.concatenate([np.zeros(0, np.int32), *(each.symbols for each in stretches)])
    known, column = np.unique(every, return_inverse=True)
    bags = np.zeros((len(stretches), len(known)), np.int64)
    np.add.at(bags, (rows, column), every >= 0)
    return bags


def _similar(bags: Ints, bag: Ints) -> Floats:
    return np.asarray(np.minimum(bags, bag).sum(axis=1) / np.maximum(1, np.maximum(bags, bag).sum(axis=1)))


def _group(members: list[_Stretch]) -> _Group | None:
    """Return what alike stretches have in the same order: those steps of one of usual length that most others have."""
    pieces = Counter(piece for each in members for piece in each.pieces)
    lengths = [len(each.symbols) for each in members]
    model = sorted(members, key=lambda each: len(each.symbols))[len(members) // 2]
    places = np.array([_aligned(model.symbols, each) for each in members])
    steps = (places >= 0).mean(axis=0) >= MOSTLY
    places = places[:, steps]
    if pieces.total() < PIECES * len(members) or places.shape[1] < LONG or (places >= 0).mean() < IN_ORDER:
        return None
    having = Counter(piece for each in members for piece in {*each.pieces})
    return _Group(
        sequence=Sequence(symbols=tuple(model.symbols[steps].tolist()), places=places),
        pieces=pieces,
        own=frozenset(piece for piece, count in having.items() if count >= MOSTLY * len(members)),
        lengths=(min(lengths), max(lengths)),
    )


def _aligned(model: Symbols, stretch: _Stretch) -> Ints:
    """Return where the acts of the model are in a stretch, as many as can be in order; NOWHERE where one is missing."""
    same: Flags = (model[:, None] == stretch.symbols) & (model[:, None] >= 0)
    common = np.zeros((same.shape[0] + 1, same.shape[1] + 1), np.int64)
    for row in range(len(model) - 1, -1, -1):
        best = np.maximum(common[row + 1, :-1], np.where(same[row], common[row + 1, 1:] + 1, 0))
        common[row, :-1] = np.maximum.accumulate(best[::-1])[::-1]
    places, column = np.full(len(model), NOWHERE, np.int64), 0
    for row in range(len(model)):
        if common[row, column] == common[row + 1, column]:
            continue
        column += int(np.flatnonzero(common[row, column:] == common[row, column])[-1])
        places[row] = stretch.places[column]
        column += 1
    return places
