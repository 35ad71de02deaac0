"""Follow-ups: planted ones are found, mere company is not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from tests.unit.detectors.made_logs import bustle, later, log_of, moment, renamed, seen, state, typed
from understudy.core.dice import Dice
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger
from understudy.detectors import follow_ups
from understudy.detectors.evidence import Index
from understudy.detectors.follow_ups import PLUGIN


def days(plant, count=6, per_day=2, seed=1):
    """Bustling days, and now and then what is planted: a list of (what, seconds later)."""
    dice, captures = Dice(seed), []
    for day in range(count):
        captures += bustle(day, dice)
        for _ in range(per_day):
            at = moment(day, dice.between(9, 16))
            captures += [make(at + delay * SECOND) for make, delay in plant(dice)]
    return log_of(captures)


def pairs(log):
    """What is found."""
    return [candidate.symbols for candidate in PLUGIN().find(log)]


def meeting(dice):
    """Notes within a minute of a closed meeting."""
    return [
        (lambda at: state(at, "meeting", "ended"), 0),
        (lambda at: seen(at, "notes"), dice.whole(5, 60)),
    ]


def calls(dice):
    """The same from a program."""
    return [(lambda at: seen(at, "calls"), 0), (lambda at: seen(at, "notes"), dice.whole(5, 60))]


def test_a_meeting_that_ends_opens_notes():
    """Twelve times on six days."""
    (candidate,) = PLUGIN().find(days(meeting))
    assert candidate.symbols == ("state:meeting=ended", "app:notes")
    assert candidate.trigger == CaptureTrigger(symbols=("state:meeting=ended",))
    assert candidate.expects == ("app:notes",)
    assert 90 * SECOND <= candidate.horizon <= 5 * MINUTE
    assert candidate.places.shape == (12, 2)


def test_the_places_are_those_of_both():
    """Each trigger before its answer, oldest first."""
    log = days(meeting)
    (candidate,) = PLUGIN().find(log)
    assert {log.templates[each] for each in log.symbol[candidate.firsts]} == {"state:meeting=ended"}
    assert {log.templates[each] for each in log.symbol[candidate.lasts]} == {"app:notes"}
    assert (np.diff(candidate.firsts) > 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_four_times_are_enough_when_it_is_rare_otherwise(seed):
    """The first correct candidate must not take weeks."""
    assert pairs(days(calls, count=4, per_day=1, seed=seed)) == [("app:calls", "app:notes")]


def test_three_times_are_not():
    """Three of three may still be luck."""
    assert pairs(days(calls, count=3, per_day=1)) == []


def test_four_times_are_too_few_when_it_is_usual():
    """What is done a dozen times a day anyway was near by luck."""
    dice, captures = Dice(4), []
    for day in range(4):
        captures += bustle(day, dice, programs=30)
        captures += [seen(moment(day, dice.between(8, 17)), "notes") for _ in range(12)]
        at = moment(day, dice.between(9, 16))
        captures += [seen(at, "calls"), seen(at + 150 * SECOND, "notes")]
    assert pairs(log_of(captures)) == []


def test_one_answer_to_three_calls_is_one():
    """Back and forth between two windows before it: six calls on two days, but only two answers."""
    captures = [
        seen(moment(day, 9, second=20 * i), "calls" if i % 2 else f"noise{i}")
        for day in range(2)
        for i in range(6)
    ]
    captures += [seen(moment(day, hour, 3), "notes") for day in range(2) for hour in (9, 12)]
    captures += [seen(moment(day, 10, 9 * i), f"noise{i % 8}") for day in range(2) for i in range(40)]
    assert pairs(log_of(captures)) == []


def test_what_was_open_half_of_the_time_before_is_too_little():
    """Four calls with notes after them, two of them with notes just before, too: that may be luck."""
    dice, captures = Dice(4), []
    for day in range(4):
        captures += bustle(day, dice)
        at = moment(day, dice.between(9, 16))
        captures += [seen(at, "calls"), seen(at + 20 * SECOND, "notes")]
        captures += [seen(at - 20 * SECOND, "notes")] if day % 2 else []
    assert pairs(log_of(captures)) == []


def test_things_that_come_together_in_either_order_are_no_follow_up():
    """A and B in the same bursts, half of the time B first."""

    def either(dice):
        names = ["one", "two"]
        dice.shuffle(names)
        return [
            ((lambda at, name=name: seen(at, name)), index * dice.whole(5, 60))
            for index, name in enumerate(names)
        ]

    assert pairs(days(either, count=12)) == []


def test_what_is_always_near_follows_nothing():
    """Mail within five minutes of everything is no consequence of anything."""
    log = days(lambda _: [(lambda at: seen(at, "calls"), 0)], count=8)
    assert pairs(log) == []
    mail = [seen(moment(day, 9, 1.7 * i), "mail") for day in range(8) for i in range(230)]
    dice = Dice(3)
    calling = [seen(moment(day, dice.between(9, 15)), "calls") for day in range(8) for _ in range(2)]
    assert pairs(log_of(mail + calling)) == []


def test_what_is_near_only_in_the_same_work_follows_nothing():
    """Of a project's programs some come after others, for an hour a day: everything there is near."""
    dice, captures = Dice(5), []
    for day in range(20):
        captures += bustle(day, dice, until=12)
        for minute in range(45):
            name = dice.one_of(("plan", "plan", "draw", "cut")) if minute % 9 else "open"
            captures.append(seen(moment(day, 13, minute), name))
    assert not [pair for pair in pairs(log_of(captures)) if pair[1] == "app:plan"]


