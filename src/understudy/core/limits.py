"""Limits that keep automation from running away: rates, chains of causes, and the breaker. Pure."""

from collections.abc import Sequence

from understudy.core.reason import Reason
from understudy.core.run import Run, RunStatus
from understudy.core.value import DAY, HOUR, MINUTE, Millis, Value
from understudy.core.workflow import Rates, Workflow

ALL_MINUTE = 30
ALL_DAY = 500


class Ceiling(Value):
    """How often all workflows together may start."""

    per_minute: int = ALL_MINUTE
    per_day: int = ALL_DAY


CHAIN_DEPTH = 3
"""Workflows that may stand in one chain of causes."""
BREAKER_FAILURES = 3
BREAKER_UNKNOWNS = 2
"""Within a day: so many and the workflow is suspended."""
COOLDOWN: Millis = 5 * MINUTE
"""A trigger that has just started or asked something stays quiet so long: going back to A does not call B again."""


def rate_refusal(
    workflow: Workflow,
    starts: Sequence[tuple[Millis, str]],
    now: Millis,
    ceiling: Ceiling = Ceiling(),  # noqa: B008  (frozen)
) -> Reason | None:
    """Return why one more start would be too many; `starts` are those of the last day, in any order."""
    near = [
        (at, starter) for at, starter in starts if at < now + DAY
    ]  # a clock that was far ahead blocks nothing
    own = [at for at, starter in near if starter == workflow.id]
    every = [at for at, _ in near]
    rates: Rates = workflow.rates
    for times, span, limit, words in (
        (own, MINUTE, rates.per_minute, "this workflow in a minute"),
        (own, HOUR, rates.per_hour, "this workflow in an hour"),
        (every, MINUTE, ceiling.per_minute, "all workflows in a minute"),
        (every, DAY, ceiling.per_day, "all workflows in a day"),
    ):
        count = sum(at > now - span for at in times)
        if count >= limit:
            return Reason(
                code="rate_limit",
                text=f"{count} runs of {words} is the most there may be",
                seen={"count": count, "limit": limit},
            )
    return None


def chain_refusal(workflow_id: str, chain: Sequence[str]) -> Reason | None:
    """Return why a run may not be caused by this chain of workflows."""
    if workflow_id in chain:
        return Reason(
            code="cycle",
            text="It would start itself again",
            seen={"chain": " > ".join((*chain, workflow_id))},
        )
    if len(chain) >= CHAIN_DEPTH:
        return Reason(
            code="chain_too_deep",
            text=f"A chain of causes ends after {CHAIN_DEPTH} workflows",
            seen={"depth": len(chain)},
        )
    return None


def breaker(runs: Sequence[Run], since: Millis) -> Reason | None:
    """Return why the workflow whose runs these are must be suspended, from those that have ended `since` then.

    Failures count only since the last completed run.
    """
    recent = [run for run in runs if run.ended_at >= since and run.status.is_final]
    unknowns = sum(run.status is RunStatus.UNKNOWN for run in recent)
    failures = 0
    for run in sorted(recent, key=lambda run: run.ended_at, reverse=True):
        if run.status is RunStatus.COMPLETED:
            break
        failures += run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT)
    if unknowns >= BREAKER_UNKNOWNS:
        return Reason(
            code="unknown_twice",
            text="Twice in a day it is not known whether it happened",
            seen={"unknowns": unknowns},
        )
    if failures >= BREAKER_FAILURES:
        return Reason(
            code="failed_often", text=f"It failed {failures} times in a day", seen={"failures": failures}
        )
    return None
