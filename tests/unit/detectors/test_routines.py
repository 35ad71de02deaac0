"""Routines: planted ones are found through noise, bursts without order are not."""

from tests.unit.detectors.days import events_of, moment, presence, seen, state, typed
from tests.unit.detectors.test_follow_ups import days, noise
from understudy.core.dice import Dice
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger
from understudy.detectors import routines
from understudy.detectors.routines import PLUGIN, is_part


def routine(*names, gap=1):
    """A maker of planted pairs: these names in order with up to `gap` other windows between any two."""

    def planted(dice):
        second, made = 0, []
        for name in names:
            make = name if callable(name) else (lambda at, name=name: seen(at, name))
            made.append((make, second))
            for _ in range(dice.whole(0, gap)):
                second += dice.whole(3, 9)
                other = f"noise{dice.whole(1, 8)}"
                made.append(((lambda at, other=other: seen(at, other)), second))
            second += dice.whole(3, 9)
        return made

    return planted


def found(captures):
    """What is found."""
    return PLUGIN().find(events_of(captures), "UTC")


def test_three_steps_with_noise_between_them_are_found():
    """Mail, tracker, sheet: the first one sets it off, as it comes nowhere else."""
    (candidate,) = found(days(routine("mail", "tracker", "sheet"), count=8))
    assert candidate.symbols == ("app:mail", "app:tracker", "app:sheet")
    assert isinstance(candidate.trigger, CaptureTrigger)
    assert candidate.trigger.symbols + candidate.expects == candidate.symbols
    assert candidate.trigger.symbols == ("app:mail",)
    assert len(candidate.places) >= 14


def test_the_longest_of_its_parts_is_kept():
    """Five in a row are one routine, not ten."""
    (candidate,) = found(days(routine("a", "b", "c", "d", "e", gap=0), count=8))
    assert candidate.symbols == ("app:a", "app:b", "app:c", "app:d", "app:e")


def test_no_more_than_six_symbols_are_grown():
    """Eight in a row come back in pieces of at most six."""
    for candidate in found(days(routine(*"abcdefgh", gap=0), count=8)):
        assert 3 <= len(candidate.symbols) <= 6


def test_the_trigger_is_the_earliest_prefix_that_can_be_relied_on():
    """A first symbol that is everywhere cannot be it; with the second it can."""
    dice = Dice(3)
    captures = days(routine("mail", "board", "sheet"), count=12)
    captures += [seen(moment(day, dice.between(9, 16)), "mail") for day in range(12) for _ in range(25)]
    (candidate,) = found(sorted(captures, key=lambda capture: capture.at))
    assert candidate.trigger.symbols == ("app:mail", "app:board")
    assert 60 * SECOND <= candidate.trigger.within <= 5 * MINUTE


def test_what_must_be_typed_first_sets_nothing_off():
    """A command at the start leaves no passive prefix, so there is no routine."""
    assert found(days(routine(lambda at: typed(at, "git pull"), "b", "c"), count=8)) == []


def test_a_command_at_the_end_is_a_step():
    """Terminal, editor, then the command."""
    (candidate,) = found(days(routine("term", "edit", lambda at: typed(at, "make all")), count=8))
    assert candidate.expects[-1] == "cmd:make all"


def test_the_same_things_in_any_order_are_no_routine():
    """Three programs always together, never in the same order."""

    def burst(dice):
        return routine(*dice.some_of(["a", "b", "c"], 3))(dice)

    assert found(days(burst, count=15)) == []


def test_states_of_the_machine_do_not_come_between():
    """A battery that reports every few seconds fills no gaps."""
    captures = days(routine("mail", "tracker", "sheet", gap=0), count=8)
    captures += [
        state(capture.at + offset, "battery", f"{offset}")
        for capture in captures
        for offset in range(100, 600, 100)
    ]
    candidates = found(sorted(captures, key=lambda capture: capture.at))
    assert [candidate.symbols for candidate in candidates] == [("app:mail", "app:tracker", "app:sheet")]


def test_a_routine_ends_where_the_person_went_away():
    """What follows only after the screen was locked does not belong to it."""

    def broken(dice):
        return [
            (lambda at: seen(at, "a"), 0),
            (lambda at: seen(at, "b"), 10),
            (lambda at: presence(at, "locked"), 15),
            (lambda at: seen(at, "c"), 20),
        ]

    assert found(days(broken, count=8)) == []


def test_one_day_is_not_enough():
    """Ten times on one day may be one task."""
    dice = Dice(1)
    captures = noise(0, dice)
    for _ in range(10):
        at = moment(0, dice.between(9, 15))
        captures += [make(at + delay * SECOND) for make, delay in routine("a", "b", "c")(dice)]
    assert found(sorted(captures, key=lambda capture: capture.at)) == []


def test_two_days_are_not_enough():
    """Nor may it be what a busy week's end was about."""
    assert found(days(routine("a", "b", "c"), count=2, per_day=9)) == []


def test_the_search_is_bounded(monkeypatch):
    """However much there is to find, it ends."""
    captures = days(routine(*"abcde", gap=0), count=8)
    monkeypatch.setattr(routines, "SEQUENCES", 3)
    events = events_of(captures)
    stream = routines._Stream(events, list(range(len(events))))
    assert len(list(routines._grow(stream))) <= 3


def test_parts_keep_their_order():
    """A part may skip, not turn round."""
    assert is_part("ac", "abc")
    assert not is_part("ca", "abc")
