"""Habits: the same thing at the same time on the same days, not merely when the person is there anyway."""

import pytest

from tests.unit.detectors.days import events_of, moment, patterns_of, seen, state, typed
from understudy.core.dice import Dice
from understudy.core.value import MINUTE
from understudy.core.workflow import TimeTrigger
from understudy.detectors.habits import PLUGIN


def days(plant, weekdays=range(7), count=28, seed=1):
    """Days of ten hours of noise, and what is planted: day, dice -> captures."""
    dice, captures = Dice(seed), []
    for day in range(count):
        captures += [seen(moment(day, dice.between(8, 18)), f"noise{dice.whole(1, 8)}") for _ in range(80)]
        if day % 7 in weekdays:
            captures += plant(day, dice)
    return sorted(captures, key=lambda capture: capture.at)


def about(hour, minute, spread=5, app="crm"):
    """An application at that time, give or take."""
    return lambda day, dice: [seen(moment(day, hour, minute + dice.between(-spread, spread)), app)]


def found(captures, zone="UTC"):
    """What is found."""
    return PLUGIN().find(events_of(captures, zone), zone)


def test_a_weekday_habit_is_found_after_a_working_week():
    """Five of five days; the alarm is set a little before the earliest time seen."""
    (candidate,) = found(days(about(8, 55), weekdays=range(5), count=5))
    assert candidate.symbols == ("app:crm",)
    assert candidate.weekdays == (0, 1, 2, 3, 4)
    trigger = candidate.trigger
    assert isinstance(trigger, TimeTrigger)
    minute, hour, *rest = trigger.cron.split()
    assert rest == ["*", "*", "1-5"]
    assert 8 * 60 + 40 <= int(hour) * 60 + int(minute) <= 8 * 60 + 50
    assert int(minute) % 5 == 0
    assert 20 * MINUTE <= trigger.window == candidate.horizon <= 45 * MINUTE


@pytest.mark.parametrize(
    "weekdays, cron, count", [(range(7), "*", 14), ((5, 6), "0,6", 42), ((2,), "3", 56), ((6,), "0", 56)]
)
def test_every_set_of_days_is_told_apart(weekdays, cron, count):
    """Daily, weekends, and single days, of which Sunday is 0 to cron."""
    (candidate,) = found(days(about(16, 30), weekdays=weekdays, count=count))
    assert candidate.trigger.cron.split()[-1] == cron


def test_a_habit_is_found_in_the_persons_own_zone():
    """08:55 in Berlin, on both sides of the clock change of 26 October."""
    captures = days(lambda day, _: [seen(moment(day, 6 if day < 13 else 7, 55), "crm")], range(5), 28)
    (candidate,) = found(captures, "Europe/Berlin")
    assert candidate.trigger.timezone == "Europe/Berlin"
    assert candidate.typical == 8 * 60 + 55


def test_what_happens_all_day_is_no_habit():
    """Mail eight times a day is there in every window, as it must be."""
    captures = days(lambda day, dice: [seen(moment(day, dice.between(8, 18)), "mail") for _ in range(30)])
    assert found(captures) == []


def test_less_than_two_days_of_three_is_not_enough():
    """Every other day comes to nothing."""
    captures = days(lambda day, dice: about(9, 0)(day, dice) if day % 2 else [], weekdays=range(7), count=28)
    assert found(captures) == []


def test_once_a_day_at_any_time_is_no_habit():
    """Ten people who open something daily whenever they like."""
    for seed in range(10):
        captures = days(lambda day, dice: [seen(moment(day, dice.between(8, 18)), "crm")], seed=seed)
        assert found(captures) == []


def test_states_are_nobodys_habit():
    """The power is cut at five, but by the building."""
    assert found(days(lambda day, _: [state(moment(day, 17), "power", "battery")])) == []


def test_today_counts_only_once_the_time_has_passed():
    """Mined at 8:30, today is not a day on which it did not happen."""
    captures = days(about(8, 55, 2), weekdays=range(5), count=5)
    captures += [seen(moment(7, 8, 10 + i), f"noise{i % 3}") for i in range(15)]
    (candidate,) = found(captures)
    (earlier,) = found(captures[:-15])
    assert candidate.score >= earlier.score


def test_old_habits_are_forgotten():
    """What stopped five weeks ago is no habit of the last four."""
    captures = days(lambda day, dice: about(8, 55)(day, dice) if day < 20 else [], count=56)
    assert found(captures) == []


def test_midnight_is_no_end_of_the_world():
    """Windows at both ends of the day stay inside it."""
    late = lambda day, _: [seen(moment(day, 23, 57), "crm")]  # noqa: E731 - reads as the data it is
    early = lambda day, _: [seen(moment(day, 0, 1), "crm")]  # noqa: E731
    (at_night,), (in_the_morning,) = found(days(late)), found(days(early))
    assert at_night.trigger.cron.startswith("50 23 ")
    assert in_the_morning.trigger.cron.startswith("0 0 ")


def test_no_events_have_no_habits():
    """The first day."""
    assert found([]) == []


def test_a_habit_becomes_a_pattern_in_plain_words():
    """With a step, and worth half a minute a week."""
    captures = days(lambda day, _: [typed(moment(day, 8, 55), "report --all")], weekdays=range(5), count=14)
    habits = [pattern for pattern in patterns_of(captures) if pattern.kind == "habit"]
    assert [pattern.summary for pattern in habits] == ["On weekdays around 08:55, you run `report --all`"]
    assert habits[0].steps[0].parameters == {"script": "report --all\n"}
