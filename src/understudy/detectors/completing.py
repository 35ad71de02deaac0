"""Short routines completed by what others took: steps that variants share went to the one that was found first."""

import numpy as np

from understudy.detectors.acts import LONG, SAMPLE, Acts
from understudy.detectors.growing import Rules, Sequence, ends_of, grow
from understudy.detectors.log import NOWHERE

STAYS = 0.7
"""Share of the occurrences that must have half of the steps of the longer one."""
TAKEN = 1 / 3
"""Share of the new acts, and of the occurrences with one beside them, that other routines must have taken: of what
was free growing has had its part already."""


def completed(acts: Acts, fresh: Acts, found: list[Sequence], rules: Rules) -> list[Sequence]:
    """Return the routines, the short ones grown into what others took around them.

    fresh: the same acts, none of them consumed. rules: those for missing steps.
    """
    return [
        _longer(acts, fresh, each, rules)
        if len(each.symbols) < LONG and len(each.places) <= SAMPLE and _is_beside_others(acts, fresh, each)
        else each
        for each in found
    ]


def _is_beside_others(acts: Acts, fresh: Acts, short: Sequence) -> bool:
    sides = [(ends_of(short.places, side)[0], side) for side in (1, -1)]
    return any(
        bool(((acts.look(ends, side) == NOWHERE) & (fresh.look(ends, side) >= 0)).any(axis=1).mean() >= TAKEN)
        for ends, side in sides
    )


def _longer(acts: Acts, fresh: Acts, short: Sequence, rules: Rules) -> Sequence:
    longer = grow(fresh, short, rules)
    if longer is None or len(longer.places) < STAYS * len(short.places):
        return short
    new = np.setdiff1d(longer.places[longer.places >= 0], short.places)
    is_taken = acts.symbols(new) == NOWHERE
    return longer if len(new) and is_taken.mean() >= TAKEN else short
