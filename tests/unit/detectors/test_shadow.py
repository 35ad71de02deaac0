"""The shadow: hits, misses, and what counts as neither."""

import pytest

from tests.unit.detectors.days import MONDAY, moment
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.trust import Evidence
from understudy.core.value import DAY, MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger, ManualTrigger, TimeTrigger
from understudy.detectors.shadow import OUTCOMES, Shadow

FOUND = moment(0, 8)


def pattern(trigger, *expects, kind=PatternKind.ROUTINE, name="p-1", horizon=5 * MINUTE):
    """A pattern found at eight on Monday."""
    return Pattern(
        id=name, kind=kind, summary="", symbols=expects, trigger=trigger, expects=expects, horizon=horizon,
        steps=(), support=3, days=3, found_at=FOUND,
    )  # fmt: skip


def after(*symbols, expects=("b",), **fields):
    """A pattern set off by these templates."""
    return pattern(CaptureTrigger(symbols=symbols), *expects, **fields)


def habit(cron="55 8 * * *", window=20 * MINUTE, name="p-1"):
    """A habit of opening b."""
    trigger = TimeTrigger(cron=cron, timezone="UTC", window=window)
    return pattern(trigger, "b", kind=PatternKind.HABIT, horizon=window, name=name)


def typed_daily():
    """A repetition of c."""
    return pattern(ManualTrigger(), "cmd:c", kind=PatternKind.REPETITION, horizon=DAY)


class Watched(Shadow):
    """A shadow that is told of events in letters."""

    def __init__(self, *patterns):
        super().__init__("UTC")
        self.position = 0
        for each in patterns:
            self.put(PatternState(pattern=each), FOUND)

    def events(self, letters, start=FOUND, every=MINUTE):
        """Events at equal distances."""
        changed = {}
        for number, letter in enumerate(letters):
            self.position += 1
            if letter != ".":
                changed |= self.see(
                    self.position, start + number * every, letter, f"cmd:{letter}", is_act=True
                )
        return changed

    def score(self, name="p-1"):
        """(hits, misses) so far."""
        evidence = self.states[name].evidence
        return evidence.hits, evidence.misses


@pytest.mark.parametrize(
    "events, expected",
    [
        ("ab", (1, 0)),
        ("axxb", (1, 0)),
        ("axxxxb", (1, 0)),
        ("axxxxxb", (0, 1)),
        ("aaaab", (1, 0)),
        ("axab", (1, 0)),
        ("abab", (2, 0)),
        ("bx", (0, 0)),
        ("a", (0, 0)),
        ("ax......xab", (1, 1)),
    ],
)
def test_a_prediction_is_a_hit_in_time_and_a_miss_after_it(events, expected):
    """Five minutes, the last one included; a trigger that fires meanwhile opens no second prediction."""
    shadow = Watched(after("a"))
    shadow.events(events)
    assert shadow.score() == expected


def test_what_is_expected_must_come_in_order():
    """First b and then c; c before b helps nothing."""
    shadow = Watched(after("a", expects=("b", "c")))
    shadow.events("acbxc")
    assert shadow.score() == (1, 0)
    shadow.events("acb......x", start=FOUND + 20 * MINUTE)
    assert shadow.score() == (1, 1)


@pytest.mark.parametrize(
    "expects, events, is_hit",
    [
        ("bcd", "abc", False),
        ("bcde", "abcd", True),
        ("bcde", "abde", True),
        ("bcde", "acde", True),
        ("bcde", "abe", False),
        ("bcde", "abedc", False),
        ("bcdefghi", "abdfghi", True),
        ("bcdefghi", "abdghi", False),
        ("bbbb", "abxbxb", True),
    ],
)
def test_of_four_or_more_a_quarter_may_be_left_out(expects, events, is_hit):
    """A long routine is hardly ever done to the letter; the order stays."""
    shadow = Watched(after("a", expects=tuple(expects), horizon=20 * MINUTE))
    shadow.events(events)
    assert shadow.score() == (int(is_hit), 0)


def test_a_longer_trigger_needs_its_symbols_in_order_and_in_time():
    """The right ones in the wrong order, or too long ago, set off nothing."""
    trigger = CaptureTrigger(symbols=("a", "b", "c"), within=5 * MINUTE)
    shadow = Watched(pattern(trigger, "d"))
    shadow.events("bacd")
    shadow.events("ab......cd", start=FOUND + 30 * MINUTE)
    assert shadow.score() == (0, 0)
    shadow.events("axbcd", start=FOUND + 60 * MINUTE)
    assert shadow.score() == (1, 0)


def test_many_different_events_are_not_all_remembered():
    """Only what a trigger may look back to; the trigger still works."""
    shadow = Watched(after("a", "b", expects=("c",)))
    for number in range(2_000):
        shadow.see(number, FOUND + number, f"t{number}", "", is_act=True)
    assert len(shadow._latest) <= 513
    shadow.events("axbc", start=FOUND + MINUTE)
    assert shadow.score() == (1, 0)


