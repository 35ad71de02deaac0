"""Hotkeys on X11: the server is asked for exactly these combinations (XGrabKey) and tells us of no other key.

Only while a hotkey is held down do other keys reach us, too, as they reach every program that grabs; they are dropped
unread.
"""

import itertools
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from understudy.adapters.addresses import x_server_answers
from understudy.adapters.x_events import XClient, XEvents
from understudy.core.hotkey import hotkey_in_words
from understudy.core.ports import Capability

_log = logging.getLogger(__name__)

FOUND_OUT = 0.5
"""Longest wait for the server's word on new hotkeys, in seconds."""
TAKEN = "Another program has it"
NO_KEY = "This keyboard has no such key"
AWAY = "The X server does not answer"
_KEYSYMS = {
    "backspace": "BackSpace", "delete": "Delete", "down": "Down", "end": "End", "enter": "Return",
    "esc": "Escape", "home": "Home", "insert": "Insert", "left": "Left", "pagedown": "Next",
    "pageup": "Prior", "pause": "Pause", "print": "Print", "right": "Right", "space": "space", "tab": "Tab",
    "up": "Up",
}  # fmt: skip
_MODIFIERS = 0xFF
"""The part of a key event's state that tells of modifiers; the rest is pointer buttons and layout."""

Place = tuple[int, int]
"""(key code, modifiers)."""


class XHotkeys:
    """Keeps the `Hotkeys` port on a connection of its own."""

    def __init__(self, display: str) -> None:
        self._display = display
        self._keys = GrabbedKeys()
        self._events = XEvents(display, self._keys, "hotkeys")

    def start(self, on_press: Callable[[str], None]) -> None:
        """Begin; the grabs come back by themselves with the server."""
        self._keys.on_press = on_press
        self._events.start()

    def listen_to(self, hotkeys: frozenset[str]) -> None:
        """Listen to these from now on."""
        if self._keys.want(hotkeys):
            self._events.wake()

    def refused(self) -> Mapping[str, str]:
        """Those that could not be had, and why."""
        keys = self._keys
        if keys.known.is_set() or (x_server_answers(self._display) and keys.known.wait(FOUND_OUT)):
            return keys.refused
        return dict.fromkeys(keys.wanted, AWAY)

    def stop(self) -> None:
        """End; the combinations belong to other programs again."""
        self._events.stop()

    def availability(self) -> Capability:
        """Ready, or which are missing and why."""
        if not x_server_answers(self._display):
            fix = "Start Understudy inside a desktop session"
            return Capability(name="hotkeys", state="missing", text=AWAY, fix=fix)
        refused = self.refused()
        if not refused:
            return Capability(name="hotkeys", state="ready", text="Heard in whatever window")
        told = "; ".join(f"{hotkey_in_words(one)}: {why.lower()}" for one, why in sorted(refused.items()))
        fix = "Choose other ones: understudy workflows edit ID, understudy settings set stop_hotkey"
        return Capability(name="hotkeys", state="degraded", text=f"Not heard are {told}", fix=fix)


