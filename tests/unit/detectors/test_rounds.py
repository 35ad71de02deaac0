"""Rounds: every time a long routine was done, whatever was left out or came between."""

import numpy as np
import pytest

from tests.unit.detectors.written import planted, steps, written
from understudy.detectors import rounds as rounds_module
from understudy.detectors.acts import Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.log import NOWHERE
from understudy.detectors.rounds import beginnings, firsts, rounds

WHOLE = "a b c d e f"


def acts_of(words):
    """The acts, and the number of each of the six steps (others are never looked for)."""
    log = written(words)
    return Acts(log), tuple(log.templates.index(f"app:{step}") for step in WHOLE.split())


def rounds_of(words, share=0.6):
    """The rounds that are found from the complete ones."""
    acts, symbols = acts_of(words)
    return rounds(acts, Sequence(symbols=symbols, places=acts.chain(symbols)), share).tolist()


def test_complete_rounds_are_rounds():
    """In order of time."""
    assert rounds_of(f"{WHOLE} . . {WHOLE}") == [[0, 1, 2, 3, 4, 5], [8, 9, 10, 11, 12, 13]]


@pytest.mark.parametrize(
    "round_, places",
    [
        ("b c d e f", [NOWHERE, 6, 7, 8, 9, 10]),
        ("a b d e f", [6, 7, NOWHERE, 8, 9, 10]),
        ("a . b c . . d e", [6, 8, 9, 12, 13, NOWHERE]),
        ("a b . . . . e f", [6, 7, NOWHERE, NOWHERE, 12, 13]),
        ("a b . . . c d e f", [NOWHERE, NOWHERE, 11, 12, 13, 14]),
    ],
)
def test_a_round_may_lack_steps(round_, places):
    """At the beginning, in the middle, at the end; two that are missing let the next one be farther."""
    assert rounds_of(f"{WHOLE} | {round_}")[1:] == [places]


@pytest.mark.parametrize("part", ["a b c", "c d e", "a . c . e . . .", "a b . . . . . e f"])
def test_less_than_six_of_ten_steps_are_no_round(part):
    """Half of it may be something else; so is what lies too far apart."""
    assert len(rounds_of(f"{WHOLE} | {part}")) == 1


def test_how_much_a_round_must_have_can_be_asked():
    """Half of the steps, or nearly all."""
    words = f"{WHOLE} | a b c | a b c d e"
    assert [len(rounds_of(words, share)) for share in (0.5, 0.8, 1.0)] == [3, 2, 1]


def test_after_three_missing_steps_the_next_is_looked_for_three_farther():
    """And no farther."""
    assert rounds_of(f"{WHOLE} | a b . . . . . f", 0.5)[1:] == [[6, 7, NOWHERE, NOWHERE, NOWHERE, 13]]
    assert len(rounds_of(f"{WHOLE} | a b . . . . . . f", 0.5)) == 1


def test_rounds_share_no_act():
    """The fuller one takes it; what is left of the other may be too little."""
    found = rounds_of(f"{WHOLE} | a b c d a b c d e f")
    assert found[1:] == [[6, 7, 8, 9, NOWHERE, NOWHERE], [10, 11, 12, 13, 14, 15]]


def test_rounds_do_not_reach_over_a_break():
    """Three steps today and three tomorrow are none."""
    assert len(rounds_of(f"{WHOLE} | a b c | d e f")) == 1


def test_rounds_that_lack_different_steps_are_all_found(monkeypatch):
    """No two neighbours are in all three, so it is looked again; only so often, though."""
    words = f"{WHOLE} | a b c d | a b e f | c d e f"
    assert len(rounds_of(words)) == 4
    monkeypatch.setattr(rounds_module, "AGAIN", 1)
    assert len(rounds_of(words)) == 3


def test_rounds_that_run_into_each_other_are_told_apart():
    """Two at once, step by step: each act belongs to one of them."""
    found = rounds_of(f"{WHOLE} | " + "a a b b c c d d e e f f")
    places = [place for row in found for place in row if place >= 0]
    assert len(found) == 3
    assert len(places) == len(set(places)) == 18


def test_noisy_rounds_are_found_again():
    """Thirty, in each of which a tenth is missing and one other thing may stand between."""
    words = planted(1, steps(WHOLE, gap=1, skips=0.1), times=30)
    found = rounds_of(words)
    assert 28 <= len(found) <= 30
    assert found == sorted(found, key=lambda row: min(place for place in row if place >= 0))


def test_consuming_is_left_to_who_asked():
    """Looking for rounds takes nothing out of the game."""
    acts, symbols = acts_of(f"{WHOLE} | {WHOLE} | {WHOLE}")
    rounds(acts, Sequence(symbols=symbols, places=acts.chain(symbols)))
    assert len(acts.chain(symbols)) == 3


def test_a_beginning_is_any_two_neighbours():
    """With as much of the round as there is, so that it can be told how often it was completed."""
    acts, symbols = acts_of(f"{WHOLE} | c d | a b . c | a c e")
    assert beginnings(acts, symbols).tolist() == [
        [0, 1, 2, 3, 4, 5],
        [8, 9, 11, NOWHERE, NOWHERE, NOWHERE],
        [NOWHERE, NOWHERE, 6, 7, NOWHERE, NOWHERE],
    ]


def test_of_many_beginnings_the_latest_are_looked_at():
    """Two of each two neighbours; the first step of all was met longest ago."""
    acts, symbols = acts_of(f"{WHOLE} | a b | a b | a b")
    assert beginnings(acts, symbols, 2)[:, 0].tolist() == [0, 8, 10]
    assert len(beginnings(acts, symbols)) == 4


def test_the_first_place_of_a_round_is_that_of_its_first_step_that_is_there():
    """In a round that lacks some."""
    assert firsts(np.array([[NOWHERE, 4, 5], [0, NOWHERE, 9]])).tolist() == [4, 0]