def test_whether_a_pattern_is_waited_for_is_known():
    """Until it is judged."""
    shadow = Watched(after("a"))
    shadow.events("a")
    assert shadow.is_waiting("p-1")
    shadow.events("b", start=FOUND + MINUTE)
    assert not shadow.is_waiting("p-1")


def test_a_longer_trigger_fires_with_its_last_symbol():
    """a, then b, then the person must do c."""
    shadow = Watched(after("a", "b", expects=("c",)))
    shadow.events("bcaxbc")
    assert shadow.score() == (1, 0)


def test_nothing_before_the_pattern_was_found_is_evidence():
    """Selection must not vote for itself."""
    shadow = Watched(after("a"))
    shadow.events("ab", start=FOUND - 10 * MINUTE)
    assert shadow.score() == (0, 0)


def test_time_alone_closes_a_prediction():
    """The tick after the horizon makes it a miss, at the end of the horizon."""
    shadow = Watched(after("a"))
    shadow.events("a")
    due = shadow.next_due()
    assert due == FOUND + 5 * MINUTE + 1
    assert shadow.pass_time(due - 1) == {}
    changed = shadow.pass_time(due)
    assert changed["p-1"].outcomes == ((due - 1, False),)
    assert shadow.next_due() is None


@pytest.mark.parametrize("away_after, expected", [(2 * MINUTE, (0, 0)), (3 * MINUTE, (0, 1))])
def test_going_away_early_counts_for_nothing(away_after, expected):
    """Before half of the horizon nobody can say what they would have done."""
    shadow = Watched(after("a"))
    shadow.events("a")
    shadow.leave(FOUND + away_after)
    shadow.pass_time(FOUND + DAY)
    assert shadow.score() == expected


def test_a_habit_is_waited_for_from_its_time_on():
    """Tuesday 08:55: done at 09:00 is a hit, at 09:20 a miss."""
    shadow = Watched(habit())
    shadow.events("xb", start=moment(0, 8, 55) + SECOND, every=5 * MINUTE)
    assert shadow.score() == (1, 0)
    shadow.events("xb", start=moment(1, 9, 0), every=20 * MINUTE)
    assert shadow.score() == (1, 1)


def test_a_habit_on_a_day_off_counts_for_nothing():
    """The person was not there at all while it was waited for."""
    shadow = Watched(habit())
    for day in range(3):
        shadow.pass_time(moment(day, 12))
    assert shadow.score() == (0, 0)
    shadow.events("b", start=moment(3, 15))
    assert shadow.score() == (0, 0)


def test_the_time_of_a_habit_is_what_is_due_next():
    """So that the scheduler knows when to wake."""
    shadow = Watched(habit())
    assert shadow.next_due() == moment(0, 8, 55)
    shadow.pass_time(moment(0, 8, 55))
    assert shadow.next_due() == moment(0, 9, 15) + 1


def test_a_habit_that_never_comes_is_never_due():
    """31 February."""
    assert Watched(habit(cron="0 0 31 2 *")).next_due() is None


def test_a_repetition_is_judged_once_a_day():
    """Used on Tuesday: one hit, however often."""
    shadow = Watched(typed_daily())
    shadow.events("cxcxc", start=moment(1, 9))
    assert shadow.score() == (1, 0)


def test_an_active_day_without_it_is_a_miss():
    """More than two hours of work on Tuesday, and not once; known when Wednesday begins."""
    shadow = Watched(typed_daily())
    shadow.events("xy" * 70, start=moment(1, 9))
    assert shadow.score() == (0, 0)
    shadow.events("x", start=moment(2, 9))
    assert shadow.score() == (0, 1)
    assert shadow.states["p-1"].outcomes[-1][0] == moment(2, 0) - 1


def test_a_short_day_or_the_day_it_was_found_says_nothing():
    """An hour of work, and Monday itself."""
    shadow = Watched(typed_daily())
    shadow.events("xy" * 70 + "c", start=moment(0, 9))
    shadow.events("xy" * 30, start=moment(1, 9))
    shadow.events("x", start=moment(2, 9))
    assert shadow.score() == (0, 0)


def test_the_same_line_twice_in_a_row_was_still_used():
    """Typed again without leaving the terminal."""
    shadow = Watched(typed_daily())
    shadow.events("c", start=moment(0, 9))
    shadow.events("c", start=moment(1, 9))
    assert shadow.score() == (1, 0)


def test_the_persons_word_takes_the_place_of_what_is_open():
    """Yes counts once, not once more when they then do it."""
    shadow = Watched(after("a"))
    shadow.events("a")
    changed = shadow.settle("p-1", FOUND + SECOND, hit=True)
    assert changed["p-1"].evidence == Evidence(hits=1, misses=0)
    shadow.events("b......x", start=FOUND + MINUTE)
    assert shadow.score() == (1, 0)
    assert shadow.settle("p-unknown", FOUND, hit=True) == {}
    assert shadow.states["p-1"].is_decided