def test_the_chance_is_that_of_the_work_around_it():
    """A plan is near in every minute of an hour's drawing, and at no other time of the day."""
    dice, captures = Dice(5), []
    for day in range(10):
        captures += bustle(day, dice, until=12)
        captures += [
            seen(moment(day, 13, step / 2), ("plan", "draw", "cut")[step % 3]) for step in range(120)
        ]
        captures += [seen(moment(day, 13, 20.3), "calls")]
    log = log_of(captures)
    index, calls_, plan = Index(log), log.templates.index("app:calls"), log.templates.index("app:plan")
    assert index.base_rate(plan, 2 * MINUTE) < 0.8
    assert follow_ups._base(index, calls_, plan, 2 * MINUTE) > 0.9


def test_commands_can_follow_and_set_something_off():
    """What was run tells what comes next, as a window does; only what is typed sets nothing off."""
    there = days(
        lambda dice: [(lambda at: seen(at, "term"), 0), (lambda at: typed(at, "git pull"), dice.whole(2, 9))]
    )
    back = days(
        lambda dice: [(lambda at: typed(at, "git pull"), 0), (lambda at: seen(at, "term"), dice.whole(2, 9))]
    )
    assert pairs(there) == [("app:term", "cmd:git pull")]
    assert pairs(back) == [("cmd:git pull", "app:term")]


def test_what_the_machine_does_by_itself_is_no_step():
    """A state may be the trigger, not what is expected of the person."""
    log = days(
        lambda dice: [
            (lambda at: seen(at, "calls"), 0),
            (lambda at: state(at, "meeting", "started"), dice.whole(1, 3)),
        ]
    )
    assert pairs(log) == []


def test_half_of_the_time_is_not_enough():
    """A bound of .5 takes more than being right every other time."""

    def sometimes(dice):
        planted = calls(dice)
        return planted if dice.chance(0.5) else planted[:1]

    assert pairs(days(sometimes, count=10)) == []


def test_a_busy_trigger_must_be_right_more_often():
    """Being right 30 times of 40 is enough twice a day, not four times."""

    def mostly(dice):
        planted = calls(dice)
        return planted if dice.chance(0.8) else planted[:1]

    seldom, often = days(mostly, count=20, per_day=2), days(mostly, count=10, per_day=4)
    assert pairs(seldom) == [("app:calls", "app:notes")]
    assert pairs(often) == []


def test_the_cause_nearest_to_it_is_the_trigger():
    """Who always comes by the door comes by the gate too, but now and then the gate leads elsewhere."""

    def way(dice):
        through = [(lambda at: seen(at, "gate"), 0)]
        door = [(lambda at: seen(at, "door"), 9), (lambda at: seen(at, "hall"), 9 + dice.whole(5, 20))]
        return [*through, *door] if dice.chance(0.85) else through

    found = pairs(days(way, count=10))
    assert ("app:door", "app:hall") in found
    assert ("app:gate", "app:hall") not in found


@pytest.mark.parametrize("seed", range(6))
def test_bustle_has_no_follow_ups(seed):
    """Bursts of a few programs at hand, in which nothing leads to anything."""
    dice = Dice(seed)
    log = log_of([capture for day in range(10) for capture in bustle(day, dice, programs=8)])
    assert pairs(log) == []


@pytest.mark.parametrize("seed", range(4))
def test_in_another_order_nothing_is_found(seed):
    """The same days with their labels permuted within blocks."""
    log = days(meeting, count=10)
    assert pairs(log.shuffled(np.random.default_rng(seed), 30)) == []


def test_many_symbols_are_counted_in_parts(monkeypatch):
    """With as little memory as one asks for, and the same result."""
    log = days(meeting)
    expected = [candidate.score for candidate in PLUGIN().find(log)]
    monkeypatch.setattr(follow_ups, "_CELLS", 40)
    assert [candidate.score for candidate in PLUGIN().find(log)] == expected


def test_no_events_have_no_follow_ups():
    """The first day, one on which nothing came thrice, and one of commands alone."""
    assert (
        pairs(log_of([typed(moment(0, 9, i), f"git {'pull' if i % 2 else 'push'}") for i in range(9)])) == []
    )
    assert pairs(log_of([])) == []
    assert pairs(log_of([seen(moment(0), "once")])) == []


@settings(max_examples=8, deadline=None)
@given(seed=integers(0, 999), weeks=integers(-50, 50))
def test_neither_the_date_nor_the_names_matter(seed, weeks):
    """Weeks later, or with other names, the same places are found."""
    log = days(calls, seed=seed)
    found = PLUGIN().find(log)
    for other in (later(log, weeks), renamed(log)):
        again = PLUGIN().find(other)
        assert [each.score for each in again] == [each.score for each in found]
        assert all(np.array_equal(one.places, two.places) for one, two in zip(again, found, strict=True))


@settings(max_examples=8, deadline=None)
@given(seed=integers(0, 999))
def test_the_order_in_which_symbols_were_numbered_does_not_matter(seed):
    """Numbers are only numbers."""
    log = days(calls, seed=seed)
    turned = np.arange(len(log.templates))[::-1]
    other = replace(
        log,
        templates=tuple(log.templates[each] for each in turned),
        symbol=np.where(log.symbol >= 0, turned[log.symbol], -1).astype(np.int32),
    )
    assert pairs(other) == pairs(log)
