"""Time triggers where clocks jump: twelve zones through the engine, set clocks, and sleep.

A skipped time runs once right after, a repeated one once; what names every hour counts both hours.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.core.cron import next_time
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import TimeTrigger

JUMPS = [
    # zone, expression in the gap, when it comes; expression in the repeated hour, when it comes (UTC)
    ("Europe/Berlin", "30 2 * * *", "2026-03-29T01:00", "30 2 * * *", "2026-10-25T00:30"),
    ("Europe/Dublin", "30 1 * * *", "2026-03-29T01:00", "30 1 * * *", "2026-10-25T00:30"),
    ("America/New_York", "30 2 * * *", "2026-03-08T07:00", "30 1 * * *", "2026-11-01T05:30"),
    ("America/Sao_Paulo", "15 0 * * *", "2018-11-04T03:00", "30 23 * * *", "2018-02-18T01:30"),
    ("America/Santiago", "30 0 * * *", "2026-09-06T04:00", "30 23 * * *", "2026-04-05T02:30"),
    ("Africa/Cairo", "5 0 * * *", "2026-04-23T22:00", "30 23 * * *", "2026-10-29T20:30"),
    ("Asia/Tehran", "30 0 * * *", "2022-03-21T20:30", "30 23 * * *", "2022-09-21T19:00"),
    ("Australia/Sydney", "30 2 * * *", "2026-10-03T16:00", "30 2 * * *", "2026-04-04T15:30"),
    ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T15:30", "45 1 * * *", "2026-04-04T14:45"),
    ("Pacific/Auckland", "30 2 * * *", "2026-09-26T14:00", "30 2 * * *", "2026-04-04T13:30"),
    ("Pacific/Chatham", "0 3 * * *", "2026-09-26T14:00", "0 3 * * *", "2026-04-04T13:15"),
    ("Pacific/Apia", "30 3 * * *", "2011-09-24T14:00", "30 3 * * *", "2011-04-02T13:30"),
]
STILL = ["Asia/Kolkata", "Asia/Tokyo", "Pacific/Kiritimati", "UTC"]


def millis(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def through_engine(cron, zone, start, span):
    """When a workflow runs between start and start + span, by the engine's alarms."""
    rig = TriggerRig(flow("w-1", TimeTrigger(cron=cron, timezone=zone), changed_at=start), at=start)
    rig.wait(span)
    return [each.event["at"] for each in rig.wanted]


def by_hand(cron, zone, start, span):
    """The same by asking for one time after another."""
    found, at = [], next_time(cron, zone, start)
    while at is not None and at <= start + span:
        found.append(at)
        at = next_time(cron, zone, at)
    return found


def local_days(times, zone):
    return [datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).date() for at in times]


@pytest.mark.parametrize("zone, cron, expected", [(row[0], row[1], row[2]) for row in JUMPS])
def test_a_time_that_the_clocks_skip_runs_once_right_after(zone, cron, expected):
    """On the day of the jump at the jump, on the days around at its time; once a day each."""
    jump = millis(expected)
    found = through_engine(cron, zone, jump - 30 * HOUR, 60 * HOUR)
    assert found == by_hand(cron, zone, jump - 30 * HOUR, 60 * HOUR)
    assert jump in found
    days = local_days(found, zone)
    assert len(days) == len(set(days)) >= 2


@pytest.mark.parametrize("zone, cron, expected", [(row[0], row[3], row[4]) for row in JUMPS])
def test_a_time_that_the_clocks_repeat_runs_once_the_first_time(zone, cron, expected):
    """Not again an hour, or half an hour, later."""
    first = millis(expected)
    found = through_engine(cron, zone, first - 30 * HOUR, 60 * HOUR)
    assert found == by_hand(cron, zone, first - 30 * HOUR, 60 * HOUR)
    assert first in found
    days = local_days(found, zone)
    assert len(days) == len(set(days)) >= 2


