"""The notification daemon of the session: finds it on the bus, calls it, hears its signals and its end."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

_log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_BUS = "org.freedesktop.DBus"
_BUS_PATH = "/org/freedesktop/DBus"
_RULES = (
    f"type='signal',interface='{_NAME}'",
    f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg0='{_NAME}'",
)

Signalled = Callable[[str, Sequence[Any]], None]


class NoAnswerError(Exception):
    """The bus or the daemon did not do what it was asked for; the text says why, in words for people."""


class Daemon:
    """Whoever owns the name now; connects when it is first asked, and again after the bus has gone."""

    def __init__(self, address: str, signalled: Signalled, lost: Callable[[], None]) -> None:
        self._address = address
        self._signalled = signalled
        self._lost = lost
        self._bus: MessageBus | None = None
        self._connecting = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self.owner = ""
        """Unique bus name; empty = there is no daemon, or it is not known yet."""
        self.identity = ""
        """The owner, with the id of its bus: the same for nobody else, now or later."""
        self.name = ""
        self.version = ""
        self.capabilities: frozenset[str] = frozenset()

    async def known(self) -> None:
        """Connect, start the daemon if the bus can, and learn what it is. Raises NoAnswerError."""
        async with self._connecting:
            if self._bus is None or not self._bus.connected:
                self._bus = await self._connect()
            if self.owner:
                return
            self.name, _, self.version, _ = await self._call("GetServerInformation")
            (capabilities,) = await self._call("GetCapabilities")
            self.capabilities = frozenset(capabilities)
            (bus,) = await self._call("GetId", of_bus=True)
            (self.owner,) = await self._call("GetNameOwner", "s", [_NAME], of_bus=True)
            self.identity = f"{bus}{self.owner}"

    async def notify(self, arguments: list[Any]) -> int:
        """Show a notification and return its number; one that is answered too late is closed again."""
        call = asyncio.ensure_future(self._call("Notify", "susssasa{sv}i", arguments))
        try:
            (number,) = await asyncio.shield(call)
        except asyncio.CancelledError:
            call.add_done_callback(self._close_late)
            raise
        return int(number)

    async def close(self, number: int) -> bool:
        """Take a notification off the screen; False = the daemon says it is not there."""
        try:
            await self._call("CloseNotification", "u", [number])
        except NoAnswerError:
            return False
        return True

    def close_unanswered(self, number: int) -> None:
        """Do the same without waiting for an answer."""
        from dbus_fast.constants import MessageFlag

        if self._bus is not None and self._bus.connected:
            self._bus.send(_message("CloseNotification", "u", [number], flags=MessageFlag.NO_REPLY_EXPECTED))

    def _close_late(self, call: "asyncio.Future[Any]") -> None:
        if not call.cancelled() and call.exception() is None:
            self.close_unanswered(call.result()[0])

    async def _connect(self) -> "MessageBus":
        from dbus_fast.aio import MessageBus
        from dbus_fast.errors import AuthError, InvalidAddressError

        if not self._address:
            raise NoAnswerError("There is no session bus: DBUS_SESSION_BUS_ADDRESS is not set")
        try:
            bus = await MessageBus(bus_address=self._address).connect()
        except (OSError, EOFError, AuthError, InvalidAddressError) as error:
            raise NoAnswerError(
                f"The session bus does not answer: {str(error) or type(error).__name__}"
            ) from error
        self._bus, self.owner = bus, ""
        bus.add_message_handler(self._take)
        self._watching = asyncio.ensure_future(self._watch(bus))
        for rule in _RULES:
            await self._call("AddMatch", "s", [rule], of_bus=True)
        return bus

    async def _watch(self, bus: "MessageBus") -> None:
        """Wait for the end of the connection."""
        try:
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            bus.disconnect()
            raise
        except Exception as error:  # noqa: BLE001 - the library hands on whatever ended the connection
            _log.info("the session bus has gone: %s", error)
        self.owner = ""
        self._lost()

    async def _call(
        self, member: str, signature: str = "", body: Sequence[Any] = (), *, of_bus: bool = False
    ) -> list[Any]:
        from dbus_fast.constants import MessageType

        if self._bus is None:
            raise NoAnswerError("There is no connection to the session bus")
        try:
            answer = await self._bus.call(_message(member, signature, body, of_bus=of_bus))
        except (OSError, EOFError) as error:
            raise NoAnswerError("The session bus has gone") from error
        if answer.message_type is MessageType.METHOD_RETURN:
            return list(answer.body)
        if answer.error_name == "org.freedesktop.DBus.Error.ServiceUnknown":
            raise NoAnswerError("No notification daemon is running")
        words = ": ".join(str(part) for part in (answer.error_name, *answer.body))
        raise NoAnswerError(f"The notification daemon refused it ({words})")

    def _take(self, message: "Message") -> None:
        from dbus_fast.constants import MessageType

        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.sender == _BUS and message.body[0] == _NAME:
            # (owner empty: known() asks the new one who it is)
            self.owner = ""
            self._lost()
        elif message.interface == _NAME and self.owner and message.sender == self.owner:
            self._signalled(message.member or "", message.body)


def _message(
    member: str, signature: str, body: Sequence[Any], *, of_bus: bool = False, flags: Any = None
) -> "Message":
    from dbus_fast.constants import MessageFlag
    from dbus_fast.message import Message

    return Message(
        destination=_BUS if of_bus else _NAME,
        path=_BUS_PATH if of_bus else _PATH,
        interface=_BUS if of_bus else _NAME,
        member=member,
        signature=signature,
        body=list(body),
        flags=flags or MessageFlag.NONE,
    )
