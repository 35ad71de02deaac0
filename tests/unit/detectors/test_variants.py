"""Variants: one routine done in two ways is two, one whose steps are sometimes missing is one."""

import numpy as np
import pytest

from tests.unit.detectors.written import planted, steps, written
from understudy.core.dice import Dice
from understudy.detectors import variants as variants_module
from understudy.detectors.acts import Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.rounds import rounds
from understudy.detectors.variants import variants


def found(words, text):
    """The variants of what these words say, as texts and how often each was seen."""
    log = written(words)
    names = [each.removeprefix("app:") for each in log.templates]
    acts, symbols = Acts(log), tuple(names.index(each) for each in text.split())
    complete = acts.chain(symbols)
    sequence = Sequence(symbols=symbols, places=rounds(acts, Sequence(symbols=symbols, places=complete)))
    return {
        " ".join(names[symbol] for symbol in each.symbols): each.places for each in variants(acts, sequence)
    }


def counts(words, text):
    """The same without the places."""
    return {each: len(places) for each, places in found(words, text).items()}


def either(one, other, before="a b c", after="x y z"):
    """A maker of rounds that go one way or the other in the middle."""
    return lambda dice: f"{before} {one if dice.chance(0.5) else other} {after}".split()


def test_a_routine_that_is_always_the_same_has_one_variant():
    """Itself."""
    assert counts(planted(1, steps("a b c d e f")), "a b c d e f") == {"a b c d e f": 20}


def test_two_ways_through_the_middle_are_two_routines():
    """Each with all its steps, and together all rounds."""
    words = planted(1, either("d e", "p q"), times=40)
    split = counts(words, "a b c x y z")
    assert set(split) == {"a b c d e x y z", "a b c p q x y z"}
    assert sum(split.values()) == 40


def test_rounds_belong_to_the_variant_whose_steps_they_have():
    """Nothing of one is left in the other."""
    split = found(planted(2, either("d e", "p q"), times=40), "a b c x y z")
    for places in split.values():
        assert (places >= 0).all()
        assert (np.diff(places, axis=1) > 0).all()


def test_four_ways_take_two_splits():
    """Two choices one after the other, that have nothing to do with each other."""

    def plant(dice):
        first = "d e" if dice.chance(0.5) else "p q"
        then = "f g" if dice.chance(0.5) else "r s"
        return f"a b {first} c {then} x y".split()

    assert set(counts(planted(1, plant, times=120), "a b c x y")) == {
        f"a b {first} c {then} x y" for first in ("d e", "p q") for then in ("f g", "r s")
    }


def test_a_routine_is_split_only_so_often(monkeypatch):
    """However many ways there are."""
    monkeypatch.setattr(variants_module, "DEPTH", 0)
    split = counts(planted(1, either("d e", "p q"), times=40), "a b c x y z")
    assert list(split.values()) == [40]


def test_steps_that_are_missing_by_chance_make_no_variants():
    """One in ten is skipped, each on its own."""
    words = planted(1, steps("a b c d e f g h i j", skips=0.1), times=60)
    assert list(counts(words, "a b c d e f g h i j")) == ["a b c d e f g h i j"]


def test_one_step_that_is_sometimes_done_makes_no_variants():
    """Nothing else depends on it; done mostly, it belongs to the routine."""

    def plant(share):
        return lambda dice: ["a", "b", "c", *(["o"] if dice.chance(share) else []), "d", "e", "f"]

    assert list(counts(planted(1, plant(0.75), times=40), "a b c d e f")) == ["a b c o d e f"]
    assert list(counts(planted(1, plant(0.25), times=40), "a b c d e f")) == ["a b c d e f"]


def test_what_the_rounds_share_besides_their_steps_is_added():
    """A step that was skipped in growing stands in nearly all spans, in its place."""
    assert counts(planted(1, steps("a b c d e f g")), "a b d e f g") == {"a b c d e f g": 20}


def test_what_stands_between_by_chance_is_not_added():
    """A program that is everywhere is in most spans too."""
    dice = Dice(1)
    words = []
    for word in planted(1, steps("a b c d e f g"), times=40):
        words += [word, "bell"] if dice.chance(0.3) else [word]
    assert list(counts(words, "a b c d e f g")) == ["a b c d e f g"]


def test_a_step_in_another_place_goes_where_it_usually_is():
    """Its places are the usual ones in the order of the round."""

    def plant(dice):
        return list("abcdefg") if dice.chance(0.8) else list("acbdefg")

    assert list(counts(planted(1, plant, times=40), "a b c d e f g")) == ["a b c d e f g"]


def test_a_variant_of_one_step_is_none():
    """Where a split leaves nothing worth a routine, the rest is kept, or the whole."""
    log = written("a b . . " * 10)
    acts = Acts(log)
    sequence = Sequence(symbols=(0,), places=acts.places(0)[:, None])
    assert variants(acts, sequence) == [sequence]


@pytest.mark.parametrize("rows, tie", [(40, True), (4, False)])
def test_only_what_chance_does_not_explain_ties_steps_together(rows, tie):
    """Four rounds cannot tell, forty can."""
    half = rows // 2
    there = np.array([[True, True, False]] * half + [[False, False, True]] * half)
    ties = variants_module._dependence(there)
    assert (ties[0, 1] > 30) == tie
    assert ties[0, 1] == pytest.approx(2 * rows * np.log(2))
    assert ties[0, 1] == pytest.approx(ties[0, 2])


def test_independent_steps_have_no_tie():
    """Each half of the time, together a quarter."""
    there = np.array([[a, b] for a in (True, False) for b in (True, False)] * 5)
    assert variants_module._dependence(there)[0, 1] == pytest.approx(0)