@pytest.mark.parametrize("zone, jump", [(row[0], each) for row in JUMPS for each in (row[2], row[4])])
def test_what_names_every_hour_runs_in_every_hour_that_passes(zone, jump):
    """Both of a repeated hour, none of a skipped one; where half an hour is skipped, it comes right after."""
    start = millis(jump) - 6 * HOUR
    found = through_engine("0 * * * *", zone, start, 12 * HOUR)
    gaps = {later - earlier for earlier, later in pairwise(found)}
    if zone == "Australia/Lord_Howe":
        assert gaps <= {HOUR, HOUR // 2, HOUR + HOUR // 2}
    else:
        assert gaps == {HOUR}
    assert found == by_hand("0 * * * *", zone, start, 12 * HOUR)


@pytest.mark.parametrize("zone", STILL)
def test_zones_whose_clocks_never_jump_run_every_24_hours(zone):
    """A year of mornings."""
    found = by_hand("30 6 * * *", zone, millis("2026-01-01T00:00"), 365 * DAY)
    assert {later - earlier for earlier, later in pairwise(found)} == {DAY}
    start = millis("2026-03-28T00:00")
    assert len(through_engine("30 6 * * *", zone, start, 3 * DAY)) == 3


def test_a_day_that_a_zone_leaves_out_is_made_up_for_once():
    """Samoa had no 30 December 2011: noon of that day comes at midnight of the 31st, once."""
    start = millis("2011-12-29T12:00")
    found = through_engine("0 12 * * *", "Pacific/Apia", start, 3 * DAY)
    said = [datetime.fromtimestamp(at / 1000, ZoneInfo("Pacific/Apia")).strftime("%d %H:%M") for at in found]
    assert said == ["29 12:00", "31 00:00", "31 12:00", "01 12:00"]


# --- set clocks and sleep -------------------------------------------------------------------------

NINE = TimeTrigger(cron="0 9 * * *", timezone="UTC")
EIGHT_AM = millis("2026-05-04T08:00")


def rig_at(start=EIGHT_AM, trigger=NINE):
    return TriggerRig(flow("w-1", trigger, changed_at=start), at=start)


@pytest.mark.parametrize("back", [5 * MINUTE, 2 * HOUR, 20 * HOUR])
def test_a_clock_set_back_repeats_nothing(back):
    """Nine o'clock comes twice and runs once; tomorrow's comes as ever."""
    rig = rig_at()
    rig.wait(HOUR + MINUTE)
    rig.set_back(back)
    rig.wait(back)
    assert len(rig.wanted) == 1
    rig.wait(DAY)
    assert len(rig.wanted) == 2


@pytest.mark.parametrize("forth, runs", [(HOUR + 59 * MINUTE, 1), (2 * HOUR, 1), (2 * HOUR + MINUTE, 0)])
def test_a_clock_set_forth_is_like_a_sleep(forth, runs):
    """At most an hour late, once."""
    rig = rig_at()
    rig.sleep(forth)
    rig.sleep(10 * MINUTE)
    assert len(rig.wanted) == runs


def test_a_clock_that_goes_to_and_fro_runs_it_once_a_day():
    """A bad battery on the board: forth over nine, back before it, again and again."""
    rig = rig_at()
    for _ in range(5):
        rig.sleep(90 * MINUTE)
        rig.set_back(85 * MINUTE)
        rig.sleep(0)
    assert len(rig.wanted) == 1


def test_days_asleep_are_one_run_at_most():
    """A week in a drawer: last week's mornings are over, this morning's is caught up within the hour."""
    rig = rig_at()
    rig.sleep(7 * DAY + HOUR + 30 * MINUTE)
    assert [each.event["due"] for each in rig.wanted] == [EIGHT_AM + HOUR + 7 * DAY]
    days = timedelta(milliseconds=rig.context.due["w-1"] - EIGHT_AM).days
    assert days == 8


def test_asleep_over_the_jump_it_still_runs_once():
    """The machine sleeps from before the gap until half an hour after it."""
    zone, start = "Europe/Berlin", millis("2026-03-29T00:50")
    rig = rig_at(start, TimeTrigger(cron="30 2 * * *", timezone=zone))
    rig.sleep(40 * MINUTE)
    assert [each.event["due"] for each in rig.wanted] == [millis("2026-03-29T01:00")]
    rig.wait(DAY)
    assert len(rig.wanted) == 2
