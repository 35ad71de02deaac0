"""Types on X11 through XTEST: between the look at the focus and the key, nobody else can do anything."""

import contextlib
import threading
import time
from collections.abc import Mapping
from typing import Any, Self

from understudy.adapters.focus.active_window import ActiveWindow, WindowView
from understudy.adapters.open_windows import connected
from understudy.adapters.session import Session, read_session, window_manager_capability
from understudy.adapters.typing.port import Place, Typed
from understudy.adapters.typing.prompts import Terminals, asks_password
from understudy.adapters.typing.x_input import OtherInput
from understudy.adapters.typing.x_keyboard import Key, Keyboard, keysym
from understudy.adapters.typing.x_processed import Receiver
from understudy.core.action import StopSignal
from understudy.core.ports import Capability
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    RefusedError,
    StoppedError,
    TimedOutError,
)

HANDS_OFF = 2.0
"""Longest wait for held modifier keys, and for the person to stop typing, in seconds."""
QUIET = 0.3
"""Seconds without a key of the person before the first of ours."""
SETTLES = 2.0
"""Longest wait, when a place is looked at, for a program that is still busy with its new window."""
RESPONDS = 5.0
"""Longest wait for a program to respond before the first key."""
TAKES_IN = 30.0
"""Longest wait for a program to take in what was typed, if the step has so much time."""
AT_ONCE = 200
"""Characters that are sent, at most, before a program that can tell has taken them in."""
BREAKING_OFF = 0.2
"""The same wait when typing is broken off: lent keys are given back after it."""
BETWEEN_WINDOWS = 0.3
LOOK = 0.02
_MODIFIERS = 0b11101 | 1 << 5 | 1 << 7
"""Shift, Control, Alt, Mod3, Super, AltGr; not Caps Lock and Num Lock."""
_CAPS_LOCK = 1 << 1
_GROUP = 13
"""Where the layout's group stands in the state of the keyboard."""
_TOLERANCE = 5
"""Milliseconds by which the server's clock may differ from ours."""


