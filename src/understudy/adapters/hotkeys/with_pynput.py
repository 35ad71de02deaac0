"""Hotkeys on Windows and macOS through pynput, which hears every key to find ours among them. Tried on neither."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from understudy.core.ports import Capability

_NAMES = {
    "super": "cmd", "pageup": "page_up", "pagedown": "page_down", "print": "print_screen",
}  # fmt: skip
"""Keys that pynput names differently."""


class PynputHotkeys:
    """Keeps the `Hotkeys` port; a changed list is a listener of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: frozenset[str] = frozenset()
        self._refused: dict[str, str] = {}
        self._on_press: Callable[[str], None] | None = None
        self._listener: Any = None

    def start(self, on_press: Callable[[str], None]) -> None:
        """Begin to listen."""
        with self._lock:
            self._on_press = on_press
            self._listen()

    def listen_to(self, hotkeys: frozenset[str]) -> None:
        """Listen to these from now on."""
        with self._lock:
            if hotkeys != self._wanted:
                self._wanted = hotkeys
                self._listen()

    def refused(self) -> Mapping[str, str]:
        """Those that pynput has no name for; whether another program has one cannot be told."""
        return self._refused

    def stop(self) -> None:
        """End the listener."""
        with self._lock:
            self._on_press = None
            self._listen()

    def availability(self) -> Capability:
        """Untested: the code is there."""
        return Capability(name="hotkeys", state="untested", text="Through pynput; never tried on this system")

    def _listen(self) -> None:
        old, self._listener = self._listener, None
        if old is not None:
            old.stop()
        if self._on_press is None or not self._wanted:
            return
        from pynput.keyboard import GlobalHotKeys, HotKey

        self._refused, calls = {}, {}
        for hotkey in sorted(self._wanted):
            name = in_pynput(hotkey)
            try:
                HotKey.parse(name)
            except ValueError:
                self._refused[hotkey] = "This system has no such key"
            else:
                calls[name] = partial(self._on_press, hotkey)
        self._listener = GlobalHotKeys(calls)
        self._listener.start()


def in_pynput(hotkey: str) -> str:
    """Return a combination as pynput writes it: "<ctrl>+<alt>+m"."""
    names = (_NAMES.get(part, part) for part in hotkey.split("+"))
    return "+".join(name if len(name) == 1 else f"<{name}>" for name in names)
