"""Routines: which way a sequence is taken, and how long it is looked for."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.detectors.test_routines import SEEDS, found
from tests.unit.detectors.written import asked, planted, steps, topics, written
from understudy.core.dice import Dice
from understudy.detectors import routines as routines_module
from understudy.detectors.belief import strength_of
from understudy.detectors.growing import Rules, Sequence
from understudy.detectors.log import NOWHERE
from understudy.detectors.routines import search

LOOSE = Rules(keeps=0.4, covers=0.5, needed=3.0)


def test_what_one_routine_explains_is_gone_for_the_next():
    """So each is found once, the strongest pair first."""
    acts, _ = asked(planted(1, steps("a b c d"), times=20), "a")
    sequences = list(search(acts))
    assert len(sequences) == 1
    assert (acts.symbols(sequences[0].places.ravel()) == NOWHERE).all()


def test_the_search_is_bounded(monkeypatch):
    """However many pairs there are, so many are grown."""
    words = planted(1, steps("a b c"), steps("p q r"), steps("x y z"), times=15)
    monkeypatch.setattr(routines_module, "PAIRS", 1)
    assert len(found(words)) == 1


def test_missing_steps_are_allowed_for_in_so_many_tries(monkeypatch):
    """The first ones; after that a routine must be complete."""
    words = planted(0, steps("a b c d e f g h i j k l", gap=1, skips=0.2), times=30)
    monkeypatch.setattr(routines_module, "LOOSE_PAIRS", 0)
    assert "a b c d e f g h i j k l" not in found(words)


def test_what_chance_explains_is_no_complete_routine():
    """Three frequent things met in this order again and again; nor is what was done twice."""
    acts, sequence = asked("a b c . a b c", "a b c")
    assert routines_module._exact(acts, sequence.symbols) is None
    dice = Dice(1)
    acts, sequence = asked([f"p{dice.whole(1, 6)}" for _ in range(600)], "p1 p2 p3")
    assert len(sequence.places) > 20
    assert routines_module._exact(acts, sequence.symbols) is None


def test_two_steps_are_no_routine_however_sure():
    """The shortest has three."""
    acts, sequence = asked(planted(1, steps("a b")), "a b")
    assert len(sequence.places) == 20
    assert routines_module._exact(acts, sequence.symbols) is None


def test_a_long_routine_is_found_with_its_rounds_a_short_one_where_it_is_complete():
    """Ten complete rounds of six steps and four that lack one; of five steps only the complete ones count."""
    words = "a b c d e f . . . . | " * 10 + "a b d e f . . . . | " * 4
    acts, sequence = asked(words, "a b c d e f")
    assert len(routines_module._exact(acts, sequence.symbols).places) == 14
    acts, sequence = asked(words, "a b c d e")
    assert len(routines_module._exact(acts, sequence.symbols).places) == 10


def test_growing_again_ends(monkeypatch):
    """Also where each time would find one more step."""
    words = planted(0, steps("a b c d e f g h i j k l", gap=1, skips=0.2), times=30)
    acts, start = asked(words, "a b")
    whole = routines_module._loose(acts, start, LOOSE)
    monkeypatch.setattr(routines_module, "LONG", 1)
    once = routines_module._loose(acts, start, LOOSE)
    assert len(once.symbols) <= len(whole.symbols) == 12


def test_a_dense_routine_with_missing_steps_explains_all_of_its_span():
    """What was skipped over in it is no material for another one; a complete one explains its own steps only."""
    full = np.arange(12).reshape(2, 6)
    holes = np.array([[0, 1, 2, 4, 5, NOWHERE], [10, NOWHERE, 12, 13, 14, 15]])
    six = tuple(range(6))
    explained = routines_module._span(Sequence(symbols=six, places=holes))
    assert explained.tolist() == [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15]
    assert routines_module._span(Sequence(symbols=six, places=full)) is full
    sparse = np.array([[0, 10, 20, NOWHERE, NOWHERE, 30]])
    assert routines_module._span(Sequence(symbols=six, places=sparse)) is sparse


@pytest.mark.parametrize(
    "text, apart, is_believed",
    [("a b c d e f g", 10, True), ("a b c d e f g", 100, False), ("a b c d e f g h i j k l", 100, True)],
)
def test_with_missing_steps_a_routine_must_be_very_long_or_much_of_the_work(text, apart, is_believed):
    """A busy topic of few things is neither."""
    words = planted(1, steps(text, gap=1, skips=0.2), times=30, apart=apart)
    acts, start = asked(words, "a b")
    assert (routines_module._loose(acts, start, LOOSE) is not None) == is_believed


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_with_missing_steps_is_better_than_a_complete_beginning(seed):
    """Three steps are always done, nine more nearly always."""
    words = planted(seed, lambda dice: [*"abc", *steps("d e f g h i j k l", skips=0.3)(dice)], times=30)
    ((text, times),) = found(words).items()
    assert text.startswith("a b c d e f g")
    assert text.endswith("k l")
    assert 27 <= times <= 30


def test_a_pair_must_beat_the_topic_it_is_in():
    """Three times at least, among what is left; and more often than what is busy there explains."""
    acts, pair = asked(planted(1, steps("a b")), "a b")
    assert routines_module._is_strong(acts, pair, 3.0)
    assert not routines_module._is_strong(acts, replace(pair, places=pair.places[:2]), 3.0)
    dice = Dice(1)
    calm = topics(dice, 1_000)
    acts, pair = asked([*calm, *(f"t{dice.whole(1, 3)}" for _ in range(100)), *calm], "t1 t2")
    assert len(pair.places) > 10
    assert not routines_module._is_strong(acts, pair, 3.0)


def test_where_a_routine_fails_all_its_pairs_have_failed():
    """In order, near or far."""
    assert list(routines_module._pairs_of((1, 2, 3))) == [(1, 2), (1, 3), (2, 3)]


def test_the_score_of_a_routine_is_its_strength_in_bits():
    """Not in nats."""
    words = planted(1, steps("a b c d"))
    (candidate,) = routines_module.Routines().find(written(words))
    assert candidate.score == pytest.approx(strength_of(*asked(words, "a b c d")) / np.log(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_busy_together_is_no_routine_with_missing_steps(seed):
    """Six things, each time in another order."""
    words = planted(seed, lambda dice: dice.some_of("abcdef", 6), times=40, apart=10)
    assert found(words) == {}


def test_a_routine_hardly_ever_complete_is_one_with_missing_steps():
    """Three complete rounds to twelve incomplete ones."""
    text = "a b c d e f g h"
    words = f"{text} | " * 3 + "a b c d e f . | c d e f g h . | " * 6 + "n m o p q r s t u v " * 40
    acts, sequence = asked(words, text)
    assert routines_module._exact(acts, sequence.symbols) is None
    assert len(sequence.places) == 3