def test_what_started_a_run_of_ours_opens_nothing():
    """All predictions of that event are dropped, others stay."""
    shadow = Watched(after("a"), after("a", expects=("c",), name="p-2"), after("x", name="p-3"))
    shadow.events("xa")
    shadow.take(2, "p-1")
    shadow.pass_time(FOUND + DAY)
    assert [shadow.score(name) for name in ("p-1", "p-2", "p-3")] == [(0, 0), (0, 0), (0, 1)]


@pytest.mark.parametrize("is_noted_first", [True, False])
def test_a_habit_that_we_did_for_them_is_not_waited_for(is_noted_first):
    """Whether the clock wakes the shadow or the run first."""
    shadow = Watched(habit())
    if is_noted_first:
        shadow.pass_time(moment(0, 8, 55))
    shadow.take(0, "p-1")
    shadow.events("xy" * 20, start=moment(0, 8, 55))
    assert shadow.score() == (0, 0)
    shadow.events("xb", start=moment(1, 8, 56))
    assert shadow.score() == (1, 0)


def test_a_clock_set_back_judges_nothing():
    """What was open is forgotten; the days go on."""
    shadow = Watched(after("a"), habit(name="p-2"))
    shadow.events("a", start=moment(0, 12))
    shadow.events("xb", start=moment(0, 10))
    assert shadow.score() == (0, 0)
    shadow.events("ab", start=moment(0, 13))
    assert shadow.score() == (1, 0)


def test_at_most_64_outcomes_are_kept():
    """The counts go on."""
    shadow = Watched(after("a"))
    shadow.events("ab" * 100)
    assert shadow.score() == (100, 0)
    assert len(shadow.states["p-1"].outcomes) == OUTCOMES
    assert shadow.states["p-1"].pattern.last_seen == FOUND + 199 * MINUTE


def test_a_changed_trigger_is_listened_to_and_the_old_one_is_not():
    """New figures alone leave an open prediction open."""
    shadow = Watched(after("a"))
    shadow.events("a")
    shadow.put(shadow.states["p-1"], FOUND)
    shadow.events("b", start=FOUND + MINUTE)
    assert shadow.score() == (1, 0)
    shadow.put(PatternState(pattern=after("x")), FOUND)
    shadow.events("abxb", start=FOUND + 10 * MINUTE)
    assert shadow.score() == (1, 0)


def test_a_dropped_pattern_is_gone():
    """With its prediction, its time and its word."""
    shadow = Watched(after("a"))
    shadow.events("a")
    shadow.drop("p-1")
    shadow.events("b......", start=FOUND + MINUTE)
    assert (shadow.states, shadow.next_due()) == ({}, None)


def test_dropped_habits_and_repetitions_are_gone_too():
    """One of two stays as it was."""
    shadow = Watched(habit(), typed_daily())
    shadow.put(PatternState(pattern=habit(name="p-2", cron="55 9 * * *")), FOUND)
    shadow.put(PatternState(pattern=pattern(ManualTrigger(), "cmd:c", name="p-3", horizon=DAY)), FOUND)
    shadow.put(PatternState(pattern=pattern(ManualTrigger(), "cmd:c", name="p-4", horizon=DAY)), FOUND)
    shadow.drop("p-1")
    shadow.drop("p-3")
    shadow.events("xb", start=moment(0, 9, 55) + SECOND)
    shadow.events("c", start=moment(1, 9))
    assert (shadow.score("p-2"), shadow.score("p-4")) == ((1, 0), (1, 0))
    shadow.drop("p-2")
    shadow.drop("p-4")
    assert (shadow.states, shadow.next_due()) == ({}, None)


def test_what_is_not_new_neither_sets_off_nor_shows_anything():
    """The window in front got another title; that it was used is noticed, for what is typed."""
    shadow = Watched(after("a"), after("x", expects=("a",), name="p-2"))
    shadow.see(1, FOUND, "x", "", is_act=True)
    shadow.see(2, FOUND + SECOND, "a", "", is_act=True, is_new=False)
    assert (shadow.is_waiting("p-1"), shadow.score("p-2")) == (False, (0, 0))
    shadow.see(3, FOUND + 2 * SECOND, "a", "", is_act=True)
    assert (shadow.is_waiting("p-1"), shadow.score("p-2")) == (True, (1, 0))


def test_a_state_of_the_machine_can_set_off_but_shows_nothing():
    """A battery is no sign of the person."""
    shadow = Watched(after("s", expects=("b",)), habit(name="p-2"))
    shadow.see(1, FOUND, "s", "", is_act=False)
    shadow.see(2, FOUND + SECOND, "b", "", is_act=False)
    assert shadow.next_due() == FOUND + 5 * MINUTE + 1
    assert shadow.score() == (0, 0)
    assert MONDAY < FOUND
