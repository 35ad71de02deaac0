"""A thread that listens to signals on message buses and connects again when one comes back."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from understudy.adapters.backoff import Backoff
from understudy.core.value import Value

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

_log = logging.getLogger(__name__)

CALL_TIME = 2.0
"""Longest wait for an answer on the bus, in seconds."""
STOP_TIME = 0.9
"""Longest wait for the thread when stopping, in seconds."""
_SERVICE = "org.freedesktop.DBus"
_PATH = "/org/freedesktop/DBus"

Answer = TypeVar("Answer")


class Signal(Value):
    """One signal; variants are unpacked."""

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


class BusConnection:
    """Calls on one connected bus."""

    def __init__(self, bus: "MessageBus") -> None:
        self._bus = bus

    async def call(
        self,
        name: str,
        path: str,
        interface: str,
        member: str,
        *,
        signature: str = "",
        body: Sequence[Any] = (),
    ) -> tuple[Any, ...] | None:
        """Return the unpacked answer; None = there is none: no such service, an error, not in time."""
        from dbus_fast.constants import MessageType
        from dbus_fast.message import Message
        from dbus_fast.unpack import unpack_variants

        message = Message(
            destination=name,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
        try:
            answer = await asyncio.wait_for(self._bus.call(message), CALL_TIME)
        except TimeoutError:
            return None
        if answer.message_type is not MessageType.METHOD_RETURN:
            return None
        return tuple(unpack_variants(answer.body))

    async def get(self, name: str, path: str, interface: str, member: str) -> Any:
        """Return a property; None = there is none."""
        properties = "org.freedesktop.DBus.Properties"
        answer = await self.call(name, path, properties, "Get", signature="ss", body=(interface, member))
        return answer[0] if answer else None

    async def is_available(self, name: str) -> bool:
        """Whether a program has taken this name, or would be started for it."""
        owned = await self.call(_SERVICE, _PATH, _SERVICE, "NameHasOwner", signature="s", body=(name,))
        if owned and owned[0]:
            return True
        startable = await self.call(_SERVICE, _PATH, _SERVICE, "ListActivatableNames")
        return bool(startable and name in startable[0])

    async def is_owned(self, name: str) -> bool:
        """Whether a program has taken this name."""
        owned = await self.call(_SERVICE, _PATH, _SERVICE, "NameHasOwner", signature="s", body=(name,))
        return bool(owned and owned[0])

    async def listen(self, rule: str) -> None:
        """Receive the signals that match the rule."""
        await self.call(_SERVICE, _PATH, _SERVICE, "AddMatch", signature="s", body=(rule,))


class BusClient:
    """What is done with one bus; always called on the thread of the signals."""

    rules: Sequence[str] = ()
    """D-Bus match rules."""

    async def connected(self, bus: BusConnection) -> None:
        """Ask for the state of things on a new connection."""

    async def signalled(self, bus: BusConnection, signal: Signal) -> None:
        """Take in one signal; they come one after the other."""

    def lost(self) -> None:
        """Take in that the connection has ended, and with it what was known from there."""


class BusSignals:
    """Hands the signals of buses, each at its address, to clients. Sleeps until one comes."""

    def __init__(self, clients: Sequence[tuple[str, BusClient]], name: str) -> None:
        self._clients = tuple(clients)
        self._name = name
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    def start(self) -> None:
        """Begin; safe to call twice. Never blocks."""
        if self._thread is not None:
            return
        self._loop, self._stopped = asyncio.new_event_loop(), asyncio.Event()
        arguments = (self._loop, self._stopped)
        self._thread = threading.Thread(target=self._run, args=arguments, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End within a second; safe to call twice, or without start."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._stopped.set)
        if thread is not threading.current_thread():
            thread.join(STOP_TIME)

    def _run(self, loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
        try:
            loop.run_until_complete(self._serve(stopped))
        finally:
            loop.close()

    async def _serve(self, stopped: asyncio.Event) -> None:
        tasks = [
            asyncio.create_task(_keep_connected(address, client, self._name))
            for address, client in self._clients
        ]
        await stopped.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_connected(address: str, client: BusClient, name: str) -> None:
    backoff = Backoff()
    said = ""
    while True:
        try:
            await _serve_connection(address, client, backoff)
        except (OSError, EOFError) as error:
            if str(error) != said:  # a bus that is missing for good is told once, not at every attempt
                said = str(error)
                _log.info("%s: the bus %s is away: %s", name, address, said)
        except Exception:  # noqa: BLE001 - whatever a service answers ends this connection, never the agent
            _log.exception("%s: the connection to the bus %s failed", name, address)
        await asyncio.sleep(backoff.next())


async def _serve_connection(address: str, client: BusClient, backoff: Backoff) -> None:
    """Serve one connection; returns or raises when it ends."""
    from dbus_fast.aio import MessageBus

    waiting: asyncio.Queue[Message] = asyncio.Queue()
    bus = await MessageBus(bus_address=address, auth_timeout=CALL_TIME).connect()
    connection = BusConnection(bus)
    bus.add_message_handler(lambda message: _keep_signal(message, waiting))
    gone = bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
    tasks = {asyncio.ensure_future(gone)}
    try:
        for rule in client.rules:
            await connection.listen(rule)
        await client.connected(connection)
        backoff.reset()
        tasks.add(asyncio.ensure_future(_hand_on(waiting, connection, client)))
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        bus.disconnect()
        client.lost()
        await asyncio.gather(*tasks, return_exceptions=True)  # the loop may end right after this


def _keep_signal(message: "Message", waiting: "asyncio.Queue[Message]") -> None:
    from dbus_fast.constants import MessageType

    if message.message_type is MessageType.SIGNAL:
        waiting.put_nowait(message)


async def _hand_on(waiting: "asyncio.Queue[Message]", connection: BusConnection, client: BusClient) -> None:
    from dbus_fast.unpack import unpack_variants

    while True:
        message = await waiting.get()
        signal = Signal(
            path=message.path or "",
            interface=message.interface or "",
            member=message.member or "",
            body=tuple(unpack_variants(message.body)),
        )
        await client.signalled(connection, signal)


def ask_bus(
    address: str, question: Callable[[BusConnection], Awaitable[Answer]], default: Answer, seconds: float
) -> Answer:
    """Connect, ask, leave; `default` when there is no answer within the time. For any thread."""
    answers: list[Answer] = []

    async def ask() -> None:
        from dbus_fast.aio import MessageBus

        bus = await MessageBus(bus_address=address, auth_timeout=seconds).connect()
        try:
            answers.append(await question(BusConnection(bus)))
        finally:
            bus.disconnect()

    def run() -> None:
        try:
            asyncio.run(asyncio.wait_for(ask(), seconds))
        except Exception as error:  # noqa: BLE001 - however the bus refuses, the caller's default says it
            _log.debug("the bus %s does not answer: %s", address, error)

    # (a thread of its own: the caller's may already run an event loop)
    thread = threading.Thread(target=run, name="ask the bus", daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else default
