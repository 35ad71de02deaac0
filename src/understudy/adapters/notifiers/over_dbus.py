"""Notifications over org.freedesktop.Notifications (specification 1.2): each ends in exactly one outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from understudy.adapters.notifiers.left_behind import LeftBehind
from understudy.adapters.notifiers.loop_thread import LoopThread
from understudy.adapters.notifiers.notification_daemon import Daemon, NoAnswerError
from understudy.adapters.notifiers.text import (
    LONGEST_BODY,
    LONGEST_LABEL,
    LONGEST_TITLE,
    MOST_LINES,
    escaped,
    plain,
)
from understudy.adapters.session import read_session
from understudy.core.ports import Capability, Notice
from understudy.errors import CapabilityMissingError

_log = logging.getLogger(__name__)

Ended = Callable[[str], None]

SHOW_TIME = 5.0
"""Longest wait until the desktop has accepted a notification, in seconds."""
LOOK_TIME = 2.0
STAYS, FADES = 0, -1
"""Expire times of the specification: never, and as the desktop does it."""
LONGEST_STAY = 24 * 3600.0
LONGEST_FADE = 600.0
"""Seconds after which our own clock ends what the desktop never reports on."""
_OUTCOMES = {1: "expired", 2: "dismissed", 3: "closed"}
_NO_BUTTONS = ("dunst", "mako")
"""Daemons that announce buttons and draw none."""
_FIX = "Start a notification daemon, for example: sudo apt install xfce4-notifyd"


class _Shown:
    """One notification on the screen."""

    def __init__(self, notice: Notice, ended: Ended | None) -> None:
        self.key = notice.key
        self.buttons = frozenset(key for key, _ in notice.buttons)
        self.ended = ended
        self.timer: asyncio.TimerHandle | None = None


class DBusNotifier:
    """Keeps the `Notifier` port. Its state belongs to the thread of its event loop."""

    def __init__(
        self,
        environment: Mapping[str, str],
        app: str = "Understudy",
        icon: str = "understudy",
        memory: Path | None = None,
    ) -> None:
        self._app = app
        self._icon = icon
        self._thread = LoopThread("notifications")
        self._daemon = Daemon(read_session(environment).session_bus, self._signalled, self._lost)
        self._shown: dict[int, _Shown] = {}
        self._numbers: dict[str, int] = {}
        self._early: list[tuple[int, str]] = []
        self._left_behind = LeftBehind(memory)
        self._left: dict[str, int] | None = None
        """What an earlier agent left there, by key; None = not looked at yet."""
        self._turn = asyncio.Lock()
        """Held while the screen is changed: a close that comes during a show waits, and finds what was shown."""

    def show(self, notice: Notice, ended: Ended | None = None) -> None:
        """Put it on screen; see the port."""
        self._ask(lambda: self._show(notice, ended), SHOW_TIME)

    def close(self, key: str) -> bool:
        """Take it off the screen; False = it was not there."""
        return bool(self._ask(lambda: self._close(key), SHOW_TIME))

    def availability(self) -> tuple[Capability, ...]:
        """Ask the daemon who it is and what it can do."""
        try:
            self._ask(self._look, LOOK_TIME)
        except CapabilityMissingError as error:
            text = f"{error.why}. Suggestions wait in the tray menu and in the list"
            return tuple(
                Capability(name=name, state="missing", text=text, fix=error.fix)
                for name in ("notifications", "notification_buttons")
            )
        named = " ".join(filter(None, (self._daemon.name, self._daemon.version)))
        shown = Capability(name="notifications", state="ready", text=f"Shown by {named}")
        return shown, _buttons_capability(self._daemon)

    def stop(self) -> None:
        """Leave the bus and end the thread; what is on screen stays there. Safe to call twice."""
        self._thread.stop()

    def _ask(self, work: Callable[[], Any], seconds: float) -> Any:
        """Run work on the loop; however the desktop fails, it comes out as CapabilityMissingError."""
        try:
            return self._thread.run(_within(work(), seconds), seconds + 1)
        except TimeoutError as error:
            why = f"The notification daemon did not answer within {seconds:.0f} seconds"
            raise CapabilityMissingError("Notifications cannot be shown", why, _FIX) from error
        except NoAnswerError as error:
            raise CapabilityMissingError("Notifications cannot be shown", str(error), _FIX) from error

    # --- on the thread of the loop ---

    async def _look(self) -> None:
        async with self._turn:
            await self._known()

    async def _known(self) -> dict[str, int]:
        """Learn what the daemon is, and what an earlier agent left there; its buttons, which nobody hears, go."""
        await self._daemon.known()
        if self._left is None:
            adopted = self._left_behind.adopt(self._daemon.identity)
            self._left = {key: number for key, (number, asks) in adopted.items() if not asks}
            for number, asks in adopted.values():
                if asks:
                    self._daemon.close_unanswered(number)
        return self._left

    async def _show(self, notice: Notice, ended: Ended | None) -> None:
        async with self._turn:
            left = await self._known()
            owner = self._daemon.owner
            self._early.clear()
            replaced = self._numbers.get(notice.key, 0) or left.pop(notice.key, 0)
            number = await self._daemon.notify(self._arguments(notice, replaced))
            if self._daemon.owner != owner:
                raise NoAnswerError("The notification daemon ended while it was asked")
            if replaced:
                self._end(replaced, "closed")
            self._register(number, _Shown(notice, ended), LONGEST_STAY if notice.stays else LONGEST_FADE)

    def _register(self, number: int, shown: _Shown, longest: float) -> None:
        self._shown[number] = shown
        self._numbers[shown.key] = number
        shown.timer = asyncio.get_running_loop().call_later(longest, self._time_is_up, number)
        for early, outcome in self._early:
            if early == number:
                self._end(number, outcome)
        self._note()

    def _note(self) -> None:
        """Write down what is on the screen, for the next agent."""
        left = {key: (number, False) for key, number in (self._left or {}).items()}
        ours = {one.key: (number, bool(one.buttons)) for number, one in self._shown.items()}
        self._left_behind.note(self._daemon.identity, {**left, **ours})

    def _arguments(self, notice: Notice, replaced: int) -> list[Any]:
        from dbus_fast.signature import Variant

        body = escaped(
            plain(notice.body, LONGEST_BODY, MOST_LINES), is_markup="body-markup" in self._daemon.capabilities
        )
        buttons = notice.buttons if "actions" in self._daemon.capabilities else ()
        return [
            self._app,
            replaced,
            self._icon,
            plain(notice.title, LONGEST_TITLE),
            body,
            [part for key, label in buttons for part in (key, plain(label, LONGEST_LABEL))],
            {"urgency": Variant("y", 1), "desktop-entry": Variant("s", "understudy")},
            STAYS if notice.stays else FADES,
        ]

    async def _close(self, key: str) -> bool:
        async with self._turn:
            left = await self._known() if self._left is None else self._left
            number = self._numbers.get(key) or left.pop(key, None)
            if number is None:
                return False
            closed = await self._daemon.close(number)
            self._end(number, "closed")
            self._note()
            return closed

    def _time_is_up(self, number: int) -> None:
        self._daemon.close_unanswered(number)
        self._end(number, "timeout")

    def _signalled(self, member: str, body: Sequence[Any]) -> None:
        """Take in a signal of the daemon itself; others on the bus are not heard."""
        if member == "ActionInvoked":
            number, key = body
            shown = self._shown.get(number)
            known = shown is None or key in shown.buttons
            self._come(number, key if known else "dismissed")
        elif member == "NotificationClosed":
            number, reason = body
            self._come(number, _OUTCOMES.get(reason, "closed"))

    def _come(self, number: int, outcome: str) -> None:
        if number in self._shown:
            self._end(number, outcome)
            self._note()
        else:
            for key in [key for key, left in (self._left or {}).items() if left == number]:
                (self._left or {}).pop(key)
            self._early.append((number, outcome))
            del self._early[:-64]

    def _lost(self) -> None:
        """The daemon or the bus has gone, and everything on the screen with it."""
        self._left = {}
        for number in tuple(self._shown):
            self._end(number, "lost")

    def _end(self, number: int, outcome: str) -> None:
        shown = self._shown.pop(number, None)
        if shown is None:
            return
        if self._numbers.get(shown.key) == number:
            del self._numbers[shown.key]
        if shown.timer is not None:
            shown.timer.cancel()
        if shown.ended is None:
            return
        try:
            shown.ended(outcome)
        except Exception:  # noqa: BLE001 - whatever the listener does, the other notifications go on
            _log.exception("the end of the notification %s was not taken in", shown.key)


async def _within(work: Awaitable[Any], seconds: float) -> Any:
    async with asyncio.timeout(seconds):
        return await work


def _buttons_capability(daemon: Daemon) -> Capability:
    name = "notification_buttons"
    if "actions" not in daemon.capabilities:
        text = f"{daemon.name} shows no buttons; answer in the tray menu or the list"
        return Capability(name=name, state="missing", text=text, fix=_FIX)
    if daemon.name.lower().startswith(_NO_BUTTONS):
        text = f"{daemon.name} announces buttons but draws none; answer in the tray menu or the list"
        return Capability(name=name, state="degraded", text=text, fix=_FIX)
    return Capability(name=name, state="ready", text=f"{daemon.name} shows buttons")
