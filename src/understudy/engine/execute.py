"""Stage 6, execute: intent committed, act, outcome committed. Nothing is called done without its effect."""

from collections.abc import Iterator
from functools import partial

import msgspec

from understudy.core.run import RunStatus, StepStatus
from understudy.engine import approving, cancelling, later, starting, steps, undo
from understudy.engine.active import ActiveRun
from understudy.engine.alarms import step_is_due
from understudy.engine.answered import take_answer
from understudy.engine.closing import close, close_each
from understudy.engine.context import HELD_BACK, Context, attempt
from understudy.engine.ending import end
from understudy.engine.failing import STOPPED, with_step
from understudy.engine.messages import (
    ApprovalAnswered,
    Message,
    NoticeEnded,
    RunEnded,
    RunWanted,
    Served,
    StepCame,
    StepEnded,
    StepPrepared,
    UndoEnded,
    Woken,
)
from understudy.engine.permit import is_switched_off
from understudy.engine.steps import SWITCHED_OFF
from understudy.engine.waiting import dispatch

STOP = Woken(key="stop")
"""Hands the rest of a stop to the engine."""


def execute(message: Message, context: Context) -> Iterator[Message]:
    """Carry runs from wanted to ended, and take them back."""
    if isinstance(message, RunWanted):
        starting.start(message, context)
    elif isinstance(message, Served):
        starting.take(message.workflow, message.position, message.run_id, context)
    elif isinstance(message, StepPrepared | StepCame | StepEnded):
        _heard_of_step(message, context)
    elif isinstance(message, ApprovalAnswered):
        take_answer(message, context)
    elif isinstance(message, RunEnded):
        starting.next_in_line(message.run.workflow.id, context)
    elif isinstance(message, Woken):
        _woken(message.key, context)
    elif isinstance(message, NoticeEnded) and message.key.startswith("run:"):
        _pressed(message.key.removeprefix("run:"), message.outcome, context)
    elif isinstance(message, UndoEnded):
        undo.ended(message, context)
        dispatch(context)
    return iter(())


def _woken(key: str, context: Context) -> None:
    kind, _, rest = key.partition(":")
    run_id, _, index = rest.rpartition(":")
    if kind == "step":
        step_is_due(run_id, int(index), context)
    elif kind == "escalate":
        approving.escalate(run_id, int(index), context)
    elif kind == "undo":
        undo.time_is_up(rest, context)
    elif kind == "run":
        _store_again(rest, context)
    elif kind == "line":
        starting.next_in_line(rest, context)
    elif kind == "off":
        _switch_off(rest, context)
    elif key == HELD_BACK:
        later.show_all(context)
    elif key == STOP.key:
        _stop(context)


def _heard_of_step(message: StepPrepared | StepCame | StepEnded, context: Context) -> None:
    if isinstance(message, StepPrepared):
        steps.prepared(message, context)
    elif isinstance(message, StepCame):
        _came(message, context)
    else:
        steps.ended(message, context)


def _came(message: StepCame, context: Context) -> None:
    """Keep how far a step at work has come: it is stored with its intent, and while it acts."""
    active = context.active.get(message.run_id)
    if active is None or message.index not in active.works:
        return
    record = msgspec.structs.replace(active.run.steps[message.index], progress=message.progress)
    active.run = with_step(active.run, record)
    if record.status is StepStatus.INTENT:
        attempt(context, partial(context.store.runs.put, active.run))


def _pressed(run_id: str, button: str, context: Context) -> None:
    if button == "undo":
        undo.begin_from_notice(run_id, context)
    elif button == "cancel" and run_id in context.active:
        close(context.active[run_id], cancelling.by("notification"), context, stop=True)


def _store_again(run_id: str, context: Context) -> None:
    active = context.active.get(run_id)
    if active is not None and active.is_over:
        end(active, context)


def _switch_off(workflow_id: str, context: Context) -> None:
    """End the runs of a workflow that is no longer to do anything; a step at work comes to its own end."""
    of_it = (each for each in context.active.values() if each.run.workflow.id == workflow_id)
    gone = [each for each in of_it if is_switched_off(each.run.workflow, context)]
    close_each(gone, SWITCHED_OFF, context)


# --- stop ---------------------------------------------------------------------------------------


def halt(context: Context) -> None:
    """Let nothing have an effect any more once this returns, from any thread: steps at work are told to end."""
    context.halted.set()
    for active in tuple(context.active.values()):
        for work in tuple(active.works.values()):
            work.timeline.stop.set()
    for timeline in tuple(context.undo_timelines.values()):
        timeline.stop.set()


def stop_all(context: Context) -> None:
    """End everything that is going on, from any thread: nothing new has an effect after this returns."""
    halt(context)
    context.post(STOP)


def _stop(context: Context) -> None:
    """End every run that is at work or next in line; what waits for a time or an answer waits on."""
    close_each(filter(_is_going_on, tuple(context.active.values())), STOPPED, context, stop=True)


def _is_going_on(active: ActiveRun) -> bool:
    is_next = active.run.status is RunStatus.QUEUED or active.held_since is not None
    return not active.is_over and (is_next or bool(active.works))
