"""Going through a log by its own clock: places, times, what would be suggested and when."""

from itertools import pairwise

import msgspec

from tests.fakes.engine_rig import a_pattern, a_state
from tests.fakes.learner import ScriptedLearner
from understudy.core.capture import Capture, CaptureKind
from understudy.core.pattern import Occurrence, PatternState
from understudy.core.ports import BadRecord, Learned
from understudy.core.reason import Reason
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE
from understudy.engine.replaying import EFFORT, HEAD_START, OCCURRENCES, advance, catch_up, mine_at, replay

T0 = 1_717_570_941_000
BAD = BadRecord(where="x.csv, line 3", why="it has no time")
WORTH_IT = {"sessions": 3, "saves_per_week": 60.0}
"""What a pattern needs, besides being right, to be offered."""


def seen(at, app="mail", kind=CaptureKind.FOCUS):
    return Capture(at=T0 + at, kind=kind, source="import:csv", app=app)


def as_it_is(capture):
    return capture


def without_secret(capture):
    return (
        Reason(code="excluded_app", text="You have excluded this program") if capture.app == "x" else capture
    )


def proven(hits, **fields):
    return a_state(hits, **(WORTH_IT | fields))


def occurrences(*places):
    return tuple(Occurrence(start=place, end=place + 1, first=place, last=place + 1) for place in places)


def test_a_place_is_the_index_of_the_record_with_bad_and_private_ones_counted():
    """So that whoever has the file finds the row."""
    learner = ScriptedLearner()
    found = replay([seen(0), BAD, seen(1, "x"), BAD, seen(2, "notes")], learner, screen=without_secret)
    assert learner.observed == [(0, "app:mail"), (4, "app:notes")]
    assert (found.captures, found.bad, found.first_bad, found.private) == (3, 2, BAD, 1)


def test_the_log_begins_with_its_earliest_capture_and_ends_with_its_latest():
    """Also where the records are out of order."""
    found = replay([seen(5), seen(9), seen(2)], ScriptedLearner(), screen=as_it_is)
    assert (found.first, found.last) == (T0 + 2, T0 + 9)


def test_an_empty_log_brings_nothing():
    """No capture, no time, no pattern."""
    found = replay([], ScriptedLearner(), screen=as_it_is)
    assert (found.captures, found.first, found.last, found.patterns) == (0, 0, 0, ())


def test_records_of_other_programs_are_counted():
    """They can be learned from, not done."""
    records = [seen(0), seen(1, kind=CaptureKind.FOREIGN), seen(2, kind=CaptureKind.FOREIGN)]
    assert replay(records, ScriptedLearner(), screen=as_it_is).foreign == 2


def test_time_passes_before_the_next_capture_does_and_after_the_last_one():
    """What was waited for is closed by the clock of the log."""
    learner = ScriptedLearner()
    learner.due = T0 + MINUTE
    replay([seen(0), seen(2 * MINUTE)], learner, screen=as_it_is)
    assert learner.ticks == [T0 + 2 * MINUTE]


def test_what_is_left_when_the_log_ends_is_mined_at_the_time_of_its_end():
    """A log shorter than a mining is worth is mined as if the next day had begun."""

    class Patient(ScriptedLearner):
        def mining(self, now):
            return super().mining(now) if now >= T0 + DAY else None

        def accept(self, patterns, now):
            return super().accept(tuple(msgspec.structs.replace(one, found_at=now) for one in patterns), now)

    learner = Patient()
    learner.will_mine = (a_pattern(),)
    (one,) = replay([seen(0), seen(7)], learner, screen=as_it_is).patterns
    assert (one.state.pattern.found_at, one.tier) == (T0 + 7, Tier.OBSERVE)


def test_a_mining_that_is_due_takes_place_on_the_way():
    """What it finds is watched from then on."""
    learner = ScriptedLearner()
    learner.will_mine = (a_pattern(),)
    assert [one.state.pattern.id for one in replay([seen(0)], learner, screen=as_it_is).patterns] == ["p-1"]
    assert mine_at(learner, T0) == Learned()


def test_a_long_log_is_mined_less_and_less_often():
    """As often as the learner likes in the beginning, then each time the log has grown by a good part."""

    class Eager(ScriptedLearner):
        def __init__(self):
            super().__init__()
            self.mined = []

        def mining(self, now):
            self.mined.append(now - T0)
            return tuple

    learner = Eager()
    replay(map(seen, range(40_000)), learner, screen=as_it_is)
    *mined, _ = learner.mined
    at_will = int((2 * HEAD_START) ** 0.5)
    assert mined[:at_will] == list(range(at_will))
    assert sum(mined) <= HEAD_START + EFFORT * mined[-1]
    gaps = [later - earlier for earlier, later in pairwise(mined[at_will + 1 :])]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 10 * gaps[0] > at_will


def test_a_pattern_is_suggested_when_it_first_earned_it():
    """Three of three are not enough, four of four are; never more than to be suggested."""
    learner = ScriptedLearner()
    learner.will_learn.extend(Learned(changed=(proven(hits),)) for hits in (3, 4, 30))
    (one,) = replay([seen(0), seen(MINUTE), seen(DAY)], learner, screen=as_it_is).patterns
    assert (one.tier, one.suggested_at, one.is_suggested) == (Tier.SUGGEST, T0 + MINUTE, True)


def test_a_pattern_that_is_right_but_not_worth_it_is_not_suggested():
    """The gates before the person hold in a replay, too."""
    learner = ScriptedLearner()
    learner.will_learn.append(Learned(changed=(proven(30, saves_per_week=1.0),)))
    (one,) = replay([seen(0)], learner, screen=as_it_is).patterns
    assert (one.tier, one.suggested_at, one.is_suggested) == (Tier.OBSERVE, 0, False)


