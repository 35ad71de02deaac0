"""Types on X11 through XTEST: between the look at the focus and the key, nobody else can do anything."""

import contextlib
import threading
import time
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from understudy.adapters.open_windows import connected
from understudy.adapters.session import Session, read_session, window_manager_capability
from understudy.adapters.typing.port import UNIT, Came, Place, Typed
from understudy.adapters.typing.prompts import Terminals
from understudy.adapters.typing.x_input import OtherInput
from understudy.adapters.typing.x_keyboard import Key, Keyboard, keysym
from understudy.adapters.typing.x_place import (
    active,
    inner,
    look,
    not_erased,
    not_typed,
    refuse_changed,
    refuse_password,
    used_at,
)
from understudy.adapters.typing.x_processed import Receiver
from understudy.core.action import Partly, Progress, StopSignal
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
LOOK = 0.02
_MODIFIERS = 0b11101 | 1 << 5 | 1 << 7
"""Shift, Control, Alt, Mod3, Super, AltGr; not Caps Lock and Num Lock."""
_CAPS_LOCK = 1 << 1
_GROUP = 13
"""Where the layout's group stands in the state of the keyboard."""


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
            receiver = Receiver(self._session.display, look(display).view)
            receiver.responds(threading.Event(), time.monotonic() + SETTLES)
            place = look(display)
            refuse_password(place.view)
            return place

    def type(
        self, text: str, place: Place, stop: StopSignal, deadline: float, came: Came = lambda _: None
    ) -> Typed:
        """Type with a look before every key."""
        with (
            connected(self._session.display) as display,
            _Hands(
                display, self._session.display, place, stop=stop, deadline=deadline, total=len(text)
            ) as hands,
        ):
            try:
                hands.wait_until_free()
                hands.type(text, came)
            except (ActionFailedError, StoppedError, TimedOutError) as error:
                error.partly = partly = hands.partly()
                if partly.progress.done < len(text):
                    raise
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
            refuse_changed(display, typed)
            hands.wait_until_free()
            refuse_changed(display, typed)
            hands.type("\b" * typed.count, lambda _: None)


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
        self._is_alone = True
        """Whether nobody else has used keyboard or mouse since the first key."""
        self._was_last_astray = False
        """Whether the focus moved after the last key: that one may have gone there."""

    def __enter__(self) -> Self:
        self._terminals = Terminals(self._place.view.pid)
        return self

    def __exit__(self, *_: object) -> None:
        self._terminals.close()

    def wait_until_free(self) -> None:
        """Wait for the program, for held keys and for the person's own typing; RefusedError when that goes on."""
        refuse_password(self._place.view)
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

    def type(self, text: str, came: Came) -> None:
        """Type the text, with spare keys where the layout needs them, which stay lent until they are understood."""
        keyboard = Keyboard(self._display, self._root.query_pointer().mask >> _GROUP & 3)
        for piece, needed in keyboard.pieces(text):
            with keyboard.with_spare(needed) as keys:
                for start in range(0, len(piece), AT_ONCE):
                    for character in piece[start : start + AT_ONCE]:
                        self._press(keys[keysym(character)], keyboard.shift)
                        self._count += 1
                    self._wait_taken_in()
                    came(Progress(done=self._certain, of=self._total, unit=UNIT))

    def result(self) -> Typed:
        """Return what was typed and how the place looks now."""
        place = self._place
        with contextlib.suppress(RefusedError):  # what was typed may have closed the window
            now = look(self._display)
            place = now if (now.view.id, now.inner) == (place.view.id, place.inner) else place
        # If the person came in between, the window's word would be about them: undo then goes by the idle time.
        self._is_alone = self._is_alone and not self._others.take()
        used = used_at(self._display, place.view.id) if self._is_alone else -1
        return Typed(place=place, count=self._certain, used_at=used, ended_at=self._ended_at)

    def partly(self) -> Partly:
        """Return what is there of a text that was broken off.

        It can be removed where no key is on its way or astray, and nobody else has used the keyboard since.
        """
        typed, is_certain = self.result(), self._certain == self._count and not self._was_last_astray
        can_undo = is_certain and self._is_alone and typed.count > 0
        return Partly(
            progress=Progress(done=self._count_here(), of=self._total, unit=UNIT),
            is_certain=is_certain,
            undo=msgspec.to_builtins(typed) if can_undo else None,
        )

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
        if self._is_elsewhere():
            return "The focus moved to another place"
        state = self._root.query_pointer().mask
        if self._others.take():
            self._is_alone = False
            return "You used the keyboard or clicked"
        if state & (_MODIFIERS | _CAPS_LOCK):
            self._is_alone = False
            return "A modifier key is down"
        return "A password is asked for in the terminal" if self._terminals.ask_password() else ""

    def _is_elsewhere(self) -> bool:
        place = self._place
        is_elsewhere = active(self._display) != place.view.id or inner(self._display) != place.inner
        self._was_last_astray = self._was_last_astray or (is_elsewhere and self._count > 0)
        return is_elsewhere

    def _count_here(self) -> int:
        """Return the characters that are certain to be in this place."""
        return self._certain - (self._was_last_astray and self._certain == self._count)

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
        self._is_elsewhere()
        done = "removed" if self._is_undo else "typed"
        certain = f"{self._count_here()} of {self._total} characters are certain to be {done}"
        if self._certain < self._count:
            waiting = self._count - self._certain
            return f"{certain}; the program in front has not responded since, and {waiting} more keys wait for it"
        if self._was_last_astray:
            return f"{certain}; one more key may have gone elsewhere"
        return f"{self._count} of {self._total} characters {done}"

    def _refusal(self, why: str) -> RefusedError:
        return not_erased(why) if self._is_undo else not_typed(why)

    def _refuse_grabbed_keyboard(self) -> None:
        """Refuse when a program holds the whole keyboard, as menus, lock screens and password prompts do.

        A hotkey holds it, too, until the last of its keys is let go: that is waited for.
        """
        from Xlib import X

        end, modes = time.monotonic() + HANDS_OFF, (X.GrabModeAsync, X.GrabModeAsync)
        while self._root.grab_keyboard(False, *modes, X.CurrentTime) != X.GrabSuccess:  # noqa: FBT003
            self._raise_if_over()
            if time.monotonic() > end:
                raise self._refusal("A menu, the lock screen or a password prompt holds the keyboard")
            self._stop.wait(LOOK)
        self._display.ungrab_keyboard(X.CurrentTime)
        self._display.sync()
