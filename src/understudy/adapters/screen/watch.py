"""The screen of this session: listens to its X server and its bus, and remembers what they say."""

from collections.abc import Callable, Mapping

from understudy.adapters.bus_signals import BusSignals, ask_bus
from understudy.adapters.screen.do_not_disturb import DoNotDisturb, switches
from understudy.adapters.screen.full_screen import FullScreen
from understudy.adapters.session import DisplayServer, Session, read_session, window_manager_capability
from understudy.adapters.x_events import XEvents
from understudy.core.ports import Capability, ScreenUse

_ANSWER_TIME = 1.0
"""Seconds that the bus has when `understudy doctor` asks."""


class SessionScreen:
    """Keeps the `ScreenWatch` port. What cannot be heard of counts as not so; nothing is polled."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._window = FullScreen(self._say)
        self._switch = DoNotDisturb(self._say)
        self._changed: Callable[[], None] | None = None
        self._listeners: list[XEvents | BusSignals] = []

    def now(self) -> ScreenUse:
        """Return what was heard last."""
        return ScreenUse(full_screen=self._window.is_on, do_not_disturb=self._switch.is_on)

    def start(self, changed: Callable[[], None]) -> None:
        """Listen to X server and bus, each on a thread of its own."""
        if self._changed is not None:
            return
        self._changed = changed
        session, window = self._session, self._window
        if session.server is DisplayServer.X11:
            events = XEvents(session.display, window, "watch full screen", lost=window.lost)
            self._listeners.append(events)
        if session.session_bus:
            signals = BusSignals([(session.session_bus, self._switch)], "watch do not disturb")
            self._listeners.append(signals)
        for listener in self._listeners:
            listener.start()

    def stop(self) -> None:
        """Listen no more."""
        self._changed = None
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener.stop()

    def availability(self) -> tuple[Capability, ...]:
        """Up to two seconds: window manager and bus are asked."""
        return full_screen_capability(self._session), do_not_disturb_capability(self._session)

    def _say(self) -> None:
        changed = self._changed
        if changed is not None:
            changed()


def choose_screen_watch(environment: Mapping[str, str]) -> SessionScreen:
    """Return the watch of this session; where there is nothing to hear it hears nothing."""
    return SessionScreen(read_session(environment))


def full_screen_capability(session: Session) -> Capability:
    """Whether it is known that a window fills the screen."""
    name = "full_screen"
    if session.server is DisplayServer.X11:
        manager = window_manager_capability(session)
        text = (
            "Questions wait while the window in front fills the screen" if manager.is_usable else manager.text
        )
        return Capability(name=name, state=manager.state, text=text, fix=manager.fix)
    if session.server is DisplayServer.WAYLAND:
        text = "Wayland does not show whether a window fills the screen: questions may come on top of it"
        return Capability(
            name=name, state="missing", text=text, fix='Choose an X11 session ("on Xorg") on the login screen'
        )
    if session.server is DisplayServer.NONE:
        fix = "Start Understudy inside a desktop session"
        return Capability(name=name, state="missing", text="There is no desktop", fix=fix)
    return Capability(name=name, state="missing", text="It is not looked for on this system yet")


def do_not_disturb_capability(session: Session) -> Capability:
    """Whether the switch that turns notifications off is known here."""
    name = "do_not_disturb"
    if not session.session_bus:
        text = "No message bus says whether notifications are switched off"
        return Capability(name=name, state="missing", text=text)
    none: list[bool] = []
    if ask_bus(session.session_bus, switches, none, _ANSWER_TIME):
        text = "Questions wait while notifications are switched off"
        return Capability(name=name, state="ready", text=text)
    text = "Nothing here says whether notifications are switched off, as Plasma, Xfce and dunst do"
    return Capability(name=name, state="missing", text=text)
