"""Last stage, maintain: what the engine does for itself at start, once a day, and when a pause is over."""

from collections.abc import Iterator
from itertools import chain

import msgspec

from understudy.config import Settings
from understudy.core.action import AfterCrash
from understudy.core.ports import CaptureQuery
from understudy.core.run import Run, RunStatus, StepStatus
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import Lifecycle, Origin
from understudy.engine import learn
from understudy.engine.context import MAINTENANCE, Context, action_of, log
from understudy.engine.decide import arm
from understudy.engine.ending import after_end
from understudy.engine.execute import resume_step, with_step
from understudy.engine.messages import Message, Woken
from understudy.engine.promote import change
from understudy.engine.propose import expire

STALE = 28 * DAY
"""A learned workflow whose pattern was not seen for so long is set aside."""


def maintain(message: Message, context: Context) -> Iterator[Message]:
    """Do the daily work when its time has come, and take up work when a pause is over."""
    if isinstance(message, Woken) and message.key == "daily":
        daily(context)
    elif isinstance(message, Woken) and message.key == "pause" and not context.is_paused:
        resume(context)
    return iter(())


def begin(context: Context) -> Iterator[Message]:
    """Take up where the last agent left: settings, pause, unfinished runs, what was learned, the alarms."""
    context.started_at = context.now
    stored = context.store.settings.get("settings")
    context.settings = msgspec.convert(stored, Settings) if stored else Settings()
    _restore_pause(context)
    yield from chain.from_iterable([recover(run, context) for run in context.store.runs.unfinished()])
    context.learner.restore(context.store.patterns.all(), context.store.captures.history(learn.HISTORY))
    arm(context)
    expire(context)
    due = context.learner.next_tick()
    if due is not None:
        context.scheduler.wake("learner", due)
    context.scheduler.wake("daily", context.now + 5 * MINUTE)


def recover(run: Run, context: Context) -> list[Message]:
    """Settle a run that an earlier agent left unfinished. What may have happened is never done again."""
    open_step = next((step for step in run.steps if step.status is StepStatus.INTENT), None)
    if open_step is not None:
        action, _ = action_of(context, run.workflow.steps[open_step.index])
        if action.after_crash is AfterCrash.REPEAT:
            resume_step(run, open_step.index, context)
            return []
        run = with_step(
            run, msgspec.structs.replace(open_step, status=StepStatus.UNKNOWN, ended_at=context.now)
        )
        status, text = (
            RunStatus.UNKNOWN,
            (
                f"{open_step.text}: the agent ended in the middle of it, so it may or may not have happened. "
                "Please look; it is not tried again."
            ),
        )
    else:
        done = sum(step.status is StepStatus.DONE for step in run.steps)
        status = RunStatus.CANCELLED
        text = f"The agent ended after {done} of {len(run.steps)} steps; the rest was not done."
    ended = msgspec.structs.replace(run, status=status, text=text, ended_at=context.now, reason="agent_ended")
    context.store.runs.put(ended)
    log.warning("%s was unfinished: now %s", run.id, status.value)
    return list(after_end(ended, context, is_automatic=True))


def daily(context: Context) -> None:
    """Delete what is too old, set aside what is no longer seen, keep a backup, and wake again tomorrow."""
    context.scheduler.wake("daily", context.now + MAINTENANCE)
    if context.settings.retention_days:
        limit = context.now - context.settings.retention_days * DAY
        deleted = context.store.captures.delete(CaptureQuery(until=limit))
        if deleted:
            log.info("deleted %d captures older than %d days", deleted, context.settings.retention_days)
    seen = {state.pattern.id: state.pattern.last_seen for state in context.store.patterns.all()}
    for workflow in context.store.workflows.all():
        last = seen.get(workflow.pattern_id, 0)
        is_open = workflow.lifecycle in (Lifecycle.DRAFT, Lifecycle.ACTIVE)
        is_quiet = last and context.now - max(last, workflow.changed_at) > STALE
        if workflow.origin is Origin.LEARNED and is_open and is_quiet:
            change(context, workflow, lifecycle=Lifecycle.STALE, note="Not seen for four weeks")
    context.store.backup(context.now)


def resume(context: Context) -> None:
    """Watch and act again."""
    context.paused_until = None
    context.halted.clear()
    context.store.settings.put("paused_until", None)
    context.scheduler.cancel("pause")
    context.tell("status", {})


def pause(context: Context, minutes: int) -> None:
    """Neither watch nor act for so many minutes; 0 = until resumed. Holds across restarts."""
    context.paused_until = context.now + minutes * MINUTE if minutes else 0
    context.store.settings.put("paused_until", context.paused_until)
    if minutes:
        context.scheduler.wake("pause", context.paused_until)
    else:
        context.scheduler.cancel("pause")
    context.tell("status", {})


def _restore_pause(context: Context) -> None:
    context.paused_until = context.store.settings.get("paused_until")
    if context.paused_until and context.is_paused:
        context.scheduler.wake("pause", context.paused_until)
    elif context.paused_until:
        context.paused_until = None
