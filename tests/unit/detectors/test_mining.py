"""From candidates to patterns: steps, gates, and the same answer for the same question."""

import msgspec
import pytest

from tests.unit.detectors.days import (
    MONDAY,
    events_of,
    moment,
    patterns_of,
    seen,
    shuffled,
    typed,
    worker,
)
from tests.unit.detectors.test_follow_ups import days
from tests.unit.detectors.test_routines import routine
from understudy.core.fortnight import CRM, NOTES, PULL, TIME_SHEET
from understudy.core.pattern import PatternKind
from understudy.core.value import DAY
from understudy.core.workflow import Step
from understudy.detectors.mining import detectors

WEEK = 7 * DAY


def pair(then, delay=20):
    """Calls, then this."""
    return lambda dice: [(lambda at: seen(at, "calls"), 0), (then, dice.whole(5, delay))]


def follow_up(captures, **asked):
    """The one follow-up in these captures."""
    (pattern,) = [each for each in patterns_of(captures, **asked) if each.kind is PatternKind.FOLLOW_UP]
    return pattern


def test_every_detector_of_the_folder_is_used():
    """One file each, found by itself."""
    assert [each.name for each in detectors()] == ["follow_ups", "habits", "repetitions", "routines"]
    assert all(each.title.endswith("?") for each in detectors())


@pytest.mark.parametrize(
    "then, step",
    [
        (lambda at: seen(at, "notes"), Step(action="open_app", parameters={"app": "notes"})),
        (
            lambda at: seen(at, "firefox", url="https://x.example/a?utm_source=b"),
            Step(action="open_url", parameters={"url": "https://x.example/a"}),
        ),
        (
            lambda at: typed(at, "make report"),
            Step(action="run_script", parameters={"script": "make report\n"}),
        ),
    ],
)
def test_what_was_the_same_every_time_becomes_a_step(then, step):
    """With the literal, so that the person sees exactly what would be done."""
    assert follow_up(days(pair(then), count=8)).steps == (step,)


@pytest.mark.parametrize(
    "then",
    [
        lambda at: typed(at, f"make report-{at}.txt"),
        lambda at: seen(at, "firefox", url=f"https://x.example/orders/{at}"),
        lambda at: seen(at, "firefox", url="ftp://x.example/a"),
    ],
)
def test_what_varies_or_cannot_be_opened_is_evidence_only(then):
    """A parameter would have to be asked for: the pattern has no step."""
    assert follow_up(days(pair(then), count=8)).steps == ()


def test_what_cannot_be_done_on_this_machine_is_evidence_only():
    """The engine says which templates it can act on."""
    captures = days(pair(lambda at: seen(at, "notes")), count=8)
    assert follow_up(captures, undoable=frozenset({"app:notes"})).steps == ()


def test_steps_end_before_the_first_thing_that_cannot_be_done():
    """Skipping one in the middle would do something the person never does."""
    captures = days(routine("a", "b", lambda at: typed(at, f"go {at}"), "c", gap=0), count=8)
    (pattern,) = [each for each in patterns_of(captures) if each.kind is PatternKind.ROUTINE]
    assert pattern.expects == ("app:b", "cmd:go {n}", "app:c")
    assert pattern.steps == (Step(action="open_app", parameters={"app": "b"}),)


def test_never_means_in_no_pattern_at_all():
    """Neither as trigger nor as step."""
    captures = days(pair(lambda at: seen(at, "notes")), count=8)
    assert patterns_of(captures, never=frozenset({"app:notes"})) == ()
    assert patterns_of(captures, never=frozenset({"app:calls"})) == ()


def test_what_saves_less_than_half_a_minute_a_week_is_nobodys_attention_worth():
    """Four seconds, six times a week."""
    assert patterns_of(days(pair(lambda at: seen(at, "notes")), count=7, per_day=1)) == ()
    assert follow_up(days(pair(lambda at: seen(at, "notes")), count=7, per_day=2)).saves_per_week == 56.0


def test_a_piece_of_a_routine_is_no_pattern_of_its_own():
    """Mail, tracker, sheet: no follow-up beside it."""
    kinds = [each.kind for each in patterns_of(days(routine("mail", "tracker", "sheet"), count=8))]
    assert kinds == [PatternKind.ROUTINE]


def test_a_pattern_remembers_where_it_was_seen():
    """Positions, times, days and weekdays of its occurrences; at most 50 of them."""
    captures = days(pair(lambda at: seen(at, "notes")), count=30)
    pattern = follow_up(captures)
    assert pattern.support == 60
    assert len(pattern.occurrences) == 50
    assert pattern.days == 30
    assert pattern.weekdays == tuple(range(7))
    last = pattern.occurrences[-1]
    assert captures[last.first - 1].app == "calls"
    assert captures[last.last - 1].app == "notes"
    assert captures[last.last - 1].at == last.end == pattern.last_seen


def test_nothing_is_found_in_nothing():
    """The first minute."""
    assert patterns_of([]) == ()


def test_equal_input_gives_equal_patterns():
    """Ids and all."""
    assert patterns_of(worker(1)) == patterns_of(worker(1))


def shape(pattern):
    """Everything about a pattern that has no name, no time and no id in it."""
    return (
        pattern.kind,
        len(pattern.symbols),
        pattern.horizon,
        pattern.support,
        pattern.days,
        pattern.weekdays,
        pattern.score,
        pattern.saves_per_week,
        [(each.first, each.last) for each in pattern.occurrences],
    )


@pytest.mark.parametrize("weeks", [1, 500])
def test_shifting_time_by_whole_weeks_changes_nothing(weeks):
    """In a zone without clock changes; even the ids stay."""
    captures = worker(2)
    later = [msgspec.structs.replace(each, at=each.at + weeks * WEEK) for each in captures]
    before, after = patterns_of(captures), patterns_of(later)
    assert [shape(each) for each in after] == [shape(each) for each in before]
    assert [each.id for each in after] == [each.id for each in before]


def test_renaming_programs_changes_nothing():
    """What things are called is no evidence."""
    captures = worker(3)
    renamed = [
        msgspec.structs.replace(each, app=each.app[::-1]) if each.kind == "focus" else each
        for each in captures
    ]
    assert [shape(each) for each in patterns_of(renamed)] == [shape(each) for each in patterns_of(captures)]


def test_four_weeks_of_work_hold_what_was_planted():
    """All four kinds, with what would be done; measured here in one mining over all of it."""
    found = {each.kind: each for each in patterns_of(worker(4), "Europe/Berlin")}
    steps = {kind: each.steps[0].parameters for kind, each in found.items()}
    assert steps == {
        PatternKind.FOLLOW_UP: {"app": NOTES},
        PatternKind.HABIT: {"url": CRM},
        PatternKind.REPETITION: {"script": f"{PULL}\n"},
        PatternKind.ROUTINE: {"url": TIME_SHEET},
    }


@pytest.mark.parametrize("block", [50, 0])
@pytest.mark.parametrize("seed", [0])
def test_a_shuffled_worker_has_nothing_left_but_what_is_typed(block, seed):
    """Order and time are gone, so must be what lives on them; repetitions live on neither."""
    found = patterns_of(shuffled(worker(seed), block, seed), "Europe/Berlin")
    assert {each.kind for each in found} <= {PatternKind.REPETITION}


def test_a_day_of_events_at_one_instant_does_no_harm():
    """A broken clock finds nothing and divides by nothing."""
    captures = [seen(MONDAY, f"app{i % 5}") for i in range(300)]
    assert patterns_of(captures) == ()
    assert len(events_of(captures)) == 300
    assert moment(0, 0) == MONDAY
