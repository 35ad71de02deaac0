"""A clock that stands still until a test moves it."""

from understudy.core.value import Millis


class ShiftedClock:
    """Keeps the `Clock` port; every time in it is chosen by the test."""

    def __init__(self, now: Millis = 1_780_000_000_000, zone: str = "Europe/Berlin") -> None:
        self._now = now
        self._monotonic, self._slept = 1000.0, 0.0
        self._zone = zone

    def now(self) -> Millis:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def elapsed(self) -> float:
        return self._monotonic + self._slept

    def zone(self) -> str:
        return self._zone

    def advance(self, by: Millis) -> None:
        """Let time pass, in milliseconds."""
        self._now += by
        self._monotonic += by / 1000

    def sleep(self, by: Millis) -> None:
        """Let the machine sleep: monotonic time stands still, as on Linux."""
        self._now += by
        self._slept += by / 1000

    def set(self, now: Millis) -> None:
        """Set the wall clock, as a person or a time server does; monotonic time does not jump."""
        self._now = now

    def travel(self, zone: str) -> None:
        """Move to another time zone."""
        self._zone = zone
