"""Hotkeys as people write them, "Ctrl + Alt + M", and as they are kept, "ctrl+alt+m". Pure."""

from understudy.core.nearest import nearest
from understudy.errors import InvalidInputError

MODIFIERS = ("ctrl", "alt", "shift", "super")
"""In the order in which they are kept."""
FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
NAMED_KEYS = (
    "backspace", "delete", "down", "end", "enter", "esc", "home", "insert", "left", "pagedown", "pageup",
    "pause", "print", "right", "space", "tab", "up",
)  # fmt: skip
KEYS = frozenset((*"abcdefghijklmnopqrstuvwxyz0123456789", *FUNCTION_KEYS, *NAMED_KEYS))

_ALIASES = {
    "control": "ctrl", "option": "alt", "win": "super", "cmd": "super", "meta": "super", "del": "delete",
    "escape": "esc", "ins": "insert", "pgdn": "pagedown", "pgup": "pageup", "return": "enter", "break": "pause",
}  # fmt: skip
"""Other names on keyboards."""
_ALONE = frozenset((*FUNCTION_KEYS, "pause"))
"""Keys that write nothing, and so need no modifier."""
_SHOWN = {"pagedown": "Page Down", "pageup": "Page Up"}
_HELD = r"(ctrl\+(alt\+)?(shift\+)?(super\+)?|alt\+(shift\+)?(super\+)?|(shift\+)?super\+)"
_PRESSED = rf"([a-z0-9]|f([1-9]|1[0-9]|2[0-4])|{'|'.join(NAMED_KEYS)})"
PATTERN = rf"^({_HELD}{_PRESSED}|(shift\+)?(f([1-9]|1[0-9]|2[0-4])|pause))?$"
"""The form in which it is kept, for schemas: there is one way to write each."""
LONGEST = 60
"""Characters."""
EXAMPLE = "Write it as ctrl+alt+m"


def read_hotkey(text: str) -> str:
    """Return a combination as it is kept: modifiers in their order, then the key. Raises InvalidInputError.

    It needs ctrl, alt or super, unless its key is an F key or pause: a hotkey is taken from every other program,
    and nothing that people type, by hand or through us, may be one.
    """
    parts = [part.strip().lower() for part in text[:LONGEST].split("+")]
    *held, key = (_ALIASES.get(part, part) for part in parts)
    _check_held(text, held)
    _check_key(text, key)
    if key not in _ALONE and not {"ctrl", "alt", "super"}.intersection(held):
        why = "Without ctrl, alt or super it would be taken from all that you type"
        raise _not_one(text, why, f"As in ctrl+alt+{key}")
    return "+".join((*(name for name in MODIFIERS if name in held), key))


def _check_held(text: str, held: list[str]) -> None:
    for name in held:
        if name not in MODIFIERS:
            is_key = name in KEYS or not name
            raise _not_one(
                text,
                f"{name or 'Nothing'} is no key to hold",
                EXAMPLE if is_key else nearest(name, MODIFIERS),
            )
    if len(set(held)) < len(held) or len(text) > LONGEST:
        raise _not_one(text, "There are too many keys in it", EXAMPLE)


def _check_key(text: str, key: str) -> None:
    if key in MODIFIERS or not key:
        raise _not_one(text, "It does not say which key is pressed", EXAMPLE)
    if key not in KEYS:
        hint = nearest(key, KEYS)
        every = f"Use a letter, a digit, f1 to f24, or one of: {', '.join(NAMED_KEYS)}"
        raise _not_one(text, f"There is no key {key}", hint if hint.startswith("Did you mean") else every)


def hotkey_in_words(hotkey: str) -> str:
    """Return a kept combination as it stands on keyboards: "Ctrl+Alt+M"."""
    return "+".join(_SHOWN.get(part, part.title()) for part in hotkey.split("+"))


def is_often_taken(hotkey: str) -> bool:
    """Whether programs are likely to use the same combination themselves: Ctrl+C, Alt+F4, F5."""
    *held, _ = hotkey.split("+")
    return len(held) <= 1 and "super" not in held


def _not_one(text: str, why: str, fix: str) -> InvalidInputError:
    return InvalidInputError(f"{text[:LONGEST]!r} is no hotkey", why, fix)
