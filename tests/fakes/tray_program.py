"""A program with a tray icon and a menu, to try tray drivers on; writes what is clicked, a line each."""

import argparse
import asyncio
import os
from typing import Annotated, Any

from dbus_fast import Message, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusInt32, DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.annotations import DBusVariant as AnyVariant
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

WATCHER = "org.kde.StatusNotifierWatcher"
READ = PropertyAccess.READ
SIZE = 32
ORANGE = bytes((255, 230, 120, 20)) * SIZE * SIZE

Pixmaps = Annotated[list[Any], DBusSignature("a(iiay)")]
Ids = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Layout = Annotated[tuple[int, Any], DBusSignature("u(ia{sv}av)")]
Events = Annotated[list[Any], DBusSignature("a(isvu)")]
Properties = Annotated[list[Any], DBusSignature("a(ia{sv})")]

ENTRIES = {
    1: ("Open", 0),
    2: ("Approve", 0),
    3: ("Once", 2),
    4: ("Always", 2),
    5: ("Pause", 0),
    6: ("Quit", 0),
}
"""Label and parent by id."""


def say(words: str) -> None:
    """Write at once what happened."""
    os.write(1, f"{words}\n".encode())


class Item(ServiceInterface):
    """The icon."""

    def __init__(self) -> None:
        super().__init__("org.kde.StatusNotifierItem")

    @dbus_property(access=READ)
    def Category(self) -> DBusStr:
        return "ApplicationStatus"

    @dbus_property(access=READ)
    def Id(self) -> DBusStr:
        return "tray-program"

    @dbus_property(access=READ)
    def Title(self) -> DBusStr:
        return "Tray program"

    @dbus_property(access=READ)
    def Status(self) -> DBusStr:
        return "Active"

    @dbus_property(access=READ)
    def IconPixmap(self) -> Pixmaps:
        return [[SIZE, SIZE, ORANGE]]

    @dbus_property(access=READ)
    def ItemIsMenu(self) -> DBusBool:
        return False

    @dbus_property(access=READ)
    def Menu(self) -> DBusObjectPath:
        return "/Menu"

    @dbus_method()
    def Activate(self, x: DBusInt32, y: DBusInt32) -> None:
        say("activated")


class Menu(ServiceInterface):
    """The menu; an entry that is clicked says its label."""

    def __init__(self) -> None:
        super().__init__("com.canonical.dbusmenu")

    @dbus_property(access=READ)
    def Version(self) -> DBusUInt32:
        return 3

    @dbus_property(access=READ)
    def Status(self) -> DBusStr:
        return "normal"

    @dbus_method()
    def GetLayout(self, parent: DBusInt32, depth: DBusInt32, names: Names) -> Layout:
        return [1, node(parent)]

    @dbus_method()
    def GetGroupProperties(self, ids: Ids, names: Names) -> Properties:
        return [[number, properties(number)] for number in ids or ENTRIES]

    @dbus_method()
    def AboutToShow(self, number: DBusInt32) -> DBusBool:
        return False

    @dbus_method()
    def Event(self, number: DBusInt32, kind: DBusStr, data: AnyVariant, time: DBusUInt32) -> None:
        if kind == "clicked":
            say(ENTRIES[number][0])

    @dbus_method()
    def EventGroup(self, events: Events) -> Ids:
        for number, kind, _, _ in events:
            if kind == "clicked":
                say(ENTRIES[number][0])
        return []


def children(parent: int) -> list[int]:
    """The entries right below this one."""
    return [number for number, (_, above) in ENTRIES.items() if above == parent]


def properties(number: int) -> dict[str, Variant]:
    """What a panel draws of the entry."""
    found = {"label": Variant("s", ENTRIES[number][0])} if number else {}
    if children(number):
        found["children-display"] = Variant("s", "submenu")
    return found


def node(number: int) -> list[Any]:
    """The entry with everything below it."""
    below = [Variant("(ia{sv}av)", node(child)) for child in children(number)]
    return [number, properties(number), below]


async def main() -> None:
    """Show the icon until the bus goes away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready-fd", type=int, required=True)
    options = parser.parse_args()
    bus = await MessageBus().connect()
    bus.export("/StatusNotifierItem", Item())
    bus.export("/Menu", Menu())
    await bus.call(
        Message(
            destination=WATCHER,
            path="/StatusNotifierWatcher",
            interface=WATCHER,
            member="RegisterStatusNotifierItem",
            signature="s",
            body=[bus.unique_name],
        )
    )
    os.write(options.ready_fd, b"ready\n")
    await bus.wait_for_disconnect()


if __name__ == "__main__":
    asyncio.run(main())
