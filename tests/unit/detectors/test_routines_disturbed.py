"""Routines in logs of few different symbols: with endings and loops, much lost and much replaced, or long and alike."""

import pytest

from tests.unit.detectors.test_routines import SEEDS, found
from understudy.core.dice import Dice

FILL, SEND, CANCEL = "b c d e f", "g h i j k l m", "n o"
SENT, CANCELLED = f"a {FILL} {SEND}", f"a {FILL} {CANCEL}"


def forms(seed, rounds=400):
    """One form after the other: some are filled in again once or twice, seven of ten are sent, the others are not."""
    dice = Dice(seed)
    words = []
    for _ in range(rounds):
        words += ["a", *FILL.split() * (1 + dice.chance(0.25) + dice.chance(0.05))]
        words += (SEND if dice.chance(0.7) else CANCEL).split()
    return words


def disturbed(words, seed, share=0.4):
    """So many words are disturbed: half of them lost, half replaced by any other."""
    dice, known = Dice(seed), sorted({*words})
    kept = []
    for word in words:
        if not dice.chance(share):
            kept.append(word)
        elif dice.chance(0.5):
            kept.append(dice.one_of(known))
    return kept


def alike(one, other):
    """Jaccard similarity of two sets of steps."""
    return len({*one.split()} & {*other.split()}) / len({*one.split()} | {*other.split()})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_routine_with_loops_and_two_endings_is_found_though_much_of_it_is_lost(seed):
    """At least half of it: each half is less sure of the other then, but the order holds."""
    routines = found(disturbed(forms(seed), seed))
    assert max((alike(text, SENT) for text in routines), default=0) > 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_both_endings_have_the_beginning_that_they_share(seed):
    """Which is taken by the one that is found first."""
    routines = found(forms(seed))
    assert max(alike(text, SENT) for text in routines) == 1
    assert max(alike(text, CANCELLED) for text in routines) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_in_any_order_the_same_words_hold_no_routine(seed):
    """However few there are, and however often each comes."""
    words = disturbed(forms(seed), seed)
    Dice(seed).shuffle(words)
    assert found(words) == {}


def copies(seed, turns, times=25, apart=40):
    """A table copied cell by cell, so many turns each time, among the same few acts in no order."""
    dice = Dice(seed)
    words = []
    for _ in range(times):
        words += [f"w{dice.whole(1, 16)}" for _ in range(dice.whole(apart // 2, 3 * apart // 2))]
        words += [*["w1", "w2", "w3"] * turns(dice), "w2", "w3", "w2", "w3", "w4", "w5"]
    return words


@pytest.mark.parametrize("seed", SEEDS)
def test_few_steps_again_and_again_are_one_routine_when_there_are_always_as_many(seed):
    """Every occurrence is seen once, from about where it begins to about where it ends."""
    routines = found(copies(seed, lambda dice: 7))
    longest = max(routines, key=lambda text: len(text.split()))
    assert len(longest.split()) >= 0.75 * 27
    assert routines[longest] >= 18


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loop_that_ends_anywhere_is_no_long_routine(seed):
    """What is done again and again until it is done has no length."""
    routines = found(copies(seed, lambda dice: 2 + int(dice.waiting(6))))
    assert all(len(text.split()) <= 9 for text in routines)
