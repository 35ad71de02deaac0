"""Keeping patterns: what is the same, what is a better version, and what is given up."""

import msgspec
import pytest

from tests.unit.detectors.days import MONDAY
from understudy.core.pattern import Carry, Occurrence, Pattern, PatternKind, PatternState
from understudy.core.trust import Evidence
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import CaptureTrigger, ManualTrigger, Step, TimeTrigger
from understudy.detectors.keeping import FRESH, PATTERNS, is_part, merged

NOW = MONDAY + 60 * DAY
STEP = Step(action="open_app", parameters={"app": "b"})
NUMBER, OTHER = (Carry(place=0, source=name, target="n") for name in ("n", "id"))


def pattern(letters, name="", split=1, kind=PatternKind.ROUTINE, **fields):
    """A routine of apps in letters, as mining would return it: the first sets off, the others are expected."""
    templates = tuple(f"app:{letter}" for letter in letters)
    values = {
        "id": name or f"p-{letters}", "kind": kind, "summary": "", "symbols": templates,
        "trigger": CaptureTrigger(symbols=templates[:split]), "expects": templates[split:],
        "horizon": 5 * MINUTE, "steps": (), "support": 5, "days": 3, "last_seen": NOW - DAY,
    }  # fmt: skip
    return Pattern(**values | fields)


def habit(cron, name, app="app:crm"):
    """A habit as mining would return it."""
    trigger = TimeTrigger(cron=cron, timezone="UTC")
    return pattern("x", name=name, kind=PatternKind.HABIT, trigger=trigger, symbols=(app,), expects=(app,))


def repetition(name):
    """Something typed."""
    fields = {"trigger": ManualTrigger(), "symbols": ("cmd:c",), "expects": ("cmd:c",)}
    return pattern("x", name=name, kind=PatternKind.REPETITION, **fields)


def known(symbols, hits=0, misses=0, last=NOW - DAY, **fields):
    """A pattern with so many outcomes, the latest at this time."""
    is_decided = fields.pop("is_decided", False)
    given = symbols if isinstance(symbols, Pattern) else pattern(symbols, found_at=MONDAY, **fields)
    outcomes = tuple((last, number < hits) for number in range(hits + misses))
    evidence = Evidence(hits=hits, misses=misses)
    return PatternState(pattern=given, evidence=evidence, outcomes=outcomes, is_decided=is_decided)


def merge(states, *patterns, waiting=()):
    """Merge these states with these patterns."""
    before = {state.pattern.id: state for state in states}
    return merged(before, patterns, NOW, lambda pattern_id: pattern_id in waiting)


def left(states, *patterns, waiting=()):
    """The ids that are known afterwards."""
    outcome = merge(states, *patterns, waiting=waiting)
    ids = {state.pattern.id for state in states} | {each.id for each in outcome.found}
    return ids - set(outcome.lost)


# --- the same again


def test_what_is_new_begins_now_without_evidence():
    """Nothing it was selected on counts."""
    outcome = merge([], pattern("ab"))
    (state,) = outcome.changed
    assert (state.evidence, state.pattern.found_at, outcome.found) == (Evidence(), NOW, (state.pattern,))


def test_what_is_found_again_keeps_its_evidence_and_gets_new_figures():
    """When it was last seen never goes back."""
    before = known("ab", hits=2, last_seen=NOW)
    outcome = merge([before], pattern("ab", support=9))
    (state,) = outcome.changed
    assert (outcome.found, outcome.lost) == ((), ())
    assert (state.pattern.support, state.pattern.found_at, state.pattern.last_seen) == (9, MONDAY, NOW)
    assert (state.evidence, state.outcomes) == (before.evidence, before.outcomes)


@pytest.mark.parametrize(
    "before, now, evidence",
    [
        ((), (NUMBER,), Evidence()),
        ((NUMBER,), (NUMBER,), Evidence(hits=4, misses=1)),
        ((NUMBER,), (), Evidence(hits=4, misses=1)),
        ((NUMBER,), (NUMBER, OTHER), Evidence()),
    ],
)
def test_with_a_value_that_was_not_asked_for_before_evidence_begins_anew(before, now, evidence):
    """What was right with any value may be wrong with the right one."""
    state = known("abc", hits=4, misses=1, carries=before)
    (fresh,) = merge([state], pattern("abc", carries=now, support=6)).changed
    assert (fresh.pattern.carries, fresh.evidence) == (now, evidence)
    assert bool(fresh.outcomes) == bool(evidence.hits)


