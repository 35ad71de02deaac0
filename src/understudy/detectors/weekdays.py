"""Sets of weekdays: the usual ones, what it costs to have chosen one, and how cron writes it. 0 = Monday."""

from collections.abc import Sequence

import numpy as np

from understudy.detectors.log import Flags, Floats

WEEK = 7
WORKING: tuple[int, ...] = (0, 1, 2, 3, 4)
EVERY: tuple[int, ...] = tuple(range(WEEK))
WEEKEND: tuple[int, ...] = (5, 6)
USUAL: tuple[tuple[int, ...], ...] = (WORKING, EVERY, WEEKEND, *((day,) for day in range(WEEK)))
"""Sets that people have habits on: they are looked at first."""
SINGLE, CHOSEN = 3.0, 7.0
"""Bits that a single day costs, of which there are 7, and any set that is not usual, of which there are 127."""
_RANGE = 3
"""Days in a row from which cron is told the first and the last."""


def cron_days(days: Sequence[int]) -> str:
    """Return a set as cron writes it, where 0 = Sunday: "1-5", "2-6", "1,3,5"."""
    numbers = sorted((day + 1) % WEEK for day in days)
    if len(numbers) == WEEK:
        return "*"
    if len(numbers) >= _RANGE and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}-{numbers[-1]}"
    return ",".join(map(str, numbers))


def flags(sets: Sequence[Sequence[int]]) -> Flags:
    """Return the sets as rows of seven."""
    return np.array([[day in days for day in range(WEEK)] for days in sets], bool)


def costs(chosen: Flags) -> Floats:
    """Return what each row of seven costs, in bits."""
    powers = 1 << np.arange(WEEK)
    is_usual = np.isin(chosen @ powers, flags(USUAL) @ powers)
    return np.where(~is_usual, CHOSEN, np.where(chosen.sum(axis=1) == 1, SINGLE, 0.0))
