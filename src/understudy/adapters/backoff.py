"""How long to wait before trying again: doubles from half a second to a minute."""

FIRST = 0.5
LONGEST = 60.0


class Backoff:
    """The waits between the attempts of one connection, in seconds."""

    def __init__(self) -> None:
        self._next = FIRST

    def next(self) -> float:
        """Return the wait before the next attempt."""
        wait, self._next = self._next, min(self._next * 2, LONGEST)
        return wait

    def reset(self) -> None:
        """Begin again: the last attempt worked."""
        self._next = FIRST
