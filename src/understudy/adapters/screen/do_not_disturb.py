"""Follows whether notifications are switched off: asks who shows them, and who keeps the switch. Starts nobody."""

from collections.abc import Callable

from understudy.adapters.bus_signals import BusClient, BusConnection, Signal

_NOTIFICATIONS = "org.freedesktop.Notifications"
_NOTIFICATIONS_PATH = "/org/freedesktop/Notifications"
SWITCHES = ((_NOTIFICATIONS, "Inhibited"), ("org.dunstproject.cmd0", "paused"))
"""(interface, property) of the notification daemon: as Plasma has it and others may, and as dunst has it."""
_XFCONF = "org.xfce.Xfconf"
_XFCONF_PATH = "/org/xfce/Xfconf"
_XFCE_SWITCH = ("xfce4-notifyd", "/do-not-disturb")
"""(channel, property); not set = off."""
_BUS = "org.freedesktop.DBus"


class DoNotDisturb(BusClient):
    """Says each time that the person, or a program for them, switches notifications off or on."""

    rules = (
        f"type='signal',sender='{_NOTIFICATIONS}',path='{_NOTIFICATIONS_PATH}',member='PropertiesChanged'",
        f"type='signal',sender='{_XFCONF}',interface='{_XFCONF}',arg0='{_XFCE_SWITCH[0]}'",
        *(
            f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg0='{name}'"
            for name in (_NOTIFICATIONS, _XFCONF)
        ),
    )

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.is_on = False

    async def connected(self, bus: BusConnection) -> None:
        """Ask how it stands."""
        self._take(is_on=any(await switches(bus)))

    async def signalled(self, bus: BusConnection, signal: Signal) -> None:  # noqa: ARG002 - all mean: ask again
        """Ask again: something has changed with those who know."""
        self._take(is_on=any(await switches(bus)))

    def lost(self) -> None:
        """Nobody can say any more: then it counts as off."""
        self._take(is_on=False)

    def _take(self, *, is_on: bool) -> None:
        """Keep it first, then say so: whoever is told finds it."""
        if is_on != self.is_on:
            self.is_on = is_on
            self._changed()


async def switches(bus: BusConnection) -> list[bool]:
    """Return how each switch there is stands, True = do not disturb; empty = this desktop has none we know."""
    found: list[bool] = []
    if await bus.is_owned(_NOTIFICATIONS):
        answers = [
            await bus.get(_NOTIFICATIONS, _NOTIFICATIONS_PATH, interface, name)
            for interface, name in SWITCHES
        ]
        found += [answer for answer in answers if isinstance(answer, bool)]
    if await bus.is_owned(_XFCONF):
        kept = await bus.call(
            _XFCONF, _XFCONF_PATH, _XFCONF, "GetProperty", signature="ss", body=_XFCE_SWITCH
        )
        found.append(bool(kept and kept[0] is True))
    return found
