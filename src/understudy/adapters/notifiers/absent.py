"""Stands where no notification can be shown, and says so each time."""

from collections.abc import Callable

from understudy.core.ports import Capability, Notice
from understudy.errors import CapabilityMissingError


class AbsentNotifier:
    """Keeps the `Notifier` port by refusing."""

    def __init__(self, why: str, fix: str = "") -> None:
        self._why = why
        self._fix = fix

    def show(self, notice: Notice, ended: Callable[[str], None] | None = None) -> None:
        """Raise CapabilityMissingError."""
        del notice, ended
        raise CapabilityMissingError("Notifications cannot be shown", self._why, self._fix)

    def close(self, key: str) -> bool:
        """Nothing was ever there."""
        del key
        return False

    def availability(self) -> tuple[Capability, ...]:
        """Both missing, and why."""
        text = f"{self._why}. Suggestions wait in the tray menu and in the list"
        return tuple(
            Capability(name=name, state="missing", text=text, fix=self._fix)
            for name in ("notifications", "notification_buttons")
        )

    def stop(self) -> None:
        """Nothing to end."""
