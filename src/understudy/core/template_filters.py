"""The filters of templates: plain values in, plain values out, none of them without bounds."""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote as percent_encoded

from understudy.errors import InvalidInputError

LONGEST = 65_536
"""Characters that a value may have, and that filling in may add to a text."""
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_@+:,./-]{0,199}")


def as_text(value: Any) -> str:
    """Return a plain value as the text it becomes: nothing for null, `true`, whole numbers without `.0`, else JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004  (exact until here)
        return str(int(value))
    return str(value) if isinstance(value, float) else _json(value)


def bounded(value: Any) -> Any:
    """Return the value, or raise InvalidInputError when it is too long."""
    if isinstance(value, str):
        _check_length(len(value))
    return value


def _check_length(length: int) -> None:
    if length > LONGEST:
        raise InvalidInputError(
            "The text becomes too long",
            f"Filling in may give at most {LONGEST:,} characters",
            "Shorten a part of it, as in {{ latest_output | truncate(1000) }}",
        )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _default(value: Any, fallback: Any = "", also_empty: Any = False) -> Any:  # noqa: FBT002  (positional in Jinja)
    return fallback if also_empty and not value else value


def _upper(value: Any) -> str:
    return as_text(value).upper()


def _lower(value: Any) -> str:
    return as_text(value).lower()


def _trim(value: Any) -> str:
    return as_text(value).strip()


def _truncate(value: Any, length: Any = 80) -> str:
    """Cut to so many characters, the sign of the cut included."""
    if not isinstance(length, int) or length < 1:
        raise InvalidInputError(
            f"truncate takes a whole number from 1, not {as_text(length)}", fix="As in truncate(40)"
        )
    text = as_text(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _replace(value: Any, old: Any, new: Any) -> str:
    text, before, after = as_text(value), as_text(old), as_text(new)
    if not before:
        return text
    _check_length(len(text) + text.count(before) * (len(after) - len(before)))
    return text.replace(before, after)


def _first(value: Any) -> Any:
    return value[0] if _sequence(value) else ""


def _last(value: Any) -> Any:
    return value[-1] if _sequence(value) else ""


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else as_text(value)


def _join(value: Any, between: Any = "") -> str:
    parts, gap = [as_text(part) for part in _sequence(value)], as_text(between)
    _check_length(sum(map(len, parts)) + len(gap) * max(len(parts) - 1, 0))
    return gap.join(parts)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, dict) else len(_sequence(value))


def _round(value: Any, digits: Any = 0) -> float:
    return round(float(value), int(digits))


def _int(value: Any, fallback: Any = 0) -> Any:
    try:
        return int(float(as_text(value)))
    except (ValueError, OverflowError):
        return fallback


def _urlencode(value: Any) -> str:
    return percent_encoded(as_text(value), safe="", errors="replace")


def _quote(value: Any) -> str:
    """Make one word of it for a POSIX shell."""
    return shlex.quote(as_text(value))


def is_plain_word(text: str) -> bool:
    """Whether every shell, also one called by another, reads it as one word and nothing else, and it is no option."""
    return _PLAIN_WORD.fullmatch(text) is not None


def _word(value: Any) -> str:
    """Refuse all but one plain word: quoting alone is undone where a command is handed to a second shell."""
    text = as_text(value)
    if not is_plain_word(text):
        raise InvalidInputError(
            "This is no plain word",
            f'Letters, digits and _ . / @ + : , - stand for themselves in every command; it was given "{text[:80]}"',
            "Use quote for any other text",
        )
    return text


FILTERS: dict[str, Callable[..., Any]] = {
    "default": _default,
    "first": _first,
    "int": _int,
    "join": _join,
    "last": _last,
    "length": _length,
    "lower": _lower,
    "quote": _quote,
    "replace": _replace,
    "round": _round,
    "tojson": _json,
    "trim": _trim,
    "truncate": _truncate,
    "upper": _upper,
    "urlencode": _urlencode,
    "word": _word,
}


def filtered(name: str, value: Any, arguments: Sequence[Any]) -> Any:
    """Return the value behind a filter, or raise InvalidInputError when it cannot work on it."""
    try:
        return bounded(FILTERS[name](value, *arguments))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(
            f"The filter {name} does not work on this value",
            f'It was given "{as_text(value)[:80]}" ({error})',
            f"Leave {name} out, or put default(...) before it",
        ) from error
