"""The judge of made-up lives: what is no part of a plant, at the wrong time or over, is wrong."""

import pytest

from tests.benchmarks.detector.acts import planted_of
from tests.benchmarks.detector.judging import habit_predictions, judge
from tests.benchmarks.detector.personas import Life, capture_of
from tests.benchmarks.detector.plants import FollowUp, Habit, Person, Repetition, Routine
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import CaptureTrigger, ManualTrigger, TimeTrigger
from understudy.engine.replaying import ReplayedPattern

MONDAY = 1_760_313_600_000
"""2025-10-13 00:00 UTC."""
COUNT = 20
"""Times a plant came up: once a day from that Monday on, at nine."""
LATER = MONDAY + 10 * DAY
ROUTINE = Routine(steps=("app:a", "app:b", "app:c"))
MEETING = FollowUp(after="state:calls=closed", then="app:notes")
HABIT = Habit(act="app:crm", minute=9 * 60, weekdays=(0, 1, 2, 3, 4, 5, 6))
TYPED = Repetition(act="cmd:make all the things")


def life_of(plant, act="app:other"):
    """A life in which one thing came up twenty times."""
    planted = planted_of(plant)
    starts = [MONDAY + day * DAY + 9 * HOUR for day in range(COUNT)]
    planted.times.extend((start, start + MINUTE) for start in starts)
    planted.minutes.extend([9 * 60] * COUNT)
    captures = [capture_of(act, start) for start in starts]
    return Life(
        person=Person(name="someone", things=(), plants=(plant,)), captures=captures, planted=(planted,)
    )


def suggested(kind, *symbols, trigger=None, at=LATER):
    """A pattern found and suggested at a time; 0 = not suggested."""
    pattern = Pattern(
        id="p",
        kind=kind,
        summary="",
        symbols=symbols,
        trigger=trigger or CaptureTrigger(symbols=symbols[:1]),
        expects=symbols[-1:],
        horizon=MINUTE,
        steps=(),
        support=3,
        days=3,
        found_at=at or LATER,
    )
    return ReplayedPattern(state=PatternState(pattern=pattern), tier=Tier.SUGGEST, suggested_at=at)


def routine(*symbols, at=LATER):
    """A routine that was suggested."""
    return suggested(PatternKind.ROUTINE, *symbols, at=at)


def habit(cron, symbol="app:crm", at=LATER):
    """A habit that was suggested."""
    return suggested(PatternKind.HABIT, symbol, trigger=TimeTrigger(cron=cron, timezone="UTC"), at=at)


def typed(text):
    """A repetition that was suggested."""
    return suggested(PatternKind.REPETITION, f"cmd:{text}", trigger=ManualTrigger())


def is_right(life, *patterns):
    """Whether all that was suggested is right."""
    judgement = judge(life, patterns)
    return judgement.suggested == len(patterns) == judgement.right


@pytest.mark.parametrize(
    "symbols, expected",
    [
        (("app:a", "app:b", "app:c"), True),
        (("app:a", "app:c"), True),
        (("app:c", "app:a"), False),
        (("app:a", "app:x"), False),
        (("app:a", "app:b", "app:x"), False),
        (("app:a",), False),
    ],
)
def test_a_suggestion_is_right_when_it_is_a_part_of_a_plant_in_order(symbols, expected):
    """Two symbols at least, none that is not planted, none turned round."""
    assert is_right(life_of(ROUTINE), routine(*symbols)) is expected


def test_what_is_over_is_not_right_any_more():
    """Three weeks after its last time a routine is nobody's routine."""
    life = life_of(ROUTINE)
    assert is_right(life, routine("app:a", "app:b", at=MONDAY + (COUNT + 13) * DAY))
    assert not is_right(life, routine("app:a", "app:b", at=MONDAY + (COUNT + 21) * DAY))


def test_a_follow_up_must_name_what_it_follows():
    """That notes come some time after a meeting window opened is not what was planted."""
    life = life_of(MEETING)
    assert is_right(life, routine("state:calls=closed", "app:notes"))
    assert is_right(life, routine("app:calls", "state:calls=closed", "app:notes"))
    assert not is_right(life, routine("app:calls", "app:notes"))


