"""Growing: from a pair to everything that nearly always comes along."""

import numpy as np
import pytest

from tests.unit.detectors.written import planted, steps, written
from understudy.detectors import growing
from understudy.detectors.acts import LEAST, SAMPLE, Acts
from understudy.detectors.growing import Rules, Sequence, ends_of, grow
from understudy.detectors.log import NOWHERE

STRICT = Rules(keeps=0.5, covers=1.0, needed=3.0)
LOOSE = Rules(keeps=0.4, covers=0.5, needed=3.0)


def grown(words, pair, rules=STRICT):
    """What grows around two words: its words and the places of them, or nothing."""
    log = written(words)
    names = [each.removeprefix("app:") for each in log.templates]
    acts = Acts(log)
    symbols = tuple(names.index(each) for each in pair.split())
    found = grow(acts, Sequence(symbols=symbols, places=acts.meetings(*symbols)), rules)
    return found and (" ".join(names[symbol] for symbol in found.symbols), found.places)


def days(text, seed=1, rules_gap=0, **asked):
    """A routine planted twenty times in something else."""
    return planted(seed, steps(text, gap=rules_gap), **asked)


@pytest.mark.parametrize("pair", ["a b", "b c", "d e", "a c", "b d"])
def test_a_routine_grows_from_any_of_its_pairs(pair):
    """To both sides, and in the middle what was skipped."""
    text, places = grown(days("a b c d e"), pair)
    assert text == "a b c d e"
    assert places.shape == (20, 5)
    assert (np.diff(places, axis=1) == 1).all()


@pytest.mark.parametrize("gap", [1, 2])
def test_a_routine_grows_over_what_stands_between_its_steps(gap):
    """One or two others before every step."""
    text, places = grown(days("a b c d", rules_gap=gap), "b c")
    assert text == "a b c d"
    assert len(places) == 20
    assert (np.diff(places, axis=1) <= 1 + gap).all()


def test_nothing_grows_over_a_break():
    """What is done the next day is no part of it."""
    text, _ = grown(planted(1, lambda dice: ["a", "b", "|", "c", "d"]), "a b")
    assert text == "a b"


def test_company_that_chance_explains_is_no_step():
    """What is everywhere is also near the pair."""
    words = [each for word in days("a b") for each in (word, "x")]
    assert grown(words, "a b")[0] == "a b"


def test_what_is_busy_around_the_pair_is_no_step():
    """A topic lasts, so its programs are always near; they come in no order."""

    def topic(dice):
        busy = [f"t{dice.whole(1, 4)}" for _ in range(80)]
        return [*busy[:40], "a", "b", *busy[40:]]

    assert grown(planted(2, topic, times=12), "a b")[0] == "a b"


def test_the_next_of_equally_strong_steps_is_the_nearest():
    """So none is skipped."""
    text, _ = grown(days("a b c d", times=60), "a b")
    assert text == "a b c d"


def test_of_two_ways_on_the_usual_one_is_taken():
    """A step must be in half of the occurrences; the others are dropped."""

    def plant(dice):
        return ["a", "b", "c", "x" if dice.chance(0.7) else "y"]

    text, places = grown(planted(1, plant, times=30), "a b")
    assert text == "a b c x"
    assert 15 <= len(places) <= 25


def test_a_step_that_comes_twice_is_in_it_twice():
    """Mail, copy, sheet, copy: each is an occurrence of its own, not another round."""
    text, places = grown(days("m c s t c"), "m c")
    assert text == "m c s t c"
    assert len(places) == 20


def test_a_routine_that_is_repeated_is_grown_once():
    """Where its first step comes again a new round begins."""
    text, _ = grown(days("a b c a b c a b c"), "a b")
    assert text == "a b c"


def test_a_first_step_again_at_the_end_is_the_way_back():
    """Mail, tracker, sheet, mail: not a round, when it stands in no other occurrence."""
    assert grown(days("m t s m"), "t s")[0] == "m t s m"


@pytest.mark.parametrize(
    "symbol, column, rules, may",
    [
        (2, [10, 11], STRICT, True),
        (2, [10, 11], LOOSE, True),
        (0, [5, 15], STRICT, True),
        (0, [10, NOWHERE], STRICT, False),
        (0, [5, 10], STRICT, False),
        (0, [5, 15], LOOSE, False),
    ],
    ids=["new", "new, loose", "twice in its round", "the next round", "the next round, once", "loose"],
)
def test_a_symbol_comes_again_unless_its_next_round_begins(symbol, column, rules, may):
    """A new one always may; where steps may be missing nobody could tell which of the two it was."""
    places = np.array([[0, 1], [10, 11]])
    assert growing._may_come_again((0, 1), places, symbol, np.array(column), rules) is may


def test_a_step_may_come_twice_in_the_middle_too():
    """What was skipped at first is the same as what came after it."""
    text, places = grown(days("m c s c t"), "m s")
    assert text == "m c s c t"
    assert len(places) == 20


def test_the_middle_is_tried_when_neither_end_grows_any_more(monkeypatch):
    """What stands between two steps is weighed against the whole, not against two frequent things."""
    lengths, between = [], growing._between

    def noted(acts, symbols, places, rules, index):
        lengths.append(len(symbols))
        return between(acts, symbols, places, rules, index)

    monkeypatch.setattr(growing, "_between", noted)
    assert grown(days("a b c d e"), "a c")[0] == "a b c d e"
    assert set(lengths) == {4, 5}


