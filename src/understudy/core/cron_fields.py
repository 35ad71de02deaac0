"""The five fields of a cron expression: what each allows, and what is refused with which hint. Pure."""

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from understudy.errors import InvalidInputError

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class _Field(NamedTuple):
    """One of the five fields."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    size: int = 0
    """How many different values there are, where that is not high - low + 1."""

    @property
    def length(self) -> int:
        return self.size or self.high - self.low + 1

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        return f"{self.low} to {self.high}" + (
            f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        )

    def is_any(self, values: tuple[int, ...]) -> bool:
        """Whether the values restrict nothing."""
        return len(values) == self.length


MINUTE = _Field("minute", 0, 59)
HOUR = _Field("hour", 0, 23)
DAY = _Field("day of month", 1, 31)
MONTH = _Field("month", 1, 12, _MONTHS)
WEEKDAY = _Field("day of week", 0, 7, WEEKDAYS, size=7)
_FIELDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)
_PART = re.compile(
    r"(?:(?P<all>\*)|(?P<first>\w{1,4})(?:-(?P<last>\w{1,4}))?)(?:/(?P<step>\d{1,4}))?", re.ASCII
)
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EXAMPLE = 'Write five fields, as "55 8 * * mon-fri" for weekdays at 08:55.'


class Fields(NamedTuple):
    """What each of the five fields allows, sorted; weekdays as in cron, 0 = Sunday."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]


@lru_cache(maxsize=1024)
def parse(cron: str) -> Fields:
    """Read an expression. Raises InvalidInputError."""
    fields = cron.lower().split()
    if len(fields) != len(_FIELDS):
        raise _not_five_fields(cron, fields)
    minutes, hours, days, months, weekdays = (
        _values(cron, text, field) for text, field in zip(fields, _FIELDS, strict=True)
    )
    return Fields(minutes, hours, days, months, tuple(sorted({day % 7 for day in weekdays})))


def _values(cron: str, text: str, field: _Field) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if not match or match["step"] == "0":
            raise _bad_field(cron, part, field)
        values.update(_span(cron, match, field))
    return tuple(sorted(values))


def _span(cron: str, match: re.Match[str], field: _Field) -> Iterator[int]:
    """Yield what one part of a list stands for; a week or a year may go round its end (fri-mon)."""
    step = int(match["step"] or 1)
    first = field.low if match["all"] else _number(cron, match["first"], field)
    last = first
    if match["last"]:
        last = _number(cron, match["last"], field)
    elif match["all"] or match["step"]:
        last = field.high
    if last >= first:
        yield from range(first, last + 1, step)
        return
    if not field.names:
        raise _bad_field(cron, match[0], field)
    for value in range(first, last + field.length + 1, step):
        yield (value - field.low) % field.length + field.low


def _number(cron: str, word: str, field: _Field) -> int:
    if word in field.names:
        return field.names.index(word) + field.low
    if not word.isdecimal() or not field.low <= int(word) <= field.high:
        raise _bad_field(cron, word, field)
    return int(word)


def _not_five_fields(cron: str, fields: list[str]) -> InvalidInputError:
    title, why = f'"{cron}" is not a cron expression', f"It has {len(fields)} fields instead of five"
    if time := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", cron.strip(), re.ASCII):
        fix = f'For every day at {time[0]} write "{int(time[2])} {int(time[1])} * * *"'
        return InvalidInputError(title, "It is a time of day", fix)
    if fields and fields[0].startswith("@"):
        nearest = difflib.get_close_matches(fields[0], _ALIASES, 1, 0)[0]
        return InvalidInputError(title, "Names with @ are not known", f'Write "{_ALIASES[nearest]}"')
    if len(fields) == len(_FIELDS) + 1:
        why = "It has six fields; seconds are not used"
        return InvalidInputError(title, why, f'Write "{" ".join(fields[1:])}"')
    return InvalidInputError(title, why, _EXAMPLE)


def _bad_field(cron: str, word: str, field: _Field) -> InvalidInputError:
    nearest = difflib.get_close_matches(word, field.names, 1)
    if nearest:
        fix = f'The nearest that can be used is "{nearest[0]}"'
    elif word.isdecimal():
        fix = f'The nearest that can be used is "{min(max(int(word), field.low), field.high)}"'
    else:
        fix = f"Use {field.allowed}, lists (a,b), ranges (a-b), steps (*/n) or *"
    why = f'The {field.name} is "{word}", not {field.allowed}'
    return InvalidInputError(f'"{cron}" is not a cron expression', why, fix)
