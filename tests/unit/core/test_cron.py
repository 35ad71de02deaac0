"""Cron expressions: when they fire in zones whose clocks jump, what is refused with which hint, the words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.cron import check_cron, in_words, next_time
from understudy.errors import InvalidInputError


def millis(text, zone):
    """Milliseconds of a local time; one with an offset needs no zone."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def times(cron, zone, after, count=3):
    """The next times as local ISO text with offset."""
    at, found = millis(after, zone), []
    for _ in range(count):
        at = next_time(cron, zone, at)
        found.append(datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).isoformat(timespec="minutes"))
    return found


ORDINARY = [
    ("55 8 * * 1-5", "2026-03-20T09:00", ["2026-03-23T08:55+01:00", "2026-03-24T08:55+01:00"]),
    ("0 9 * * 0", "2026-03-20T09:00", ["2026-03-22T09:00+01:00", "2026-03-29T09:00+02:00"]),
    ("0 9 * * 7", "2026-03-20T09:00", ["2026-03-22T09:00+01:00", "2026-03-29T09:00+02:00"]),
    ("0 9 * * 1", "2026-03-20T09:00", ["2026-03-23T09:00+01:00", "2026-03-30T09:00+02:00"]),
    ("0 9 * * MON", "2026-03-20T09:00", ["2026-03-23T09:00+01:00", "2026-03-30T09:00+02:00"]),
    ("0 9 * * fri-mon", "2026-03-19T09:00", ["2026-03-20T09:00+01:00", "2026-03-21T09:00+01:00"]),
    ("0 9 * * 5-7", "2026-03-21T10:00", ["2026-03-22T09:00+01:00", "2026-03-27T09:00+01:00"]),
    ("0 9 * nov-jan *", "2026-11-30T10:00", ["2026-12-01T09:00+01:00", "2026-12-02T09:00+01:00"]),
    ("0 9 */10 * *", "2026-03-02T09:00", ["2026-03-11T09:00+01:00", "2026-03-21T09:00+01:00"]),
    ("5/20 9 * * *", "2026-03-02T09:00", ["2026-03-02T09:05+01:00", "2026-03-02T09:25+01:00"]),
    ("0 0 29 2 *", "2026-03-02T09:00", ["2028-02-29T00:00+01:00", "2032-02-29T00:00+01:00"]),
    ("30 9 1 * 1", "2026-03-29T12:00", ["2026-03-30T09:30+02:00", "2026-04-01T09:30+02:00"]),
]


@pytest.mark.parametrize("cron, after, expected", ORDINARY)
def test_an_expression_fires_as_cron_does(cron, after, expected):
    """0 and 7 are Sunday, ranges may go round, day of month and weekday together mean either."""
    assert times(cron, "Europe/Berlin", after, 2) == expected


def test_the_time_itself_is_not_found_again():
    """The next time is later than the given one, never equal to it."""
    assert times("0 9 * * *", "UTC", "2026-03-20T09:00", 1) == ["2026-03-21T09:00+00:00"]


