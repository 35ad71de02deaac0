"""A plain D-Bus connection for tests; blocking, with a time limit on every call."""

import time
from collections import deque
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

CALL_TIMEOUT = 5


class Bus:
    """One connection; errors of the other side are raised as jeepney's DBusErrorResponse."""

    def __init__(self, address: str) -> None:
        self.connection: DBusConnection = open_dbus_connection(address, auth_timeout=CALL_TIMEOUT)

    def close(self) -> None:
        """Leave the bus."""
        self.connection.close()

    def send(self, message: Message, timeout: float = CALL_TIMEOUT) -> tuple[Any, ...]:
        """Send a call and return the body of its answer."""
        return unwrap_msg(self.connection.send_and_get_reply(message, timeout=timeout))

    def call(
        self,
        target: DBusAddress,
        method: str,
        signature: str = "",
        *values: Any,
        timeout: float = CALL_TIMEOUT,
    ) -> tuple[Any, ...]:
        """Call a method and return what it returns, always a tuple."""
        return self.send(new_method_call(target, method, signature or None, values), timeout)

    def get(self, target: DBusAddress, name: str) -> Any:
        """Return one property, out of its variant."""
        return self.send(Properties(target).get(name))[0][1]

    def get_all(self, target: DBusAddress) -> dict[str, Any]:
        """Return every property, out of its variant."""
        return {name: value for name, (_, value) in self.send(Properties(target).get_all())[0].items()}

    def is_owned(self, name: str) -> bool:
        """Whether a program has taken this name."""
        return bool(self.send(message_bus.NameHasOwner(name))[0])

    def listen(self, interface: str) -> "Signals":
        """Keep every signal of the interface from now on."""
        return Signals(self, interface)


class Signals:
    """The signals of one interface, in the order they came."""

    def __init__(self, bus: Bus, interface: str) -> None:
        rule = MatchRule(type="signal", interface=interface)
        bus.send(message_bus.AddMatch(rule))
        self._connection = bus.connection
        self._queue: deque[Message] = deque()
        self._filter = self._connection.filter(rule, queue=self._queue)

    def next_message(self, timeout: float = CALL_TIMEOUT) -> Message:
        """Return the next signal as it came, or raise TimeoutError."""
        return self._connection.recv_until_filtered(self._queue, timeout=timeout)

    def next(self, timeout: float = CALL_TIMEOUT) -> tuple[str, tuple[Any, ...]]:
        """Return name and values of the next signal, or raise TimeoutError."""
        message = self.next_message(timeout)
        return message.header.fields[HeaderFields.member], message.body

    def named(self, name: str, timeout: float = CALL_TIMEOUT) -> tuple[Any, ...]:
        """Return the values of the next signal with this name; those before it are dropped."""
        deadline = time.monotonic() + timeout
        while True:
            found, values = self.next(max(0.0, deadline - time.monotonic()))
            if found == name:
                return values
