"""Moments: when a time trigger of one workflow fires, its jitter counted in. Pure: the same answer every time."""

import hashlib
from collections.abc import Iterator

from understudy.core.cron import next_time
from understudy.core.value import HOUR, Millis, Value
from understudy.core.workflow import TimeTrigger, Workflow

MOST_JITTER: Millis = HOUR
"""More jitter than this counts as this much: what comes later than an hour is not caught up either."""


class Moment(Value):
    """One time of one trigger."""

    at: Millis
    """When it fires."""
    due: Millis
    """The time of the expression, which the jitter was added to."""
    index: int
    """Place of the trigger in its workflow."""


def jitter(workflow_id: str, due: Millis, most: Millis) -> Millis:
    """Return how much later than `due` this workflow fires, 0 to `most`; always the same for the same time."""
    if most <= 0:
        return 0
    digest = hashlib.blake2b(f"{workflow_id}:{due}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (min(most, MOST_JITTER) + 1)


def next_moments(workflow: Workflow, after: Millis) -> tuple[Moment, ...]:
    """Return the moments at which the workflow fires next: all of the same time, later than `after`; () = never."""
    found = [
        moment
        for index, trigger in enumerate(workflow.triggers)
        if isinstance(trigger, TimeTrigger)
        and (moment := _next_of(trigger, index, workflow.id, after)) is not None
    ]
    first = min((moment.at for moment in found), default=0)
    return tuple(moment for moment in found if moment.at == first)


def _next_of(trigger: TimeTrigger, index: int, workflow_id: str, after: Millis) -> Moment | None:
    """Times may change places through their jitter: every one that could come first is looked at."""
    best: Moment | None = None
    for due in _times(trigger, after - min(trigger.jitter, MOST_JITTER)):
        if best is not None and due >= best.at:
            break
        at = due + jitter(workflow_id, due, trigger.jitter)
        if at > after and (best is None or at < best.at):
            best = Moment(at=at, due=due, index=index)
            if at == due:  # none that is due later can fire before
                break
    return best


def _times(trigger: TimeTrigger, after: Millis) -> Iterator[Millis]:
    due = next_time(trigger.cron, trigger.timezone, after)
    while due is not None:
        yield due
        due = next_time(trigger.cron, trigger.timezone, due)
