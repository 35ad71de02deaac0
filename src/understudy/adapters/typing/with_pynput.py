"""Types on Windows and macOS through pynput, with a look at the focus before every key. Tried on neither."""

import sys
import time
from typing import Any

from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.typing.port import UNIT, Came, Place, Typed
from understudy.adapters.typing.prompts import asks_password
from understudy.core.action import Partly, Progress, StopSignal
from understudy.core.ports import Capability
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    RefusedError,
    StoppedError,
    TimedOutError,
    UnderstudyError,
)


class PynputTyper:
    """Keeps the `Typer` port; a window may still come between look and key, so one key may go astray."""

    def capability(self) -> Capability:
        """Untested."""
        return Capability(name="typing", state="untested", text="Through pynput; never tried on this system")

    def look(self) -> Place:
        """Return the window in front, unless it is one for passwords."""
        view = _front()
        if view is None:
            raise RefusedError("Nothing was typed", "It is not known which window has the focus")
        if asks_password(view):
            raise RefusedError("Nothing was typed", "The window in front asks for a password")
        return Place(view=view, inner=view.id)

    def type(
        self, text: str, place: Place, stop: StopSignal, deadline: float, came: Came = lambda _: None
    ) -> Typed:
        """Type with a look before every key."""
        del came  # no program says what it has taken in
        controller = _controller()
        for count, character in enumerate(text):
            error = _why_not(place, stop, deadline, f"{count} of {len(text)} characters typed")
            if error is not None:
                progress = Progress(done=count, of=len(text), unit=UNIT)
                error.partly = Partly(progress=progress, is_certain=count == 0)
                raise error
            controller.type(character)
        return Typed(place=self.look(), count=len(text), ended_at=time.monotonic_ns() // 1_000_000)

    def erase(self, typed: Typed, stop: StopSignal, deadline: float) -> None:
        """Refuse: whether the window was used since cannot be told."""
        del typed, stop, deadline
        raise RefusedError("The text was not removed", "It cannot be told whether the window was used since")


def _why_not(place: Place, stop: StopSignal, deadline: float, so_far: str) -> UnderstudyError | None:
    """Return why the next key is not pressed."""
    if stop.is_set():
        return StoppedError("Typing was stopped", so_far)
    if time.monotonic() >= deadline:
        return TimedOutError("Typing took too long", so_far)
    view = _front()
    if view is None or view.id != place.view.id:
        return ActionFailedError("Typing was broken off", f"The focus moved; {so_far}")
    return None


def _controller() -> Any:
    try:
        from pynput.keyboard import Controller
    except ImportError as error:
        raise CapabilityMissingError(
            "Text cannot be typed here", str(error), "pip install understudy[keys]"
        ) from error
    return Controller()


def _front() -> WindowView | None:
    """Return the window in front; None = unknown."""
    if sys.platform == "win32":
        import ctypes

        user = ctypes.windll.user32
        number = user.GetForegroundWindow()
        if not number:
            return None
        title, name = ctypes.create_unicode_buffer(512), ctypes.create_unicode_buffer(256)
        user.GetWindowTextW(number, title, 512)
        user.GetClassNameW(number, name, 256)
        return WindowView(id=number, title=title.value, wm_class=(name.value, name.value))
    if sys.platform == "darwin":
        from AppKit import NSWorkspace  # type: ignore[import-not-found]  # comes with pynput

        front = NSWorkspace.sharedWorkspace().frontmostApplication()
        if front is None:
            return None
        name = str(front.bundleIdentifier() or "")
        return WindowView(
            id=int(front.processIdentifier()), title=str(front.localizedName()), wm_class=(name, name)
        )
    return None
