"""P5: a disk that is full or broken, once or for good: no action without a journal, one trouble, and it recovers."""

import time

import pytest

from tests.proof.disk_errors import all_breaks, sample, sweep, told
from tests.proof.tracing import can_trace

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="needs strace, and leave to trace other processes"),
    pytest.mark.timeout(3_600),
]
FAILURES, CONTROLS = 100, 20


@pytest.fixture(scope="module")
def breaks(points):
    return all_breaks(points)


def require_sound(places, chosen):
    begun = time.monotonic()
    results = sweep(places, chosen)
    print(told(results, time.monotonic() - begun))
    assert [(each.point, each.faults) for each in results if each.faults] == []
    assert sum(each.has_started for each in results) > len(chosen) // 2
    assert sum(each.had_trouble for each in results) > len(chosen) // 4


def test_whatever_write_fails_nothing_is_done_without_a_journal_and_all_recovers(places, breaks):
    """A hundred failures: both files sound, no effect unknown to the journal, every run ends once the disk is well."""
    require_sound(places, sample(breaks, FAILURES))


def test_an_agent_that_acts_without_a_journal_is_found_out(places, breaks):
    """The control: what cannot be written down is done all the same."""
    for_ever = [
        each for each in breaks if each.lasts == "for_ever" and each.call in ("pwrite64", "fdatasync")
    ]
    results = sweep(places, sample(for_ever, CONTROLS), reckless=True)
    assert any("has an effect, and" in words for each in results for words in each.faults)


def test_a_file_that_cannot_be_opened_once_leaves_no_agent_that_can_only_read(places, breaks):
    """It does not start, and says so, or it goes on as ever: each file that is opened at the start, one by one."""
    at_start = [
        each
        for each in breaks
        if (each.plan, each.call, each.error, each.lasts) == (0, "openat", "ENOSPC", "once")
    ]
    assert [(each.point, each.faults) for each in sweep(places, at_start[:20]) if each.faults] == []


@pytest.mark.sweep
def test_two_thousand_failures_of_the_disk_are_outlived(places, breaks):
    """The same, twenty times as often."""
    require_sound(places, sample(breaks, 2_000))
