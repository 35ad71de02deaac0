"""Pieces of a routine that were found on their own, with the same steps, go back into its rounds."""

from dataclasses import replace

import numpy as np

from understudy.detectors.acts import LONG, MISSES, REACH, Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE, Ints
from understudy.detectors.rounds import firsts

SAME = 0.8
"""Share of the steps of a piece that the routine must have too."""
ALIKE = 0.7
"""Jaccard similarity of the steps from which a piece that stands alone is a round of the routine."""
NEAR = 2 * (REACH + MISSES)
"""Acts that no routine explains which may lie between a piece and the rest of its round."""


def absorbed(acts: Acts, found: list[Sequence]) -> list[Sequence]:
    """Return the routines, the longest first, each with its pieces put back."""
    left = sorted(found, key=lambda each: (-len(each.symbols), -len(each.places)))
    whole: list[Sequence] = []
    while left:
        routine, *left = left
        for piece in tuple(left) if len(routine.symbols) >= LONG else ():
            if _share(piece, routine) >= SAME:
                left = [each for each in left if each is not piece]
                routine = _with_piece(acts, routine, piece)
        whole.append(routine)
    return whole


def _share(piece: Sequence, routine: Sequence) -> float:
    return sum(symbol in routine.symbols for symbol in piece.symbols) / len(piece.symbols)


def _with_piece(acts: Acts, routine: Sequence, piece: Sequence) -> Sequence:
    columns = _columns(piece.symbols, routine.symbols)
    places, alone = routine.places.copy(), []
    rounds = _nearest_rounds(acts, routine.places, piece.places)
    is_alike = len(set(piece.symbols) & set(routine.symbols)) >= ALIKE * len(
        set(piece.symbols) | set(routine.symbols)
    )
    for number, row in zip(rounds.tolist(), piece.places, strict=True):
        new = np.full(len(routine.symbols), NOWHERE, np.int64) if number < 0 else places[number]
        for column, place in zip(columns, row.tolist(), strict=True):
            if column >= 0 and new[column] < 0:
                new[column] = place
        if number < 0 and is_alike:
            alone.append(new)
    together = np.concatenate([places, np.array(alone)]) if alone else places
    return replace(routine, places=together[np.argsort(firsts(together), kind="stable")])


def _columns(piece: tuple[int, ...], routine: tuple[int, ...]) -> list[int]:
    """Return for each step of the piece the step of the routine that it is, the first not yet taken, or NOWHERE."""
    taken: set[int] = set()
    columns = []
    for symbol in piece:
        free = [index for index, other in enumerate(routine) if other == symbol and index not in taken]
        columns.append(free[0] if free else NOWHERE)
        taken.update(free[:1])
    return columns


def _nearest_rounds(acts: Acts, rounds: Ints, pieces: Ints) -> Ints:
    """Return for each piece the round that it overlaps or stands right beside, or NOWHERE."""
    begin, end = firsts(rounds), rounds.max(axis=1)
    own_begin, own_end = firsts(pieces), pieces.max(axis=1)
    before = np.maximum(np.searchsorted(begin, own_begin, side="right") - 1, 0)
    after = np.minimum(before + 1, len(begin) - 1)
    is_after_round = (begin[before] <= own_begin) & (
        (end[before] >= own_begin) | acts.are_near(end[before], own_begin, NEAR)
    )
    is_before_round = (begin[after] > own_begin) & (
        (begin[after] <= own_end) | acts.are_near(own_end, begin[after], NEAR)
    )
    return np.where(is_after_round, before, np.where(is_before_round, after, NOWHERE))
