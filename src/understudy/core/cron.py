"""Cron expressions: when they fire next in a zone, whether they are valid, and how to say them. Pure."""

import difflib
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from understudy.core.cron_fields import DAY, HOUR, MONTH, WEEKDAY, WEEKDAYS, Fields, parse
from understudy.core.value import Millis
from understudy.errors import InvalidInputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_HORIZON = timedelta(days=30 * 366)
"""A time that does not come in 30 years (31 February) never comes; 29 February needs at most 8."""

_LIST = 3
"""So many times are listed in words; more would not be read."""


def next_time(cron: str, zone: str, after: Millis) -> Millis | None:
    """Return the first time later than `after` at which the expression fires; None = not within 30 years.

    A local time that the clocks skip in spring fires once, right after the gap; one that they repeat in
    autumn fires once, the first time, unless the expression names every hour. Raises InvalidInputError.
    """
    start, place = _EPOCH + timedelta(milliseconds=after), _zone(zone)
    fields = parse(cron)
    found = (_by_elapsed_time if HOUR.is_any(fields.hours) else _by_wall_clock)(fields, place, start)
    return (found - _EPOCH) // timedelta(milliseconds=1) if found is not None else None


def check_cron(cron: str, zone: str) -> None:
    """Raise InvalidInputError, with a hint at the nearest valid form, unless both can be used."""
    _zone(zone)
    parse(cron)
    if next_time(cron, zone, 0) is None:
        raise InvalidInputError(
            f'"{cron}" never fires', "No month of the expression has that day", "Choose a day that exists"
        )


def in_words(cron: str) -> str:
    """Return the expression as a person would say it: "weekdays at 08:55". Raises InvalidInputError."""
    minutes, hours, days, months, weekdays = parse(cron)
    when = _times_in_words(minutes, hours)
    any_day, any_weekday = DAY.is_any(days), WEEKDAY.is_any(weekdays)
    if not when or not MONTH.is_any(months) or not (any_day or any_weekday):
        return f'at the times of "{cron}"'
    if not any_day:
        return f"{_days_of_month_in_words(days)} {when}"
    if not any_weekday:
        return f"{_weekdays_in_words(weekdays)} {when}"
    return when if when.startswith("every") else f"every day {when}"


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


def _next_wall(fields: Fields, start: datetime) -> datetime | None:
    """Return the first wall-clock time at or after `start`, both written as if they were UTC."""
    first = start.replace(second=0, microsecond=0)
    first += _MINUTE if first < start else timedelta()
    earliest = first.hour, first.minute
    for day in _days(fields, first.date()):
        time = _time_of_day(fields, *(earliest if day == first.date() else (0, 0)))
        if time is not None:
            found = datetime(day.year, day.month, day.day, *time, tzinfo=UTC)
            return found if found - start < _HORIZON else None
    return None


def _days(fields: Fields, first: date) -> Iterator[date]:
    """Yield the days of an expression, from `first` to the horizon.

    As in cron, one that restricts both the day of the month and the weekday means either.
    """
    means_either = not DAY.is_any(fields.days) and not WEEKDAY.is_any(fields.weekdays)
    at = first.toordinal()
    last = min(at + _HORIZON.days, date.max.toordinal())
    while at <= last:
        day = date.fromordinal(at)
        if day.month not in fields.months:
            at += monthrange(day.year, day.month)[1] - day.day + 1
            continue
        fits = day.day in fields.days, day.isoweekday() % 7 in fields.weekdays
        if any(fits) if means_either else all(fits):
            yield day
        at += 1


def _time_of_day(fields: Fields, hour: int, minute: int) -> tuple[int, int] | None:
    """Return the first time of day at or after the given one; None = there is none left."""
    place = bisect_left(fields.hours, hour)
    if hour in fields.hours[place : place + 1]:
        later = bisect_left(fields.minutes, minute)
        if later < len(fields.minutes):
            return hour, fields.minutes[later]
        place += 1
    return (fields.hours[place], fields.minutes[0]) if place < len(fields.hours) else None


def _by_wall_clock(fields: Fields, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Each wall-clock time counts once; those in a gap come right after it."""
    wall = after.astimezone(zone).replace(tzinfo=UTC, fold=0)
    while (found := _next_wall(fields, wall + _INSTANT)) is not None:
        wall, instant = found, _instant(found, zone)
        if instant > after:
            return instant
    return None


def _by_elapsed_time(fields: Fields, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Every hour counts, also the one that the clocks repeat."""
    start = after + _INSTANT
    while True:
        offset = _offset(start, zone)
        wall = _next_wall(fields, start + offset)
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
    if HOUR.is_any(hours):
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
    names = [WEEKDAYS[(day + 1) % 7].capitalize() for day in from_monday]
    is_row = len(names) >= _LIST and last - first == len(names) - 1
    return known.get(weekdays) or (f"{names[0]} to {names[-1]}" if is_row else ", ".join(names))


def _days_of_month_in_words(days: tuple[int, ...]) -> str:
    if len(days) == 1:
        return f"day {days[0]} of each month"
    return f"days {', '.join(map(str, days))} of each month"
