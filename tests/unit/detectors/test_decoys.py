"""Decoys: what a detector also finds where there is nothing decides what it is believed."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest

from tests.unit.detectors.written import planted, steps, topics, written
from understudy.core.dice import Dice
from understudy.core.pattern import PatternKind
from understudy.core.workflow import ManualTrigger
from understudy.detectors import decoys
from understudy.detectors.candidate import Candidate
from understudy.detectors.decoys import accepted
from understudy.detectors.log import Log
from understudy.detectors.routines import Routines

LOG = written("a b c " * 40)


def scored(score):
    """A candidate that is worth so much."""
    return Candidate(
        kind=PatternKind.ROUTINE,
        symbols=("app:a",),
        trigger=ManualTrigger(),
        expects=("app:a",),
        horizon=0,
        score=score,
        places=np.zeros((1, 1), np.int64),
    )


@dataclass
class Says:
    """A detector that finds these scores in the log, then those in its surrogates, one list after the other."""

    name: ClassVar[str] = "says"
    title: ClassVar[str] = "What was it told to say?"
    decoys: int
    scores: list[list[float]]
    asked: list[Log] = field(default_factory=list)

    def find(self, log):
        """What it was told."""
        self.asked.append(log)
        turn = len(self.asked) - 1
        return [scored(score) for score in self.scores[min(turn, len(self.scores) - 1)]]


def kept(scores, *noise, number=8):
    """The scores that are believed, when the surrogates give such noise."""
    return [each.score for each in accepted(Says(number, [scores, *noise]), LOG)]


def test_where_the_surrogates_are_silent_everything_is_believed():
    """A single one, too."""
    assert kept([5.0], []) == [5.0]
    assert kept([5.0, 4.0, 3.0], []) == [5.0, 4.0, 3.0]


def test_what_noise_can_do_as_well_is_not_believed():
    """Each surrogate finds something as strong as the second."""
    assert kept([9.0, 5.0, 4.0], [5.0]) == [9.0]
    assert kept([5.0, 4.0], [6.0]) == []


def test_one_surrogate_of_eight_costs_ten_candidates():
    """A mean of an eighth and an eighth more is a tenth of two and a half, so of three."""
    noise = [[5.0], [], [], [], [], [], [], []]
    assert kept([9.0, 4.0], *noise) == [9.0]
    assert kept([9.0, 8.0, 4.0], *noise) == [9.0, 8.0, 4.0]


def test_the_longest_beginning_counts():
    """Where more of the same follows, noise among it is outweighed."""
    scores = [float(30 - number) for number in range(20)]
    one_in_eight = [[30.0], [], [], [], [], [], [], []]
    assert kept(scores, *one_in_eight) == scores
    assert kept(scores[:2], *one_in_eight) == []


def test_what_needs_no_statistics_has_no_decoys():
    """It is asked once."""
    detector = Says(0, [[5.0], [9.0]])
    assert len(accepted(detector, LOG)) == 1
    assert len(detector.asked) == 1


def test_where_nothing_is_found_nothing_is_shuffled():
    """Most minings, in the first days."""
    detector = Says(8, [[]])
    assert accepted(detector, LOG) == []
    assert len(detector.asked) == 1


@pytest.mark.parametrize("budget, surrogates", [(20, 8), (4, 4), (0, 1)])
def test_a_long_log_needs_fewer_surrogates(budget, surrogates, monkeypatch):
    """It is its own average; at least one is looked at, at most as many as the detector asks for."""
    monkeypatch.setattr(decoys, "EVENTS", len(LOG) * budget)
    detector = Says(8, [[5.0], [4.0]])
    accepted(detector, LOG)
    assert len(detector.asked) == 1 + surrogates


@pytest.mark.parametrize("noise, surrogates", [([], 2), ([1.9], 2), ([2.1], 8)])
def test_when_the_first_two_surrogates_are_far_below_they_speak_for_all(noise, surrogates):
    """Nothing in them scores half as much as the weakest candidate."""
    detector = Says(8, [[9.0, 4.0], noise])
    assert len(accepted(detector, LOG)) == 2
    assert len(detector.asked) == 1 + surrogates


def test_one_loud_surrogate_is_enough_to_go_on():
    """Whichever of the two it was."""
    detector = Says(8, [[4.0], [3.0], []])
    accepted(detector, LOG)
    assert len(detector.asked) == 9


def test_surrogates_keep_what_is_frequent_and_when():
    """Only the order inside a block is lost; each is shuffled in blocks of another length, and differently."""
    detector = Says(8, [[5.0], [4.0]])
    accepted(detector, LOG)
    log, *surrogates = detector.asked
    assert log is LOG
    for surrogate in surrogates:
        assert (surrogate.at == log.at).all()
        assert (surrogate.session == log.session).all()
        assert (surrogate.counts == log.counts).all()
        assert (surrogate.symbol != log.symbol).any()
    assert len({surrogate.symbol.tobytes() for surrogate in surrogates}) == 8


def test_surrogates_are_shuffled_in_blocks_from_fifty_events_down_to_twenty():
    """The first ones, which may speak for all, lose the most of the order."""
    detector = Says(8, [[5.0], [4.0]])
    accepted(detector, written(f"w{number}" for number in range(200)))
    _, *surrogates = detector.asked

    def stays(surrogate, block):
        places = np.arange(len(surrogate))
        return (surrogate.symbol // block == places // block).all()

    assert stays(surrogates[0], 50)
    assert not stays(surrogates[0], 20)
    assert stays(surrogates[-1], 20)


def test_surrogates_are_the_same_each_time():
    """Equal logs give equal answers."""
    detectors = [Says(8, [[5.0], [4.0]]) for _ in range(2)]
    for detector in detectors:
        accepted(detector, LOG)
    first, second = ([each.symbol.tobytes() for each in detector.asked] for detector in detectors)
    assert first == second


def test_a_detector_may_know_its_own_surrogate():
    """One that looks at times of the day shuffles days, not events."""

    class Knows(Says):
        def surrogate(self, log, rng):
            """The log with nothing in it."""
            return written(".")

    detector = Knows(8, [[5.0], [4.0]])
    accepted(detector, LOG)
    assert [len(each) for each in detector.asked[1:]] == [1] * 8


@pytest.mark.parametrize("block", [20, 50, None])
@pytest.mark.parametrize("seed", range(4))
def test_in_a_shuffled_log_no_routine_is_believed(seed, block):
    """In blocks of 20, of 50, of everything; what was frequent stays frequent."""
    log = written(planted(seed, steps("a b c d"), steps("p q r s t u v w", gap=1), times=15))
    rng = np.random.default_rng(seed)
    assert accepted(Routines(), log.shuffled(rng, block or len(log))) == []


@pytest.mark.parametrize("seed", range(4))
def test_in_topics_without_order_no_routine_is_believed(seed):
    """Programs that are busy together, for a while each."""
    assert accepted(Routines(), written(topics(Dice(seed), 2_000))) == []
