"""Habits: the same thing at the same time on the same days, not merely when the person is there anyway."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from tests.unit.detectors.made_logs import bustle, later, log_of, moment, renamed, seen, state
from understudy.core.dice import Dice
from understudy.core.value import MINUTE
from understudy.core.workflow import TimeTrigger
from understudy.detectors.habits import PLUGIN

WORKDAYS = range(5)


def days(plant, weekdays=range(7), count=28, seed=1, zone="UTC"):
    """Bustling days, and on some of them what is planted: day, dice -> captures."""
    dice, captures = Dice(seed), []
    for day in range(count):
        captures += bustle(day, dice)
        if day % 7 in weekdays:
            captures += plant(day, dice)
    return log_of(captures, zone)


def about(hour, minute, spread=5, app="crm", share=1.0):
    """An application at that time, give or take."""

    def plant(day, dice):
        at = moment(day, hour, minute + dice.between(-spread, spread))
        return [seen(at, app)] if dice.chance(share) else []

    return plant


def any_time(app="crm", often=1):
    """An application so often a day, whenever."""
    return lambda day, dice: [seen(moment(day, dice.between(8.5, 17)), app) for _ in range(often)]


def found(log):
    """What is found."""
    return PLUGIN().find(log)


def test_a_weekday_habit_is_found_after_a_working_week():
    """Five of five days; the alarm is set a little before the earliest time seen."""
    (candidate,) = found(days(about(8, 55), WORKDAYS, count=5))
    assert candidate.symbols == candidate.expects == ("app:crm",)
    assert candidate.weekdays == (0, 1, 2, 3, 4)
    trigger = candidate.trigger
    assert isinstance(trigger, TimeTrigger)
    minute, hour, *rest = trigger.cron.split()
    assert rest == ["*", "*", "1-5"]
    assert 8 * 60 + 40 <= int(hour) * 60 + int(minute) <= 8 * 60 + 50
    assert int(minute) % 5 == 0
    assert 20 * MINUTE <= trigger.window == candidate.horizon <= 45 * MINUTE


def test_four_of_four_days_are_enough_when_the_time_is_sharp():
    """Four times within a few minutes; not within two hours, nor where it is done all day long."""
    (candidate,) = found(days(about(8, 55, 3), WORKDAYS, count=4))
    assert len(candidate.places) == 4
    assert found(days(about(9, 55, 60), WORKDAYS, count=4)) == []
    at_nine, often = about(8, 55, 3), any_time(often=6)
    assert found(days(lambda day, dice: at_nine(day, dice) + often(day, dice), WORKDAYS, count=4)) == []


def test_few_times_seen_leave_room_for_the_next_one():
    """Four days to the minute say little about the fifth; after twelve the window begins later."""

    def minutes_before(count):
        (candidate,) = found(days(about(9, 7, 0), count=count))
        minute, hour, *_ = candidate.trigger.cron.split()
        return 9 * 60 + 7 - int(minute) - 60 * int(hour), candidate.trigger.window // MINUTE

    assert (minutes_before(4), minutes_before(12)) == ((12, 30), (7, 22))


def test_nobody_is_asked_long_before_the_usual_time():
    """However much the time varies, the window begins at most a quarter of an hour, and a slot, before its middle."""
    (candidate,) = found(days(about(9, 30, 22), WORKDAYS, count=56))
    minute, hour, *_ = candidate.trigger.cron.split()
    assert 0 <= candidate.typical - int(minute) - 60 * int(hour) <= 15 + 5 + 5


@pytest.mark.parametrize("spread", [5, 10, 15])
@pytest.mark.parametrize("seed", range(3))
def test_one_in_ten_may_be_skipped(spread, seed):
    """And a quarter of an hour either way is still the same time."""
    (candidate,) = found(days(about(11, 0, spread, share=0.9), WORKDAYS, seed=seed))
    assert abs(candidate.typical - 11 * 60) <= spread
    assert 12 <= len(candidate.places) <= 20


@pytest.mark.parametrize(
    "weekdays, cron, count",
    [(range(7), "*", 14), ((5, 6), "0,6", 42), ((2,), "3", 56), ((6,), "0", 56)],
)
def test_every_set_of_days_is_told_apart(weekdays, cron, count):
    """Daily, weekends, and single days, of which Sunday is 0 to cron."""
    (candidate,) = found(days(about(16, 30), weekdays, count))
    assert candidate.trigger.cron.split()[-1] == cron
    assert candidate.identity[0] == cron


@pytest.mark.parametrize(
    "weekdays, cron",
    [((0, 2, 4), "1,3,5"), ((0, 1, 3), "1,2,4"), ((1, 3), "2,4"), (range(4), "1-4"), ((4, 5, 6), "0,5,6")],
)
@pytest.mark.parametrize("seed", range(3))
def test_any_set_of_weekdays_may_have_a_habit(weekdays, cron, seed):
    """As cron writes it, after four weeks."""
    (candidate,) = found(days(about(11, 0), weekdays, seed=seed))
    assert candidate.trigger.cron.split()[-1] == cron
    assert candidate.weekdays == tuple(weekdays)


def test_those_who_work_at_night_have_tuesday_to_saturday_mornings():
    """Five nights a week, and the habit at half past four; on Monday nobody was there before the evening."""
    dice, captures = Dice(4), []
    for day in (number for number in range(14) if number % 7 in WORKDAYS):
        captures += [seen(moment(day, 21 + i / 8), f"noise{dice.whole(0, 4)}") for i in range(64)]
        captures.append(seen(moment(day + 1, 4, 31 + day % 4), "handover"))
    (candidate,) = found(log_of(captures))
    assert candidate.trigger.cron == "25 4 * * 2-6"


def test_working_days_are_not_claimed_before_they_were_seen():
    """From Wednesday to Sunday: neither weekdays nor every day, though nothing speaks against them yet."""
    early = days(lambda day, dice: about(8, 55)(day, dice) if day > 1 else [], count=7)
    assert [each.weekdays for each in found(early)] == []


def test_a_habit_kept_on_two_days_of_three_is_not_one_of_chosen_days():
    """Some weekdays had more luck than others; that much was to be expected."""
    sets = [found(days(about(9, 30, share=0.6), WORKDAYS, count=42, seed=seed)) for seed in range(6)]
    assert sum(map(len, sets)) <= 1


def test_the_latest_times_say_when_it_is_expected():
    """It moved by 20 minutes three weeks ago: told, and waited for, at the new time."""
    log = days(lambda day, dice: about(10, 20 if day >= 21 else 0, 3)(day, dice), WORKDAYS, count=42)
    (candidate,) = found(log)
    assert abs(candidate.typical - (10 * 60 + 20)) <= 3
    assert candidate.trigger.cron in ("10 10 * * 1-5", "5 10 * * 1-5", "15 10 * * 1-5")


def test_a_habit_is_found_in_the_persons_own_zone():
    """08:55 in Berlin, on both sides of the clock change of 26 October."""
    log = days(
        lambda day, _: [seen(moment(day, 6 if day < 13 else 7, 55), "crm")], WORKDAYS, zone="Europe/Berlin"
    )
    (candidate,) = found(log)
    assert candidate.trigger.timezone == "Europe/Berlin"
    assert candidate.typical == 8 * 60 + 55


def test_two_times_a_day_are_two_habits():
    """Morning and afternoon; the same thing half an hour later is still the same one."""
    morning, evening = about(9, 15), about(15, 45)
    twice = days(lambda day, dice: morning(day, dice) + evening(day, dice))
    assert sorted(each.typical // 60 for each in found(twice)) == [9, 15]
    close = about(9, 45)
    assert len(found(days(lambda day, dice: morning(day, dice) + close(day, dice)))) == 1


def test_different_days_may_have_different_times():
    """Early on Mondays, later on Thursdays."""
    log = days(lambda day, dice: about(11 if day % 7 else 10, 0)(day, dice), (0, 3), count=56)
    assert sorted(each.weekdays for each in found(log)) == [(0,), (3,)]


def test_a_habit_that_moved_is_expected_at_its_new_time():
    """Four weeks at nine, two at eleven."""
    (candidate,) = found(days(lambda day, dice: about(9 if day < 28 else 11, 0)(day, dice), WORKDAYS, 42))
    assert abs(candidate.typical - 11 * 60) <= 5


def test_only_the_last_eight_weeks_are_looked_at():
    """What was done half a year ago is past, and does not keep what is done now from being found."""
    captures = [seen(moment(day, 9, 30), "crm") for day in range(60) for _ in range(2)]
    captures += [seen(moment(day, hour), "noise") for day in range(150) for hour in range(8, 18)]
    captures += [seen(moment(day, 15, 30), "erp") for day in range(130, 150)]
    (candidate,) = found(log_of(captures))
    assert candidate.symbols == ("app:erp",)


def test_a_habit_that_ended_is_none():
    """What stopped two weeks ago, or was missing on the last two days."""
    for missing in (14, 4):
        log = days(lambda day, dice, end=28 - missing: about(8, 55)(day, dice) if day < end else [], WORKDAYS)
        assert found(log) == []


def test_what_happens_all_day_is_no_habit():
    """Mail thirty times a day is there in every window, as it must be."""
    assert found(days(any_time("mail", often=30))) == []


def test_what_happens_all_morning_is_no_habit():
    """Usual at half past nine, and as usual half an hour later."""
    log = days(lambda day, dice: [seen(moment(day, dice.between(8.5, 11)), "news") for _ in range(8)])
    assert found(log) == []


def test_what_is_done_around_that_time_as_well_is_no_habit():
    """Each day at ten, but six days of ten also in any quarter of an hour around it."""

    def around(day, dice):
        quarters = [about(9, 15 * quarter, 3, share=0.6)(day, dice) for quarter in range(9) if quarter != 4]
        return about(10, 0, 3)(day, dice) + [each for quarter in quarters for each in quarter]

    assert found(days(around, count=56)) == []


def test_a_habit_that_fades_is_none():
    """After seven weeks only one workday of the last five, and be it the last one."""
    log = days(lambda day, dice: about(8, 55)(day, dice) if not 49 <= day < 53 else [], WORKDAYS, count=54)
    assert found(log) == []


def test_recent_days_count_more():
    """Three days of five for four weeks, five of five for four: it depends on which came later."""

    def plant(day, dice, sparse):
        is_missing = (day < 28) == sparse and day % 7 in (1, 3)
        return [] if is_missing else about(8, 55)(day, dice)

    growing = days(lambda day, dice: plant(day, dice, sparse=True), WORKDAYS, count=54)
    fading = days(lambda day, dice: plant(day, dice, sparse=False), WORKDAYS, count=54)
    assert [each.weekdays for each in found(growing)] == [(0, 1, 2, 3, 4)]
    assert found(fading) == []


def test_a_day_on_which_only_the_machine_was_on_is_no_day_missed():
    """Holidays."""
    dice, plant, captures = Dice(6), about(8, 55), []
    for day in (0, 1, 2, 3, 4, 10, 11):
        captures += [*bustle(day, dice), *plant(day, dice)]
    alone = [state(moment(day, 12), "power", "mains") for day in (7, 8, 9)]
    without, with_them = found(log_of(captures)), found(log_of(captures + alone))
    assert [each.score for each in with_them] == [each.score for each in without] != []


def test_what_opens_each_day_at_the_same_time_is_a_habit_though_it_comes_again():
    """Mail first, at a quarter past eight, then a few times whenever."""
    first, again = about(8, 15, 4, "mail"), any_time("mail", often=4)
    (candidate,) = found(days(lambda day, dice: first(day, dice) + again(day, dice), WORKDAYS))
    assert abs(candidate.typical - (8 * 60 + 15)) <= 5


def test_every_other_day_is_not_enough():
    """It comes to nothing."""
    assert found(days(lambda day, dice: about(9, 0)(day, dice) if day % 2 else [])) == []


def test_half_of_the_workdays_make_no_habit_of_single_ones():
    """Six Tuesdays of eight are luck when the other days are as likely."""
    for seed in range(6):
        assert found(days(about(9, 30, share=0.6), WORKDAYS, count=56, seed=seed)) == []


@pytest.mark.parametrize("seed", range(8))
def test_once_a_day_at_any_time_is_no_habit(seed):
    """People who open something daily whenever they like."""
    assert found(days(any_time(), seed=seed)) == []


@pytest.mark.parametrize("seed", range(4))
def test_in_another_order_within_the_day_nothing_is_found(seed):
    """The surrogate keeps times and daily counts, and no habit."""
    log = days(about(8, 55), WORKDAYS)
    other = PLUGIN().surrogate(log, np.random.default_rng(seed))
    assert found(other) == []
    assert other.at is log.at
    for day in np.unique(log.day):
        assert sorted(other.symbol[log.day == day]) == sorted(log.symbol[log.day == day])


def test_records_out_of_order_are_read_by_their_own_day():
    """As in a log that was put together from two: the later half of the days first."""
    log = days(about(8, 55), WORKDAYS)
    late = log.day >= log.day[0] + 14
    order = np.concatenate((np.flatnonzero(late), np.flatnonzero(~late)))
    turned = replace(
        log, symbol=log.symbol[order], kind=log.kind[order], day=log.day[order], minute=log.minute[order]
    )
    assert [(each.score, each.trigger) for each in found(turned)] == [
        (each.score, each.trigger) for each in found(log)
    ]
    other = PLUGIN().surrogate(turned, np.random.default_rng(1))
    first = turned.day == turned.day[0]
    assert sorted(other.symbol[first]) == sorted(turned.symbol[first])


def test_states_are_nobodys_habit():
    """The power is cut at five, but by the building."""
    assert found(days(lambda day, _: [state(moment(day, 16, 30), "power", "battery")])) == []
    assert found(log_of([state(moment(day, 17), "power", "battery") for day in range(9)])) == []


def test_today_counts_only_once_the_time_has_passed():
    """Mined at half past eight, today is not a day on which it did not happen; no more is the first from noon."""
    dice, plant = Dice(2), about(8, 55, 2)
    captures = [each for day in range(1, 8) for each in (*bustle(day, dice), *plant(day, dice))]
    whole = found(log_of(captures))
    begun = [seen(moment(8, 8, i), f"noise{i % 3}") for i in range(30)]
    half = [seen(moment(0, 13, i), f"noise{i % 3}") for i in range(30)]
    assert [each.score for each in found(log_of(half + captures + begun))] == pytest.approx(
        [each.score for each in whole]
    )
    over = [seen(moment(8, 8, 3 * i), f"noise{i % 3}") for i in range(50)]
    assert [each.score for each in found(log_of(captures + over))] < [each.score for each in whole]


def test_midnight_is_no_end_of_the_world():
    """Windows at both ends of the day stay inside it."""
    (at_night,) = found(days(lambda day, _: [seen(moment(day, 23, 57), "crm")]))
    (in_the_morning,) = found(days(lambda day, _: [seen(moment(day, 0, 1), "crm")]))
    assert at_night.trigger.cron.startswith("50 23 ")
    assert in_the_morning.trigger.cron.startswith("0 0 ")


def test_a_few_days_have_no_habits():
    """No events, none that come again, less than four days, and four of five."""
    assert found(log_of([])) == []
    assert found(log_of([seen(moment(0), "once")])) == []
    assert found(days(about(8, 55, 1), count=3)) == []
    fifth = [seen(moment(4, 8, i), f"noise{i % 3}") for i in range(30)]
    four = [
        seen(moment(day, hour, 50), "crm" if hour == 8 else "noise")
        for day in range(4)
        for hour in range(7, 18)
    ]
    assert found(log_of([*four, *fifth])) == []


@settings(max_examples=5, deadline=None)
@given(seed=integers(0, 999), weeks=integers(-50, 50))
def test_neither_the_date_nor_the_names_matter(seed, weeks):
    """Weeks later, or with other names, the same places are found."""
    log = days(about(10, 0, share=0.95), WORKDAYS, seed=seed)
    expected = [(each.score, each.trigger, each.places.tolist()) for each in found(log)]
    for other in (later(log, weeks), renamed(log)):
        assert [(each.score, each.trigger, each.places.tolist()) for each in found(other)] == expected
