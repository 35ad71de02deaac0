"""Where keys go on an X server at this moment, and whether anything has happened there since we typed."""

import contextlib
import time
from typing import Any

from understudy.adapters.focus.active_window import ActiveWindow, WindowView
from understudy.adapters.typing.port import Place, Typed
from understudy.adapters.typing.prompts import Terminals, asks_password
from understudy.errors import RefusedError

BETWEEN_WINDOWS = 0.3
"""Longest wait for a window to get the focus, in seconds."""
LOOK = 0.02
_TOLERANCE = 5
"""Milliseconds by which the server's clock may differ from ours."""


def look(display: Any) -> Place:
    """Return where keys go; between two windows it is unknown for a moment, which is waited for."""
    views: list[WindowView | None] = []
    end = time.monotonic() + BETWEEN_WINDOWS
    while True:
        ActiveWindow(views.append).connected(display)
        number = inner(display)
        if views[-1] is not None and number > 1:  # 0 = none, 1 = wherever the pointer is
            return Place(view=views[-1], inner=number)
        if time.monotonic() > end:
            raise not_typed("It is not known which window has the focus")
        time.sleep(LOOK)


def active(display: Any) -> int:
    """Return the number of the window in front; -1 = the window manager does not say."""
    return _number(display, display.screen().root, "_NET_ACTIVE_WINDOW")


def inner(display: Any) -> int:
    """Return the number of what has the keyboard: a window or a part of it; 0 = nothing, 1 = what the pointer is in."""
    focus = display.get_input_focus().focus
    return int(getattr(focus, "id", focus))


def used_at(display: Any, number: int) -> int:
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


def refuse_changed(display: Any, typed: Typed) -> None:
    """Raise RefusedError when anything was done in the window since."""
    now = look(display)
    if (now.view.id, now.inner) != (typed.place.view.id, typed.place.inner):
        raise not_erased("You are in another window now")
    if now.view.title != typed.place.view.title:
        raise not_erased("The window's title has changed")
    used = used_at(display, now.view.id)
    if used >= 0 and typed.used_at >= 0:
        if used != typed.used_at:
            raise not_erased("The window has been used since")
        return
    if not display.has_extension("MIT-SCREEN-SAVER"):
        raise not_erased("It cannot be told whether the window was used since")
    asked_at = time.monotonic_ns() // 1_000_000
    idle = display.screen().root.screensaver_query_info().idle
    if asked_at - idle > typed.ended_at + _TOLERANCE:
        raise not_erased("Keyboard or mouse have been used since")


def refuse_password(view: WindowView) -> None:
    """Raise RefusedError where passwords are typed."""
    if asks_password(view):
        raise not_typed("The window in front asks for a password or keeps passwords")
    with contextlib.closing(Terminals(view.pid)) as terminals:
        if terminals.ask_password():
            raise not_typed("A program in the terminal asks for a password")


def not_typed(why: str) -> RefusedError:
    """Return the error of a text of which nothing was typed."""
    return RefusedError("Nothing was typed", why)


def not_erased(why: str) -> RefusedError:
    """Return the error of a text of which nothing was removed."""
    return RefusedError("The text was not removed", why)
