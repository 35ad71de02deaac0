"""Dice: the same numbers for the same seed, and fair ones."""

from understudy.core.dice import Dice


def test_equal_seeds_give_equal_numbers_everywhere():
    """The first outputs of SplitMix64 for seed 0 as published, so no version of Python can change them."""
    dice = Dice(0)
    assert [dice._next() for _ in range(3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_numbers_stay_in_their_range_and_fill_it():
    """Both ends of `whole` come up; `between` and `real` stay inside."""
    dice = Dice(1)
    assert {dice.whole(2, 5) for _ in range(200)} == {2, 3, 4, 5}
    assert all(0 <= dice.real() < 1 and 3 <= dice.between(3, 4) <= 4 for _ in range(200))
    assert all(dice.waiting(5) >= 0 for _ in range(200))


def test_a_chance_comes_true_about_as_often_as_it_says():
    """A third of 3,000 throws, give or take."""
    dice = Dice(2)
    assert 900 < sum(dice.chance(1 / 3) for _ in range(3000)) < 1100


def test_waiting_times_have_the_mean_that_was_asked_for():
    """Exponential with mean 10."""
    dice = Dice(3)
    assert 9 < sum(dice.waiting(10) for _ in range(3000)) / 3000 < 11


def test_some_of_draws_without_putting_back():
    """Different ones, and never more than there are."""
    dice = Dice(4)
    assert sorted(dice.some_of("abc", 5)) == ["a", "b", "c"]
    assert len(set(dice.some_of(range(100), 10))) == 10


def test_every_order_comes_up_when_shuffling():
    """Six orders of three things, each about as often."""
    dice, seen = Dice(5), {}
    for _ in range(1200):
        items = list("abc")
        dice.shuffle(items)
        seen["".join(items)] = seen.get("".join(items), 0) + 1
    assert len(seen) == 6
    assert min(seen.values()) > 140


def test_one_of_reaches_every_choice():
    """None is left out."""
    dice = Dice(6)
    assert {dice.one_of("abc") for _ in range(100)} == set("abc")