class XTyper:
    """Keeps the `Typer` port on X11."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._session: Session = read_session(environment)

    def capability(self) -> Capability:
        """Ready where the window manager tells the focus and XTEST is there."""
        manager = window_manager_capability(self._session)
        if not manager.is_usable:
            return Capability(name="typing", state="missing", text=manager.text, fix=manager.fix)
        try:
            with connected(self._session.display) as display:
                missing = [name for name in ("XTEST", "XInputExtension") if not display.has_extension(name)]
        except CapabilityMissingError as error:
            return Capability(name="typing", state="missing", text=error.why, fix=error.fix)
        if "XTEST" in missing:
            return Capability(name="typing", state="missing", text="The X server has no XTEST extension")
        if missing:
            text = "Text is typed, but your own keys between ours are not noticed (no X Input 2)"
            return Capability(name="typing", state="degraded", text=text)
        text = "Text is typed; password fields inside pages and dialogs cannot be told from others"
        return Capability(name="typing", state="ready", text=text)

    def look(self) -> Place:
        """Return the window in front, unless it is one for passwords."""
        with connected(self._session.display) as display:
            # A program moves the focus within its window once it hears that it has it.
            receiver = Receiver(self._session.display, _look(display).view)
            receiver.responds(threading.Event(), time.monotonic() + SETTLES)
            place = _look(display)
            _refuse_password(place.view)
            return place

    def type(self, text: str, place: Place, stop: StopSignal, deadline: float) -> Typed:
        """Type with a look before every key."""
        with (
            connected(self._session.display) as display,
            _Hands(
                display, self._session.display, place, stop=stop, deadline=deadline, total=len(text)
            ) as hands,
        ):
            hands.wait_until_free()
            hands.type(text)
            return hands.result()

    def erase(self, typed: Typed, stop: StopSignal, deadline: float) -> None:
        """Press BackSpace once for each character, if nothing has happened there since."""
        with (
            connected(self._session.display) as display,
            _Hands(
                display,
                self._session.display,
                typed.place,
                stop=stop,
                deadline=deadline,
                total=typed.count,
                is_undo=True,
            ) as hands,
        ):
            _refuse_changed(display, typed)
            hands.wait_until_free()
            _refuse_changed(display, typed)
            hands.type("\b" * typed.count)


class _Hands:
    """Types into one place, once."""

    def __init__(
        self,
        display: Any,
        name: str,
        place: Place,
        *,
        stop: StopSignal,
        deadline: float,
        total: int,
        is_undo: bool = False,
    ) -> None:
        self._display = display
        self._receiver = Receiver(name, place.view)
        self._root = display.screen().root
        self._place = place
        self._stop = stop
        self._deadline = deadline
        self._others = OtherInput(display)
        self._total = total
        self._is_undo = is_undo
        self._count = 0
        self._certain = 0
        """Characters of which the program has said that it took them in."""
        self._ended_at = 0

    def __enter__(self) -> Self:
        self._terminals = Terminals(self._place.view.pid)
        return self

    def __exit__(self, *_: object) -> None:
        self._terminals.close()

    def wait_until_free(self) -> None:
        """Wait for the program, for held keys and for the person's own typing; RefusedError when that goes on."""
        _refuse_password(self._place.view)
        if not self._receiver.responds(self._stop, min(self._deadline, time.monotonic() + RESPONDS)):
            self._raise_if_over()
            raise self._refusal("The program in front does not respond")
        began = quiet = time.monotonic()
        while True:
            self._raise_if_over()
            self._display.sync()
            if self._others.take():
                quiet = time.monotonic()
                if self._is_undo:
                    raise self._refusal("Keyboard or mouse have been used since")
            state = self._root.query_pointer().mask
            if state & _CAPS_LOCK:
                raise self._refusal("Caps Lock is on")
            if not state & _MODIFIERS and time.monotonic() - quiet >= QUIET:
                break
            if time.monotonic() - began > HANDS_OFF:
                raise self._refusal(
                    "A key is held down" if state & _MODIFIERS else "You are using the keyboard yourself"
                )
            self._stop.wait(LOOK)
        self._refuse_grabbed_keyboard()
        why = self._what_moved()
        if why:
            raise self._refusal(why)

    def type(self, text: str) -> None:
        """Type the text, with spare keys where the layout needs them, which stay lent until they are understood."""
        keyboard = Keyboard(self._display, self._root.query_pointer().mask >> _GROUP & 3)
        for piece, needed in keyboard.pieces(text):
            with keyboard.with_spare(needed) as keys:
                for start in range(0, len(piece), AT_ONCE):
                    for character in piece[start : start + AT_ONCE]:
                        self._press(keys[keysym(character)], keyboard.shift)
                        self._count += 1
                    self._wait_taken_in()

    def result(self) -> Typed:
        """Return what was typed and how the place looks now."""
        place = self._place
        with contextlib.suppress(RefusedError):  # what was typed may have closed the window
            now = _look(self._display)
            place = now if now.view.id == place.view.id else place
        # If the person came in between, the window's word would be about them: undo then goes by the idle time.
        used_at = -1 if self._others.take() else _used_at(self._display, place.view.id)
        return Typed(place=place, count=self._certain, used_at=used_at, ended_at=self._ended_at)

    def _wait_taken_in(self) -> None:
        if self._receiver.has_taken_in(self._stop, min(self._deadline, time.monotonic() + TAKES_IN)):
            self._certain = self._count
            return
        self._raise_if_over()
        raise ActionFailedError("It is not known how much arrived", self._so_far())

    def _press(self, key: Key, shift: int) -> None:
        """Press one key, unless anything speaks against it; nobody can come between look and key."""
        from Xlib import X
        from Xlib.ext import xtest

        self._raise_if_over()
        self._display.grab_server()
        try:
            why = self._what_moved()
            # (the server may have been held by another program, for longer than we had time)
            may_press = not why and not self._is_over()
            codes = ((shift, key.code) if key.shift else (key.code,)) if may_press else ()
            for code in codes:
                self._others.announce(code, is_press=True)
                xtest.fake_input(self._display, X.KeyPress, code)
            for code in reversed(codes):
                self._others.announce(code, is_press=False)
                xtest.fake_input(self._display, X.KeyRelease, code)
        finally:
            self._display.ungrab_server()
            self._display.sync()
        if why:
            raise ActionFailedError("Typing was broken off", f"{why}; {self._so_far()}")
        if not may_press:
            self._raise_if_over()
        self._ended_at = time.monotonic_ns() // 1_000_000

    def _what_moved(self) -> str:
        """Return in words what is not as it was at the start; empty = everything is."""
        if _active(self._display) != self._place.view.id or _inner(self._display) != self._place.inner:
            return "The focus moved to another place"
        state = self._root.query_pointer().mask
        if self._others.take():
            return "You used the keyboard or clicked"
        if state & (_MODIFIERS | _CAPS_LOCK):
            return "A modifier key is down"
        return "A password is asked for in the terminal" if self._terminals.ask_password() else ""

    def _is_over(self) -> bool:
        return self._stop.is_set() or time.monotonic() >= self._deadline

    def _raise_if_over(self) -> None:
        if self._stop.is_set():
            raise StoppedError("Typing was stopped", self._so_far())
        if time.monotonic() >= self._deadline:
            raise TimedOutError("Typing took too long", self._so_far())

    def _so_far(self) -> str:
        """Return in words how far it came; what is on its way gets a moment to arrive, with its keys still lent."""
        if self._certain < self._count and self._receiver.has_taken_in(
            threading.Event(), time.monotonic() + BREAKING_OFF
        ):
            self._certain = self._count
        done = "removed" if self._is_undo else "typed"
        if self._certain == self._count:
            return f"{self._count} of {self._total} characters {done}"
        return (
            f"{self._certain} of {self._total} characters are certain to be {done}; the program in front has not"
            f" responded since, and {self._count - self._certain} more keys wait for it"
        )

    def _refusal(self, why: str) -> RefusedError:
        return _not_erased(why) if self._is_undo else _not_typed(why)

    def _refuse_grabbed_keyboard(self) -> None:
        """Refuse when a program holds the whole keyboard, as menus, lock screens and password prompts do."""
        from Xlib import X

        answer = self._root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003
        if answer != X.GrabSuccess:
            raise self._refusal("A menu, the lock screen or a password prompt holds the keyboard")
        self._display.ungrab_keyboard(X.CurrentTime)
        self._display.sync()