def test_a_pattern_that_was_suggested_and_went_wrong_keeps_the_time():
    """It is watched again as the log ends; also when the learner has forgotten it."""
    learner = ScriptedLearner()
    wrong = msgspec.structs.replace(proven(4), evidence=a_state(4, 9).evidence)
    forgotten = proven(4, pattern_id="p-2")
    learner.will_learn.extend(
        [Learned(changed=(proven(4), forgotten)), Learned(changed=(wrong,)), Learned(lost=("p-2",))]
    )

    class Forgetful(ScriptedLearner):
        def states(self):
            return tuple(state for state in super().states() if state.pattern.id != "p-2")

    forgetful = Forgetful()
    forgetful.will_learn = learner.will_learn
    found = replay([seen(0), seen(1), seen(2)], forgetful, screen=as_it_is).patterns
    assert [(one.state.pattern.id, one.tier, one.suggested_at) for one in found] == [
        ("p-1", Tier.OBSERVE, T0),
        ("p-2", Tier.OBSERVE, T0),
    ]


def test_the_highest_score_comes_first():
    """Over all kinds; equal ones by their id."""
    learner = ScriptedLearner()
    scores = {"p-3": 5.0, "p-2": 9.0, "p-1": 5.0}
    states = tuple(PatternState(pattern=a_pattern(each, score=score)) for each, score in scores.items())
    learner.will_learn.append(Learned(changed=states))
    found = replay([seen(0)], learner, screen=as_it_is).patterns
    assert [one.state.pattern.id for one in found] == ["p-2", "p-1", "p-3"]


def found_in_turn(*minings, learned=()):
    """What is told of a log in which these ids were mined, one mining after each record."""

    class Changing(ScriptedLearner):
        def mining(self, now):
            self.will_mine = tuple(map(a_pattern, left.pop(0))) if left else None
            return super().mining(now)

    left, learner = list(minings), Changing()
    learner.will_learn.extend(learned)
    found = replay(map(seen, range(len(left))), learner, screen=as_it_is).patterns
    return {one.state.pattern.id: one.tier for one in found}


def test_what_the_last_mining_no_longer_found_is_not_told():
    """It was noise on the way; the learner only keeps it for a while."""
    assert found_in_turn(["p-1", "p-2"], ["p-2"]) == {"p-2": Tier.OBSERVE}
    assert found_in_turn(["p-1"], []) == {}


def test_what_was_ever_suggested_is_told_though_it_is_found_no_longer():
    """Somebody was asked about it."""
    suggested = (Learned(), Learned(changed=(proven(4),)))
    told = found_in_turn(["p-1", "p-2"], ["p-3"], learned=suggested)
    assert told == {"p-1": Tier.SUGGEST, "p-3": Tier.OBSERVE}


def test_occurrences_before_the_stretch_that_is_mined_are_kept():
    """A later mining replaces what it looked at again, and adds to the rest."""
    learner = ScriptedLearner()
    stretches = (
        occurrences(0, 10, 20),
        occurrences(0, 10, 20),
        occurrences(11, 22, 30),
        (),
        occurrences(40),
    )
    learner.will_learn.extend(Learned(changed=(a_state(occurrences=each),)) for each in stretches)
    (one,) = replay(map(seen, range(5)), learner, screen=as_it_is).patterns
    assert [each.first for each in one.occurrences] == [0, 11, 22, 30, 40]


def test_occurrences_are_bounded():
    """The latest ones stay."""
    learner = ScriptedLearner()
    for many in (range(0, 2 * OCCURRENCES, 2), [3 * OCCURRENCES]):
        learner.will_learn.append(Learned(changed=(a_state(occurrences=occurrences(*many)),)))
    (one,) = replay([seen(0), seen(1)], learner, screen=as_it_is).patterns
    assert (len(one.occurrences), one.occurrences[0].first) == (OCCURRENCES, 2)


def test_what_the_clock_and_the_capture_changed_is_told_together():
    """Advancing is one step for whoever goes through captures."""
    learner = ScriptedLearner()
    learner.due = T0
    learner.will_tick.append(Learned(found=(a_pattern("p-2"),), changed=(a_state(1, pattern_id="p-2"),)))
    learner.will_learn.append(Learned(changed=(a_state(2),), lost=("p-3",)))
    learned = advance(learner, 0, seen(0), learner.symbol(seen(0)))
    assert [state.pattern.id for state in learned.changed] == ["p-2", "p-1"]
    assert (len(learned.found), learned.lost) == (1, ("p-3",))


def test_what_ends_the_log_counts_with_what_is_mined_then():
    """The clock first, then the mining."""
    learner = ScriptedLearner()

    class Late(ScriptedLearner):
        def mining(self, now):
            return super().mining(now) if now >= T0 + DAY else None

        def observe(self, position, capture, symbol):
            self.due = capture.at
            return super().observe(position, capture, symbol)

    learner = Late()
    learner.will_mine = (a_pattern("p-2"),)
    learner.will_tick.append(Learned(changed=(proven(4),)))
    found = replay([seen(0)], learner, screen=as_it_is).patterns
    assert {one.state.pattern.id: one.suggested_at for one in found} == {"p-1": T0, "p-2": 0}


def test_nothing_is_closed_before_its_time():
    """The learner is asked when."""
    learner = ScriptedLearner()
    learner.due = T0 + 1
    assert catch_up(learner, T0) == Learned()
    assert learner.ticks == []
