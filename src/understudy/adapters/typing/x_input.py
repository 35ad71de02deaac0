"""Tells the person's keys and clicks from our own, through raw events of the X Input extension 2."""

from collections import deque
from typing import Any

_KEYS = (13, 14)
"""Raw key press and release."""
_BUTTON_PRESS = 15
_MASK = sum(1 << number for number in (*_KEYS, _BUTTON_PRESS))
_GENERIC_EVENT = 35
_DETAIL = slice(6, 10)
"""Where the number of the key stands behind device and time."""


class OtherInput:
    """Sees every key; those that were not announced are somebody else's."""

    def __init__(self, display: Any) -> None:
        from Xlib.ext import xinput

        self._display = display
        self._ours: deque[tuple[int, int]] = deque()
        self.is_seen = bool(display.has_extension("XInputExtension"))
        """Whether it can be told at all."""
        if self.is_seen:
            display.xinput_query_version()
            display.screen().root.xinput_select_events([(xinput.AllMasterDevices, _MASK)])
            display.sync()

    def announce(self, code: int, *, is_press: bool) -> None:
        """Say that the next event of this key is ours."""
        if self.is_seen:
            self._ours.append((_KEYS[0] if is_press else _KEYS[1], code))

    def take(self) -> bool:
        """Read what has come; True = there was a key or a click that was not ours."""
        foreign = False
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type != _GENERIC_EVENT or event.evtype not in (*_KEYS, _BUTTON_PRESS):
                continue
            seen = (event.evtype, int.from_bytes(event.data[_DETAIL], "little"))
            if self._ours and self._ours[0] == seen:
                self._ours.popleft()
            else:
                # (the end of a key that was down before we began is nobody's typing)
                foreign = foreign or event.evtype != _KEYS[1]
        return foreign
