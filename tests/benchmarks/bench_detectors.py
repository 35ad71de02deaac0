"""What the detectors find, how soon, and what that costs; run this file with `-m benchmark -s`."""

import statistics
import time

import pytest

from tests.integration.test_real_windows import WINDOWS, clerk
from tests.unit.detectors.days import (
    BERLIN,
    MONDAY,
    Trial,
    learn,
    patterns_of,
    records_of,
    shuffled,
    worker,
)
from tests.unit.detectors.test_learning import PLANTED
from understudy.core.pattern import PatternKind
from understudy.core.value import DAY
from understudy.detectors.mining import Setting, detectors, mine

pytestmark = pytest.mark.benchmark
SEEDS = range(10)


def day_of(at):
    """The day since the beginning, 1 = the first."""
    return (at - MONDAY) // DAY + 1


def line(trial: Trial, kind):
    """How soon the planted pattern of one kind was found and offered."""
    for at, pattern in trial.found:
        if (pattern.kind, pattern.symbols) == (kind, PLANTED[kind]):
            offered = trial.offered.get(pattern.id)
            when = f"offered day {day_of(offered[0])}" if offered else "not offered"
            return f"{kind.value}: day {day_of(at)} after {pattern.support}, {when}"
    return f"{kind.value}: not found"


def test_prints_what_is_found_of_what_was_planted():
    """0 false suggestions over ten people; observing costs at most 25 us in the median."""
    false, costs = [], []
    print()
    for seed in SEEDS:
        trial = learn(worker(seed))
        costs.append(statistics.median(trial.observing) * 1e6)
        false += [each for each in trial.offers() if (each.kind, each.symbols) not in PLANTED.items()]
        extra = [each.summary for _, each in trial.found if (each.kind, each.symbols) not in PLANTED.items()]
        found = "; ".join(line(trial, kind) for kind in PatternKind)
        print(f"seed {seed}: {found}; other candidates {extra}; mining at most {max(trial.mining):.2f} s")
    print(f"observe: median {statistics.median(costs):.1f} us; false suggestions: {len(false)}")
    assert false == []
    assert statistics.median(costs) <= 25


@pytest.mark.parametrize("count, limit", [(5_000, 0.5), (20_000, 2.0)])
def test_prints_what_mining_costs(count, limit):
    """5,000 events in half a second, 20,000 in two."""
    records = records_of(worker(1, days=100))[:count]
    setting = Setting(zone=BERLIN, names={}, undoable=frozenset(), never=frozenset())
    times = []
    for _ in range(3):
        began = time.perf_counter()
        mine(records, setting, detectors())
        times.append(time.perf_counter() - began)
    print(f"\nmining {len(records)} events: {min(times):.2f} s")
    assert len(records) == count
    assert min(times) <= limit


@pytest.mark.skipif(not WINDOWS.is_file(), reason="the log active_windows is not here")
def test_prints_what_is_found_in_a_shuffled_real_log():
    """Nothing, shadow included."""
    captures = clerk()
    print(f"\nas recorded: {[each.summary for each in patterns_of(captures)]}")
    for block in (20, 50, 0):
        trials = [learn(shuffled(captures, block, seed), "UTC") for seed in range(18)]
        candidates, offers = (
            sum(len(each.found) for each in trials),
            sum(len(each.offers()) for each in trials),
        )
        print(
            f"blocks of {block or 'all'}: {candidates} candidates, {offers} suggestions in {len(trials)} runs"
        )
        assert offers == 0
