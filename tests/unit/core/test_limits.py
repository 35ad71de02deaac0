"""Rates, chains and the breaker: the numbers that keep automation from running away."""

import pytest

from tests.fakes.store import NOON, a_run, a_workflow
from understudy.core.limits import Ceiling, breaker, chain_refusal, rate_refusal
from understudy.core.run import RunStatus
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import Rates


def starts(count, *, over, workflow_id="w-1"):
    """So many starts, spread evenly over the time before noon."""
    return [(NOON - over * number // count, workflow_id) for number in range(count)]


@pytest.mark.parametrize(
    "seen, refused",
    [
        ([], None),
        (starts(5, over=MINUTE), None),
        (starts(6, over=MINUTE), "6 runs of this workflow in a minute is the most there may be"),
        ([(NOON - MINUTE, "w-1")] * 6, None),
        (starts(59, over=HOUR), None),
        (starts(60, over=HOUR), "60 runs of this workflow in an hour is the most there may be"),
        (starts(29, over=MINUTE, workflow_id="w-2"), None),
        (
            starts(30, over=MINUTE, workflow_id="w-2"),
            "30 runs of all workflows in a minute is the most there may be",
        ),
        (starts(499, over=DAY, workflow_id="w-2"), None),
        (
            starts(500, over=DAY, workflow_id="w-2"),
            "500 runs of all workflows in a day is the most there may be",
        ),
        ([(NOON - DAY, "w-2")] * 500, None),
    ],
)
def test_how_often_may_be_run(seen, refused):
    """Six a minute and sixty an hour each, thirty a minute and five hundred a day together."""
    reason = rate_refusal(a_workflow("w-1"), seen, NOON)
    assert (reason and reason.text) == refused
    assert reason is None or (reason.code, reason.seen["count"]) == ("rate_limit", reason.seen["limit"])


@pytest.mark.parametrize("count, refused", [(1, False), (2, True)])
def test_a_workflow_has_rates_of_its_own_below_those_of_all(count, refused):
    """Two a minute are its own limit; its own hundred a minute do not lift the thirty of all."""
    own = a_workflow("w-1", rates=Rates(per_minute=2))
    assert (rate_refusal(own, starts(count, over=MINUTE), NOON) is not None) is refused
    wild = a_workflow("w-1", rates=Rates(per_minute=100, per_hour=100))
    assert rate_refusal(wild, starts(30, over=MINUTE), NOON).text.startswith("30 runs of all workflows")
    assert rate_refusal(wild, starts(30, over=MINUTE), NOON, Ceiling(per_minute=100)) is None


@pytest.mark.parametrize(
    "chain, code, seen",
    [
        ((), None, None),
        (("a", "b"), None, None),
        (("a", "b", "c"), "chain_too_deep", {"depth": 3}),
        (("w-1",), "cycle", {"chain": "w-1 > w-1"}),
        (("a", "w-1", "c"), "cycle", {"chain": "a > w-1 > c > w-1"}),
    ],
)
def test_how_far_a_chain_of_causes_may_go(chain, code, seen):
    """Three workflows, none of them twice; the chain is shown."""
    reason = chain_refusal("w-1", chain)
    assert ((reason.code, reason.seen) if reason else (None, None)) == (code, seen)


def runs(*statuses, apart=HOUR):
    """Runs that ended so, the newest last, the last one just now."""
    return [
        a_run(f"r-{age}", created_at=0, ended_at=NOON - age * apart, status=RunStatus(status))
        for age, status in enumerate(reversed(statuses))
    ]


@pytest.mark.parametrize(
    "ended, code",
    [
        ((), None),
        (("failed", "failed"), None),
        (("failed", "timed_out", "failed"), "failed_often"),
        (("failed", "failed", "completed", "failed"), None),
        (("failed", "failed", "cancelled", "skipped", "failed"), "failed_often"),
        (("failed", "failed", "failed", "completed"), None),
        (("unknown",), None),
        (("unknown", "completed", "unknown"), "unknown_twice"),
        (("failed", "failed", "running"), None),
        (("unknown", "unknown", "failed", "failed", "failed"), "unknown_twice"),
    ],
)
def test_when_the_breaker_trips(ended, code):
    """Three failures since the last success, or two unknown outcomes, within a day."""
    reason = breaker(runs(*ended), NOON - DAY)
    assert (reason and reason.code) == code


def test_what_was_a_day_ago_does_not_trip_the_breaker():
    """Its failures are over."""
    assert breaker(runs("failed", "failed", "failed", apart=13 * HOUR), NOON - DAY) is None


def test_starts_of_a_clock_that_was_far_ahead_block_nothing():
    """Set back by years, what it wrote down then is no reason for ever; by an hour, it still counts."""
    workflow = a_workflow()
    years, hour = NOON + 3_650 * DAY, NOON + HOUR
    assert rate_refusal(workflow, [(years, workflow.id)] * 100, NOON) is None
    assert rate_refusal(workflow, [(hour, workflow.id)] * 6, NOON).code == "rate_limit"
