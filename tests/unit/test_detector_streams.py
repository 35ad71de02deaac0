"""What the detector is measured on: the truth told about made-up logs is true of them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.detector.disturb import disturbed, shuffled
from tests.benchmarks.detector.people import DEVELOPER, NOBODY, PEOPLE
from tests.benchmarks.detector.personas import live
from tests.benchmarks.detector.plants import Habit
from tests.benchmarks.detector.scores import is_subsequence
from tests.benchmarks.detector.streams import planted
from understudy.core.capture import Capture, CaptureKind
from understudy.core.value import MINUTE, SECOND
from understudy.detectors.abstraction import Abstraction

COUNT = 30_000


def things(*subjects):
    """Records a minute apart."""
    return [
        Capture(at=at * MINUTE, kind=CaptureKind.FOREIGN, source="t", app="step", text=subject)
        for at, subject in enumerate(subjects)
    ]


def doing(captures):
    """What was done, in order."""
    return [capture.text for capture in captures]


# ---------------------------------------------------------------- planted streams


@pytest.mark.parametrize("bursty", [False, True])
def test_every_planted_occurrence_is_there(bursty):
    """In order, at most two events between neighbours, and no break inside."""
    stream = planted(COUNT, 5, bursty=bursty)
    symbols = [f"{capture.app}:{capture.text}" for capture in stream.captures()]
    for routine, spans in zip(stream.truth, stream.spans, strict=True):
        assert 30 <= len(spans) <= 200
        for first, last in spans:
            assert (symbols[first], symbols[last]) == (routine[0], routine[-1])
            assert is_subsequence(routine, symbols[first : last + 1])
            assert last - first < len(routine) + 2 * (len(routine) - 1)
            assert stream.at[last] - stream.at[first] < 30_000 * (last - first) + 1


def test_a_stream_has_the_length_asked_for_and_breaks():
    """Of more than half an hour; time never stands still."""
    gaps = np.diff(planted(COUNT, 5).at)
    assert len(gaps) == COUNT - 1
    assert gaps.min() > 0
    assert (gaps > 30 * MINUTE).sum() > 10


def test_equal_seeds_give_equal_streams():
    """And other seeds others."""
    one, same, other = planted(COUNT, 5, bursty=True), planted(COUNT, 5, bursty=True), planted(COUNT, 6)
    assert (one.numbers == same.numbers).all()
    assert (one.at == same.at).all()
    assert one.truth != other.truth


def test_a_bursty_background_repeats_itself():
    """The same pair of neighbours comes again within a few events far more often than in a plain one."""

    def repeated(stream):
        pairs = stream.numbers[:-1] * 1000 + stream.numbers[1:]
        return np.mean(np.any([pairs[10:] == pairs[10 - back : -back] for back in range(2, 11)], axis=0))

    assert repeated(planted(COUNT, 5, bursty=True)) > 3 * repeated(planted(COUNT, 5))


# ---------------------------------------------------------------- damage


def test_a_fifth_is_deleted_and_a_fifth_replaced():
    """Of 1,000 distinct events 800 are left, 200 of them another one; each at its own time."""
    captures = things(*map(str, range(1000)))
    left = disturbed(captures, 1)
    other = [capture for capture in left if capture.text != str(capture.at // MINUTE)]
    assert len(left) == 800
    assert 195 <= len(other) <= 200
    assert {*doing(left)} <= {*doing(captures)}


@pytest.mark.parametrize("block", [3, 0])
def test_shuffling_moves_what_was_done_and_nothing_else(block):
    """Times stay, every block holds what it held."""
    captures = things(*"abcdefghi")
    mixed = shuffled(captures, block, 2)
    size = block or len(captures)
    assert [each.at for each in mixed] == [each.at for each in captures]
    assert doing(mixed) != doing(captures)
    for start in range(0, len(captures), size):
        part = slice(start, start + size)
        assert Counter(doing(mixed[part])) == Counter(doing(captures[part]))


def test_shuffling_leaves_the_persons_coming_and_going_alone():
    """Sessions stay as they were."""
    away = Capture(at=MINUTE, kind=CaptureKind.PRESENCE, source="t", text="locked")
    captures = [*things("a"), away, *things("b", "c", "d")]
    assert all(shuffled(captures, 0, seed)[1] == away for seed in range(5))


# ---------------------------------------------------------------- made-up people


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_what_was_planted_into_a_life_is_there(person):
    """At the times told its symbols are seen, and for longer than a window that is only passed by."""
    life, abstraction = live(replace(person, weeks=3), 3), Abstraction()
    seen = {capture.at: abstraction.symbol(capture).template for capture in life.captures}
    times = [capture.at for capture in life.captures]
    lasted = dict(zip(times, np.diff(times), strict=False))
    for each in life.planted:
        assert each.times or each.plant.weeks[0] == 3
        for start, end in each.times:
            assert seen[start] in each.symbols
            assert seen[end] in each.symbols
            assert start <= end
            assert min(lasted[start], lasted.get(end, SECOND)) >= SECOND


def test_a_life_runs_forward_and_starts_anew_from_its_seed():
    """Equal seeds, equal captures in order of time."""
    brief = replace(NOBODY, weeks=1)
    captures = live(brief, 3).captures
    assert captures == live(brief, 3).captures
    assert [each.at for each in captures] == sorted(each.at for each in captures)


def test_a_habit_that_moves_is_planned_later_from_then_on():
    """The developer's stand-up: ten o'clock, after three weeks twenty past."""
    moved = next(each for each in live(DEVELOPER, 3).planted if isinstance(each.plant, Habit))
    assert ({*moved.minutes}, moved.minutes[0], moved.minutes[-1]) == ({600, 620}, 600, 620)
