"""Times and amounts read as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.errors import InvalidInputError
from understudy.interfaces.words import count, moment, read_moment, span

BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts):
    """Milliseconds of a local time in Berlin."""
    return int(datetime(*parts, tzinfo=BERLIN).timestamp() * 1000)


NOW = at(2026, 11, 20, 15, 0)

MOMENTS = {
    "today 14:02": at(2026, 11, 20, 14, 2),
    "yesterday 23:59": at(2026, 11, 19, 23, 59),
    "tomorrow 6:00": at(2026, 11, 21, 6, 0),
    "Mon 8:55": at(2026, 11, 16, 8, 55),
    "Wed 9:00": at(2026, 11, 25, 9, 0),
    "12 Mar 8:05": at(2026, 3, 12, 8, 5),
    "12 Mar 2023": at(2023, 3, 12, 8, 5),
    "never": 0,
}


@pytest.mark.parametrize("expected, given", MOMENTS.items(), ids=MOMENTS)
def test_a_moment_is_said_as_near_as_it_is(expected, given):
    """Near days by name, far ones by date."""
    assert moment(given, NOW, BERLIN) == expected


def test_without_a_zone_the_one_of_the_machine_is_used():
    """What is shown is the person's own time."""
    local = datetime.fromtimestamp(NOW / 1000).astimezone()
    assert moment(NOW, NOW) == f"today {local.hour}:{local.minute:02}"


SPANS = {
    "40 ms": 40,
    "12 s": 12 * SECOND,
    "5 min": 5 * MINUTE + 3 * SECOND,
    "1 h": HOUR,
    "1 h 5 min": HOUR + 5 * MINUTE,
    "1 day": DAY,
    "3 days": 3 * DAY + HOUR,
}


@pytest.mark.parametrize("expected, given", SPANS.items(), ids=SPANS)
def test_a_span_is_said_in_its_largest_units(expected, given):
    """No more digits than a person wants."""
    assert span(given) == expected


def test_one_is_not_many():
    """Nouns follow their number."""
    assert (count(1, "run"), count(0, "run"), count(1204, "run")) == ("1 run", "0 runs", "1,204 runs")


READ = {
    "30d": NOW - 30 * DAY,
    "12 h": NOW - 12 * HOUR,
    "2w": NOW - 14 * DAY,
    "5min": NOW - 5 * MINUTE,
    "2026-11-01": at(2026, 11, 1),
    "2026-11-01 14:30": at(2026, 11, 1, 14, 30),
    "2026-11-01T13:30:00+00:00": at(2026, 11, 1, 14, 30),
}


@pytest.mark.parametrize("given, expected", READ.items(), ids=READ)
def test_a_time_is_read_as_a_date_or_an_age(given, expected):
    """People write what is easiest."""
    assert read_moment(given, NOW, BERLIN) == expected


def test_a_date_without_a_zone_is_local():
    """The person's own midnight is meant."""
    assert read_moment("2026-11-01", NOW) == int(datetime(2026, 11, 1).astimezone().timestamp() * 1000)


@pytest.mark.parametrize("given", ["", "soon", "2026-13-01", "3 fortnights", "-5d"])
def test_what_is_no_time_is_refused_with_an_example(given):
    """The error shows what to write."""
    with pytest.raises(InvalidInputError, match="30d"):
        read_moment(given, NOW)
