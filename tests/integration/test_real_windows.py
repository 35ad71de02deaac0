"""A recorded clerk's windows: shuffled, nothing may be found in them. Skipped where the log is absent."""

import csv
from datetime import UTC, datetime

import pytest

from tests.source_tree import ROOT
from tests.unit.detectors.days import learn, patterns_of, seen, shuffled

WINDOWS = ROOT.parent / "shared" / "data" / "active_windows" / "events.csv"
"""Not part of the project."""

pytestmark = pytest.mark.skipif(not WINDOWS.is_file(), reason="the log active_windows is not here")


def clerk():
    """The clerk's active windows as captures."""
    rows = csv.DictReader(WINDOWS.read_text("utf-8-sig").splitlines(), delimiter=";")
    captures = []
    for row in rows:
        begin, end = (
            datetime.fromisoformat(row[name]).replace(tzinfo=UTC).timestamp() for name in ("Begin", "End")
        )
        captures.append(seen(int(begin * 1000), row["App"], row["Title"], lasted=int((end - begin) * 1000)))
    return captures


@pytest.mark.parametrize("block", [20, 50, 0])
def test_a_shuffled_real_log_holds_nothing(block):
    """A clerk's windows in another order: not even a candidate."""
    captures = clerk()
    assert [patterns_of(shuffled(captures, block, seed)) for seed in range(5)] == [()] * 5


@pytest.mark.parametrize("block", [20, 50, 0])
def test_a_shuffled_real_log_is_offered_nothing(block):
    """Nor along the way, shadow included."""
    captures = clerk()
    assert [learn(shuffled(captures, block, seed), "UTC").offers() for seed in range(5)] == [[]] * 5
