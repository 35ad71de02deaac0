"""Alarms of steps: the time of one at work is up, a delay is over, a next try is due."""

from functools import partial

import msgspec

from understudy.core.run import RunStatus, StepStatus
from understudy.core.value import SECOND, Millis
from understudy.core.workflow import DelayStep
from understudy.engine import undo
from understudy.engine.active import ActiveRun, Outcome, Work
from understudy.engine.approving import is_question
from understudy.engine.closing import close
from understudy.engine.context import Context, attempt
from understudy.engine.expiring import expire
from understudy.engine.failing import OUT_OF_TIME, with_step
from understudy.engine.recovering import has_missed_its_time
from understudy.engine.steps import not_ended, proceed
from understudy.engine.waiting import release, step_key, tell_to_stop, time_left, wake_again

TOO_LATE = Outcome(
    status=RunStatus.CANCELLED,
    reason="too_late",
    text="Its time had passed before it could go on, and that is not caught up; the rest was not done.",
)
WHOLE = 1 / SECOND
"""Seconds: alarms are set in whole milliseconds, and so may come almost that much before the time is up."""


def step_is_due(run_id: str, index: int, context: Context) -> None:
    """Do what the alarm of a step was set for."""
    active = context.active.get(run_id)
    if active is None or active.is_over:
        return
    work = active.works.get(index)
    if work is not None:
        _time_is_up(active, work, context)
    elif active.run.steps[index].status is StepStatus.WAITING and not is_question(active.run, index):
        _wait_is_over(active, index, context)


def clock_was_set(by: Millis, context: Context) -> None:
    """Move what waits for its time along with the clock: a wait lasts its length, whichever way that was set."""
    for active in tuple(context.active.values()):
        for work in active.works.values():
            wake_again(active, work, context)
        waits = [
            record
            for record in active.run.steps
            if record.status is StepStatus.WAITING and not is_question(active.run, record.index)
        ]
        for record in waits:
            moved = msgspec.structs.replace(record, due_at=record.due_at + by)
            active.run = with_step(active.run, moved)
            context.scheduler.wake(step_key(active.run.id, record.index), moved.due_at)
        if waits:
            attempt(context, partial(context.store.runs.put, active.run))
    for run_id, timeline in context.undo_timelines.items():
        undo.set_alarm(run_id, timeline, context)
    attempt(context, partial(expire, context))


def _time_is_up(active: ActiveRun, work: Work, context: Context) -> None:
    """First tell the step to end; if it does not, its outcome is unknown."""
    if not work.was_told and time_left(active, work, context) >= WHOLE:  # heard too early: the clock was set
        wake_again(active, work, context)
    elif not work.is_begun:
        release(active, work, context)
        close(active, OUT_OF_TIME, context)
    elif work.was_told:
        not_ended(active, work, context)
    else:
        work.has_timed_out = True
        tell_to_stop(active, work, context)


def _wait_is_over(active: ActiveRun, index: int, context: Context) -> None:
    """Go on after a delay, or try again; while nothing may begin it waits on."""
    record, now = active.run.steps[index], context.now
    if context.is_held:
        return
    if now < record.due_at:  # heard too early, since the clock was set
        context.scheduler.wake(step_key(active.run.id, index), record.due_at)
        return
    if has_missed_its_time(active.run, record, context):
        close(active, TOO_LATE, context)
        return
    is_delay = isinstance(active.run.workflow.steps[index], DelayStep)
    over = msgspec.structs.replace(
        record,
        status=StepStatus.DONE if is_delay else StepStatus.PENDING,
        ended_at=now if is_delay else record.ended_at,
    )
    active.run = with_step(active.run, over)
    proceed(active, context)
