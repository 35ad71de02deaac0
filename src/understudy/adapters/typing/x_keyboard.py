"""Which key types which character on an X server; characters without a key get a spare one for a while."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from understudy.core.value import Value
from understudy.errors import CapabilityMissingError

BEFORE = 0.05
"""Seconds that programs get to hear of a changed keyboard before the first key."""
_NEWLINE = 0xFF0D
_UNICODE = 0x01000000
_LATIN_1 = 0x100
_SHIFT = 0xFFE1
_BACKSPACE = 0xFF08
_MOST_SPARE = 40
_LEVELS = 2
"""Plain and with Shift; what needs AltGr gets a spare key."""


class Key(Value):
    """One key to press."""

    code: int
    shift: bool = False


def keysym(character: str) -> int:
    """Return the number X has for a character; a line end is Return, a backspace the key of that name."""
    if character in "\n\b":
        return _NEWLINE if character == "\n" else _BACKSPACE
    code = ord(character)
    return code if code < _LATIN_1 else _UNICODE | code


class Keyboard:
    """The layout in use, and its spare keys."""

    def __init__(self, display: Any, group: int) -> None:
        self._display = display
        self._first = display.display.info.min_keycode
        rows = display.get_keyboard_mapping(self._first, display.display.info.max_keycode - self._first + 1)
        self._spare = [self._first + index for index, row in enumerate(rows) if not any(row)][-_MOST_SPARE:]
        self._keys = self._read(rows, group)
        self.shift = display.keysym_to_keycode(_SHIFT)

    def _read(self, rows: Any, group: int) -> dict[int, Key]:
        """Return keysym -> key of the group in use; the core protocol shows two, others have no keys here."""
        keys: dict[int, Key] = {}
        if group * _LEVELS >= 2 * _LEVELS:
            return keys
        for index, row in enumerate(rows):
            # A key that is the same in all groups stands in the first only.
            has_group = any(row[group * _LEVELS : (group + 1) * _LEVELS])
            first = group * _LEVELS if has_group else 0
            for level in range(_LEVELS):
                symbol = row[first + level] if first + level < len(row) else 0
                if symbol:
                    keys.setdefault(symbol, Key(code=self._first + index, shift=bool(level)))
        return keys

    def pieces(self, text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield pieces of the text, each with the symbols that need spare keys, at most as many as are free."""
        start, needed = 0, dict[int, None]()
        for index, character in enumerate(text):
            symbol = keysym(character)
            if symbol in self._keys or symbol in needed:
                continue
            if len(needed) == len(self._spare) * _LEVELS:
                if not self._spare:
                    raise CapabilityMissingError(
                        "The text cannot be typed",
                        f"The keyboard layout has no {character!r}, and no key is free for it",
                        "Choose a layout that has it",
                    )
                yield text[start:index], tuple(needed)
                start, needed = index, {}
            needed[symbol] = None
        yield text[start:], tuple(needed)

    @contextlib.contextmanager
    def with_spare(self, symbols: tuple[int, ...]) -> Iterator[dict[int, Key]]:
        """Yield every key, spare ones included; the keyboard is as before afterwards, whatever happens.

        Two symbols share a key, plain and with Shift: every changed key costs window managers some 40 ms.
        """
        if not symbols:
            yield self._keys
            return
        lent = {
            symbol: Key(code=self._spare[-1 - index // _LEVELS], shift=bool(index % _LEVELS))
            for index, symbol in enumerate(symbols)
        }
        rows: dict[int, list[int]] = {}
        for symbol, key in lent.items():
            rows.setdefault(key.code, []).append(symbol)
        try:
            self._assign({code: (row * _LEVELS)[:_LEVELS] for code, row in rows.items()})
            time.sleep(BEFORE)
            yield self._keys | lent
        finally:
            self._assign(dict.fromkeys(rows, [0] * _LEVELS))

    def _assign(self, rows: dict[int, list[int]]) -> None:
        """Change keys, neighbours in one request: each request makes every program read the keyboard anew."""
        codes = sorted(rows)
        while codes:
            run = [codes.pop(0)]
            while codes and codes[0] == run[-1] + 1:
                run.append(codes.pop(0))
            self._display.change_keyboard_mapping(run[0], [rows[code] for code in run])
        self._display.sync()
