"""A bounded table of texts: each gets a number, and where there are too many the rare ones are given up."""

from collections.abc import Iterable

_SPARE = 1.25
"""How far the table may grow over its limit before it is cut back; a share."""


class Vocabulary:
    """Numbers texts in the order they are first seen. A number is never given twice, so a dropped text leaves a gap."""

    def __init__(self, limit: int, characters: int) -> None:
        """Keep at most so many texts, and so many characters in all (each plus a quarter)."""
        self._limit, self._characters = limit, characters
        self._ids: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._size = 0
        self._next = 0

    def number(self, text: str) -> int:
        """Return the number of a text, counting that it was seen once more."""
        known = self._ids.get(text)
        if known is not None:
            self._counts[text] += 1
            return known
        number = self._next
        self._ids[text], self._counts[text] = number, 1
        self._next += 1
        self._size += len(text)
        if len(self._ids) > self._limit * _SPARE or self._size > self._characters * _SPARE:
            self._cut()
        return number

    def _cut(self) -> None:
        """Keep the most frequent texts, and of equally frequent ones the latest, within the limits."""
        ranked = sorted(self._ids, key=lambda text: (-self._counts[text], -self._ids[text]))
        kept, size = [], 0
        for text in ranked[: self._limit]:
            size += len(text)
            if size > self._characters:
                break
            kept.append(text)
        self._ids = {text: self._ids[text] for text in sorted(kept, key=self._ids.__getitem__)}
        self._counts = {text: self._counts[text] for text in self._ids}
        self._size = sum(map(len, self._ids))

    def texts(self) -> dict[int, str]:
        """Return number -> text of what is kept, in the order first seen."""
        return {number: text for text, number in self._ids.items()}

    def counts(self) -> dict[int, int]:
        """Return number -> how often it was seen, in the same order."""
        return {self._ids[text]: count for text, count in self._counts.items()}

    def restore(self, entries: Iterable[tuple[int, str, int]]) -> None:
        """Start from (number, text, count) in the order of `texts`."""
        self._ids, self._counts = {}, {}
        for number, text, count in entries:
            self._ids[text], self._counts[text] = number, count
        self._next = max(self._ids.values(), default=-1) + 1
        self._size = sum(map(len, self._ids))
