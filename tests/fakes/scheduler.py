"""A scheduler that looks at the clock only when a test says so."""

from collections.abc import Callable

from understudy.core.ports import Clock
from understudy.core.value import Millis


class ManualScheduler:
    """Keeps the `Scheduler` port; `refresh` calls back everything that is due by the given clock."""

    def __init__(self, clock: Clock, callback: Callable[[str], None]) -> None:
        self._clock = clock
        self._callback = callback
        self._started = False
        self.due: dict[str, Millis] = {}

    def start(self) -> None:
        self._started = True
        self.refresh()

    def stop(self) -> None:
        self._started = False

    def wake(self, key: str, at: Millis) -> None:
        self.due[key] = at
        self.refresh()

    def cancel(self, key: str) -> None:
        self.due.pop(key, None)

    def refresh(self) -> None:
        while self._started and (keys := self._ripe()):
            self.due.pop(keys[0])
            self._callback(keys[0])

    def _ripe(self) -> list[str]:
        now = self._clock.now()
        return sorted((key for key, at in self.due.items() if at <= now), key=lambda key: self.due[key])
