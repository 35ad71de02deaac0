"""Where the person is: at the machine, away, behind a locked screen; and when the machine sleeps."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum

from understudy.adapters.addresses import bus_answers
from understudy.adapters.bus_signals import BusClient, BusConnection, BusSignals, Signal
from understudy.adapters.idle import (
    IdleTime,
    MacIdleTime,
    NoIdleTime,
    WindowsIdleTime,
    XIdleEvents,
    XIdleTime,
)
from understudy.adapters.session import DisplayServer, Session, read_session
from understudy.adapters.x_events import XEvents
from understudy.core.ports import Capability
from understudy.core.value import Millis

_log = logging.getLogger(__name__)


class PresenceState(StrEnum):
    """What is told; the words of a PRESENCE capture."""

    ACTIVE = "active"
    IDLE = "idle"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ASLEEP = "asleep"
    AWAKE = "awake"


Subscriber = Callable[[PresenceState], None]

SCREEN_SAVERS = {
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
    "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
    "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
    "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
}
"""Bus name, which is also the interface -> path."""
LOGIN = "org.freedesktop.login1"
_LOGIN_PATH = "/org/freedesktop/login1"
_LOGIN_MANAGER = f"{LOGIN}.Manager"
_LOGIN_SESSION = f"{LOGIN}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class Presence:
    """Asked by guards, listened to by watcher and scheduler. It listens itself while anyone subscribes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._session = read_session(environment)
        self._idle_time = _idle_time(self._session)
        self._subscribers: list[Subscriber] = []
        self._locks: dict[str, bool] = {}
        self._lock = threading.RLock()
        self._listeners: list[XEvents | BusSignals] = []
        self._was_locked = False

    def idle_for(self) -> Millis | None:
        """Return the time since the last input; None = unknown. Our own typing counts as input, too."""
        return self._idle_time.read()

    def locked(self) -> bool:
        """Whether any lock or screen saver says the screen is locked; known only while someone subscribes."""
        with self._lock:
            return any(self._locks.values())

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call back with each change, on a thread of ours; returns what ends that. Never blocks."""
        with self._lock:
            self._subscribers.append(subscriber)
            if len(self._subscribers) == 1:
                self._listen()
        return lambda: self._unsubscribe(subscriber)

    def close(self) -> None:
        """End all of it: subscriptions, threads, connections. Safe to call twice."""
        with self._lock:
            subscribers = tuple(self._subscribers)
        for subscriber in subscribers:
            self._unsubscribe(subscriber)
        self._idle_time.close()

    def idle_capability(self) -> Capability:
        """Whether it is known how long nobody has touched the machine."""
        name = "idle"
        if self._session.server in (DisplayServer.WINDOWS, DisplayServer.MACOS):
            return Capability(name=name, state="untested", text="Idle time is asked of the system; not tried")
        if self._session.server is DisplayServer.X11 and _answers(_idle_time(self._session)):
            return Capability(name=name, state="ready", text="Idle time is known to the X server")
        if bus_answers(self._session.system_bus):
            text = "Only what the login manager says of idleness is known, not for how long"
            return Capability(name=name, state="degraded", text=text, fix="Use an X11 session")
        return Capability(
            name=name, state="missing", text="Idle time is not known here", fix="Use an X11 session"
        )

    def lock_capability(self) -> Capability:
        """Whether it is known that the screen is locked."""
        buses = [bus for bus in (self._session.system_bus, self._session.session_bus) if bus]
        if any(bus_answers(bus) for bus in buses):
            return Capability(name="lock", state="ready", text="Lock and sleep are told over D-Bus")
        return Capability(
            name="lock",
            state="missing",
            text="No message bus tells of lock and sleep; the screen counts as unlocked",
            fix="Log in through the login screen, which starts the buses",
        )

    def _unsubscribe(self, subscriber: Subscriber) -> None:
        with self._lock:
            if subscriber not in self._subscribers:
                return
            self._subscribers.remove(subscriber)
            ended = [] if self._subscribers else self._listeners
            if ended:
                self._listeners, self._locks, self._was_locked = [], {}, False
        for listener in ended:
            listener.stop()
        if ended:
            self._idle_time.close()

    def _listen(self) -> None:
        session = self._session
        clients: list[tuple[str, BusClient]] = []
        if session.system_bus:
            watches_idle = session.server is not DisplayServer.X11
            clients.append((session.system_bus, LoginSignals(self, session, watches_idle=watches_idle)))
        if session.session_bus:
            clients.append((session.session_bus, ScreenSaverSignals(self)))
        if session.server is DisplayServer.X11:
            self._listeners.append(
                XEvents(session.display, XIdleEvents(self.tell_idle, self.tell_active), "watch idle")
            )
        if clients:
            self._listeners.append(BusSignals(clients, "watch presence"))
        for listener in self._listeners:
            listener.start()

    def tell_idle(self) -> None:
        """Take in that the person went away."""
        self._tell(PresenceState.IDLE)

    def tell_active(self) -> None:
        """Take in that the person came back."""
        self._tell(PresenceState.ACTIVE)

    def tell_locked(self, by: str, *, is_locked: bool) -> None:
        """Take in what one source says of the lock; the screen counts as locked while any says so."""
        with self._lock:
            self._locks[by] = is_locked
            now_locked = any(self._locks.values())
            changed, self._was_locked = now_locked != self._was_locked, now_locked
        if changed:
            self._tell(PresenceState.LOCKED if now_locked else PresenceState.UNLOCKED)

    def forget_locks(self, *sources: str) -> None:
        """Drop what these said: the bus that told it is gone."""
        for source in sources:
            if source in self._locks:
                self.tell_locked(source, is_locked=False)

    def tell_asleep(self, *, is_asleep: bool) -> None:
        """Take in that the machine is about to sleep, or has woken."""
        self._tell(PresenceState.ASLEEP if is_asleep else PresenceState.AWAKE)

    def _tell(self, state: PresenceState) -> None:
        with self._lock:
            subscribers = tuple(self._subscribers)
        for subscriber in subscribers:
            try:
                subscriber(state)
            except Exception:  # noqa: BLE001 - a failing listener must not keep the others from hearing
                _log.exception("a listener to presence failed on %s", state)


class LoginSignals(BusClient):
    """What logind says of this session and of sleep."""

    rules = (
        f"type='signal',sender='{LOGIN}',interface='{_LOGIN_MANAGER}',member='PrepareForSleep'",
        f"type='signal',sender='{LOGIN}',interface='{_LOGIN_SESSION}'",
        f"type='signal',sender='{LOGIN}',interface='{_PROPERTIES}',arg0='{_LOGIN_SESSION}'",
    )

    def __init__(self, presence: Presence, session: Session, *, watches_idle: bool) -> None:
        self._presence = presence
        self._session = session
        self._watches_idle = watches_idle
        self._path = ""

    async def connected(self, bus: BusConnection) -> None:
        """Find our own session, and whether it is locked."""
        self._presence.forget_locks("login", "login hint")
        self._path = await self._own_session(bus)
        if self._path and await bus.get(LOGIN, self._path, _LOGIN_SESSION, "LockedHint"):
            self._presence.tell_locked("login hint", is_locked=True)

    async def signalled(self, bus: BusConnection, signal: Signal) -> None:  # noqa: ARG002 - nothing to ask
        """Take in sleep, and what concerns our own session."""
        if signal.member == "PrepareForSleep" and signal.body:
            self._presence.tell_asleep(is_asleep=bool(signal.body[0]))
        if not self._path or signal.path != self._path:
            return
        if signal.member in ("Lock", "Unlock"):
            self._presence.tell_locked("login", is_locked=signal.member == "Lock")
        elif signal.member == "PropertiesChanged" and len(signal.body) > 1:
            self._take_properties(signal.body[1])

    def _take_properties(self, changed: Mapping[str, object]) -> None:
        if "LockedHint" in changed:
            if not changed["LockedHint"]:
                self._presence.forget_locks("login")
            self._presence.tell_locked("login hint", is_locked=bool(changed["LockedHint"]))
        if self._watches_idle and "IdleHint" in changed:
            tell = self._presence.tell_idle if changed["IdleHint"] else self._presence.tell_active
            tell()

    async def _own_session(self, bus: BusConnection) -> str:
        """Return the path of our session: by the id in our environment, else by our process; empty = none."""
        asked: list[tuple[str, str, object]] = [("GetSessionByPID", "u", os.getpid())]
        if self._session.login_session:
            asked.insert(0, ("GetSession", "s", self._session.login_session))
        for member, signature, argument in asked:
            answer = await bus.call(
                LOGIN, _LOGIN_PATH, _LOGIN_MANAGER, member, signature=signature, body=(argument,)
            )
            if answer:
                return str(answer[0])
        return ""


class ScreenSaverSignals(BusClient):
    """What the screen saver of the desktop says; it covers the screen, so it counts as a lock."""

    rules = tuple(
        f"type='signal',sender='{name}',interface='{name}',member='ActiveChanged'" for name in SCREEN_SAVERS
    )

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    async def connected(self, bus: BusConnection) -> None:
        """Ask those that run whether they are active."""
        self._presence.forget_locks(*SCREEN_SAVERS)
        for name, path in SCREEN_SAVERS.items():
            if await bus.is_owned(name):
                answer = await bus.call(name, path, name, "GetActive")
                if answer and answer[0]:
                    self._presence.tell_locked(name, is_locked=True)

    async def signalled(self, bus: BusConnection, signal: Signal) -> None:  # noqa: ARG002 - nothing to ask
        """Take in that one of them became active, or ended; its end also ends a lock asked for at logind."""
        if signal.interface in SCREEN_SAVERS and signal.body:
            if not signal.body[0]:
                self._presence.forget_locks("login")
            self._presence.tell_locked(signal.interface, is_locked=bool(signal.body[0]))


def _idle_time(session: Session) -> IdleTime:
    if session.server is DisplayServer.X11:
        return XIdleTime(session.display)
    if session.server is DisplayServer.WINDOWS:
        return WindowsIdleTime()
    return MacIdleTime() if session.server is DisplayServer.MACOS else NoIdleTime()


def _answers(idle_time: IdleTime) -> bool:
    """Whether it tells anything; leaves no connection behind."""
    try:
        return idle_time.read() is not None
    finally:
        idle_time.close()