def test_what_did_not_move_is_not_told():
    """Nobody needs to store or weigh it again."""
    assert merge([known("ab", hits=1)], pattern("ab")).changed == ()


def test_the_same_routine_split_elsewhere_is_the_same_pattern():
    """Trigger, steps and identity stay as the person knows them."""
    outcome = merge([known("abc", steps=(STEP,))], pattern("abc", name="p-y", split=2, support=8))
    (state,) = outcome.changed
    assert (state.pattern.id, state.pattern.expects) == ("p-abc", ("app:b", "app:c"))
    assert (state.pattern.steps, state.pattern.support) == ((STEP,), 8)


@pytest.mark.parametrize(
    "cron, expected",
    [
        ("50 8 * * 1-5", {"p-1": "45 8 * * 1-5"}),
        ("5 9 * * 1-5", {"p-1": "5 9 * * 1-5"}),
        ("50 8 * * *", {"p-1": "50 8 * * *"}),
        ("45 9 * * 1-5", {"p-1": "45 8 * * 1-5", "p-2": "45 9 * * 1-5"}),
    ],
)
def test_a_habit_may_drift_and_stay_the_same(cron, expected):
    """A few minutes change nothing, more move its time, an hour makes another habit."""
    before = known(habit("45 8 * * 1-5", "p-1"), hits=1)
    outcome = merge([before], habit(cron, "p-2"))
    after = {"p-1": before} | {state.pattern.id: state for state in outcome.changed}
    assert {each: state.pattern.trigger.cron for each, state in after.items()} == expected


def on(day, hour, is_hit):
    """An outcome, or when something was seen."""
    return MONDAY + day * DAY + int(hour * 60) * MINUTE, is_hit


def watched(cron, *outcomes):
    """A habit with these outcomes."""
    hits = sum(is_hit for _, is_hit in outcomes)
    evidence = Evidence(hits=hits, misses=len(outcomes) - hits)
    return PatternState(pattern=habit(cron, "p-1"), evidence=evidence, outcomes=outcomes)


def refreshed(state, cron, days=(), hour=9.0, **fields):
    """What becomes of it when it is found again, seen on these days at this hour."""
    times = [on(day, hour, True)[0] for day in days]
    seen = tuple(Occurrence(start=at, end=at, first=1, last=1) for at in times)
    new = msgspec.structs.replace(habit(cron, "p-2"), occurrences=seen, **fields)
    (fresh,) = merge([state], new).changed
    return fresh


