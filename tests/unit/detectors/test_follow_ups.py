"""Follow-ups: planted ones are found, mere company is not."""

from tests.unit.detectors.days import events_of, moment, seen, state, typed
from understudy.core.dice import Dice
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger
from understudy.detectors.follow_ups import PLUGIN


def noise(day, dice, count=60):
    """A day of switching among eight programs."""
    at = moment(day, 9)
    captures = []
    for _ in range(count):
        at += int(dice.between(20, 400)) * SECOND
        captures.append(seen(at, f"noise{dice.whole(1, 8)}"))
    return captures


def days(pairs, count=6, per_day=2, seed=1):
    """Days of noise with pairs of (what, seconds later) planted at random times."""
    dice, captures = Dice(seed), []
    for day in range(count):
        captures += noise(day, dice)
        for _ in range(per_day):
            at = moment(day, dice.between(9, 15))
            captures += [make(at + delay * SECOND) for make, delay in pairs(dice)]
    return sorted(captures, key=lambda capture: capture.at)


def found(captures):
    """What is found, as pairs."""
    return [candidate.symbols for candidate in PLUGIN().find(events_of(captures), "UTC")]


def test_what_follows_a_closed_meeting_is_found():
    """Notes within a minute of it, twelve times on six days."""
    captures = days(
        lambda dice: [
            (lambda at: state(at, "meeting", "ended"), 0),
            (lambda at: seen(at, "notes"), dice.whole(5, 60)),
        ]
    )
    (candidate,) = PLUGIN().find(events_of(captures), "UTC")
    assert candidate.symbols == ("state:meeting=ended", "app:notes")
    assert candidate.trigger == CaptureTrigger(symbols=("state:meeting=ended",))
    assert candidate.expects == ("app:notes",)
    assert 90 * SECOND <= candidate.horizon <= 5 * MINUTE
    assert len(candidate.places) == 12


def test_four_times_are_enough_when_it_is_rare_otherwise():
    """The first correct candidate must not take weeks."""
    captures = days(
        lambda dice: [(lambda at: seen(at, "calls"), 0), (lambda at: seen(at, "notes"), dice.whole(5, 60))],
        count=4,
        per_day=1,
    )
    assert found(captures) == [("app:calls", "app:notes")]


def test_things_that_come_together_in_either_order_are_no_follow_up():
    """A and B in the same bursts, half of the time B first."""

    def either(dice):
        names = ["one", "two"]
        dice.shuffle(names)
        return [
            ((lambda at, name=name: seen(at, name)), index * dice.whole(5, 60))
            for index, name in enumerate(names)
        ]

    assert found(days(either, count=12)) == []


def test_what_is_always_near_follows_nothing():
    """Mail within five minutes of everything is no consequence of anything."""

    def mail(dice):
        return [(lambda at: seen(at, "calls"), 0)]

    captures = days(mail, count=8)
    captures += [seen(moment(day, 9, 1.7 * i), "mail") for day in range(8) for i in range(230)]
    assert found(sorted(captures, key=lambda capture: capture.at)) == []


def test_commands_can_follow_but_set_nothing_off():
    """They change something: a step, never a trigger."""
    captures = days(
        lambda dice: [(lambda at: seen(at, "term"), 0), (lambda at: typed(at, "git pull"), dice.whole(2, 9))]
    )
    assert found(captures) == [("app:term", "cmd:git pull")]
    turned = days(
        lambda dice: [(lambda at: typed(at, "git pull"), 0), (lambda at: seen(at, "term"), dice.whole(2, 9))]
    )
    assert found(turned) == []


def test_what_the_machine_does_by_itself_is_no_step():
    """A state may be the trigger, not what is expected of the person."""
    captures = days(
        lambda dice: [
            (lambda at: seen(at, "calls"), 0),
            (lambda at: state(at, "meeting", "started"), dice.whole(1, 3)),
        ]
    )
    assert found(captures) == []


def test_half_of_the_time_is_not_enough():
    """A bound of .5 takes more than being right every other time."""

    def sometimes(dice):
        planted = [(lambda at: seen(at, "calls"), 0)]
        return [*planted, (lambda at: seen(at, "notes"), 30)] if dice.chance(0.5) else planted

    assert found(days(sometimes, count=10)) == []


def test_noise_has_no_follow_ups():
    """Ten different people who do nothing twice."""
    for seed in range(10):
        assert found(days(lambda _: [], seed=seed)) == []


def test_no_events_have_no_follow_ups():
    """The first day."""
    assert found([]) == []
