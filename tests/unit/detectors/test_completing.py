"""Completing: a short routine gets back the steps that others took, and nothing else."""

import pytest

from tests.unit.detectors.test_absorbing import Found
from understudy.detectors import completing
from understudy.detectors.completing import completed
from understudy.detectors.growing import Rules

RULES = Rules(keeps=0.5, covers=0.5, needed=3.0)
SHARED = "a b c d"
BETWEEN = " . . . . . . . . | "


def after(words, short, taken):
    """What becomes of a short routine in these words when these words of them were taken by others."""
    places = words.replace("|", "").split()
    found = Found(words)
    fresh = Found(words).acts
    size = len(short.split())
    runs = [range(at, at + size) for at in range(len(places)) if places[at : at + size] == short.split()]
    found.add(short, *runs)
    for word in taken.split():
        found.acts.consume(fresh.all_places(found.names.index(word)))
    (longer,) = completed(found.acts, fresh, found.sequences, RULES)
    return " ".join(found.names[symbol] for symbol in longer.symbols), len(longer.places)


@pytest.mark.parametrize("text", ["a b c d x y z", "x y z a b c d"])
def test_steps_that_another_routine_took_come_back(text):
    """Before it or after it: they are steps of both."""
    words = BETWEEN.join([text] * 8 + [f"{SHARED} p q r"] * 8)
    assert after(words, "x y z", "a b c d p q r") == (text, 8)


def test_what_was_free_is_left_free():
    """Growing has had the choice; also where one step beside it was taken."""
    words = BETWEEN.join(["a x y z e f g h"] * 8)
    assert after(words, "x y z", "") == ("x y z", 8)
    assert after(words, "x y z", "a") == ("x y z", 8)
    assert after(words, "x y z", "a e f") == ("a x y z e f g h", 8)


def test_steps_that_are_not_there_often_enough_do_not_come_back():
    """Six of ten times: the other four would have less than half of the steps."""
    words = BETWEEN.join([f"{SHARED} x y z"] * 6 + ["x y z"] * 4)
    assert after(words, "x y z", SHARED) == ("x y z", 10)


def test_what_was_taken_by_chance_does_not_come_back():
    """Another thing each time."""
    words = BETWEEN.join([f"{other} x y z" for other in "abcdefgh"] + list("abcdefgh") * 3)
    assert after(words, "x y z", "a b c d e f g h") == ("x y z", 8)


def test_a_long_routine_is_complete_as_it_is():
    """As is one that was found very often."""
    words = BETWEEN.join([f"{SHARED} u v w x y z"] * 8)
    assert after(words, "u v w x y z", SHARED) == ("u v w x y z", 8)


def test_a_routine_found_very_often_is_not_grown_again(monkeypatch):
    """It would be grown on a part of its occurrences only."""
    words = BETWEEN.join([f"{SHARED} x y z"] * 8)
    monkeypatch.setattr(completing, "SAMPLE", 7)
    assert after(words, "x y z", SHARED) == ("x y z", 8)
