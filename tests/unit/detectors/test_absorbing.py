"""Absorbing: what was found of a routine on its own goes back into its rounds."""

import numpy as np

from tests.unit.detectors.written import written
from understudy.detectors.absorbing import absorbed
from understudy.detectors.acts import Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE

WHOLE = "a b c d e f g h i j"


class Found:
    """A log in which things were found one after the other, each consumed as the search does."""

    def __init__(self, words):
        log = written(words)
        self.names = [each.removeprefix("app:") for each in log.templates]
        self.acts = Acts(log)
        self.sequences = []

    def add(self, text, *places):
        """What was found: its words, and the places of each occurrence."""
        symbols = tuple(self.names.index(each) for each in text.split())
        rows = np.array(places, np.int64).reshape(-1, len(symbols))
        self.acts.consume(rows.ravel())
        self.sequences.append(Sequence(symbols=symbols, places=rows))
        return self

    def absorbed(self):
        """What is left, as words and places."""
        return [
            (" ".join(self.names[symbol] for symbol in each.symbols), each.places.tolist())
            for each in absorbed(self.acts, self.sequences)
        ]


def ten(start=0):
    """Ten places in a row."""
    return list(range(start, start + 10))


def missing(*steps):
    """A row in which only these steps are there: (column, place)."""
    row = [NOWHERE] * 10
    for column, place in steps:
        row[column] = place
    return row


def test_the_end_of_a_round_that_was_found_alone_is_its_end():
    """It stands right behind the beginning, with something else in between."""
    found = Found(f"{WHOLE} | a b c d e . . f g h i j").add(WHOLE, ten(), missing(*enumerate(range(10, 15))))
    found.add("f g h i j", range(17, 22))
    assert found.absorbed() == [(WHOLE, [ten(), [10, 11, 12, 13, 14, 17, 18, 19, 20, 21]])]


def test_the_beginning_of_a_round_goes_before_it():
    """Before the one it stands beside, not a later one."""
    found = Found(f"{WHOLE} | a b c . . d e f g h i j | {WHOLE}")
    found.add(WHOLE, ten(), missing(*((column, column + 12) for column in range(3, 10))), ten(22))
    found.add("a b c", range(10, 13))
    assert found.absorbed() == [(WHOLE, [ten(), [10, 11, 12, *range(15, 22)], ten(22)])]


def test_a_large_piece_beside_a_round_is_no_round_of_its_own():
    """Though alone it would be one."""
    found = Found(WHOLE).add(WHOLE, missing((0, 0), (1, 1))).add("c d e f g h i j", range(2, 10))
    assert found.absorbed() == [(WHOLE, [ten()])]


def test_a_piece_inside_a_round_fills_its_hole():
    """Where the steps in the middle were missed."""
    found = Found(f"{WHOLE} | a b c d e f g h i j")
    found.add(WHOLE, ten(), missing((0, 10), (1, 11), *((column, column + 10) for column in range(5, 10))))
    found.add("c d e", range(12, 15))
    assert found.absorbed() == [(WHOLE, [ten(), ten(10)])]


def test_what_a_round_has_already_is_not_replaced():
    """A step done twice is the one that was seen with the others."""
    found = Found(f"{WHOLE} i j").add(WHOLE, ten()).add("i j", [10, 11])
    assert found.absorbed() == [(WHOLE, [ten()])]


def test_a_piece_may_begin_before_its_round_and_reach_into_it():
    """It overlaps the round after it."""
    found = Found(". . . . . . . . . . . . . . . . . . . . a b d c e f g h i j")
    found.add(WHOLE, missing((0, 20), (1, 21), *((column, column + 20) for column in range(4, 10))))
    found.sequences[0].places[0, :2] = NOWHERE
    found.sequences[0].places[0, 3] = 22
    found.add("a b c", [20, 21, 23])
    assert found.absorbed() == [(WHOLE, [[20, 21, 23, 22, *range(24, 30)]])]


def test_much_of_a_routine_standing_alone_is_a_round():
    """Eight of ten steps, far from every other."""
    found = Found(f"{WHOLE} | a b c d e f g h").add(WHOLE, ten()).add("a b c d e f g h", range(10, 18))
    assert found.absorbed() == [(WHOLE, [ten(), missing(*enumerate(range(10, 18)))])]


def test_rounds_stay_in_order_of_time():
    """Also when one that comes back is the oldest."""
    found = Found(f"a b c d e f g h | {WHOLE}").add(WHOLE, ten(8)).add("a b c d e f g h", range(8))
    assert [places[0] for places in found.absorbed()[0][1]] == [0, 8]


def test_little_of_a_routine_standing_alone_is_nothing():
    """Three of its steps may be anything; they are no routine either, as it has them all."""
    found = Found(f"{WHOLE} | a b c").add(WHOLE, ten()).add("a b c", range(10, 13))
    assert found.absorbed() == [(WHOLE, [ten()])]


def test_other_steps_make_another_routine():
    """Two of four in common."""
    found = Found(f"{WHOLE} | a b x y").add("a b x y", range(10, 14)).add(WHOLE, ten())
    assert found.absorbed() == [(WHOLE, [ten()]), ("a b x y", [[10, 11, 12, 13]])]


def test_a_stranger_in_a_piece_is_left_out():
    """Four of five steps are the routine's, the fifth has no place in it."""
    found = Found(f"{WHOLE} | a b c d e . f g x h i").add(WHOLE, ten(), missing(*enumerate(range(10, 15))))
    found.add("f g x h i", range(16, 21))
    ((_, places),) = found.absorbed()
    assert places[1] == [10, 11, 12, 13, 14, 16, 17, 19, 20, NOWHERE]


def test_a_step_that_comes_twice_goes_to_each_of_its_places():
    """The first of a piece to the first, the second to the second."""
    text = "a b c a d e"
    found = Found(f"{text} | . c a d e . a b")
    found.add(text, range(6), [NOWHERE, NOWHERE, 7, NOWHERE, 9, 10])
    found.sequences.append(Sequence(symbols=(0, 0), places=np.array([[8, 12]])))
    assert found.absorbed() == [(text, [list(range(6)), [8, NOWHERE, 7, 12, 9, 10]])]


def test_short_routines_take_in_nothing():
    """In those no step may be missing."""
    found = Found("a b c d | a b c").add("a b c d", range(4)).add("a b c", range(4, 7))
    assert len(found.absorbed()) == 2


def test_the_longest_and_then_the_most_frequent_come_first():
    """They take in, the others are taken in."""
    found = Found("a b c | d e f | d e f | g h i j").add("a b c", range(3))
    found.add("d e f", range(3, 6), range(6, 9)).add("g h i j", range(9, 13))
    assert [text for text, _ in found.absorbed()] == ["g h i j", "d e f", "a b c"]


def test_what_was_found_stays_as_it_was():
    """The rounds are filled in a copy."""
    found = Found(f"{WHOLE} | a b c d e . . f g h i j").add(WHOLE, ten(), missing(*enumerate(range(10, 15))))
    before = found.sequences[0].places.copy()
    found.add("f g h i j", range(17, 22)).absorbed()
    assert (found.sequences[0].places == before).all()