def _look(display: Any) -> Place:
    """Return where keys go; between two windows it is unknown for a moment, which is waited for."""
    views: list[WindowView | None] = []
    end = time.monotonic() + BETWEEN_WINDOWS
    while True:
        ActiveWindow(views.append).connected(display)
        inner = _inner(display)
        if views[-1] is not None and inner > 1:  # 0 = none, 1 = wherever the pointer is
            return Place(view=views[-1], inner=inner)
        if time.monotonic() > end:
            raise _not_typed("It is not known which window has the focus")
        time.sleep(LOOK)


def _active(display: Any) -> int:
    return _number(display, display.screen().root, "_NET_ACTIVE_WINDOW")


def _inner(display: Any) -> int:
    focus = display.get_input_focus().focus
    return int(getattr(focus, "id", focus))


def _used_at(display: Any, number: int) -> int:
    """Return when the window says it was last used, in the server's milliseconds; -1 = it does not say."""
    window = display.create_resource_object("window", number)
    helper = _number(display, window, "_NET_WM_USER_TIME_WINDOW")
    windows = [window, *([display.create_resource_object("window", helper)] if helper > 0 else [])]
    return max(_number(display, each, "_NET_WM_USER_TIME") for each in windows)


def _number(display: Any, window: Any, name: str) -> int:
    """Return a property that is one number; -1 = there is none."""
    from Xlib import X, error

    try:
        found = window.get_property(display.intern_atom(name), X.AnyPropertyType, 0, 1)
    except error.BadWindow:
        return -1
    return int(found.value[0]) if found is not None and len(found.value) else -1


def _refuse_changed(display: Any, typed: Typed) -> None:
    """Raise RefusedError when anything was done in the window since."""
    now = _look(display)
    if (now.view.id, now.inner) != (typed.place.view.id, typed.place.inner):
        raise _not_erased("You are in another window now")
    if now.view.title != typed.place.view.title:
        raise _not_erased("The window's title has changed")
    used_at = _used_at(display, now.view.id)
    if used_at >= 0 and typed.used_at >= 0:
        if used_at != typed.used_at:
            raise _not_erased("The window has been used since")
        return
    if not display.has_extension("MIT-SCREEN-SAVER"):
        raise _not_erased("It cannot be told whether the window was used since")
    asked_at = time.monotonic_ns() // 1_000_000
    idle = display.screen().root.screensaver_query_info().idle
    if asked_at - idle > typed.ended_at + _TOLERANCE:
        raise _not_erased("Keyboard or mouse have been used since")


def _refuse_password(view: WindowView) -> None:
    if asks_password(view):
        raise _not_typed("The window in front asks for a password or keeps passwords")
    with contextlib.closing(Terminals(view.pid)) as terminals:
        if terminals.ask_password():
            raise _not_typed("A program in the terminal asks for a password")


def _not_typed(why: str) -> RefusedError:
    return RefusedError("Nothing was typed", why)


def _not_erased(why: str) -> RefusedError:
    return RefusedError("The text was not removed", why)