def test_what_was_consumed_grows_no_more():
    """Neither as a step nor in between."""
    log = written(days("a b c d"))
    acts = Acts(log)
    a, b, c = (log.templates.index(f"app:{each}") for each in "abc")
    acts.consume(acts.places(c))
    found = grow(acts, Sequence(symbols=(a, b), places=acts.meetings(a, b)), STRICT)
    assert c not in found.symbols


def test_too_few_occurrences_grow_nothing():
    """Two may be luck."""
    assert grown("a b c | a b c", "a b") is None
    assert grown(days("a b c", times=2), "a b") is None
    assert grown(days("a b c", times=3), "a b")[0] == "a b c"


def test_a_routine_is_at_most_so_long(monkeypatch):
    """However long it really is, the search ends."""
    monkeypatch.setattr(growing, "LONGEST", 4)
    assert len(grown(days("a b c d e f"), "c d")[0].split()) == 4


def test_growing_looks_at_a_sample():
    """However often it was seen."""
    _, places = grown("a b c . . . . " * (SAMPLE + 200), "a b")
    assert len(places) <= SAMPLE


# --- with missing steps


def test_a_routine_with_missing_steps_grows_to_the_end_when_that_may_be():
    """Two of ten steps are skipped each time; what is missing has no place."""
    words = planted(1, steps("a b c d e f g h i j", skips=0.2), times=30)
    text, places = grown(words, "a b", LOOSE)
    assert text == "a b c d e f g h i j"
    assert (places == NOWHERE).any()
    assert ((places >= 0).sum(axis=1) >= 5).all()


def test_an_exact_routine_lacks_nothing():
    """The same log, asked strictly."""
    words = planted(1, steps("a b c d e f g h i j", skips=0.2), times=30)
    _, places = grown(words, "a b", STRICT)
    assert (places >= 0).all()


def test_no_step_comes_twice_where_some_may_be_missing():
    """Nobody could tell which of the two it was that is missing."""
    words = planted(1, steps("a b c a d e f g"), times=20)
    text, _ = grown(words, "d e", LOOSE)
    assert len(set(text.split())) == len(text.split())


def test_in_between_comes_what_is_there_often_enough_when_steps_may_be_missing():
    """In four of ten occurrences, where strictly six of ten were needed."""

    def plant(dice):
        return ["a", *(["x"] if dice.chance(0.5) else []), "b", "c", "d", "e"]

    words = planted(3, plant, times=40)
    assert grown(words, "a b", LOOSE)[0] == "a x b c d e"
    assert grown(words, "a b", STRICT)[0] == "a b c d e"


def test_into_a_pair_goes_what_is_there_a_third_of_the_time():
    """Two frequent things mostly meet by chance; with three steps six of ten are needed."""

    def pair(dice):
        return ["a", *(["x"] if dice.chance(0.45) else []), "b"]

    assert grown(planted(3, pair, times=40), "a b", STRICT)[0] == "a x b"
    assert grown(planted(3, lambda dice: [*pair(dice), "c"], times=40), "a b", STRICT)[0] == "a b c"


def test_where_a_step_is_missing_nothing_is_in_between():
    """A place that is not there is not the beginning of the log."""
    acts = Acts(written(". x . . . . . . a b . . . a b . . . a b"))
    places = np.array([[NOWHERE, 9], [NOWHERE, 14], [NOWHERE, 19]])
    assert growing._between(acts, (1, 2), places, Rules(keeps=0.4, covers=0.5, needed=0.1), 1) is None


def test_occurrences_end_in_different_places():
    """Of those that share their last place one is kept."""
    kept = growing._kept(np.array([[0, 3, 4], [2, 3, 4], [5, 6, 7]]), STRICT)
    assert kept.tolist() == [[2, 3, 4], [5, 6, 7]]
    assert growing._kept(np.array([[0, NOWHERE, 4]]), STRICT).shape == (0, 3)


@pytest.mark.parametrize(
    "row, stays",
    [
        ([0, 1, NOWHERE], True),
        ([0, NOWHERE, NOWHERE], False),
        ([0, 1, NOWHERE, NOWHERE], True),
        ([0, 1, 2, NOWHERE, NOWHERE, NOWHERE], True),
        ([0, 1, NOWHERE, NOWHERE, NOWHERE, NOWHERE], False),
    ],
)
def test_half_of_the_steps_and_at_least_two_must_be_there(row, stays):
    """Two of three are enough, two of four too, one never is."""
    assert len(growing._kept(np.array([row]), LOOSE)) == stays


def test_the_end_of_an_occurrence_is_its_last_step_that_is_there():
    """With how many are missing beyond it."""
    places = np.array([[0, 2, NOWHERE], [NOWHERE, 5, 6], [NOWHERE, NOWHERE, 9]])
    ends, missing = ends_of(places, 1)
    assert (ends.tolist(), missing.tolist()) == ([2, 6, 9], [1, 0, 0])
    ends, missing = ends_of(places, -1)
    assert (ends.tolist(), missing.tolist()) == ([0, 5, 9], [0, 1, 2])


def test_at_least_three_occurrences_are_needed_everywhere():
    """The smallest number that is called a repetition."""
    assert LEAST == 3
