"""Value flow: where a pasted value was copied. Knows marks, never values."""

from collections import deque

REACH = 64
"""Events back at which an equal value is still found."""


class ValueFlow:
    """The marks of the latest events. To be told of every event that goes into the history, and of no other."""

    def __init__(self) -> None:
        self._count = 0
        self._recent: deque[tuple[int, str]] = deque()
        """(event, mark), oldest first; only events that have one."""
        self._last: dict[str, int] = {}

    def see(self, mark: str) -> int:
        """Take in the next event; returns how many events ago the same value was last seen, 0 = not within reach."""
        self._count += 1
        recent, last = self._recent, self._last
        while recent and self._count - recent[0][0] > REACH:
            event, old = recent.popleft()
            if last[old] == event:
                del last[old]
        if not mark:
            return 0
        before = last.get(mark)
        last[mark] = self._count
        recent.append((self._count, mark))
        return 0 if before is None else self._count - before
