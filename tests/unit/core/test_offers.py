"""What a pattern must be, besides right, before the person is asked about it."""

import msgspec
import pytest

from understudy.core.offers import offer_refusal, offered_tier, stale_after
from understudy.core.pattern import Occurrence, Pattern, PatternKind, PatternState
from understudy.core.trust import Evidence, Tier
from understudy.core.value import DAY
from understudy.core.workflow import CaptureTrigger, Step

ROUTINE = Pattern(
    id="p-1", kind=PatternKind.ROUTINE, summary="", symbols=("app:a", "app:b"),
    trigger=CaptureTrigger(symbols=("app:a",)), expects=("app:b",), horizon=1,
    steps=(Step(action="open_app", parameters={"app": "b"}),),
    support=3, days=3, sessions=2, saves_per_week=30.0,
)  # fmt: skip


def routine(**fields):
    return msgspec.structs.replace(ROUTINE, **fields)


@pytest.mark.parametrize(
    "fields, code",
    [
        ({}, None),
        ({"steps": ()}, "no_steps"),
        ({"support": 2}, "too_rare"),
        ({"days": 2}, "few_days"),
        ({"days": 1, "symbols": ("state:call=closed", "app:b")}, None),
        ({"days": 1, "symbols": ("app:a", "cmd:make")}, None),
        ({"days": 1, "symbols": ("app:a", "url:b.example")}, "few_days"),
        ({"sessions": 1}, "one_session"),
        ({"sessions": 1, "kind": PatternKind.FOLLOW_UP}, None),
        ({"saves_per_week": 29.9}, "saves_little"),
    ],
)
def test_a_pattern_passes_every_gate_or_is_told_which_it_does_not(fields, code):
    """However right it has been."""
    refusal = offer_refusal(PatternState(pattern=routine(**fields)))
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize(
    "kind, hits, misses, tier",
    [
        (PatternKind.ROUTINE, 3, 0, Tier.OBSERVE),
        (PatternKind.ROUTINE, 4, 0, Tier.SUGGEST),
        (PatternKind.ROUTINE, 16, 0, Tier.AUTO),
        (PatternKind.ROUTINE, 16, 1, Tier.SUGGEST),
        (PatternKind.HABIT, 4, 0, Tier.OBSERVE),
        (PatternKind.HABIT, 5, 0, Tier.SUGGEST),
    ],
)
def test_the_evidence_decides_where_the_gates_are_open(kind, hits, misses, tier):
    """By the rule of its kind; and with one gate shut, nothing is offered."""
    evidence = Evidence(hits=hits, misses=misses)
    assert offered_tier(PatternState(pattern=routine(kind=kind), evidence=evidence)) is tier
    shut = PatternState(pattern=routine(kind=kind, steps=()), evidence=evidence)
    assert offered_tier(shut) is Tier.OBSERVE


@pytest.mark.parametrize(
    "fields, days, tier",
    [
        ({"support": 2}, (0, 0, 0, 0), Tier.SUGGEST),
        ({"days": 1}, (0, 0, 0, 0), Tier.OBSERVE),
        ({"days": 1}, (0, 0, 1, 1), Tier.OBSERVE),
        ({"days": 1}, (0, 1, 2, 2), Tier.SUGGEST),
        ({"sessions": 1}, (0, 1, 2, 3), Tier.OBSERVE),
    ],
)
def test_a_hit_is_an_occurrence_too(fields, days, tier):
    """What was mined long ago has been seen since; on how many days counts for what is made of windows."""
    state = PatternState(
        pattern=routine(**fields),
        evidence=Evidence(hits=len(days)),
        outcomes=tuple((day * DAY + 1, True) for day in days),
    )
    assert offered_tier(state) is tier


def test_what_is_said_is_what_decides():
    """Offered because it has been seen since, so no gate is named that would speak against it."""
    outcomes = tuple((day * DAY + 1, True) for day in range(4))
    state = PatternState(pattern=routine(days=1), evidence=Evidence(hits=4), outcomes=outcomes)
    assert offered_tier(state) is Tier.SUGGEST
    assert offer_refusal(state) is None


def test_a_miss_is_no_occurrence():
    """The day on which it did not come is not one of its days."""
    outcomes = (*((DAY, True),) * 16, (2 * DAY, False), (3 * DAY, False))
    state = PatternState(pattern=routine(days=1), evidence=Evidence(hits=16, misses=2), outcomes=outcomes)
    assert offered_tier(state) is Tier.OBSERVE


@pytest.mark.parametrize("days_apart, count, expected", [(1, 20, 28), (7, 5, 28), (14, 4, 56), (30, 3, 120)])
def test_what_comes_seldom_may_stay_away_for_longer(days_apart, count, expected):
    """Four weeks, or four times its usual distance."""
    occurrences = tuple(
        Occurrence(start=number * days_apart * DAY, end=number * days_apart * DAY, first=0, last=0)
        for number in range(count)
    )
    assert stale_after(routine(occurrences=occurrences)) == expected * DAY


def test_without_occurrences_four_weeks_are_the_limit():
    """Nobody knows how often it comes."""
    assert stale_after(ROUTINE) == 28 * DAY
