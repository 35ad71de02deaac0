"""Routines: planted ones are found whole, at every place and once; bursts without order are not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, permutations

from tests.unit.detectors.written import planted, steps, topics, written
from understudy.core.dice import Dice
from understudy.core.pattern import PatternKind
from understudy.core.value import DAY
from understudy.detectors.decoys import accepted
from understudy.detectors.routines import Routines

SEEDS = range(4)


def found(words):
    """What is believed, as words and how often it was seen."""
    return {text: len(places) for text, places in placed(words).items()}


def placed(words):
    """The same with the places."""
    log = words if hasattr(words, "symbol") else written(words)
    return {_text(each.symbols): each.places for each in accepted(Routines(), log)}


def _text(symbols):
    return " ".join(symbol.removeprefix("app:") for symbol in symbols)


# --- what is planted is found


@pytest.mark.parametrize("gap", [0, 1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_routine_is_found_at_every_place_with_other_things_in_between(gap, seed):
    """Twenty times four steps, and nothing else."""
    words = planted(seed, steps("a b c d", gap=gap))
    assert found(words) == {"a b c d": 20}
    log = written(words)
    for row in placed(words)["a b c d"]:
        assert _text(log.templates[symbol] for symbol in log.symbol[row]) == "a b c d"


@pytest.mark.parametrize("times", [4, 6])
@pytest.mark.parametrize("seed", SEEDS)
def test_four_times_are_enough(times, seed):
    """The first correct candidate must not take weeks."""
    assert found(planted(seed, steps("a b c"), times=times)) == {"a b c": times}


@pytest.mark.parametrize("seed", SEEDS)
def test_two_times_are_not(seed):
    """Twice may be luck."""
    assert found(planted(seed, steps("a b c d"), times=2)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_two_steps_are_no_routine(seed):
    """Those are asked about as follow-ups."""
    assert found(planted(seed, steps("a b"), times=12)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_that_is_often_left_out_is_no_step(seed):
    """Done a quarter of the time; all rounds are of the same routine."""

    def plant(dice):
        return ["a", "b", *(["o"] if dice.chance(0.25) else []), "c", "d"]

    assert found(planted(seed, plant)) == {"a b c d": 20}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_that_is_nearly_always_done_is_one(seed):
    """Left out once in a while; with it the routine is seen so much less often."""

    def plant(dice):
        return ["a", "b", *(["o"] if dice.chance(0.9) else []), "c", "d"]

    assert found(planted(seed, plant, times=30)).get("a b o c d", 0) >= 20


@pytest.mark.parametrize("seed", SEEDS)
def test_two_ways_to_do_it_are_two_routines(seed):
    """They share their beginning and their end; together they are all rounds."""

    def plant(dice):
        return list("abcdef") if dice.chance(0.5) else list("abxyzf")

    counts = found(planted(seed, plant, times=40))
    assert set(counts) == {"a b c d e f", "a b x y z f"}
    assert sum(counts.values()) == 40


@pytest.mark.parametrize("seed", SEEDS)
def test_a_routine_done_again_and_again_is_one(seed):
    """Two to four times in a row, each of them an occurrence."""
    turns = []

    def plant(dice):
        turns.append(dice.whole(2, 4))
        return list("abcd") * turns[-1]

    words = planted(seed, plant)
    assert found(words) == {"a b c d": sum(turns)}


@pytest.mark.parametrize("seed", SEEDS)
def test_two_routines_done_at_the_same_time_are_told_apart(seed):
    """Fifteen times mixed, fifteen times each on its own."""

    def mixed(dice):
        one, other, words = list("abcd"), list("uvwx"), []
        while one or other:
            words.append((one if one and (not other or dice.chance(0.5)) else other).pop(0))
        return words

    words = planted(seed, mixed, steps("a b c d"), steps("u v w x"), times=15)
    assert found(words) == {"a b c d": 30, "u v w x": 30}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loop_inside_a_routine_does_not_break_it(seed):
    """Two to four turns of three steps; the routine is found once, with one turn."""

    def plant(dice):
        return [*"abcdef", *"lmo" * dice.whole(2, 4), *"xyz"]

    assert found(planted(seed, plant)) == {"a b c d e f l m o x y z": 20}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_routine_does_not_reach_over_a_break(seed):
    """Three steps in the evening, three in the morning: two routines, none of six."""
    words = planted(seed, lambda dice: [*"abc", "|", *"def"])
    assert found(words) == {"a b c": 20, "d e f": 20}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_routine_with_missing_steps_is_found_whole(seed):
    """A fifth of twelve steps is skipped each time, and something may stand before each."""
    words = planted(seed, steps("a b c d e f g h i j k l", gap=1, skips=0.2), times=30)
    ((text, places),) = placed(words).items()
    assert text == "a b c d e f g h i j k l"
    assert 27 <= len(places) <= 31
    assert 0.65 <= (places >= 0).mean() <= 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_many_routines_are_all_found(seed):
    """Six of them, each fifteen times, in any order."""
    texts = [" ".join(f"{letter}{number}" for number in range(4)) for letter in "pqrstu"]
    words = planted(seed, *(steps(text, gap=1) for text in texts), times=15)
    assert found(words) == dict.fromkeys(texts, 15)


def test_states_of_the_machine_do_not_come_between():
    """A battery that reports all the time fills no gaps, and places are those in the log."""
    words = [each for word in planted(1, steps("a b c d")) for each in (word, "state:battery", "state:disk")]
    ((text, places),) = placed(words).items()
    assert text == "a b c d"
    assert (np.diff(places, axis=1) == 3).all()


def test_a_routine_is_a_candidate_with_its_score():
    """In bits; the best first."""
    log = written(planted(1, steps("a b c d e"), steps("p q r"), times=15))
    candidates = Routines().find(log)
    assert [_text(each.symbols) for each in candidates] == ["a b c d e", "p q r"]
    assert candidates[0].score > candidates[1].score > 0
    assert {each.kind for each in candidates} == {PatternKind.ROUTINE}
    assert Routines.title.endswith("?")


# --- what has no order is not


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_things_in_any_order_are_no_routine(seed):
    """Four programs always together, never twice in the same order."""
    assert found(planted(seed, lambda dice: dice.some_of("abcd", 4), times=30)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_topics_hold_no_routine(seed):
    """Not even before the decoys are asked."""
    assert Routines().find(written(topics(Dice(seed), 3_000))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_going_back_and_forth_between_programs_is_no_routine(seed):
    """Three programs at hand all day, one after the other by chance."""
    dice = Dice(seed)
    words = [f"p{dice.whole(1, 3)}" for _ in range(1_500)]
    words = [word for word, before in zip(words, ["", *words[:-1]], strict=True) if word != before]
    assert found(words) == {}


@pytest.mark.parametrize("words", ["", "a", "a b c", "a b c a b", "state:x " * 50, ". " * 50, "a " * 50])
def test_in_next_to_nothing_nothing_is_found(words):
    """The first minutes, and logs in which nothing happens."""
    assert found(words) == {}


# --- what does not matter


@settings(derandomize=True, max_examples=8)
@given(integers(0, 20), integers(1, 500))
def test_shifting_time_by_whole_weeks_changes_nothing(seed, weeks):
    """Routines know no date."""
    log = written(planted(seed, steps("a b c d", gap=1), times=8))
    span = weeks * 7 * DAY
    later = replace(log, at=log.at + span, time=log.time + span, day=log.day + weeks * 7)
    assert _told(later) == _told(log) != []


@settings(derandomize=True, max_examples=8)
@given(integers(0, 1_000), permutations([f"n{number}" for number in range(24)] + list("abcd")))
def test_what_things_are_called_changes_nothing(seed, names):
    """Any name for any other."""
    words = planted(seed, steps("a b c d", gap=1), times=8)
    other = dict(zip([*(f"n{number}" for number in range(24)), *"abcd"], names, strict=True))
    renamed = [other.get(word, word) for word in words]
    assert _told(written(renamed)) == [
        (tuple(other[each] for each in symbols), *rest) for symbols, *rest in _told(written(words))
    ]


@settings(derandomize=True, max_examples=8)
@given(integers(0, 20), integers(0, 1_000))
def test_the_order_of_what_was_done_before_and_after_changes_nothing(seed, other):
    """The routine is found at the same places."""
    words = planted(seed, steps("a b c d"), times=8)
    places = placed([*_around(seed), "|", *words, "|", *_around(seed)])["a b c d"]
    mixed = placed([*_around(seed, other), "|", *words, "|", *_around(seed, other)])["a b c d"]
    assert mixed.tolist() == places.tolist()


def _around(seed, mixed_by=None):
    words = topics(Dice(seed), 200)
    if mixed_by is not None:
        Dice(mixed_by).shuffle(words)
    return words


def _told(log):
    return [
        (
            tuple(symbol.removeprefix("app:") for symbol in each.symbols),
            len(getattr(each.trigger, "symbols", ())),
            each.horizon,
            each.score,
            each.places.tolist(),
        )
        for each in Routines().find(log)
    ]
