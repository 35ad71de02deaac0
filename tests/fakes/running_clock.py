"""A clock that runs like the real one, but whose day a test chooses."""

import time

from understudy.core.value import Millis


class RunningClock:
    """Keeps the `Clock` port: real seconds, shifted wall-clock time; `advance` lets days go by at once."""

    def __init__(self, start: Millis, zone: str = "Europe/Berlin") -> None:
        self._shift = start - int(time.time() * 1000)
        self._zone = zone
        self._passed = 0.0

    def now(self) -> Millis:
        return int(time.time() * 1000) + self._shift

    def monotonic(self) -> float:
        return time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() + self._passed

    def zone(self) -> str:
        return self._zone

    def advance(self, by: Millis) -> None:
        """Let time go by, in milliseconds."""
        self._shift += by
        self._passed += by / 1000