@pytest.mark.parametrize(
    "cron, expected",
    [
        ("0 9 * * *", True),
        ("40 8 * * *", True),
        ("21 9 * * *", False),
        ("39 8 * * *", False),
        ("0 21 * * *", False),
    ],
)
def test_a_habit_is_right_within_twenty_minutes(cron, expected):
    """Of the planned time, earlier or later."""
    assert is_right(life_of(HABIT), habit(cron)) is expected


def test_a_habit_of_something_else_is_wrong():
    """The time alone is not enough."""
    assert not is_right(life_of(HABIT), habit("0 9 * * *", "app:mail"))


def test_a_habit_on_days_that_are_free_is_wrong():
    """What is done on Mondays is not done daily."""
    life = life_of(HABIT)
    mondays = [
        place for place, (start, _) in enumerate(life.planted[0].times) if not (start - MONDAY) // DAY % 7
    ]
    times = [life.planted[0].times[place] for place in mondays]
    life.planted[0].times[:], life.planted[0].minutes[:] = times, [9 * 60] * len(times)
    assert is_right(life, habit("0 9 * * mon"))
    assert not is_right(life, habit("0 9 * * *"))


def test_a_habit_that_moved_is_soon_right_at_the_new_time_only():
    """Around the move both times are true, a week later only the new one."""
    life = life_of(HABIT)
    life.planted[0].minutes[:] = [9 * 60] * 3 + [11 * 60] * (COUNT - 3)
    assert is_right(life, habit("0 9 * * *", at=MONDAY + 3 * DAY))
    assert is_right(life, habit("0 11 * * *", at=MONDAY + 3 * DAY))
    assert not is_right(life, habit("0 9 * * *", at=LATER))
    assert is_right(life, habit("0 11 * * *", at=LATER))


def test_a_text_is_right_when_it_was_typed_often():
    """Planted or not; one that was never typed is wrong."""
    life = life_of(TYPED, act=TYPED.act)
    assert is_right(life, typed("make all the things"))
    assert not is_right(life, typed("make nothing"))


def test_what_was_only_watched_is_no_suggestion():
    """A candidate in the shadow bothers nobody; it counts among the candidates, right or wrong."""
    judgement = judge(life_of(ROUTINE), [routine("app:a", "app:b", at=0), routine("app:x", "app:y", at=0)])
    assert (judgement.suggested, judgement.covered, judgement.spotted) == (0, 0, 1)
    assert (judgement.candidates, judgement.right_candidates) == (2, 1)


def test_what_was_missed_lowers_the_recall_and_wrong_suggestions_are_told():
    """A wrong suggestion covers nothing."""
    judgement = judge(life_of(ROUTINE), [routine("app:x", "app:y")])
    assert (judgement.provable, judgement.covered, judgement.right) == (1, 0, 0)
    assert judgement.wrong == ["someone: routine app:x -> app:y ()"]
    assert judgement.missed == ["someone: routine app:a -> app:b -> app:c (20 times, no candidate)"]


def test_a_plant_covered_twice_counts_once():
    """And the time is that of the first suggestion: ten days, ten times."""
    judgement = judge(
        life_of(ROUTINE), [routine("app:a", "app:b"), routine("app:b", "app:c", at=LATER + DAY)]
    )
    assert (judgement.covered, judgement.until_suggested) == (1, [10])
    assert judgement.days == [pytest.approx(10 - 9 / 24)]


def test_a_habit_predicts_a_week_and_absence_is_no_excuse():
    """Seven days said, three of them done within the window."""
    life = life_of(HABIT, act="app:crm")
    cut = MONDAY + (COUNT - 3) * DAY
    assert habit_predictions([habit("55 8 * * *").state.pattern], life.captures, cut) == (3, 7)
    assert habit_predictions([habit("5 9 * * *").state.pattern], life.captures, cut) == (0, 7)
