"""From candidates to patterns: steps, figures, and the same answer for the same question."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from tests.unit.detectors.written import MONDAY, frozen, planted, steps, topics, written
from understudy.core.dice import Dice
from understudy.core.pattern import PatternKind
from understudy.core.redaction import SECRET
from understudy.core.value import DAY, HOUR, SECOND
from understudy.core.workflow import CaptureTrigger, ManualTrigger, Step, TimeTrigger
from understudy.detectors.candidate import Candidate
from understudy.detectors.log import NOWHERE
from understudy.detectors.mining import detectors, mine
from understudy.detectors.routines import Routines
from understudy.detectors.setting import Setting

WORDS = "a=A b=B c=C . | a=A b=B c=C . | a=A b=B c=C ."


@dataclass
class Says:
    """A detector that finds what it is told."""

    name: ClassVar[str] = "says"
    title: ClassVar[str] = "What was it told to say?"
    decoys: ClassVar[int] = 0
    candidates: list[Candidate]

    def find(self, log):
        """What it was told."""
        return self.candidates


def candidate(text, expected=1, kind=PatternKind.ROUTINE, **fields):
    """A candidate seen three times at the beginning of a day: the last steps are expected."""
    symbols = tuple(word if ":" in word else f"app:{word}" for word in text.split())
    row = np.arange(len(symbols))
    return Candidate(
        **{
            "kind": kind,
            "symbols": symbols,
            "trigger": CaptureTrigger(symbols=symbols[:-expected]),
            "expects": symbols[-expected:],
            "horizon": 90 * SECOND,
            "score": 12.34567,
            "places": np.stack([row, row + len(symbols) + 1, row + 2 * len(symbols) + 2]),
        }
        | fields
    )


def patterns_of(words, *candidates, **asked):
    """The patterns that these candidates make."""
    log = written(words)
    return mine(frozen(log), Setting(**({"zone": "UTC"} | asked)), [Says(list(candidates))])


def pattern_of(words=WORDS, text="a b c", expected=2, **fields):
    """The one pattern that a candidate makes."""
    (pattern,) = patterns_of(words, candidate(text, expected, **fields))
    return pattern


def steps_of(*thens):
    """The steps that come of a trigger, and then these, each three times."""
    names = ["a", *(then.partition("=")[0] for then in thens)]
    words = " | ".join([" ".join(["a", *thens, "."])] * 3)
    return pattern_of(words, " ".join(names), len(thens)).steps


# --- steps


@pytest.mark.parametrize(
    "then, step",
    [
        ("b=Notes", Step(action="open_app", parameters={"app": "Notes"})),
        ("url:x=https://x.example/a", Step(action="open_url", parameters={"url": "https://x.example/a"})),
        ("cmd:make=make", Step(action="run_script", parameters={"script": "make\n"})),
        ("phrase:hi=Hello", Step(action="type_text", parameters={"text": "Hello"})),
    ],
)
def test_what_was_the_same_every_time_becomes_a_step(then, step):
    """With the literal, so that the person sees exactly what would be done."""
    assert steps_of(then) == (step,)


@pytest.mark.parametrize("then", ["b", f"b={SECRET}", "file:x=report", "click:x=button"])
def test_what_is_not_known_or_cannot_be_done_is_evidence_only(then):
    """No literal, one that is redacted, a file, something foreign."""
    assert steps_of(then) == ()


def test_what_varies_is_evidence_only():
    """A parameter would have to be asked for."""
    words = "a b=1 . | a b=2 . | a b=1 ."
    assert pattern_of(words, "a b", 1).steps == ()
    words = "a b=1 . | a b . | a b=1 ."
    assert pattern_of(words, "a b", 1).steps == ()


def test_steps_end_before_the_first_thing_that_cannot_be_done():
    """Skipping one in the middle would do something the person never does."""
    assert [step.parameters for step in steps_of("b=B", "c", "d=D")] == [{"app": "B"}]


def test_what_cannot_be_done_on_this_machine_is_no_step():
    """The engine says which templates it can act on."""
    (pattern,) = patterns_of(WORDS, candidate("a b c", 2), undoable=frozenset({"app:c"}))
    assert [step.parameters for step in pattern.steps] == [{"app": "B"}]


def test_a_step_that_was_sometimes_missing_is_still_a_step():
    """It was the same whenever it was there."""
    places = np.array([[0, 1, 2], [4, NOWHERE, 6], [8, 9, 10]])
    assert [step.parameters for step in pattern_of(places=places).steps] == [{"app": "B"}, {"app": "C"}]


# --- figures


def test_a_pattern_says_what_when_and_how_often():
    """Three times on two days, in three sessions, the last one on a Tuesday afternoon."""
    pattern = pattern_of()
    assert pattern.kind is PatternKind.ROUTINE
    assert pattern.symbols == ("app:a", "app:b", "app:c")
    assert pattern.trigger == CaptureTrigger(symbols=("app:a",))
    assert pattern.expects == ("app:b", "app:c")
    assert (pattern.support, pattern.days, pattern.sessions, pattern.weekdays) == (3, 2, 3, (0, 1))
    assert pattern.horizon == 90 * SECOND
    assert pattern.score == 12.346
    assert pattern.summary == "After a, you open b and open c"
    assert (pattern.found_at, pattern.last_seen) == (0, pattern.occurrences[-1].end)


def test_occurrences_are_times_and_positions():
    """Of the first and the last step that is there, oldest first."""
    places = np.array([[0, 1, 2], [NOWHERE, 5, NOWHERE], [8, 9, 10]])
    log = written(WORDS)
    occurrences = pattern_of(places=places).occurrences
    assert [(each.first, each.last) for each in occurrences] == [(1, 3), (6, 6), (9, 11)]
    assert [each.start for each in occurrences] == log.time[[0, 5, 8]].tolist()
    assert [each.end for each in occurrences] == log.time[[2, 5, 10]].tolist()


def test_only_the_latest_occurrences_are_kept():
    """As many as asked for, or all; each still counts."""
    for asked, kept in ((2, 2), (None, 3)):
        (pattern,) = patterns_of(WORDS, candidate("a b c", 2), occurrences=asked)
        assert pattern.support == 3
        assert [each.first for each in pattern.occurrences] == [1, 5, 9][-kept:]


def test_days_are_those_of_the_person():
    """Nine in the morning in London is already the next day on Kiritimati, fourteen hours ahead."""
    (pattern,) = patterns_of(WORDS, candidate("a b c", 2), zone="Pacific/Kiritimati")
    assert (pattern.days, pattern.weekdays) == (2, (0, 1))
    (pattern,) = patterns_of("a b c . a b c . a b c .", candidate("a b c", 2), zone="Pacific/Auckland")
    assert (pattern.days, pattern.weekdays) == (1, (0,))


def test_names_are_those_of_the_desktop():
    """Where it has one."""
    (pattern,) = patterns_of(WORDS, candidate("a b c", 2), names={"b": "Bookkeeping"})
    assert pattern.summary == "After a, you open Bookkeeping and open c"


@pytest.mark.parametrize(
    "then, seconds",
    [
        ("b=B", 4),
        ("url:x=u", 8),
        ("file:x=f", 6),
        ("click:x", 4),
        ("cmd:make=make_all", 8 * 0.25),
        ("cmd:make", 4 * 0.25),
        ("phrase:x=Hello_there", 11 * 0.25),
    ],
)
def test_what_it_saves_is_what_it_takes_by_hand(then, seconds):
    """Three times in a history of two days, which counts for five."""
    words = " | ".join([f"a {then} ."] * 3)
    pattern = pattern_of(words, f"a {then.partition('=')[0]}", 1)
    assert pattern.saves_per_week == pytest.approx(3 * 7 / 5 * seconds, abs=0.001)


def test_a_habit_saves_the_waiting_too():
    """It is ready before the person comes to it."""
    habit = {
        "kind": PatternKind.HABIT,
        "trigger": TimeTrigger(cron="0 9 * * 1-5", timezone="UTC"),
        "typical": 540,
        "weekdays": (0, 1, 2, 3, 4),
    }
    pattern = pattern_of("b . | b . | b .", "b", 1, **habit)
    assert pattern.saves_per_week == pytest.approx(3 * 7 / 5 * (4 + 4), abs=0.001)
    assert pattern.summary == "On weekdays around 09:00, you open b"


def test_what_was_done_long_ago_saves_nothing_any_more():
    """Only the last four weeks count, and a long history is a long one."""
    log = written("a b . | a b . | a b . | " + ". | " * 80)
    (pattern,) = mine(frozen(log), Setting(zone="UTC"), [Says([candidate("a b")])])
    assert pattern.saves_per_week == 0
    log = written("a b . | a b . | a b . | " + ". | " * 30)
    (pattern,) = mine(frozen(log), Setting(zone="UTC"), [Says([candidate("a b")])])
    days = int(log.day[-1] - log.day[0]) + 1
    assert pattern.saves_per_week == pytest.approx(3 * 7 / days * 4, abs=0.001)


# --- identity


def test_the_same_is_the_same_again():
    """Kind, trigger and what is expected make the identity, not where it was seen or how well."""
    again = pattern_of(places=np.array([[0, 1, 2]] * 3), score=99.0, horizon=1)
    assert again.id == pattern_of().id


@pytest.mark.parametrize(
    "other",
    [
        {"kind": PatternKind.FOLLOW_UP},
        {"trigger": CaptureTrigger(symbols=("app:c",))},
        {"trigger": ManualTrigger()},
        {"expects": ("app:c", "app:b")},
        {"identity": ("weekdays",)},
    ],
)
def test_anything_else_is_another(other):
    """Each part of the identity counts."""
    assert pattern_of(**other).id != pattern_of().id


# --- which candidates


def test_what_must_never_be_in_a_pattern_is_in_none():
    """Neither as trigger nor as step."""
    for never in ("app:a", "app:b", "app:c"):
        assert patterns_of(WORDS, candidate("a b c", 2), never=frozenset({never})) == ()
    assert len(patterns_of(WORDS, candidate("a b c", 2), never=frozenset({"app:d"}))) == 1


def kinds_of(follow_up, routine):
    """What is left of the two."""
    return {each.kind for each in patterns_of(WORDS, follow_up, routine)}


def follow_up(text, times=3):
    """A follow-up that was seen so often."""
    places = np.tile([[0, 1]], (times, 1))
    return candidate(text, kind=PatternKind.FOLLOW_UP, places=places)


@pytest.mark.parametrize("text", ["a b", "a c", "b c"])
def test_a_piece_of_a_routine_is_no_follow_up(text):
    """It would say the same with fewer words."""
    assert kinds_of(follow_up(text), candidate("a b c", 2)) == {PatternKind.ROUTINE}


@pytest.mark.parametrize("text, times", [("c a", 3), ("a d", 3), ("a b", 30)])
def test_what_is_more_than_a_piece_stays(text, times):
    """In another order, with something else, or mostly done without the rest."""
    assert len(kinds_of(follow_up(text, times), candidate("a b c", 2))) == 2


def test_a_routine_that_expects_no_more_than_a_follow_up_is_needless():
    """After a and b you do c, when after b you do c anyway."""
    assert kinds_of(follow_up("b c"), candidate("a b c", 1)) == {PatternKind.FOLLOW_UP}
    assert kinds_of(follow_up("b c", 9), candidate("a b c", 1)) == {PatternKind.FOLLOW_UP}


def test_a_routine_that_says_more_than_a_follow_up_stays():
    """It was seen more often, expects more, or is set off by something else."""
    assert kinds_of(follow_up("b c", 2), candidate("a b c", 1)) == {PatternKind.ROUTINE}
    assert kinds_of(follow_up("a b"), candidate("a b c", 2)) == {PatternKind.ROUTINE}
    assert kinds_of(follow_up("a c"), candidate("a b c", 1)) == {PatternKind.ROUTINE}


def test_only_follow_ups_are_pieces():
    """A command worth keeping at hand stays so."""
    piece = candidate("b", kind=PatternKind.REPETITION, trigger=ManualTrigger())
    assert len(patterns_of(WORDS, piece, candidate("a b c", 2))) == 2


def test_what_is_started_by_hand_has_no_trigger_symbols():
    """It is found again all the same."""
    pattern = pattern_of(trigger=ManualTrigger(), expects=("app:a", "app:b", "app:c"))
    assert pattern.summary == "You often open a, open b and open c"
    assert len(pattern.steps) == 3


def test_every_detector_of_the_folder_is_used():
    """One file each, found by itself."""
    assert [each.name for each in detectors()] == ["follow_ups", "habits", "repetitions", "routines"]
    assert all(each.title.endswith("?") for each in detectors())


def test_unless_told_otherwise_all_of_them_are_asked():
    """Four steps in a row are a routine, and nothing else."""
    found = mine(frozen(written(planted(1, steps("a b c d"), times=12))), Setting(zone="UTC"))
    assert [each.symbols for each in found if each.kind is PatternKind.ROUTINE] == [
        ("app:a", "app:b", "app:c", "app:d")
    ]
    assert {each.kind for each in found} <= {PatternKind.ROUTINE, PatternKind.FOLLOW_UP, PatternKind.HABIT}


# --- the whole way


def mined(words):
    """The routines of a history."""
    return mine(frozen(written(words)), Setting(zone="UTC", occurrences=None), [Routines()])


def test_nothing_is_found_in_nothing():
    """The first minute."""
    assert mined("") == ()
    assert mined("a") == ()


def test_a_planted_routine_becomes_one_pattern():
    """All twenty times, with what would be done."""
    words = [f"{word}={word.upper()}" for word in planted(1, steps("a b c d", gap=1)) if word != "|"]
    (pattern,) = mined(words)
    assert pattern.symbols == ("app:a", "app:b", "app:c", "app:d")
    assert pattern.support == len(pattern.occurrences) == 20
    assert [step.parameters for step in pattern.steps] == [{"app": "B"}, {"app": "C"}, {"app": "D"}]
    assert [words[each.first - 1][0] + words[each.last - 1][0] for each in pattern.occurrences] == ["ad"] * 20


@settings(derandomize=True, max_examples=6)
@given(integers(0, 1_000))
def test_equal_input_gives_equal_patterns(seed):
    """Byte by byte, ids and all."""
    words = planted(seed, steps("a b c d", gap=1), steps("p q r"), times=8)
    first, second = (msgspec.json.encode(mined(words)) for _ in range(2))
    assert first == second != b"[]"


@settings(derandomize=True, max_examples=6)
@given(integers(0, 20), integers(1, 200))
def test_whole_weeks_later_it_is_the_same(seed, weeks):
    """All but the times; even the ids stay."""
    log = written(planted(seed, steps("a b c d", gap=1), times=8))
    history = frozen(log)
    columns = history.columns | {"at": (log.time + weeks * 7 * DAY).tobytes()}
    later = msgspec.structs.replace(history, columns=columns)
    before, after = (mine(each, Setting(zone="UTC"), [Routines()]) for each in (history, later))
    moved = tuple(_moved(each, weeks * 7 * DAY) for each in before)
    assert after == moved != ()


def _moved(pattern, span):
    occurrences = tuple(
        msgspec.structs.replace(each, start=each.start + span, end=each.end + span)
        for each in pattern.occurrences
    )
    return msgspec.structs.replace(pattern, last_seen=pattern.last_seen + span, occurrences=occurrences)


@pytest.mark.parametrize("block", [20, 50, None])
def test_in_a_shuffled_history_no_routine_is_left(block):
    """What was frequent stays frequent, in another order."""
    words = planted(2, steps("a b c d"), steps("p q r s t u", gap=1), times=15)
    at_work = [word for word in words if word != "|"]
    dice = Dice(3)
    for start in range(0, len(at_work), block or len(at_work)):
        part = at_work[start : start + (block or len(at_work))]
        dice.shuffle(part)
        at_work[start : start + len(part)] = part
    assert mined(at_work) == ()
    assert mined(topics(dice, 1_500)) == ()


def test_events_at_one_instant_do_no_harm():
    """A broken clock finds nothing and divides by nothing."""
    log = written("a b c d " * 3 + "e f " * 100, 0)
    assert set(log.time.tolist()) == {MONDAY + 9 * HOUR}
    mine(frozen(log), Setting(zone="UTC"), [Routines()])