class GrabbedKeys(XClient):
    """Holds the combinations that are wanted, on whatever connection and keyboard there is."""

    def __init__(self) -> None:
        self.on_press: Callable[[str], None] = lambda _: None
        self.wanted: frozenset[str] = frozenset()
        self.refused: Mapping[str, str] = {}
        self.known = threading.Event()
        """Set while `refused` tells of what is wanted now."""
        self._lock = threading.Lock()
        self._held: dict[str, frozenset[Place]] = {}
        self._applied: frozenset[str] | None = None
        """What was asked of the server; None = the keyboard is another one since."""
        self._released = (0, 0)
        """(key code, server time) of the last key that was let go."""

    def want(self, hotkeys: frozenset[str]) -> bool:
        """Say what to hold from the next `settled` on, from any thread; True = there is something to be done."""
        with self._lock:
            if hotkeys == self.wanted and self.known.is_set() and not self.refused:
                return False
            self.wanted = hotkeys
            self.known.clear()
            return True

    def connected(self, display: Any) -> None:
        """Take up a new server, on which nothing is held yet."""
        self._display = display
        self._root = display.screen().root
        self._held, self._applied = {}, None

    def handle(self, event: Any) -> None:
        """Tell of a press of ours; a key that repeats itself is let go and pressed at the same moment."""
        from Xlib import X

        if event.type == X.KeyRelease:
            self._released = (event.detail, event.time)
        elif event.type == X.KeyPress:
            place = (event.detail, event.state & _MODIFIERS)
            hotkey = next((name for name, places in self._held.items() if place in places), None)
            if hotkey is not None and self._released != (event.detail, event.time):
                self.on_press(hotkey)
        elif event.type == X.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
            self._applied = None

    def settled(self) -> float | None:
        """Bring what is held up to what is wanted; nothing is to be done without an event or a wish."""
        wanted = self.wanted
        if wanted != self._applied or not self.known.is_set():
            self._applied = wanted
            refused = self._apply(wanted)
            with self._lock:
                if self.wanted == wanted:
                    self.refused = refused
                    self.known.set()
        return None

    def _apply(self, wanted: frozenset[str]) -> dict[str, str]:
        """Hold these combinations on the keyboard as it is; return those that cannot be had, and why."""
        keyboard = _Keyboard(self._display)
        plan = {hotkey: keyboard.of(hotkey) for hotkey in sorted(wanted)}
        for hotkey in [name for name, held in self._held.items() if plan.get(name) != held]:
            self._let_go(self._held.pop(hotkey))
        refused = {}
        for hotkey, places in plan.items():
            if hotkey not in self._held:
                why = self._grab(places) if places else NO_KEY
                if why:
                    refused[hotkey] = why
                else:
                    self._held[hotkey] = places
        for hotkey in refused.keys() - self.refused.keys():
            _log.warning("the hotkey %s is not heard: %s", hotkey, refused[hotkey])
        return refused

    def _grab(self, places: frozenset[Place]) -> str:
        """Take all of these, or none; return why not."""
        from Xlib import X, error

        refusal = error.CatchError(error.BadAccess)
        for code, modifiers in places:
            self._root.grab_key(code, modifiers, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refusal)  # noqa: FBT003
        self._display.sync()
        if refusal.get_error() is None:
            return ""
        self._let_go(places)
        return TAKEN

    def _let_go(self, places: frozenset[Place]) -> None:
        for code, modifiers in places:
            self._root.ungrab_key(code, modifiers)
        self._display.flush()


class _Keyboard:
    """Where keys and modifiers are on the keyboard of this moment."""

    def __init__(self, display: Any) -> None:
        from Xlib import X

        self._display = display
        self._rows = display.get_modifier_mapping()
        self._bits = {
            "ctrl": X.ControlMask,
            "shift": X.ShiftMask,
            "alt": self._bit("Alt_L", "Alt_R"),
            "super": self._bit("Super_L", "Super_R"),
        }
        locks = (X.LockMask, self._bit("Num_Lock"))
        self._locks = {
            sum(chosen) for count in range(3) for chosen in itertools.combinations(set(locks), count)
        }
        """What may be switched on besides: Caps Lock, Num Lock, both, neither."""

    def of(self, hotkey: str) -> frozenset[Place]:
        """Return where a hotkey is, once for each state of the locks; nothing where a key of it is missing."""
        *held, key = hotkey.split("+")
        bits = [self._bits[name] for name in held]
        codes = self._codes(key) if all(bits) else ()
        return frozenset((code, sum(bits) | lock) for code in codes for lock in self._locks)

    def _codes(self, key: str) -> list[int]:
        """Return the keys that bear it, those that bear it without Shift first and alone."""
        from Xlib import XK

        keysym = XK.string_to_keysym(_KEYSYMS.get(key, key.upper() if len(key) > 1 else key))
        found = list(self._display.keysym_to_keycodes(keysym))
        least = min((level for _, level in found), default=0)
        return [code for code, level in found if level == least]

    def _bit(self, *names: str) -> int:
        """Return the bit of the modifier that these keys set; 0 = none does."""
        from Xlib import XK

        wanted = {XK.string_to_keysym(name) for name in names}
        for number, codes in enumerate(self._rows):
            if any(code and self._display.keycode_to_keysym(code, 0) in wanted for code in codes):
                return 1 << number
        return 0
