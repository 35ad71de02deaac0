"""Joining: what always comes together is one routine, what is only seen inside another is none."""

import numpy as np
import pytest

from tests.unit.detectors.test_absorbing import Found
from understudy.detectors.joining import joined
from understudy.detectors.log import NOWHERE


def texts(found):
    """What is left, as words and places."""
    return [
        (" ".join(found.names[symbol] for symbol in each.symbols), each.places.tolist())
        for each in joined(found.acts, found.sequences)
    ]


def spans(text, one, gap=0, start=0):
    """The places of a part that begins each round: as many in a row as it has steps."""
    size, period = len(one.split()), len(text.split()) + gap
    return [range(at, at + size) for at in range(start, 4 * period, period)]


def in_turns(text, *parts):
    """Four sessions of the same words, and the parts that were found in them: (words, where they start)."""
    found = Found(" | ".join([text] * 4))
    for part, start in parts:
        found.add(part, *spans(text, part, start=start))
    return found


def test_two_parts_that_follow_each_other_are_one_routine():
    """Though a few acts that nobody explains stand between."""
    found = in_turns("a b c . . . . x y z", ("a b c", 0), ("x y z", 7))
    ((text, places),) = texts(found)
    assert text == "a b c x y z"
    assert places[0] == [0, 1, 2, 7, 8, 9]
    assert len(places) == 4


def test_it_does_not_matter_which_was_found_first():
    """The order is that of the log."""
    found = in_turns("a b c x y z", ("x y z", 3), ("a b c", 0))
    assert [text for text, _ in texts(found)] == ["a b c x y z"]


def test_three_parts_become_one():
    """As long as any two belong together."""
    found = in_turns("a b c x y z p q r", ("x y z", 3), ("p q r", 6), ("a b c", 0))
    ((text, places),) = texts(found)
    assert text == "a b c x y z p q r"
    assert places[3] == list(range(27, 36))


def test_parts_far_apart_stay_two():
    """More than six acts that nobody explains are too many, here seven, there twenty."""
    words, begins, ends = [], [], []
    for between in (7, 20, 13, 18):
        begins.append(len(words))
        words += [*"abc", *["."] * between, *"xyz", *["."] * 30]
        ends.append(len(words) - 33)
    found = Found(words)
    found.add("a b c", *(range(at, at + 3) for at in begins)).add(
        "x y z", *(range(at, at + 3) for at in ends)
    )
    assert [text for text, _ in texts(found)] == ["a b c", "x y z"]


@pytest.mark.parametrize("between, is_one", [(7, True), (19, True), (20, False)])
def test_parts_far_apart_are_one_where_there_are_always_as_many_acts_between(between, is_one):
    """A page that is filled in differently each time, as long as it is no long one."""
    found = in_turns("a b c" + " ." * between + " x y z", ("a b c", 0), ("x y z", between + 3))
    assert [text for text, _ in texts(found)] == (["a b c x y z"] if is_one else ["a b c", "x y z"])


def test_what_is_explained_does_not_keep_parts_apart():
    """A routine in between is no noise."""
    found = in_turns("a b c k l m k l m k l m x y z", ("a b c", 0), ("x y z", 12))
    found.acts.consume(np.concatenate([np.arange(start + 3, start + 12) for start in range(0, 60, 15)]))
    assert [text for text, _ in texts(found)] == ["a b c x y z"]


def test_parts_in_different_sessions_stay_two():
    """One in the evening, one in the morning."""
    found = Found(" | ".join(["a b c | x y z"] * 4))
    found.add("a b c", *spans("a b c x y z", "a b c")).add("x y z", *spans("a b c x y z", "x y z", start=3))
    assert len(texts(found)) == 2


def test_what_follows_only_now_and_then_stays_another():
    """One of four."""
    found = Found("a b c x y z | a b c | a b c | a b c | x y z | x y z | x y z")
    found.add("a b c", range(3), range(6, 9), range(9, 12), range(12, 15))
    found.add("x y z", range(3, 6), range(15, 18), range(18, 21), range(21, 24))
    assert len(texts(found)) == 2


def test_one_that_is_much_more_frequent_stays_another():
    """It follows always, yet is done without the first one too."""
    found = Found("a b c x y z | a b c x y z | x y z | x y z | x y z")
    found.add("a b c", range(3), range(6, 9))
    found.add("x y z", range(3, 6), range(9, 12), *(range(at, at + 3) for at in (12, 15, 18)))
    assert len(texts(found)) == 2


