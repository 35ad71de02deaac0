"""A screen without a desktop: keeps what is shown, and lets the test answer. Keeps the `Notifier` port."""

import threading
from collections.abc import Callable

from understudy.core.ports import Capability, Notice
from understudy.errors import CapabilityMissingError

Ended = Callable[[str], None]


class FakeNotifier:
    """Shows notices to the test."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown: dict[str, tuple[Notice, Ended | None]] = {}
        self.history: list[Notice] = []
        """Everything that was ever shown."""
        self.failing = ""
        """Set to a reason: nothing can be shown any more."""

    def show(self, notice: Notice, ended: Ended | None = None) -> None:
        if self.failing:
            raise CapabilityMissingError("Notifications cannot be shown", self.failing)
        self._end(notice.key, "closed")
        with self._lock:
            self._shown[notice.key] = (notice, ended)
            self.history.append(notice)

    def close(self, key: str) -> bool:
        return self._end(key, "closed")

    def availability(self) -> tuple[Capability, ...]:
        state = "missing" if self.failing else "ready"
        names = ("notifications", "notification_buttons")
        return tuple(Capability(name=name, state=state, text=self.failing) for name in names)

    @property
    def shown(self) -> tuple[Notice, ...]:
        """What is on the screen, the oldest first."""
        with self._lock:
            return tuple(notice for notice, _ in self._shown.values())

    def press(self, key: str, button: str) -> None:
        """Press a button; one that the notice does not have counts as dismissed."""
        notice, _ = self._shown[key]
        known = button in {name for name, _ in notice.buttons}
        self._end(key, button if known else "dismissed")

    def end(self, key: str, outcome: str) -> None:
        """Let it leave the screen: dismissed, closed, expired, timeout or lost."""
        self._end(key, outcome)

    def _end(self, key: str, outcome: str) -> bool:
        with self._lock:
            _, ended = entry = self._shown.pop(key, (None, None))
        if ended is not None:
            ended(outcome)
        return entry[0] is not None
