"""An object on the session bus: methods, properties and introspection in tables, one answer to one message.

Tables instead of decorated classes, so that dbus-fast is imported only where there is a bus to speak on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
ERROR = "org.freedesktop.DBus.Error."


@dataclass(frozen=True, slots=True)
class Method:
    """One method: the signature it takes, the one it gives, and what it does."""

    takes: str
    gives: str
    call: Callable[..., list[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class BusObject:
    """One object with one interface of its own."""

    path: str
    interface: str
    methods: dict[str, Method]
    properties: dict[str, tuple[str, Callable[[], Any]]]
    """Name -> signature and the way to its value; none can be set."""
    signals: dict[str, str]
    """Name -> signature."""

    def answer(self, message: Any) -> Any:
        """Return the reply to a call on this path, None for anything else."""
        from dbus_fast import DBusError, Message, MessageType

        if message.message_type is not MessageType.METHOD_CALL or message.path != self.path:
            return None
        method = self._method(message.interface, message.member)
        if method is None:
            raise DBusError(ERROR + "UnknownMethod", f"no method {message.member}")
        if message.signature != method.takes:
            raise DBusError(ERROR + "InvalidArgs", f"{message.member} takes {method.takes!r}")
        return Message.new_method_return(message, method.gives, method.call(*message.body))

    def signal(self, member: str, *body: Any) -> Any:
        """Return the message that tells everybody."""
        from dbus_fast import Message

        return Message.new_signal(self.path, self.interface, member, self.signals[member], list(body))

    def _method(self, interface: str | None, member: str) -> Method | None:
        tables = {
            self.interface: self.methods,
            PROPERTIES: self._property_methods,
            INTROSPECTABLE: self._introspect,
        }
        if interface in tables:
            return tables[interface].get(member)
        return None if interface else self.methods.get(member)

    @property
    def _property_methods(self) -> dict[str, Method]:
        return {"Get": Method("ss", "v", self._get), "GetAll": Method("s", "a{sv}", self._get_all)}

    @property
    def _introspect(self) -> dict[str, Method]:
        return {"Introspect": Method("", "s", lambda: [self._xml()])}

    def _get(self, interface: str, name: str) -> list[Any]:
        from dbus_fast import DBusError, Variant

        if interface != self.interface or name not in self.properties:
            raise DBusError(ERROR + "UnknownProperty", f"no property {name}")
        signature, value = self.properties[name]
        return [Variant(signature, value())]

    def _get_all(self, interface: str) -> list[Any]:
        from dbus_fast import Variant

        if interface != self.interface:
            return [{}]
        return [{name: Variant(signature, value()) for name, (signature, value) in self.properties.items()}]

    def _xml(self) -> str:
        methods = "".join(
            f"<method name={_quoted(name)}>"
            f"{_arguments(one.takes, 'in')}{_arguments(one.gives, 'out')}</method>"
            for name, one in self.methods.items()
        )
        signals = "".join(
            f"<signal name={_quoted(name)}>{_arguments(signature, '')}</signal>"
            for name, signature in self.signals.items()
        )
        properties = "".join(
            f'<property name={_quoted(name)} type={_quoted(signature)} access="read"/>'
            for name, (signature, _) in self.properties.items()
        )
        name = _quoted(self.interface)
        return f"<node><interface name={name}>{methods}{signals}{properties}</interface></node>"


def _arguments(signature: str, direction: str) -> str:
    from dbus_fast.signature import get_signature_tree

    way = f' direction="{direction}"' if direction else ""
    types = (one.signature for one in get_signature_tree(signature).types)
    return "".join(f"<arg type={_quoted(one)}{way}/>" for one in types)


def _quoted(text: str) -> str:
    """As an attribute of XML. All that is quoted here are names and signatures of ours, checked by D-Bus."""
    return f'"{text}"'
