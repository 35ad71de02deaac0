"""One connection to the session bus with the icon and its menu on it. On the event loop's thread only."""

import asyncio
from typing import Any

from understudy.interfaces.tray.backend import bus_address
from understudy.interfaces.tray.bus_object import BusObject
from understudy.interfaces.tray.dbus_menu import DBusMenu
from understudy.interfaces.tray.sni import WATCHER, WATCHER_PATH

BUS, BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
NAME_RULE = f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{WATCHER}'"
"""Tells when a panel comes or goes."""


class BusLink:
    """The icon on the bus, offered to every panel that appears."""

    def __init__(self, bus: Any, item: BusObject, menu: DBusMenu) -> None:
        self._bus = bus
        self._menu = menu
        self._objects: dict[str, BusObject] = {"item": item, "menu": menu.bus_object()}
        self._loop = asyncio.get_running_loop()
        self._later: asyncio.TimerHandle | None = None
        self._offering: asyncio.Future[None] | None = None
        self.has_host = False
        """Whether a panel has taken the icon."""

    @classmethod
    async def open(cls, item: BusObject, menu: DBusMenu) -> "BusLink":
        """Connect and put the objects up. Raises OSError, EOFError or ValueError."""
        from dbus_fast.aio import MessageBus

        address = bus_address()
        if not address:
            raise FileNotFoundError("there is no session bus")
        bus = await MessageBus(bus_address=address).connect()
        link = cls(bus, item, menu)
        bus.add_message_handler(link.receive)
        await bus.send(_call(BUS, BUS_PATH, BUS, "AddMatch", NAME_RULE))
        return link

    async def until_gone(self, leave: asyncio.Event) -> None:
        """Return when told to leave, or when the bus has gone."""
        gone = asyncio.ensure_future(self._bus.wait_for_disconnect())
        told = asyncio.ensure_future(leave.wait())
        await asyncio.wait({gone, told}, return_when=asyncio.FIRST_COMPLETED)
        waiting = [one for one in (gone, told, self._offering) if one is not None]
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)  # how the bus went does not matter; it is gone

    def close(self) -> None:
        """Leave the bus."""
        if self._later is not None:
            self._later.cancel()
        if self._bus.connected:
            self._bus.disconnect()

    def send(self, which: str, signal: str, *body: Any) -> None:
        """Tell everybody that something changed."""
        if self._bus.connected:
            self._bus.send(self._objects[which].signal(signal, *body))

    def refresh_menu(self) -> None:
        """Tell panels what changed in the menu, if anything did."""
        for signal, body in self._menu.refresh():
            self.send("menu", signal, *body)
        if self._later is not None:
            self._later.cancel()
        self._later = self._loop.call_later(self._menu.waits, self.refresh_menu) if self._menu.waits else None

    def receive(self, message: Any) -> Any:
        """Take in a message; return the reply where one is due."""
        if message.member == "NameOwnerChanged" and message.body[:1] == [WATCHER]:
            self.has_host = False
            if message.body[2]:
                self.offer()
            return None
        answer = next((answer for one in self._objects.values() if (answer := one.answer(message))), None)
        if self._menu.is_overdue:
            # Before the answer goes out: a panel that hears of new lines later draws the old ones first,
            # and moves them when the person has aimed.
            self.refresh_menu()
        return answer

    def offer(self) -> None:
        """Offer the icon without waiting: a panel that hangs must not keep the menu from being served."""
        self._offering = asyncio.ensure_future(self._register())

    async def _register(self) -> None:
        from dbus_fast import MessageType

        name = self._bus.unique_name
        reply = await self._bus.call(
            _call(WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", name)
        )
        self.has_host = reply is not None and reply.message_type is not MessageType.ERROR


def _call(destination: str, path: str, interface: str, member: str, text: str) -> Any:
    from dbus_fast import Message

    return Message(
        destination=destination, path=path, interface=interface, member=member, signature="s", body=[text]
    )
