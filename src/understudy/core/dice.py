"""Dice: a stream of numbers from a seed, the same on every machine and in every version of Python. Pure."""

import math
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


class Dice:
    """SplitMix64 (Steele, Lea, Flood, 2014): for invented data and shuffles, never for secrets."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def real(self) -> float:
        """Return a number from 0 up to, not including, 1."""
        return (self._next() >> 11) / (1 << 53)

    def chance(self, probability: float) -> bool:
        """Return True so often."""
        return self.real() < probability

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` up to `high`."""
        return low + (high - low) * self.real()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.real() * (high - low + 1))

    def waiting(self, mean: float) -> float:
        """Return an exponentially distributed time."""
        return -mean * math.log(1 - self.real())

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of the choices, each as likely."""
        return choices[self.whole(0, len(choices) - 1)]

    def some_of(self, choices: Sequence[T], count: int) -> list[T]:
        """Return so many different choices, in no order; all of them when there are fewer."""
        drawn = list(choices)
        self.shuffle(drawn)
        return drawn[:count]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put the items into an order in which all orders are as likely (Fisher, Yates, 1938)."""
        for index in range(len(items) - 1, 0, -1):
            other = self.whole(0, index)
            items[index], items[other] = items[other], items[index]
