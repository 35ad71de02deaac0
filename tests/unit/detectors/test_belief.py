"""Belief: what makes a sequence a routine, and not only frequent, or busy in the same burst of work."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.detectors.test_routines import SEEDS, found
from tests.unit.detectors.written import asked, planted, steps, topics
from understudy.core.dice import Dice
from understudy.detectors import belief
from understudy.detectors.belief import (
    completed,
    is_in_one_direction,
    is_in_order,
    is_lifted,
    is_strict,
    steadiness,
    strength_of,
)


def test_strength_is_what_chance_does_not_explain():
    """It grows with every time, and with every step; what chance explains has none."""
    words = planted(1, steps("a b c d"))
    few = planted(1, steps("a b c d"), times=5)
    assert strength_of(*asked(words, "a b c d")) > strength_of(*asked(words, "a b c"))
    assert strength_of(*asked(words, "a b c d")) > strength_of(*asked(few, "a b c d"))
    acts, nothing = asked(topics(Dice(1), 500), "n1 n2 n3")
    assert strength_of(acts, replace(nothing, places=nothing.places[:1])) == 0


def test_a_routine_is_completed_when_its_end_follows_its_beginning():
    """Always, beyond chance; not when both are done as often without each other."""
    assert completed(*asked(planted(1, steps("a b c d")), "a b c d")) > 0.9
    words = planted(1, steps("a b c d"), steps("a b c"), steps("b c d"))
    assert completed(*asked(words, "a b c d")) < 0.6


def test_a_routine_with_many_beginnings_and_one_end_is_completed_too():
    """The end had been begun each time."""
    words = planted(1, steps("a b c d"), lambda dice: ["a", "b"], lambda dice: ["a", "b"])
    assert completed(*asked(words, "a b c d")) > 0.9


def test_before_a_pair_that_is_always_together_a_third_step_looks_sure():
    """Three of four times the pair came without it, so it is none; unless it was seen many times."""
    pair = [steps("b c")] * 3
    assert completed(*asked(planted(1, steps("a b c"), *pair), "a b c")) == 0
    assert completed(*asked(planted(1, steps("a b c"), *pair, times=40), "a b c")) > 0.9


def test_a_circle_is_completed_when_it_is_always_the_same():
    """Each step right after the one before; else who goes round does each of them soon after any other."""
    acts, sequence = asked("a b c " * 40, "a b c")
    assert is_strict(sequence)
    assert completed(acts, sequence) > 0.9
    acts, sequence = asked("a b c a x b c a b y c a b c z " * 12, "a b c")
    assert not is_strict(sequence)
    assert completed(acts, sequence) == 0


def test_steps_that_meet_the_other_way_round_as_well_are_in_no_order():
    """As often; a tenth is a slip."""
    for backwards, expected in ((20, False), (2, True), (0, True)):
        words = planted(1, *[steps("a x b y c")] * 20, *[steps("b a")] * backwards, times=1)
        assert is_in_order(*asked(words, "a b c")) is expected


def test_what_always_comes_at_once_is_in_order_whatever_else_is_done():
    """The other way round is another habit then."""
    assert is_in_order(*asked(planted(1, steps("a b c"), steps("b a")), "a b c"))


def test_what_circles_is_not_completed():
    """Between three programs in any order, each is soon done after any other."""
    dice = Dice(1)
    words = [f"p{dice.whole(1, 3)}" for _ in range(800)]
    assert completed(*asked(words, "p1 p2 p3")) < 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_a_routine_half_begun_as_often_is_believed_when_its_steps_lead_nowhere_else(seed):
    """Half of its beginnings and of its ends are done alone, yet its middle is usually done without either."""
    words = planted(seed, steps("a b c"), steps("a b"), steps("b c"), *[steps("b")] * 8, apart=12)
    acts, sequence = asked(words, "a b c")
    assert completed(acts, sequence) < 0.6
    assert is_lifted(acts, sequence)
    assert 20 <= found(words).get("a b c", 0) <= 26


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_that_lead_to_each_other_anyway_lift_nothing(seed):
    """The middle is never done without one of its neighbours."""
    words = planted(seed, steps("a b c"), steps("a b"), steps("b c"))
    assert not is_lifted(*asked(words, "a b c"))
    assert found(words) == {}


@pytest.mark.parametrize("whole", ["c a b c", "a b c a"])
def test_steps_that_stand_beside_the_routine_too_lift_nothing(whole):
    """Right before its first step, or right after its last one: these go round."""
    alone = [steps("a b"), steps("b c"), *[steps("b")] * 8]
    assert is_lifted(*asked(planted(1, steps("a b c"), *alone, apart=12), "a b c"))
    assert not is_lifted(*asked(planted(1, steps(whole), *alone, apart=12), "a b c"))


def test_going_round_lifts_nothing():
    """Where the steps are beside the routine as often as in it."""
    words = [word for turn in range(200) for word in ("abc", "acb")[turn % 2]]
    assert not is_lifted(*asked(words, "a b c"))


def test_a_routine_with_missing_steps_is_steady():
    """When one half has begun most of the other is there; in a busy topic it is not."""
    text = "a b c d e f g h i j"
    words = planted(1, steps(text, skips=0.2), times=30)
    acts, sequence = asked(words, text)
    assert steadiness(acts, sequence.symbols) > 0.6

    def busy(dice):
        return dice.some_of(text.split(), 10)

    acts, sequence = asked(planted(1, busy, times=30), text)
    assert steadiness(acts, sequence.symbols) < 0.4


def test_a_routine_goes_in_one_direction():
    """Its steps do not fit backwards; those of a busy topic fit as well, or as badly."""
    text = "a b c d e f g h i j"
    words = planted(1, steps(text, skips=0.2), times=30)
    acts, sequence = asked(words, text)
    assert is_in_one_direction(acts, sequence.symbols, steadiness(acts, sequence.symbols))
    assert not is_in_one_direction(acts, sequence.symbols[::-1], steadiness(acts, sequence.symbols[::-1]))
    acts, sequence = asked(planted(1, lambda dice: dice.some_of(text.split(), 10), times=30), text)
    assert not is_in_one_direction(acts, sequence.symbols, steadiness(acts, sequence.symbols))
    there_and_back = planted(1, lambda dice: text.split()[:: dice.one_of((1, -1))], times=30)
    acts, sequence = asked(there_and_back, text)
    steady = steadiness(acts, sequence.symbols)
    assert not is_in_one_direction(acts, sequence.symbols, steady)


def test_what_hardly_ever_began_is_not_steady():
    """Nothing can be said about two times."""
    acts, sequence = asked("a b c d e f . . . . . . a b c d e f", "a b c d e f")
    assert steadiness(acts, sequence.symbols) == 0


@pytest.mark.parametrize("hits, trials, chance", [(5, 10, 0.5), (5, 10, 0.6), (0, 10, 0.1)])
def test_what_is_no_more_than_chance_tells_nothing(hits, trials, chance):
    """As often as expected, or less."""
    assert belief._nats(hits, trials, chance) == 0


def test_what_is_more_than_chance_tells_so_much():
    """Ten of ten at a half are ten bits; nine of ten are less, also against certainty."""
    assert belief._nats(10, 10, 0.5) == pytest.approx(10 * np.log(2))
    assert 0 < belief._nats(9, 10, 0.5) < 10 * np.log(2)
    assert belief._nats(10, 10, 1.0) == pytest.approx(0, abs=1e-6)
