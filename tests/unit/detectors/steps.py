"""Streams of symbols made by hand: everyday noise, some of it frequent and most of it rare."""

from collections.abc import Iterator

from understudy.core.dice import Dice


def background(seed: int, names: int = 60) -> Iterator[int]:
    """Symbols without any order, without end; the second is half as frequent as the first, and so on."""
    dice = Dice(seed)
    shares = [1 / (name + 1) for name in range(names)]
    choices = [name for name, share in enumerate(shares) for _ in range(round(60 * share))]
    while True:
        yield dice.one_of(choices)
