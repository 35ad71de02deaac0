"""Watches which window of an X server is in front; asks nothing until the server says it changed."""

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Any

from understudy.adapters.x_events import XClient
from understudy.core.value import Value

LONGEST_TITLE = 4096
"""In bytes; more is never read from the server."""
_WORDS = LONGEST_TITLE // 4
_CONTROL = dict.fromkeys((*range(32), 127), " ")


class WindowView(Value):
    """What is known of a window at one moment."""

    id: int
    title: str
    wm_class: tuple[str, str]
    """(instance, class) of WM_CLASS."""
    gtk_id: str = ""
    """GTK application id, or the .desktop name that KDE programs set."""
    pid: int = 0
    """As the X server knows it; 0 = unknown."""
    exe: str = ""
    """Path of the program; empty = unknown."""


class ActiveWindow(XClient):
    """Reports the window in front, None = none, each time it or its title has changed."""

    def __init__(self, seen: Callable[[WindowView | None], None]) -> None:
        self._seen = seen
        self._window: Any = None

    def connected(self, display: Any) -> None:
        """Ask for changes, and report what is in front now."""
        from Xlib import X, Xatom

        self._display = display
        self._root = display.screen().root
        self._active = display.intern_atom("_NET_ACTIVE_WINDOW")
        self._titles = (display.intern_atom("_NET_WM_NAME"), Xatom.WM_NAME)
        self._ids = tuple(map(display.intern_atom, ("_GTK_APPLICATION_ID", "_KDE_NET_WM_DESKTOP_FILE")))
        self._pid = display.intern_atom("_NET_WM_PID")
        self._window = None
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._look()

    def handle(self, event: Any) -> None:
        """Look again when the event says that another window, or its title, may be in front."""
        from Xlib import X

        if event.type != X.PropertyNotify:
            return
        if event.window.id == self._root.id and event.atom == self._active:
            self._look()
        elif self._window is not None and event.window.id == self._window.id and event.atom in self._titles:
            self._seen(self._view())

    def settled(self) -> float | None:
        """Nothing is to be done without an event."""
        return None

    def _look(self) -> None:
        values = self._numbers(self._root, self._active)
        self._follow(values[0] if values else 0)
        self._seen(self._view() if self._window is not None else None)

    def _follow(self, number: int) -> None:
        """Ask for the title changes of this window, and no longer for those of the one before.

        Asked again also for the same number: it may have gone and another window got its number.
        """
        from Xlib import X

        if self._window is not None and self._window.id != number:
            self._select(X.NoEventMask)
        self._window = self._display.create_resource_object("window", number) if number else None
        if self._window is not None:
            self._select(X.PropertyChangeMask)

    def _select(self, mask: int) -> None:
        from Xlib import error

        self._window.change_attributes(event_mask=mask, onerror=error.CatchError(error.BadWindow))

    def _view(self) -> WindowView | None:
        """Read the window in front; None = it has just gone."""
        from Xlib import Xatom, error

        window = self._window
        try:
            title = next(filter(None, (self._text(window, atom) for atom in self._titles)), "")
            class_names = (self._text(window, Xatom.WM_CLASS, keep_nul=True) + "\0\0").split("\0")
            pid = self._process(window)
            return WindowView(
                id=window.id,
                title=title,
                wm_class=(class_names[0], class_names[1]),
                gtk_id=next(filter(None, (self._text(window, atom) for atom in self._ids)), ""),
                pid=pid,
                exe=_program_of(pid),
            )
        except error.BadWindow:
            return None

    def _process(self, window: Any) -> int:
        """Return the process as the server knows it, else as the window says."""
        from Xlib import error
        from Xlib.ext import res

        if self._display.has_extension("X-Resource"):
            spec = [{"client": window.id, "mask": res.LocalClientPIDMask}]
            try:
                found = [pid for one in res.query_client_ids(self._display, spec).ids for pid in one.value]
            except error.XError:  # an X-Resource older than 1.2 does not know this question
                found = []
            if found and found[0] > 0:
                return int(found[0])
        said = self._numbers(window, self._pid)
        return int(said[0]) if said else 0

    def _numbers(self, window: Any, atom: int) -> Any:
        from Xlib import X

        found = window.get_property(atom, X.AnyPropertyType, 0, 1)
        return found.value if found is not None and found.format == 32 else ()  # noqa: PLR2004 - bits

    def _text(self, window: Any, atom: int, *, keep_nul: bool = False) -> str:
        from Xlib import X, Xatom

        found = window.get_property(atom, X.AnyPropertyType, 0, _WORDS)
        if found is None or not isinstance(found.value, bytes):
            return ""
        text = decode(found.value, is_latin=found.property_type == Xatom.STRING)
        return text if keep_nul else text.translate(_CONTROL).strip()


def decode(raw: bytes, *, is_latin: bool) -> str:
    """Return the text of a property; a character cut at 4 KiB is left out, bad bytes are replaced."""
    if is_latin:
        return raw.decode("latin-1")
    return codecs.getincrementaldecoder("utf-8")("replace").decode(raw)


def _program_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/exe").readlink()) if pid else ""
    except OSError:
        return ""