def test_what_was_missed_because_the_habit_had_moved_is_forgiven():
    """Done on both days, but later; not what was missed before, nor on a day on which it was not done."""
    state = watched("0 9 * * 1-5", *(on(day, 9.1, day in (0, 2)) for day in (0, 1, 2, 3, 4, 7)))
    fresh = refreshed(state, "20 9 * * 1-5", days=(1, 3, 4), hour=9.4)
    assert (fresh.evidence.hits, fresh.evidence.misses) == (2, 2)
    assert [(at - MONDAY) // DAY for at, _ in fresh.outcomes] == [0, 1, 2, 7]


def test_a_routine_with_another_time_limit_keeps_what_it_missed():
    """Only habits move."""
    before = known("ab", hits=1, misses=1)
    trigger = CaptureTrigger(symbols=("app:a",), within=7 * MINUTE)
    (state,) = merge([before], pattern("ab", trigger=trigger)).changed
    assert (state.pattern.trigger, state.evidence) == (trigger, before.evidence)


def test_days_that_are_none_of_it_any_more_count_for_nothing():
    """Said of every day, it is one of Tuesdays to Saturdays."""
    state = watched("0 4 * * *", *(on(day, 4.1, day not in (0, 6)) for day in range(7)))
    fresh = refreshed(state, "0 4 * * 2-6")
    assert (fresh.evidence.hits, fresh.evidence.misses) == (5, 0)
    assert len(fresh.outcomes) == 5


def test_a_habit_that_takes_place_later_too_is_waited_for_longer():
    """The same beginning, another end; a few minutes more are no change."""
    for longer, horizon in ((20, 25), (5, 5)):
        fresh = refreshed(watched("0 9 * * 1-5"), "0 9 * * 1-5", horizon=(5 + longer) * MINUTE, support=9)
        assert fresh.pattern.horizon == horizon * MINUTE


def test_a_habit_missed_five_times_that_is_found_no_longer_is_given_up():
    """A hit among the five, or any other kind of pattern, is given more time."""
    late = [on(50 + day, 9, False) for day in range(5)]
    over = watched("0 9 * * 1-5", on(49, 9, True), *late)
    assert left([over]) == set()
    assert left([watched("0 9 * * 1-5", *late[1:])]) == {"p-1"}
    assert left([watched("0 9 * * 1-5", *late[1:], on(56, 9, True))]) == {"p-1"}
    assert left([known("ab", misses=5)]) == {"p-ab"}


def test_a_proven_routine_read_anew_stays_as_it_is():
    """One symbol less or another one, by the noise of the day: the figures are new, the routine is not."""
    for reading in ("abcde", "abcdex"):
        outcome = merge([known("abcdef", hits=3)], pattern(reading, support=9))
        assert (outcome.found, outcome.lost) == ((), ())
        (state,) = outcome.changed
        assert (state.pattern.id, len(state.pattern.symbols), state.pattern.support) == ("p-abcdef", 6, 9)


@pytest.mark.parametrize(
    "fields",
    [
        {"letters": "axyzv"},
        {"letters": "abcd", "split": 2},
        {"letters": "abcd", "kind": PatternKind.FOLLOW_UP},
    ],
)
def test_what_differs_much_or_is_set_off_otherwise_is_another(fields):
    """Half of the symbols, another trigger, another kind: none of these gets the other's new figures."""
    outcome = merge([known("abcde", hits=3)], pattern(name="p-new", **fields))
    assert "p-abcde" not in {state.pattern.id for state in outcome.changed}


def test_of_two_readings_of_one_routine_only_the_first_counts():
    """The better one comes first."""
    (state,) = merge([known("abcde", hits=3)], pattern("abcd", support=9), pattern("abce", support=4)).changed
    assert state.pattern.support == 9
    assert [each.id for each in merge([], pattern("abc"), pattern("abc", split=2, name="p-y")).found] == [
        "p-abc"
    ]


# --- pieces and longer versions


def test_a_piece_of_what_is_known_and_right_is_not_found_once_more():
    """It would only ask twice; unless the whole has not been seen for long, or was wrong as often as right."""
    piece = pattern("bc", kind=PatternKind.FOLLOW_UP)
    assert left([known("abc", hits=1)], piece) == {"p-abc"}
    assert left([known("abc", hits=1, last_seen=NOW - 20 * DAY)], piece) == {"p-abc", "p-bc"}
    assert left([known("abc", hits=1, misses=1)], piece) == {"p-abc", "p-bc"}
    assert left([known("abc", hits=1)], pattern("cb")) == {"p-abc", "p-cb"}


@pytest.mark.parametrize(
    "hits, misses, is_proven", [(1, 0, True), (2, 1, False), (3, 1, True), (4, 2, False)]
)
def test_a_pattern_is_proven_when_it_was_right_more_than_twice_for_each_time_it_was_wrong(
    hits, misses, is_proven
):
    """Before that a piece of it may be the better one."""
    piece = pattern("bc", kind=PatternKind.FOLLOW_UP)
    assert ("p-bc" not in left([known("abc", hits=hits, misses=misses)], piece)) is is_proven


def test_what_the_mining_saw_goes_by_the_ids_that_are_kept():
    """A known one under its own id, a new one under its new; what is merely kept was not seen."""
    states = [known("abc", hits=3), known("xyz", hits=1)]
    outcome = merge(states, pattern("abc", split=2, name="p-again"), pattern("de"))
    assert outcome.seen == {"p-abc", "p-de"}
    assert left(states, pattern("abc")) == {"p-abc", "p-xyz"}


def test_a_piece_shows_that_the_whole_is_still_done():
    """It is seen in its place, and stays, with the figures it had."""
    whole = known("abc", hits=3, last=NOW - FRESH)
    outcome = merge([whole], pattern("bc", kind=PatternKind.FOLLOW_UP))
    assert (outcome.seen, outcome.changed, outcome.lost) == ({"p-abc"}, (), ())
    assert left([known("abc", hits=3, last=NOW - FRESH)]) == set()


@pytest.mark.parametrize("is_piece_first", [True, False])
def test_a_whole_that_is_found_gets_its_new_figures_besides_its_piece(is_piece_first):
    """Whichever of the two the mining told first."""
    found = [pattern("bc", kind=PatternKind.FOLLOW_UP), pattern("abc", support=9)]
    outcome = merge([known("abc", hits=3)], *(found if is_piece_first else found[::-1]))
    assert outcome.seen == {"p-abc"}
    assert [state.pattern.support for state in outcome.changed] == [9]


def test_a_habit_is_never_a_piece_of_something():
    """Time is another question than order."""
    assert left([known("ab", hits=1)], habit("0 9 * * *", "p-2", app="app:b")) == {"p-ab", "p-2"}


def test_a_routine_that_grows_is_a_new_one_and_inherits_nothing():
    """Three become five: the longer begins at nought, the shorter goes, whatever it had begun to show."""
    outcome = merge([known("abc", hits=2, misses=1)], pattern("abcde"))
    assert ([each.id for each in outcome.found], outcome.lost) == (["p-abcde"], ("p-abc",))
    assert outcome.changed[0].evidence == Evidence()


def test_a_shorter_one_that_has_earned_its_place_stays_until_the_longer_one_has():
    """Nothing that may be offered is taken away for something that may not."""
    earned = known("abc", hits=4)
    assert left([earned], pattern("abcde")) == {"p-abc", "p-abcde"}
    assert left([earned, known("abcde", hits=4)], pattern("abcde")) == {"p-abcde"}


def test_a_shorter_one_that_is_still_found_or_was_spoken_of_stays():
    """The person's word holds, and what mining sees is there."""
    longer = known("abcde", hits=4)
    assert left([known("abc", hits=4, is_decided=True), longer], pattern("abcde")) == {"p-abc", "p-abcde"}
    assert left([known("abc", misses=1), longer], pattern("abcde"), pattern("abc")) == {"p-abc", "p-abcde"}


# --- what is given up


@pytest.mark.parametrize(
    "state, stays",
    [
        (known("ab"), False),
        (known("ab", is_decided=True), True),
        (known("ab", hits=1, last=NOW - FRESH + 1), True),
        (known("ab", misses=3, last=NOW - FRESH + 1), True),
        (known("ab", hits=9, last=NOW - FRESH), False),
        (known("ab", hits=9, last=NOW - FRESH, is_decided=True), True),
        (known(repetition("p-r")), False),
    ],
)
def test_what_is_found_no_longer_stays_for_its_fresh_outcomes_and_for_the_persons_word(state, stays):
    """Good or bad ones: who begins anew has forgotten his misses."""
    assert (left([state]) != set()) is stays


def test_what_is_waited_for_stays():
    """Its trigger has fired; what comes of it is evidence."""
    assert left([known("ab")], waiting={"p-ab"}) == {"p-ab"}


def test_at_most_500_patterns_are_kept():
    """Those with the least to show go first: a new one before a proven one, and a wrong one before a new one."""
    proven = [known(pattern("ab", name=f"p-{number}"), hits=1) for number in range(PATTERNS - 1)]
    wrong = known(pattern("cd", name="p-wrong"), misses=1)
    assert "p-wrong" not in left([*proven, wrong], pattern("ef"))
    assert "p-ef" in left([*proven, wrong], pattern("ef"))
    assert len(left([*proven, wrong], pattern("ef"), pattern("gh"))) == PATTERNS
    assert left([*proven, wrong], *(state.pattern for state in proven), pattern("ef")) >= {"p-ef", "p-0"}


def test_a_part_keeps_the_order():
    """With others between."""
    assert is_part("ac", "abc")
    assert not is_part("ca", "abc")
