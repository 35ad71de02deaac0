"""Both ends of notifications: a person in front of the fake daemon, a program that sends to any daemon."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress

from tests.e2e.bus import Bus
from tests.e2e.waiting import until

NOTIFICATIONS = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
DAEMON = DBusAddress(PATH, NOTIFICATIONS, NOTIFICATIONS)
CONTROL = DBusAddress(PATH, NOTIFICATIONS, "org.understudy.Tests.Notifications")

EXPIRED, DISMISSED, CLOSED = 1, 2, 3
"""Why a notification went away, in the numbers of the specification."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One notification on the fake screen."""

    id: int
    app: str
    icon: str
    title: str
    body: str
    buttons: dict[str, str]
    """Label by key, in the order of the buttons."""
    timeout: int


class FakeNotifications:
    """A person in front of the fake daemon."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    def shown(self) -> list[Shown]:
        """Everything on the screen, the oldest first."""
        return [_shown(record) for record in self.bus.call(CONTROL, "Visible")[0]]

    def wait(self, text: str = "", timeout: float = 10) -> Shown:
        """Wait for a notification with this text in title or body."""
        return until(
            lambda: self._with(text), timeout, f"a notification with {text!r}; shown: {self.shown()}"
        )

    def wait_gone(self, shown: Shown, timeout: float = 10) -> None:
        """Wait until this one has left the screen."""
        until(lambda: all(other.id != shown.id for other in self.shown()), timeout, f"{shown} to go")

    def press(self, shown: Shown, label: str) -> None:
        """Press the button with this label."""
        key = next(key for key, text in shown.buttons.items() if text == label)
        self.bus.call(CONTROL, "Press", "us", shown.id, key)

    def press_key(self, shown: Shown, key: str) -> None:
        """Send any key, as a faulty daemon might."""
        self.bus.call(CONTROL, "Press", "us", shown.id, key)

    def close(self, shown: Shown, reason: int = DISMISSED) -> None:
        """Take it away without a button."""
        self.bus.call(CONTROL, "Close", "uu", shown.id, reason)

    def _with(self, text: str) -> Shown | None:
        return next((shown for shown in self.shown() if text in shown.title or text in shown.body), None)


def _shown(record: tuple[Any, ...]) -> Shown:
    number, app, icon, title, body, actions, timeout = record
    buttons = dict(zip(actions[::2], actions[1::2], strict=True))
    return Shown(id=number, app=app, icon=icon, title=title, body=body, buttons=buttons, timeout=timeout)


class NotificationSender:
    """A program that shows notifications and hears what becomes of them."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.signals = bus.listen(NOTIFICATIONS)

    def capabilities(self) -> list[str]:
        """What the daemon says it can do."""
        return self.bus.call(DAEMON, "GetCapabilities")[0]

    def send(self, title: str, body: str = "", buttons: Mapping[str, str] | None = None) -> int:
        """Show one that stays until it is answered; `buttons` is label by key."""
        actions = [part for button in (buttons or {}).items() for part in button]
        values = ("sender", 0, "", title, body, actions, {}, 0)
        return self.bus.call(DAEMON, "Notify", "susssasa{sv}i", *values)[0]

    def close(self, number: int) -> None:
        """Take it away again."""
        self.bus.call(DAEMON, "CloseNotification", "u", number)

    def answer(self, timeout: float = 5) -> tuple[int, str]:
        """Wait for a button and return which notification it was and the button's key."""
        return self.signals.named("ActionInvoked", timeout)

    def closed(self, timeout: float = 5) -> tuple[int, int]:
        """Wait until one closes and return which one and the reason."""
        return self.signals.named("NotificationClosed", timeout)
