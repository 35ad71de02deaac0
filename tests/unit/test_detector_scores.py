"""The scorers themselves: one that flatters is worse than none."""

import pytest

from tests.benchmarks.detector.scores import (
    agreement,
    best_pattern,
    instances,
    is_subsequence,
    kept_predictions,
    listing,
    minutes_apart,
    repetitions_before,
)

ABC, ABD, XYZ = ("a", "b", "c"), ("a", "b", "d"), ("x", "y", "z")


# ---------------------------------------------------------------- routines and variants


def test_a_routine_that_is_a_variant_agrees_fully():
    """Equal sequences score 1, whatever other variants there are."""
    score = agreement([ABC], [XYZ, ABC])
    assert (score.sets, score.multisets) == (1.0, 1.0)


def test_a_variant_that_was_missed_shows_in_the_coverage():
    """One of two found: what was found is right, but only half is covered."""
    score = agreement([ABC], [ABC, XYZ])
    assert (score.sets, score.coverage) == (1.0, 0.5)


def test_each_routine_is_compared_with_the_variant_most_like_it():
    """Two of four symbols in common, and none of six."""
    assert agreement([ABC, XYZ], [ABD]).sets == pytest.approx((2 / 4 + 0) / 2)


def test_many_bad_routines_drag_down_a_good_one():
    """The mean is over everything found; quantity buys nothing."""
    assert agreement([ABC, *[XYZ] * 9], [ABC]).sets == pytest.approx(0.1)


def test_a_symbol_that_comes_twice_counts_twice_in_multisets():
    """As sets both are alike, as multisets three of four."""
    score = agreement([("a", "b", "c")], [("a", "b", "a", "c")])
    assert (score.sets, score.multisets) == (1.0, 0.75)


@pytest.mark.parametrize("found, true", [([], [ABC]), ([ABC], []), ([], [])])
def test_nothing_agrees_with_nothing(found, true):
    """No routine found, or none to find: 0, never 1."""
    score = agreement(found, true)
    assert (score.sets, score.multisets, score.coverage) == (0.0, 0.0, 0.0)


# ---------------------------------------------------------------- instances


def test_an_occurrence_that_is_the_instance_is_a_hit():
    """Equal ranges."""
    assert instances([(10, 19)], [(10, 19)]).f1 == 1.0


def test_four_fifths_of_the_union_are_enough():
    """Eight of ten records in common is a hit, seven of ten is none."""
    assert instances([(10, 17)], [(10, 19)]).hits == 1
    assert instances([(10, 16)], [(10, 19)]).hits == 0


def test_an_occurrence_that_is_much_too_long_is_no_hit():
    """Containing the instance is not finding it."""
    assert instances([(0, 100)], [(10, 19)]).hits == 0


def test_ranges_that_do_not_meet_share_nothing():
    """Neither apart nor side by side."""
    assert instances([(0, 9), (30, 39)], [(10, 19)], overlap=0.01).hits == 0


def test_the_same_instance_found_twice_is_one_hit_and_one_mistake():
    """A list of duplicates does not look complete or precise."""
    rate = instances([(10, 19), (10, 18)], [(10, 19), (40, 49)])
    assert (rate.hits, rate.precision, rate.recall, rate.f1) == (1, 0.5, 0.5, 0.5)


def test_an_instance_is_matched_with_the_occurrence_nearest_to_it():
    """A worse match does not take the place of a better one."""
    rate = instances([(1, 10), (0, 9)], [(0, 9), (2, 11)], overlap=0.8)
    assert rate.hits == 2


def test_nothing_found_is_no_success():
    """Precision, recall and F1 are 0."""
    rate = instances([], [(0, 9)])
    assert (rate.precision, rate.recall, rate.f1) == (0.0, 0.0, 0.0)


def test_nothing_to_find_is_no_success():
    """Recall is 0 where nothing is true."""
    rate = instances([(0, 9)], [])
    assert (rate.precision, rate.recall, rate.f1) == (0.0, 0.0, 0.0)


def test_the_best_single_pattern_is_judged_alone():
    """Another pattern's occurrences neither help nor harm it."""
    rate = best_pattern([[(0, 9)], [(0, 9), (20, 29)], [(50, 51)] * 9], [(0, 9), (20, 29)])
    assert rate.f1 == 1.0


def test_without_patterns_there_is_no_best_one():
    """Everything is missed."""
    assert best_pattern([], [(0, 9)]).f1 == 0.0


# ---------------------------------------------------------------- lists


def test_what_is_below_the_head_of_the_list_does_not_count():
    """Nobody looks through thousands of patterns; `anywhere` tells what stood there."""
    score = listing([XYZ, ABC], [ABC], top=1)
    assert (score.exact, score.precision, score.anywhere) == (0, 0.0, 1)


def test_a_sequence_is_exact_when_order_and_length_are():
    """Neither a part, nor more, nor another order."""
    score = listing([("a", "b"), ("a", "b", "c", "d"), ("b", "a", "c")], [ABC])
    assert (score.exact, score.precision) == (0, 0.0)


def test_a_contiguous_part_counts_in_the_lenient_precision_only():
    """Neighbours of a true sequence, not with one left out between them, and not a single symbol."""
    score = listing([ABC, ("b", "c"), ("a", "c"), ("a",)], [ABC])
    assert (score.precision, score.lenient) == (0.25, 0.5)


def test_a_true_sequence_listed_twice_counts_once():
    """Listing it again is a wasted place."""
    score = listing([ABC, ABC], [ABC, XYZ])
    assert (score.exact, score.of, score.precision) == (1, 2, 0.5)


def test_an_empty_list_is_not_precise():
    """0, not 1."""
    score = listing([], [ABC])
    assert (score.exact, score.precision, score.lenient) == (0, 0.0, 0.0)


# ---------------------------------------------------------------- order and time


def test_a_subsequence_keeps_the_order_and_uses_each_symbol_once():
    """Left out is fine, turned round or doubled is not."""
    assert is_subsequence(("a", "c"), ABC)
    assert not is_subsequence(("c", "a"), ABC)
    assert not is_subsequence(("a", "a"), ABC)


def test_repetitions_are_counted_until_it_was_found():
    """Those that ended by then."""
    assert repetitions_before(30, [10, 20, 30, 40]) == 3


def test_minutes_of_the_day_go_round():
    """Ten minutes lie between 23:55 and 00:05, and 12 hours are the most."""
    assert (minutes_apart(1435, 5), minutes_apart(0, 720), minutes_apart(540, 560)) == (10, 720, 20)


def test_a_prediction_is_kept_by_something_done_in_its_window():
    """One window with two events counts once; an empty one is a miss."""
    assert kept_predictions([(0, 10), (20, 30), (40, 50)], [5, 7, 31]) == (1, 3)
    assert kept_predictions([(0, 10), (20, 30), (40, 50)], [5, 7, 31], tolerance=1) == (2, 3)
