"""The last resort, plyer: plain messages on Windows and macOS. It reports no failure: nothing is sure."""

from collections.abc import Callable
from typing import Any

from understudy.adapters.notifiers.text import LONGEST_BODY, LONGEST_TITLE, MOST_LINES, plain
from understudy.core.ports import Capability, Notice
from understudy.errors import CapabilityMissingError

Send = Callable[..., Any]
"""plyer.notification.notify"""

_ONLY_MESSAGES = "plyer shows messages without buttons, and does not report whether they were shown"


class PlyerNotifier:
    """Keeps the `Notifier` port for messages without buttons; they cannot be taken back or followed."""

    def __init__(self, send: Send | None = None) -> None:
        self._send = send

    def show(self, notice: Notice, ended: Callable[[str], None] | None = None) -> None:
        """Hand it over. Raises CapabilityMissingError where an answer is wanted, or plyer says it failed."""
        if notice.buttons or ended is not None:
            raise CapabilityMissingError(
                "The question cannot be shown", _ONLY_MESSAGES, "Answer in the tray menu or the list"
            )
        send = self._send or _plyer()
        title, body = plain(notice.title, LONGEST_TITLE), plain(notice.body, LONGEST_BODY, MOST_LINES)
        try:
            send(title=title, message=body, app_name="Understudy")
        except Exception as error:  # plyer raises whatever its back end does
            raise CapabilityMissingError("The notification cannot be shown", str(error)) from error

    def close(self, key: str) -> bool:
        """Nothing is known of what was shown."""
        del key
        return False

    def availability(self) -> tuple[Capability, ...]:
        """Messages degraded, buttons missing."""
        return (
            Capability(name="notifications", state="degraded", text=f"Shown: unknown; {_ONLY_MESSAGES}"),
            Capability(name="notification_buttons", state="missing", text=_ONLY_MESSAGES),
        )

    def stop(self) -> None:
        """Nothing to end."""


def _plyer() -> Send:
    from plyer import notification

    send: Send = notification.notify
    return send