SPRING = [
    ("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
    (
        "America/New_York",
        "30 2 * * *",
        "2026-03-07T12:00",
        ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"],
    ),
    (
        "America/Sao_Paulo",
        "0 0 * * *",
        "2018-11-03T12:00",
        ["2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00"],
    ),
    (
        "Australia/Lord_Howe",
        "15 2 * * *",
        "2026-10-03T12:00",
        ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"],
    ),
    ("Pacific/Apia", "0 12 * * *", "2011-12-29T12:30", ["2011-12-31T00:00+14:00", "2011-12-31T12:00+14:00"]),
    (
        "Europe/Berlin",
        "*/20 2 * * *",
        "2026-03-28T12:00",
        ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"],
    ),
    (
        "Europe/Berlin",
        "*/30 * * * *",
        "2026-03-29T01:40",
        ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"],
    ),
    ("Europe/Berlin", "0 3 * * *", "2026-03-28T12:00", ["2026-03-29T03:00+02:00", "2026-03-30T03:00+02:00"]),
]


@pytest.mark.parametrize("zone, cron, after, expected", SPRING)
def test_a_time_the_clocks_skip_comes_once_right_after_the_gap(zone, cron, after, expected):
    """In spring nothing is lost, and several skipped times are one."""
    assert times(cron, zone, after, 2) == expected


AUTUMN = [
    ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
    (
        "America/New_York",
        "30 1 * * *",
        "2026-10-31T12:00",
        ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"],
    ),
    (
        "America/Sao_Paulo",
        "30 23 * * *",
        "2018-02-17T12:00",
        ["2018-02-17T23:30-02:00", "2018-02-18T23:30-03:00"],
    ),
    (
        "Australia/Lord_Howe",
        "45 1 * * *",
        "2026-04-04T12:00",
        ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
    ),
    (
        "Europe/Berlin",
        "*/30 2 * * *",
        "2026-10-25T02:00",
        ["2026-10-25T02:30+02:00", "2026-10-26T02:00+01:00"],
    ),
]


@pytest.mark.parametrize("zone, cron, after, expected", AUTUMN)
def test_a_time_the_clocks_repeat_comes_once(zone, cron, after, expected):
    """In autumn the first of both counts."""
    assert times(cron, zone, after, 2) == expected


def test_in_the_repeated_hour_the_time_has_passed_already():
    """Asked between the two half past twos, the next one is tomorrow's."""
    second_half_past_two = millis("2026-10-25T02:45", "Europe/Berlin") + 3_600_000
    tomorrow = millis("2026-10-26T02:50", "Europe/Berlin")
    assert next_time("50 2 * * *", "Europe/Berlin", second_half_past_two) == tomorrow


def test_what_fires_every_hour_fires_in_the_repeated_hour_too():
    """Every twenty minutes means every twenty minutes, whatever the clock on the wall does."""
    found = times("*/20 * * * *", "Europe/Berlin", "2026-10-25T02:20", 5)
    assert found == [
        "2026-10-25T02:40+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T02:20+01:00",
        "2026-10-25T02:40+01:00",
        "2026-10-25T03:00+01:00",
    ]


def test_a_date_that_no_month_has_never_comes():
    """None, not an endless search."""
    assert next_time("0 0 31 2 *", "UTC", 0) is None


def test_a_date_that_never_comes_every_hour_never_comes_either():
    """Both ways of searching end."""
    assert next_time("0 * 31 2 *", "Europe/Berlin", 0) is None


FIELDS = st.tuples(
    st.sampled_from(["*", "0", "59", "*/7", "10-20", "1,30"]),
    st.sampled_from(["*", "0", "2", "23", "*/5", "1-3"]),
    st.sampled_from(["*", "1", "28", "*/9"]),
    st.sampled_from(["*", "3", "10", "mar-oct"]),
    st.sampled_from(["*", "0", "7", "1-5", "sat-mon"]),
).map(" ".join)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]
)


