"""Last stage, maintain: what the engine does for itself at start, once a day, and when a pause is over."""

from collections.abc import Iterator
from functools import partial

import msgspec

from understudy.config import Settings, with_overrides
from understudy.core.offers import stale_after
from understudy.core.pattern import Pattern
from understudy.core.ports import CaptureQuery
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import Lifecycle, Origin, Workflow
from understudy.engine import learn, tasks, watching
from understudy.engine.closing import end_stranded
from understudy.engine.context import MAINTENANCE, Context, attempt, log, trouble
from understudy.engine.decide import arm, forget_cooled, missed
from understudy.engine.expiring import expire, withdraw
from understudy.engine.forgetting import forget_traces
from understudy.engine.later import look_again
from understudy.engine.messages import Message, Woken
from understudy.engine.promote import change
from understudy.engine.recovering import hold, line_up, recover, reopen_lost, take_up
from understudy.engine.task_box import set_executor_alarm
from understudy.errors import StoreError

SINCE = 5_000
"""Captures that are read besides a snapshot: what came since, and the last days for the shadow."""


def maintain(message: Message, context: Context) -> Iterator[Message]:
    """Do the daily work when its time has come, and take up work when a pause is over."""
    if isinstance(message, Woken) and message.key == "daily":
        daily(context)
    elif isinstance(message, Woken) and message.key == "pause" and context.paused_until:
        if context.is_paused:
            context.scheduler.wake("pause", context.paused_until)
        else:
            resume(context)
    return iter(())


def begin(context: Context) -> Iterator[Message]:
    """Take up where the last agent left: settings, pause, unfinished runs, what was learned, the alarms."""
    context.started_at = context.now
    _restore_pause(context)
    _restore_settings(context)
    if context.store.owes_vacuum:
        attempt(context, context.store.vacuum)
    for run in context.store.runs.unfinished():
        attempt(context, partial(recover, run, context))
    end_stranded(context)
    attempt(context, partial(line_up, context))
    attempt(context, partial(reopen_lost, context))
    _restore_learner(context)
    watching.restore(context)
    arm(context)
    yield from missed(context)
    attempt(context, partial(expire, context))
    attempt(context, partial(tasks.restore, context))
    due = context.learner.next_tick()
    if due is not None:
        context.scheduler.wake("learner", due)
    context.scheduler.wake("daily", context.now + 5 * MINUTE)


def _restore_learner(context: Context) -> None:
    """Let the learner go on from its snapshot, or where there is none from all captures."""
    states, captures = context.store.patterns.all(), context.store.captures
    snapshot = captures.snapshot()
    if not (snapshot and context.learner.resume(snapshot, states, captures.history(SINCE))):
        context.learner.restore(states, captures.history(learn.HISTORY))


def end(context: Context) -> None:
    """Keep for the next start what the learner knows; not where it knows more than it should."""
    if not context.is_relearning and not context.has_outlived:
        attempt(context, lambda: context.store.captures.keep_snapshot(context.learner.snapshot()))


def daily(context: Context) -> None:
    """Delete what is too old, set aside what is no longer seen, keep a backup, and wake again tomorrow."""
    context.scheduler.wake("daily", context.now + MAINTENANCE)
    if context.settings.retention_days:
        limit = context.now - context.settings.retention_days * DAY
        deleted = context.store.captures.delete(CaptureQuery(until=limit))
        if deleted:
            context.has_outlived = True
            log.info("deleted %d captures older than %d days", deleted, context.settings.retention_days)
            forget_traces(context, tasks=False)
            context.store.vacuum()
    _forget_history(context)
    forget_cooled(context)
    known = {state.pattern.id: state.pattern for state in context.store.patterns.all()}
    for workflow in context.store.workflows.all():
        pattern = known.get(workflow.pattern_id)
        is_open = workflow.lifecycle in (Lifecycle.DRAFT, Lifecycle.ACTIVE)
        if (
            workflow.origin is Origin.LEARNED
            and is_open
            and pattern
            and _is_quiet(workflow, pattern, context)
        ):
            note = f"Not seen for {stale_after(pattern) // (7 * DAY)} weeks"
            change(context, workflow, lifecycle=Lifecycle.STALE, note=note)
            withdraw(context, workflow.id)
    context.store.backup(context.now)
    if not context.store.is_checked:
        context.store.check()


def _forget_history(context: Context) -> None:
    if context.settings.history_days:
        until = context.now - context.settings.history_days * DAY
        gone = context.store.runs.delete_before(until) + context.store.suggestions.delete_before(until)
        if gone:
            log.info("deleted %d runs and questions older than %d days", gone, context.settings.history_days)
            context.store.vacuum()


def _is_quiet(workflow: Workflow, pattern: Pattern, context: Context) -> bool:
    """Whether neither the person nor, in their place, the workflow itself did it for long."""
    runs = context.store.runs.recent(limit=1, workflow_id=workflow.id)
    ran = max((run.created_at for run in runs), default=0)
    return context.now - max(pattern.last_seen, ran, workflow.changed_at) > stale_after(pattern)


def resume(context: Context) -> None:
    """Watch and act again."""
    context.paused_until = None
    context.halted.clear()
    _remember_pause(context)
    context.scheduler.cancel("pause")
    set_executor_alarm(context)
    take_up(context)
    look_again(context)
    context.tell("status", {})


def pause(context: Context, minutes: int) -> None:
    """Neither watch nor act for so many minutes; 0 = until resumed. Holds across restarts."""
    context.paused_until = context.now + minutes * MINUTE if minutes else 0
    hold(context)
    _remember_pause(context)
    if minutes:
        context.scheduler.wake("pause", context.paused_until)
    else:
        context.scheduler.cancel("pause")
    context.tell("status", {})


def _remember_pause(context: Context) -> None:
    """Keep it for the next start; where that fails it holds for this one, and the trouble is shown."""
    try:
        context.store.settings.put("paused_until", context.paused_until)
    except StoreError as error:
        trouble(context, "store", str(error))


def _restore_settings(context: Context) -> None:
    """Read the settings; while they are not understood nothing is watched: what is private is not known."""
    settings, stored = Settings(), context.store.settings.get("settings")
    try:
        settings = msgspec.convert(stored, Settings) if stored else settings
    except msgspec.ValidationError as error:
        words = "The stored settings cannot be used, so Understudy is paused. Set them again, then resume."
        log.warning("settings: %s", error)
        trouble(context, "settings", words)
        pause(context, 0)
    context.settings = with_overrides(settings, context.overrides)


def _restore_pause(context: Context) -> None:
    context.paused_until = context.store.settings.get("paused_until")
    if context.paused_until and context.is_paused:
        context.scheduler.wake("pause", context.paused_until)
    elif context.paused_until:
        context.paused_until = None
