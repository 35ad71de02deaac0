"""Stretches: pieces that are always the same together are one routine, however few different steps it has."""

import pytest

from tests.unit.detectors.test_absorbing import Found
from understudy.detectors.log import NOWHERE
from understudy.detectors.stretches import made_whole

APART = " . . . . . . . . . . . . . "


def in_pieces(words, *parts):
    """A log of these words, and the parts that were found in it: all their runs, none of them sharing an act."""
    found, left = Found(words), words.replace("|", "").split()
    for part in parts:
        steps = part.split()
        places = []
        for at in range(len(left)):
            if left[at : at + len(steps)] == steps:
                places.append(range(at, at + len(steps)))
                left[at : at + len(steps)] = [""] * len(steps)
        found.add(part, *places)
    return found, Found(words).acts


def whole(words, *parts):
    """What is left of these parts: words and number of occurrences."""
    found, fresh = in_pieces(words, *parts)
    return {
        " ".join(found.names[symbol] for symbol in each.symbols): len(each.places)
        for each in made_whole(found.acts, fresh, found.sequences)
    }


@pytest.mark.parametrize("between", [" | ", APART])
def test_turns_of_a_loop_with_an_end_are_one_routine_when_there_are_always_as_many(between):
    """Three turns and an end, in four sessions or with enough else in between."""
    text = "a b c a b c a b c x y z"
    assert whole(between.join([text] * 4), "x y z", "a b c") == {text: 4}


def test_two_routines_may_share_a_piece():
    """Three turns before one end, six before the other."""
    one, other = "a b c " * 3 + "x y z", "a b c " * 6 + "p q r"
    assert whole(f"{one} | {other} | " * 4, "x y z", "p q r", "a b c") == {one: 4, other: 4}


def test_a_mere_loop_is_a_routine_of_several_turns_when_there_are_nearly_always_as_many():
    """Seven of eight times; not six of eight, where most turns are in the other two."""
    three, eight = "a b c " * 3 + "| ", "a b c " * 8 + "| "
    assert whole(three * 7 + eight, "a b c") == {"a b c a b c a b c": 7}
    assert whole(three * 6 + eight * 2, "a b c") == {"a b c": 34}


def test_a_loop_that_ends_anywhere_is_no_routine_of_several_turns():
    """From two to thirty turns: three of fourteen are alike."""
    words = " | ".join(
        "a b c " * turns + "x y z" for turns in (2, 3, 4, 5, 6, 7, 9, 12, 3, 3, 15, 19, 24, 30)
    )
    assert whole(words, "x y z", "a b c") == {"x y z": 14, "a b c": words.count("a")}


def test_pieces_that_are_mostly_seen_alone_stay_what_they_are():
    """Three times together, five times each without the other."""
    words = "a b c d x y z | " * 3 + "a b c d | " * 5 + "x y z | " * 5
    assert whole(words, "a b c d", "x y z") == {"a b c d": 8, "x y z": 8}


def test_pieces_that_come_in_any_order_stay_what_they_are():
    """The same acts each time, but nothing follows from anything."""
    a, b, c = "a b c", "p q r", "x y z"
    words = " | ".join(f"{a} {b} {c} | {c} {b} {a} | {b} {c} {a} | {a} {c} {b}" for _ in range(2))
    assert whole(words, a, b, c) == {a: 8, b: 8, c: 8}


def test_a_routine_that_is_whole_stays_as_it_is():
    """With a shorter one beside it three times of fifteen."""
    words = "a b c d e f g h i j | " * 12 + "a b c d e f g h i j x y z | " * 3
    long = "a b c d e f g h i j"
    assert whole(words, long, "x y z") == {long: 15, "x y z": 3}


def test_what_has_no_name_is_no_step():
    """Four steps with two rare things between them are too few for a routine of pieces."""
    assert whole("a b . . c d | " * 4, "a b", "c d") == {"a b": 4, "c d": 4}


def test_a_step_that_is_sometimes_missing_is_missing_there():
    """And one that is only there once is no step."""
    text = "a b c a b c a b c k x y z"
    words = f"{text} | {text} | a b c a b c a b c x y z | {text} | a b c a b c a b c k o x y z"
    found, fresh = in_pieces(words, "x y z", "a b c")
    (routine,) = made_whole(found.acts, fresh, found.sequences)
    assert " ".join(found.names[symbol] for symbol in routine.symbols) == text
    assert (routine.places == NOWHERE).sum() == 1
    assert routine.places[2].tolist() == [*range(26, 35), NOWHERE, 35, 36, 37]
    assert routine.places[4].tolist() == [*range(51, 61), 62, 63, 64]


def test_where_nothing_was_found_there_is_nothing_to_make_whole():
    """Nor where everything is too short, or alone."""
    acts = Found("a b c | a b c | a b c").acts
    assert made_whole(acts, acts, []) == []
    assert whole("a b c | a b c | a b c", "a b c") == {"a b c": 3}