def test_of_the_turns_of_a_loop_the_last_is_taken():
    """It may be more frequent than the rest, as long as each turn follows a round."""
    text = "a b c d e f l m l m l m"
    found = in_turns(text, ("a b c d e f", 0))
    found.add(
        "l m", *(range(start + turn, start + turn + 2) for start in range(0, 48, 12) for turn in (6, 8, 10))
    )
    ((joined_text, places),) = texts(found)
    assert joined_text == "a b c d e f l m"
    assert places == [[*range(start, start + 6), start + 10, start + 11] for start in range(0, 48, 12)]


def test_a_loop_that_is_done_elsewhere_as_often_stays_another():
    """Eight turns after the routine, eight on their own."""
    text = "a b c d e f l m l m"
    found = Found(" | ".join([text] * 4 + ["l m"] * 8))
    found.add("a b c d e f", *spans(text, "a b c d e f"))
    turns = [start + turn for start in range(0, 40, 10) for turn in (6, 8)]
    found.add("l m", *(range(at, at + 2) for at in (*turns, *range(40, 56, 2))))
    assert [each for each, _ in texts(found)] == ["a b c d e f", "l m"]


def test_what_is_longer_than_half_of_it_is_no_loop_in_a_routine():
    """Three rounds of something else, after a beginning of three steps."""
    text = "a b c x y z x y z x y z"
    found = in_turns(text, ("a b c", 0))
    found.add(
        "x y z", *(range(at, at + 3) for start in range(0, 48, 12) for at in range(start + 3, start + 12, 3))
    )
    assert [each for each, _ in texts(found)] == ["a b c", "x y z"]


def test_a_loop_before_the_next_round_is_not_the_next_rounds():
    """Its turns end where another round begins."""
    text = "a b c d e f l m l m"
    found = Found(" ".join([text] * 4))
    found.add("a b c d e f", *spans(text, "a b c d e f"))
    found.add(
        "l m", *(range(start + turn, start + turn + 2) for start in range(0, 40, 10) for turn in (6, 8))
    )
    ((_, places),) = texts(found)
    assert [row[-1] for row in places] == [9, 19, 29, 39]


def test_a_round_without_its_second_part_is_looked_at_once_more():
    """One step of it is there, too little to have been found alone."""
    text = "a b c x y z"
    found = Found(" | ".join([text] * 5) + " | a b c . y | a b c")
    found.add("a b c", *(range(at, at + 3) for at in (0, 6, 12, 18, 24, 30, 35)))
    found.add("x y z", *(range(at, at + 3) for at in (3, 9, 15, 21, 27)))
    ((_, places),) = texts(found)
    assert places[5] == [30, 31, 32, NOWHERE, 34, NOWHERE]
    assert places[6] == [35, 36, 37, NOWHERE, NOWHERE, NOWHERE]


def test_a_routine_mostly_seen_inside_another_is_none():
    """Four of seven times; the longer one is what the person does."""
    found = Found(" | ".join(["a b c k l m d e f"] * 4 + ["k l m"] * 3))
    found.add("a b c d e f", *([*range(at, at + 3), *range(at + 6, at + 9)] for at in range(0, 36, 9)))
    found.add("k l m", *(range(at, at + 3) for at in (3, 12, 21, 30, 36, 39, 42)))
    assert [text for text, _ in texts(found)] == ["a b c d e f"]


def test_of_two_as_long_none_is_a_part_of_the_other():
    """One is always done in the middle of the other."""
    found = Found(" | ".join(["a x y z b c"] * 4))
    found.add("a b c", *([at, at + 4, at + 5] for at in range(0, 24, 6)))
    found.add("x y z", *(range(at + 1, at + 4) for at in range(0, 24, 6)))
    assert [each for each, _ in texts(found)] == ["a b c", "x y z"]


def test_a_routine_that_is_mostly_done_elsewhere_stays():
    """One of four times inside another."""
    found = Found("a b c k l m d e f | a b c d e f | k l m | k l m | k l m")
    found.add("a b c d e f", [0, 1, 2, 6, 7, 8], range(9, 15))
    found.add("k l m", range(3, 6), range(15, 18), range(18, 21), range(21, 24))
    assert [text for text, _ in texts(found)] == ["a b c d e f", "k l m"]


def test_one_routine_is_left_alone():
    """Nothing to join it with."""
    found = in_turns("a b c", ("a b c", 0))
    assert [text for text, _ in texts(found)] == ["a b c"]
    assert joined(found.acts, []) == []
