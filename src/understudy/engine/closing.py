"""Closing runs: nothing more of them begins, what they end as is kept, and they end once their steps have."""

from collections.abc import Iterable
from functools import partial

import msgspec

from understudy.core.run import RunStatus, StepStatus
from understudy.engine.active import ActiveRun, Outcome
from understudy.engine.context import Context, attempt
from understudy.engine.ending import end
from understudy.engine.waiting import release, tell_to_stop

BROKEN = Outcome(
    status=RunStatus.FAILED,
    reason="broken",
    text="Something broke inside while it was going on; the log has the details.",
)


def close(active: ActiveRun, outcome: Outcome, context: Context, *, stop: bool = False) -> None:
    """Begin nothing more in a run; it ends once its steps at work have. `stop`: they are told to end."""
    is_news = active.outcome is None
    active.outcome = active.outcome or outcome
    for work in tuple(active.works.values()):
        if not work.is_begun:
            release(active, work, context)
        elif stop:
            tell_to_stop(active, work, context)
    if not active.works:
        end(active, context)
    elif is_news:
        _note_outcome(active, outcome, context)


def close_each(
    actives: Iterable[ActiveRun], outcome: Outcome, context: Context, *, stop: bool = False
) -> None:
    """Close several runs; what cannot be stored of one keeps none of the others open."""
    for active in tuple(actives):
        attempt(context, partial(close, active, outcome, context, stop=stop))


def end_stranded(context: Context) -> None:
    """End the runs that nothing will move any more, since something broke on their way."""
    close_each(filter(_is_stranded, tuple(context.active.values())), BROKEN, context)


def _is_stranded(active: ActiveRun) -> bool:
    waits = any(record.status is StepStatus.WAITING for record in active.run.steps)
    is_held = active.held_since is not None
    is_next = active.run.status is RunStatus.QUEUED
    return not (active.is_over or active.works or waits or is_held or is_next)


def _note_outcome(active: ActiveRun, outcome: Outcome, context: Context) -> None:
    """Keep what a run is ending as, so that no later agent goes on with it; it ends whether that works or not."""
    active.run = msgspec.structs.replace(active.run, reason=outcome.reason, text=outcome.text)
    attempt(context, partial(context.store.runs.put, active.run))
