"""A notification daemon and a tray watcher for tests: they draw nothing and answer to the test over the bus.

Runs as a process of its own on the bus of DBUS_SESSION_BUS_ADDRESS. The test's side of it is
`FakeNotifications` and `TrayDriver` in tests/e2e.
"""

import argparse
import asyncio
import os
from typing import Annotated, Any

from dbus_fast import Message, MessageType, NameFlag, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

NOTIFICATIONS = "org.freedesktop.Notifications"
NOTIFICATIONS_PATH = "/org/freedesktop/Notifications"
CONTROL = "org.understudy.Tests.Notifications"
DUNST = "org.dunstproject.cmd0"
WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"

Strings = Annotated[list[str], DBusSignature("as")]
Hints = Annotated[dict[str, Variant], DBusSignature("a{sv}")]
Records = Annotated[list[Any], DBusSignature("a(ussssasi)")]
ServerInformation = Annotated[tuple[str, str, str, str], DBusSignature("ssss")]
IdAndKey = Annotated[tuple[int, str], DBusSignature("us")]
IdAndReason = Annotated[tuple[int, int], DBusSignature("uu")]


class Notifications(ServiceInterface):
    """What a program sees: org.freedesktop.Notifications, version 1.2."""

    def __init__(self, capabilities: list[str]) -> None:
        super().__init__(NOTIFICATIONS)
        self.capabilities = capabilities
        self.last_id = 0
        self.visible: dict[int, list[Any]] = {}
        self.is_inhibited = False

    @dbus_property()
    def Inhibited(self) -> DBusBool:
        """As Plasma has it; here the test sets it."""
        return self.is_inhibited

    @Inhibited.setter
    def Inhibited(self, value: DBusBool) -> None:
        self.is_inhibited = value
        self.emit_properties_changed({"Inhibited": value})

    @dbus_method()
    def GetCapabilities(self) -> Strings:
        return self.capabilities

    @dbus_method()
    def GetServerInformation(self) -> ServerInformation:
        return "fake", "understudy tests", "1", "1.2"

    @dbus_method()
    def Notify(
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        body: DBusStr,
        actions: Strings,
        hints: Hints,
        timeout: DBusInt32,
    ) -> DBusUInt32:
        if replaces not in self.visible:
            self.last_id += 1
            replaces = self.last_id
        self.visible[replaces] = [replaces, app, icon, title, body, actions, timeout]
        return replaces

    @dbus_method()
    def CloseNotification(self, notification: DBusUInt32) -> None:
        self.close(notification, 3)

    @dbus_signal()
    def ActionInvoked(self, notification: int, key: str) -> IdAndKey:
        return notification, key

    @dbus_signal()
    def NotificationClosed(self, notification: int, reason: int) -> IdAndReason:
        return notification, reason

    def close(self, notification: int, reason: int) -> None:
        """Take it off the screen, and say so once."""
        if self.visible.pop(notification, None):
            self.NotificationClosed(notification, reason)


class Dunst(ServiceInterface):
    """What dunst offers besides."""

    def __init__(self) -> None:
        super().__init__(DUNST)
        self.is_paused = False

    @dbus_property()
    def paused(self) -> DBusBool:
        return self.is_paused

    @paused.setter
    def paused(self, value: DBusBool) -> None:
        self.is_paused = value
        self.emit_properties_changed({"paused": value})


class Control(ServiceInterface):
    """What the test sees: the screen, and a finger."""

    def __init__(self, notifications: Notifications) -> None:
        super().__init__(CONTROL)
        self.notifications = notifications

    @dbus_method()
    def Visible(self) -> Records:
        return list(self.notifications.visible.values())

    @dbus_method()
    def Press(self, notification: DBusUInt32, key: DBusStr) -> None:
        self.notifications.ActionInvoked(notification, key)
        self.notifications.close(notification, 2)

    @dbus_method()
    def Close(self, notification: DBusUInt32, reason: DBusUInt32) -> None:
        self.notifications.close(notification, reason)


class Watcher(ServiceInterface):
    """org.kde.StatusNotifierWatcher with a host, as a panel has it; items leave with their program."""

    def __init__(self, bus: MessageBus) -> None:
        super().__init__(WATCHER)
        self.items: list[str] = []
        self.caller = ""
        bus.add_message_handler(self._remember_caller)

    def _remember_caller(self, message: Message) -> None:
        """Before the method runs: dbus-fast does not tell it who called."""
        if message.member == "RegisterStatusNotifierItem":
            self.caller = message.sender or ""
        elif message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _, new_owner = message.body
            if not new_owner:
                self._forget(name)

    def _forget(self, name: str) -> None:
        for item in [item for item in self.items if item.startswith(name + "/")]:
            self.items.remove(item)
            self.StatusNotifierItemUnregistered(item)

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: DBusStr) -> None:
        """Take a bus name, or the path of an object of the caller; both are in use."""
        item = self.caller + service if service.startswith("/") else service + "/StatusNotifierItem"
        if item not in self.items:
            self.items.append(item)
            self.StatusNotifierItemRegistered(item)

    @dbus_method()
    def RegisterStatusNotifierHost(self, service: DBusStr) -> None:
        pass

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> Strings:
        return self.items

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:
        return True

    @dbus_property(access=PropertyAccess.READ)
    def ProtocolVersion(self) -> DBusInt32:
        return 0

    @dbus_signal()
    def StatusNotifierItemRegistered(self, item: str) -> DBusStr:
        return item

    @dbus_signal()
    def StatusNotifierItemUnregistered(self, item: str) -> DBusStr:
        return item


async def serve_notifications(bus: MessageBus, *, capabilities: list[str], silent: bool) -> None:
    """Own the name; a silent daemon owns it and never answers."""
    if silent:
        bus.add_message_handler(lambda message: message.destination == NOTIFICATIONS)
    notifications = Notifications(capabilities)
    bus.export(NOTIFICATIONS_PATH, notifications)
    bus.export(NOTIFICATIONS_PATH, Control(notifications))
    bus.export(NOTIFICATIONS_PATH, Dunst())
    await bus.request_name(NOTIFICATIONS, NameFlag.DO_NOT_QUEUE)


async def serve_watcher(bus: MessageBus) -> None:
    """Own the name and hear of programs that leave."""
    bus.export(WATCHER_PATH, Watcher(bus))
    await bus.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=["type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"],
        )
    )
    await bus.request_name(WATCHER, NameFlag.DO_NOT_QUEUE)


async def main() -> None:
    """Serve what was asked for until the bus goes away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready-fd", type=int, required=True)
    parser.add_argument("--notifications", choices=["answering", "silent", "none"], default="answering")
    parser.add_argument("--capabilities", default="actions,body,body-markup,persistence")
    parser.add_argument("--tray", choices=["watching", "none"], default="watching")
    options = parser.parse_args()
    bus = await MessageBus().connect()
    if options.notifications != "none":
        silent = options.notifications == "silent"
        await serve_notifications(bus, capabilities=options.capabilities.split(","), silent=silent)
    if options.tray != "none":
        await serve_watcher(bus)
    os.write(options.ready_fd, b"ready\n")
    await bus.wait_for_disconnect()


if __name__ == "__main__":
    asyncio.run(main())