@given(FIELDS, ZONES, st.integers(0, 2_500_000_000_000))
def test_the_next_time_is_later_and_stays_the_next_until_it_has_come(cron, zone, after):
    """Asking again from anywhere before it finds the same time: nothing is skipped, nothing comes twice."""
    found = next_time(cron, zone, after)
    assert found > after
    assert next_time(cron, zone, (after + found) // 2) == found
    assert next_time(cron, zone, found - 1) == found


REFUSED = [
    ("61 8 * * *", "UTC", 'The nearest that can be used is "59"'),
    ("0 24 * * *", "UTC", 'The nearest that can be used is "23"'),
    ("0 8 0 * *", "UTC", 'The nearest that can be used is "1"'),
    ("0 8 * * 8", "UTC", 'The nearest that can be used is "7"'),
    ("0 8 * * mun", "UTC", 'The nearest that can be used is "sun"'),
    ("0 8 * janury *", "UTC", 'The nearest that can be used is "jan"'),
    ("0 8 * x *", "UTC", "Use 1 to 12 or jan to dec, lists (a,b), ranges (a-b), steps (*/n) or *"),
    ("99999999999 8 * * *", "UTC", 'The nearest that can be used is "59"'),
    ("a b c d e", "UTC", "Use 0 to 59, lists (a,b), ranges (a-b), steps (*/n) or *"),
    ("*/0 * * * *", "UTC", "Use 0 to 59, lists (a,b), ranges (a-b), steps (*/n) or *"),
    ("20-10 * * * *", "UTC", "Use 0 to 59, lists (a,b), ranges (a-b), steps (*/n) or *"),
    ("0 8 * * 1-", "UTC", "Use 0 to 7 or sun to sat, lists (a,b), ranges (a-b), steps (*/n) or *"),
    ("8:55", "UTC", 'For every day at 8:55 write "55 8 * * *"'),
    ("@dayly", "UTC", 'Write "0 0 * * *"'),
    ("0 0 8 * * *", "UTC", 'Write "0 8 * * *"'),
    ("", "UTC", 'Write five fields, as "55 8 * * mon-fri" for weekdays at 08:55.'),
    ("0 0 30 2 *", "UTC", "Choose a day that exists"),
    ("0 8 * * *", "Europe/Berln", 'The nearest that can be used is "Europe/Berlin"'),
    ("0 8 * * *", "../etc", 'Use an IANA name, as "Europe/Berlin"'),
    ("0 8 * * *", "", 'Use an IANA name, as "Europe/Berlin"'),
]


@pytest.mark.parametrize("cron, zone, fix", REFUSED)
def test_what_cannot_be_used_is_refused_with_the_nearest_that_can(cron, zone, fix):
    """The error says what to write instead."""
    with pytest.raises(InvalidInputError) as caught:
        check_cron(cron, zone)
    assert caught.value.fix == fix


@pytest.mark.parametrize("cron", [case[0] for case in ORDINARY])
def test_what_can_be_used_is_not_refused(cron):
    """No error for what cron understands."""
    assert check_cron(cron, "Europe/Berlin") is None


def refusal(cron):
    """The error the expression is refused with, or None."""
    try:
        return check_cron(cron, "UTC")
    except InvalidInputError as error:
        return error


@given(st.text(max_size=40))
def test_any_text_is_either_understood_or_refused(text):
    """Nothing else is raised, whatever was typed, and a refusal always says what to do."""
    error = refusal(text)
    assert error is None or error.fix


WORDS = [
    ("55 8 * * 1-5", "weekdays at 08:55"),
    ("0 14 * * mon,wed", "Mon, Wed at 14:00"),
    ("0 14 * * 0,1", "Mon, Sun at 14:00"),
    ("0 9 * * 0,6", "weekends at 09:00"),
    ("30 4 * * 2-6", "Tue to Sat at 04:30"),
    ("0 9 * * 1,3,5", "Mon, Wed, Fri at 09:00"),
    ("0 9 * * 5,6,0", "Fri to Sun at 09:00"),
    ("0 9 * * *", "every day at 09:00"),
    ("0 9,12,18 * * *", "every day at 09:00, 12:00, 18:00"),
    ("0 9 1 * *", "day 1 of each month at 09:00"),
    ("0 9 1,15 * *", "days 1, 15 of each month at 09:00"),
    ("*/20 * * * *", "every 20 minutes"),
    ("* * * * *", "every minute"),
    ("0 * * * *", "every hour"),
    ("15,45 * * * *", "every hour at :15, :45"),
    ("0 * * * 1-5", "weekdays every hour"),
    ("0 9 1 * 1", 'at the times of "0 9 1 * 1"'),
    ("0 9 * 12 *", 'at the times of "0 9 * 12 *"'),
    ("0,20 9 * * *", 'at the times of "0,20 9 * * *"'),
    ("1,2,3,5 * * * *", 'at the times of "1,2,3,5 * * * *"'),
]


@pytest.mark.parametrize("cron, words", WORDS)
def test_an_expression_is_said_as_a_person_would(cron, words):
    """What has no short form is quoted, never said wrongly."""
    assert in_words(cron) == words
