"""The search for the next time gives what APScheduler's search over the same fields gives, only sooner."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from understudy.core.cron import next_time
from understudy.core.cron_fields import DAY, HOUR, WEEKDAY, WEEKDAYS, parse

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
)
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
EPOCH, MILLI = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
HORIZON = timedelta(days=30 * 366)
EXPRESSIONS, STEPS = 60, 4


def by_library(cron, zone, after):
    """The same as `next_time`, one trigger for the days of the month and one for the weekdays."""
    place, start = ZoneInfo(zone), EPOCH + after * MILLI
    search = elapsed if HOUR.is_any(parse(cron).hours) else by_wall_clock
    found = [at for trigger in triggers(cron) if (at := search(trigger, place, start)) is not None]
    return (min(found) - EPOCH) // MILLI if found else None


def triggers(cron):
    """The library's, over wall-clock times that are written as if they were UTC."""
    minutes, hours, days, months, weekdays = parse(cron)
    names = ("minute", "hour", "month")
    base = {name: listed(each) for name, each in zip(names, (minutes, hours, months), strict=True)}
    on_days = CronTrigger(**base, day=listed(days), timezone=UTC)
    on_weekdays = CronTrigger(**base, day_of_week=",".join(WEEKDAYS[day] for day in weekdays), timezone=UTC)
    if DAY.is_any(days):
        return [on_weekdays]
    return [on_days] if WEEKDAY.is_any(weekdays) else [on_days, on_weekdays]


def listed(values):
    return ",".join(map(str, values))


def next_wall(trigger, start):
    found = trigger.get_next_fire_time(None, start)
    return found if found is not None and found - start < HORIZON else None


def by_wall_clock(trigger, place, after):
    """Every wall-clock time once: in a gap at its end, when repeated the first time."""
    wall = after.astimezone(place).replace(tzinfo=UTC, fold=0)
    while (wall := next_wall(trigger, wall + MILLI)) is not None:
        instant = wall.replace(tzinfo=place).astimezone(UTC)
        if instant.astimezone(place).replace(tzinfo=UTC) != wall:
            instant = end_of_gap(instant, place)
        if instant > after:
            return instant
    return None


def end_of_gap(instant, place):
    """Minute by minute back to the jump that left this wall-clock time out."""
    instant, offset = instant.replace(microsecond=0), instant.astimezone(place).utcoffset()
    while (instant - timedelta(minutes=1)).astimezone(place).utcoffset() == offset:
        instant -= timedelta(minutes=1)
    return instant


def elapsed(trigger, place, after):
    """Every wall-clock time as often as it comes: a stretch without jumps after the other."""
    start = after + MILLI
    while True:
        offset = start.astimezone(place).utcoffset()
        wall = next_wall(trigger, start + offset)
        if wall is None or (wall - offset).astimezone(place).utcoffset() == offset:
            return wall and wall - offset
        for step in (timedelta(days=1), timedelta(minutes=1)):
            while (start + step).astimezone(place).utcoffset() == offset:
                start += step
        start = start.replace(second=0, microsecond=0) + timedelta(minutes=1)


def an_expression(dice):
    return " ".join(a_field(dice, low, high) for low, high in BOUNDS)


def a_field(dice, low, high):
    """One field, in one of the ways in which it may be written."""
    first, last = sorted((dice.randint(low, high), dice.randint(low, high)))
    every = f"*/{dice.randint(1, high)}"
    return dice.choice(("*", "*", f"{first}", every, f"{first}-{last}", f"{first},{last}"))


def jumps_of(zone):
    """Days on which the clocks of a zone jump, 2010 to 2030; for those that stand still one like any other."""
    place, days = ZoneInfo(zone), [datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(7300)]
    offsets = [day.astimezone(place).utcoffset() for day in days]
    return [days[n] for n in range(7299) if offsets[n] != offsets[n + 1]] or days[::100]


@pytest.mark.parametrize("zone", ZONES)
def test_the_next_time_is_the_one_that_the_library_finds(zone):
    """Random expressions, from around the jumps of a zone's clocks on, some times in a row."""
    dice, jumps = random.Random(zone), jumps_of(zone)
    for _ in range(EXPRESSIONS):
        cron = an_expression(dice)
        at = (dice.choice(jumps) - EPOCH) // MILLI + dice.randrange(48 * 3_600_000)
        for _ in range(STEPS):
            expected = by_library(cron, zone, at)
            assert next_time(cron, zone, at) == expected, (cron, at)
            at = expected or at
