"""Routines: when a sequence is believed, and how long it is looked for."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.detectors.test_routines import SEEDS, found
from tests.unit.detectors.written import planted, steps, topics, written
from understudy.core.dice import Dice
from understudy.detectors import routines as routines_module
from understudy.detectors.acts import Acts
from understudy.detectors.growing import Rules, Sequence
from understudy.detectors.log import NOWHERE
from understudy.detectors.routines import completed, is_lifted, search, steadiness, strength_of

LOOSE = Rules(keeps=0.4, covers=0.5, needed=3.0)


def asked(words, text):
    """The acts of these words, and a sequence with its complete occurrences."""
    log = written(words)
    acts = Acts(log)
    symbols = tuple(log.templates.index(f"app:{each}") for each in text.split())
    return acts, Sequence(symbols=symbols, places=acts.chain(symbols))


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


def test_going_round_lifts_nothing():
    """Where the steps are beside the routine as often as in it."""
    words = [word for turn in range(200) for word in ("abc", "acb")[turn % 2]]
    assert not is_lifted(*asked(words, "a b c"))


def test_what_chance_explains_is_no_complete_routine():
    """Three frequent things met in this order again and again; nor is what was done twice."""
    acts, sequence = asked("a b c . a b c", "a b c")
    assert routines_module._exact(acts, sequence) is None
    dice = Dice(1)
    acts, sequence = asked([f"p{dice.whole(1, 6)}" for _ in range(600)], "p1 p2 p3")
    assert len(sequence.places) > 20
    assert routines_module._exact(acts, sequence) is None


def test_growing_again_ends(monkeypatch):
    """Also where each time would find one more step."""
    words = planted(0, steps("a b c d e f g h i j k l", gap=1, skips=0.2), times=30)
    acts, start = asked(words, "a b")
    whole = routines_module._loose(acts, start, LOOSE)
    monkeypatch.setattr(routines_module, "LONG", 1)
    once = routines_module._loose(acts, start, LOOSE)
    assert len(once.symbols) <= len(whole.symbols) == 12


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


def test_what_hardly_ever_began_is_not_steady():
    """Nothing can be said about two times."""
    acts, sequence = asked("a b c d e f . . . . . . a b c d e f", "a b c d e f")
    assert steadiness(acts, sequence.symbols) == 0


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


@pytest.mark.parametrize("hits, trials, chance", [(5, 10, 0.5), (5, 10, 0.6), (0, 10, 0.1)])
def test_what_is_no_more_than_chance_tells_nothing(hits, trials, chance):
    """As often as expected, or less."""
    assert routines_module._nats(hits, trials, chance) == 0


def test_what_is_more_than_chance_tells_so_much():
    """Ten of ten at a half are ten bits; nine of ten are less, also against certainty."""
    assert routines_module._nats(10, 10, 0.5) == pytest.approx(10 * np.log(2))
    assert 0 < routines_module._nats(9, 10, 0.5) < 10 * np.log(2)
    assert routines_module._nats(10, 10, 1.0) == pytest.approx(0, abs=1e-6)


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
    assert routines_module._exact(acts, sequence) is None
    assert len(sequence.places) == 3
