"""Lengths of time as people write them: "30 s", "5 min", "1 h 30 min"; inside they are milliseconds."""

import re
from typing import Any

from understudy.core.value import DAY, HOUR, MINUTE, SECOND, Millis
from understudy.errors import InvalidInputError

UNITS: dict[str, Millis] = {"d": DAY, "h": HOUR, "min": MINUTE, "s": SECOND, "ms": 1}
"""As they are written back, the largest first."""
_WORDS: dict[str, Millis] = UNITS | {
    **dict.fromkeys(("day", "days"), DAY),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("m", "mins", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), SECOND),
}
_PART = r"(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]{1,7})"
PATTERN = r"^\s*\d{1,12}(\.\d{1,6})?\s*[a-zA-Z]{1,7}(\s*\d{1,12}(\.\d{1,6})?\s*[a-zA-Z]{1,7})*\s*$"
"""What a text must look like, for schemas."""
EXAMPLE = 'Write it as "30 s", "5 min" or "1 h 30 min"'


def read_duration(given: Any) -> Millis:
    """Return a length of time in milliseconds, from a whole number of them or a text. Raises InvalidInputError."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    text = given.strip().lower() if isinstance(given, str) else ""
    parts = re.findall(_PART, text, re.ASCII)
    rest = re.sub(_PART, "", text, flags=re.ASCII).strip()
    if not parts or rest or any(unit not in _WORDS for _, unit in parts):
        raise InvalidInputError(f"{given!r} is no length of time", fix=EXAMPLE)
    return round(sum(float(number) * _WORDS[unit] for number, unit in parts))


def write_duration(millis: Millis) -> Millis | str:
    """Return a length of time as text that reads back equal: 5400000 is "1 h 30 min"; 0 or less stays a number."""
    if millis <= 0:
        return millis
    parts, rest = [], millis
    for name, length in UNITS.items():
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts)
