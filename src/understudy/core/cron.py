"""Cron expressions: when they fire next in a zone, whether they are valid, and how to say them. Pure."""

import difflib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from understudy.core.value import Millis
from understudy.errors import InvalidInputError

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
_HORIZON = timedelta(days=30 * 366)
"""A time that does not come in 30 years (31 February) never comes; 29 February needs at most 8."""

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
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


_MINUTE = _Field("minute", 0, 59)
_HOUR = _Field("hour", 0, 23)
_DAY = _Field("day of month", 1, 31)
_MONTH = _Field("month", 1, 12, _MONTHS)
_WEEKDAY = _Field("day of week", 0, 7, _DAYS, size=7)
_FIELDS = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)
_LIST = 3
"""So many times are listed in words; more would not be read."""

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


def next_time(cron: str, zone: str, after: Millis) -> Millis | None:
    """Return the first time later than `after` at which the expression fires; None = not within 30 years.

    A local time that the clocks skip in spring fires once, right after the gap; one that they repeat in
    autumn fires once, the first time, unless the expression names every hour. Raises InvalidInputError.
    """
    start, place = _EPOCH + timedelta(milliseconds=after), _zone(zone)
    search = _by_elapsed_time if _HOUR.is_any(_parse(cron)[1]) else _by_wall_clock
    found = [time for trigger in _triggers(cron) if (time := search(trigger, place, start)) is not None]
    return (min(found) - _EPOCH) // timedelta(milliseconds=1) if found else None


def check_cron(cron: str, zone: str) -> None:
    """Raise InvalidInputError, with a hint at the nearest valid form, unless both can be used."""
    _zone(zone)
    _parse(cron)
    if next_time(cron, zone, 0) is None:
        raise InvalidInputError(
            f'"{cron}" never fires', "No month of the expression has that day", "Choose a day that exists"
        )


def in_words(cron: str) -> str:
    """Return the expression as a person would say it: "weekdays at 08:55". Raises InvalidInputError."""
    minutes, hours, days, months, weekdays = _parse(cron)
    when = _times_in_words(minutes, hours)
    any_day, any_weekday = _DAY.is_any(days), _WEEKDAY.is_any(weekdays)
    if not when or not _MONTH.is_any(months) or not (any_day or any_weekday):
        return f'at the times of "{cron}"'
    if not any_day:
        return f"{_days_of_month_in_words(days)} {when}"
    if not any_weekday:
        return f"{_weekdays_in_words(weekdays)} {when}"
    return when if when.startswith("every") else f"every day {when}"


# --- reading an expression --------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _parse(cron: str) -> tuple[tuple[int, ...], ...]:
    """Return what each of the five fields allows, sorted; weekdays as in cron, 0 = Sunday."""
    fields = cron.lower().split()
    if len(fields) != len(_FIELDS):
        raise _not_five_fields(cron, fields)
    minutes, hours, days, months, weekdays = (
        _values(cron, text, field) for text, field in zip(fields, _FIELDS, strict=True)
    )
    return minutes, hours, days, months, tuple(sorted({day % 7 for day in weekdays}))


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


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        nearest = difflib.get_close_matches(name, available_timezones(), 1, 0.4)
        fix = (
            f'The nearest that can be used is "{nearest[0]}"'
            if nearest
            else 'Use an IANA name, as "Europe/Berlin"'
        )
        raise InvalidInputError(f'There is no time zone "{name}"', "", fix) from None


# --- finding the next time --------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _triggers(cron: str) -> tuple["CronTrigger", ...]:
    """Return triggers over wall-clock times, kept in UTC so that no zone interferes.

    As in cron, an expression that restricts both the day of the month and the weekday fires on either.
    """
    from apscheduler.triggers.cron import CronTrigger

    minutes, hours, days, months, weekdays = _parse(cron)
    base: dict[str, Any] = {
        "minute": _join(minutes),
        "hour": _join(hours),
        "month": _join(months),
        "timezone": UTC,
    }
    # The library counts weekdays from Monday = 0, cron from Sunday = 0: names leave no doubt.
    on_weekdays = CronTrigger(**base, day_of_week=",".join(_DAYS[day] for day in weekdays))
    if _DAY.is_any(days):
        return (on_weekdays,)
    on_days = CronTrigger(**base, day=_join(days))
    return (on_days,) if _WEEKDAY.is_any(weekdays) else (on_days, on_weekdays)


def _join(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))


def _next_wall(trigger: "CronTrigger", start: datetime) -> datetime | None:
    """Return the first wall-clock time at or after `start`, both written as if they were UTC."""
    found: datetime | None = trigger.get_next_fire_time(None, start)
    return found if found is not None and found - start < _HORIZON else None


def _by_wall_clock(trigger: "CronTrigger", zone: ZoneInfo, after: datetime) -> datetime | None:
    """Each wall-clock time counts once; those in a gap come right after it."""
    wall = after.astimezone(zone).replace(tzinfo=UTC, fold=0)
    while (found := _next_wall(trigger, wall + _INSTANT)) is not None:
        wall, instant = found, _instant(found, zone)
        if instant > after:
            return instant
    return None


def _by_elapsed_time(trigger: "CronTrigger", zone: ZoneInfo, after: datetime) -> datetime | None:
    """Every hour counts, also the one that the clocks repeat."""
    start = after + _INSTANT
    while True:
        offset = _offset(start, zone)
        wall = _next_wall(trigger, start + offset)
        if wall is None or _offset(wall - offset, zone) == offset:
            return None if wall is None else wall - offset
        start = _change(start, wall - offset, zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    local = wall.replace(tzinfo=zone, fold=0)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=UTC) == wall:
        return instant
    return _change(local.replace(fold=1).astimezone(UTC), instant, zone)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, to the second, at which the offset stops being that of `low`; `high` differs."""
    low, before = low.replace(microsecond=0), _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


# --- words ------------------------------------------------------------------------------------------------


def _times_in_words(minutes: tuple[int, ...], hours: tuple[int, ...]) -> str:
    if _HOUR.is_any(hours):
        return _every_hour_in_words(minutes)
    if len(minutes) == 1 and len(hours) <= _LIST:
        return "at " + ", ".join(f"{hour:02}:{minutes[0]:02}" for hour in hours)
    return ""


def _every_hour_in_words(minutes: tuple[int, ...]) -> str:
    step = minutes[1] - minutes[0] if len(minutes) > 1 else 60
    if minutes == tuple(range(0, 60, step)) and 60 % step == 0:
        return {60: "every hour", 1: "every minute"}.get(step, f"every {step} minutes")
    return (
        "every hour at " + ", ".join(f":{minute:02}" for minute in minutes) if len(minutes) <= _LIST else ""
    )


def _weekdays_in_words(weekdays: tuple[int, ...]) -> str:
    known = {(1, 2, 3, 4, 5): "weekdays", (0, 6): "weekends"}
    from_monday = sorted((day - 1) % 7 for day in weekdays)
    first, last = from_monday[0], from_monday[-1]
    names = [_DAYS[(day + 1) % 7].capitalize() for day in from_monday]
    is_row = len(names) >= _LIST and last - first == len(names) - 1
    return known.get(weekdays) or (f"{names[0]} to {names[-1]}" if is_row else ", ".join(names))


def _days_of_month_in_words(days: tuple[int, ...]) -> str:
    if len(days) == 1:
        return f"day {days[0]} of each month"
    return f"days {', '.join(map(str, days))} of each month"
