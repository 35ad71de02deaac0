"""Stage 2, decide: which armed workflows does this event start, and may they act, ask, or only watch?"""

from collections.abc import Iterator
from itertools import chain

from understudy.core.cron import in_words, next_time
from understudy.core.limits import COOLDOWN
from understudy.core.matching import fires
from understudy.core.run import Cause, Run, RunStatus
from understudy.core.trust import Tier
from understudy.core.value import HOUR, Millis
from understudy.core.wording import event_in_words
from understudy.core.workflow import CaptureTrigger, Lifecycle, TimeTrigger, Workflow
from understudy.engine.context import Context, log, plan_of
from understudy.engine.identity import new_id
from understudy.engine.messages import Asked, Fired, Message, Noted, RunWanted, Served, Woken

LATE: Millis = HOUR
"""A missed time is caught up at most this late."""


def decide(message: Message, context: Context) -> Iterator[Message]:
    """Find out what fires, and send each on by its tier."""
    fired: Iterator[Fired] = iter(())
    if isinstance(message, Noted):
        fired = _by_capture(message, context)
    elif isinstance(message, Woken) and message.key.startswith("workflow:"):
        fired = _by_time(message, context)
    for each in fired:
        if each.position and is_cooling(each.workflow.id, context):
            yield from _after_run(each, context)
        else:
            yield each
            yield from _by_tier(each, context)


def arm(context: Context) -> None:
    """Make the table of triggers anew from the stored workflows, and set the alarm of each time trigger."""
    table: dict[str, list[Workflow]] = {}
    due = dict(context.due)
    context.due.clear()
    for workflow in context.store.workflows.all():
        key = f"workflow:{workflow.id}"
        context.scheduler.cancel(key)
        if not is_armed(workflow):
            continue
        for trigger in workflow.triggers:
            if isinstance(trigger, CaptureTrigger):
                table.setdefault(trigger.symbols[-1], []).append(workflow)
        # A time that has come but was not heard yet stays: machines sleep.
        _set_alarm(workflow, due.get(workflow.id) or next_due(workflow, context.now), context)
    context.armed = {symbol: tuple(workflows) for symbol, workflows in table.items()}


def _set_alarm(workflow: Workflow, due: Millis | None, context: Context) -> None:
    if due is not None:
        context.due[workflow.id] = due
        context.scheduler.wake(f"workflow:{workflow.id}", due)


def is_armed(workflow: Workflow) -> bool:
    """Whether its triggers are listened to: accepted ones, and drafts that have earned to be offered."""
    if workflow.lifecycle is Lifecycle.ACTIVE:
        return True
    return workflow.lifecycle is Lifecycle.DRAFT and workflow.tier is Tier.SUGGEST


def next_due(workflow: Workflow, now: Millis) -> Millis | None:
    """Return when the earliest of its time triggers is due next."""
    times = [
        next_time(trigger.cron, trigger.timezone, now)
        for trigger in workflow.triggers
        if isinstance(trigger, TimeTrigger)
    ]
    return min((due for due in times if due is not None), default=None)


def _by_capture(noted: Noted, context: Context) -> Iterator[Fired]:
    template = noted.symbol.template
    if noted.capture.run_id or not template:
        return
    if context.recent and context.recent[-1][1] == template:
        return
    context.recent.append((noted.capture.at, template))
    for workflow in context.armed.get(template, ()):
        triggers = (trigger for trigger in workflow.triggers if isinstance(trigger, CaptureTrigger))
        if any(fires(trigger, context.recent) for trigger in triggers):
            words = event_in_words(template, context.name_of)
            cause = Cause(kind="capture", ref=f"capture:{noted.id}", text=words)
            yield Fired(workflow=workflow, cause=cause, position=noted.id)


def is_cooling(workflow_id: str, context: Context) -> bool:
    """Whether this workflow has just started or asked."""
    last = context.last_fired.get(workflow_id)
    return last is not None and abs(context.now - last) < COOLDOWN  # the clock may have been set back


def _after_run(fired: Fired, context: Context) -> Iterator[Served]:
    """Leave a trigger out of all counts when what it calls for was done by us a moment ago."""
    at, run_id = context.last_run.get(fired.workflow.id, (0, ""))
    if run_id and context.now - at < COOLDOWN:
        yield Served(workflow=fired.workflow, run_id=run_id, position=fired.position)


def _by_time(woken: Woken, context: Context) -> Iterator[Fired]:
    workflow = context.store.workflows.get(woken.key.removeprefix("workflow:"))
    if workflow is None or not is_armed(workflow):
        return
    due, now = context.due.get(workflow.id), context.now
    if due is None or due > now:
        _set_alarm(workflow, due, context)  # heard twice, or the clock was set back
        return
    context.due.pop(workflow.id)
    _set_alarm(workflow, next_due(workflow, now), context)
    triggers = [trigger for trigger in workflow.triggers if isinstance(trigger, TimeTrigger)]
    late = now - due
    if late > LATE or (late > COOLDOWN and not _may_catch_up(workflow, context)):
        log.info("%s was due %d minutes ago and is skipped", workflow.id, late // 60_000)
        return
    words = " or ".join(in_words(trigger.cron) for trigger in triggers)
    yield Fired(workflow=workflow, cause=Cause(kind="time", ref=f"time:{due}", text=f"It is time: {words}"))


def _may_catch_up(workflow: Workflow, context: Context) -> bool:
    """Whether it may still run when its time has passed; typing never does: the person is elsewhere."""
    actions = [context.actions.get(step.action) for step in workflow.steps]
    misfires = {trigger.misfire for trigger in workflow.triggers if isinstance(trigger, TimeTrigger)}
    return "once" in misfires and not any(action and action.exclusive for action in actions)


def missed(context: Context) -> Iterator[Woken]:
    """Set back to their last time the workflows whose time came while no agent ran, at most an hour ago."""
    now = context.now
    for workflow in context.store.workflows.all():
        due = _last_due(workflow, now) if is_armed(workflow) and _may_catch_up(workflow, context) else 0
        if due > workflow.changed_at and not _was_heard(workflow, f"time:{due}", context):
            context.due[workflow.id] = due
            yield Woken(key=f"workflow:{workflow.id}")


def _last_due(workflow: Workflow, now: Millis) -> Millis:
    """Return the latest time at most an hour ago; 0 = none."""
    last, due = 0, next_due(workflow, now - LATE - 1)
    while due is not None and due <= now:
        last, due = due, next_due(workflow, due)
    return last


def _was_heard(workflow: Workflow, ref: str, context: Context) -> bool:
    """Whether this very time has started or asked something already."""
    runs = context.store.runs.recent(workflow_id=workflow.id)
    asked = context.store.suggestions.recent(workflow_id=workflow.id)
    return any(run.cause.ref == ref for run in runs) or any(each.cause_id == ref for each in asked)


def _by_tier(fired: Fired, context: Context) -> Iterator[Message]:
    if context.is_paused or context.halted.is_set():
        return
    workflow = fired.workflow
    context.last_fired[workflow.id] = context.now
    if workflow.tier is Tier.AUTO:
        yield RunWanted(
            run_id=new_id("r"),
            workflow=workflow,
            cause=fired.cause,
            position=fired.position,
            is_automatic=True,
        )
    elif workflow.tier is Tier.SUGGEST:
        yield Asked(workflow=workflow, cause=fired.cause, position=fired.position)
    else:
        _dry_run(fired, context)


def _dry_run(fired: Fired, context: Context) -> None:
    """Tier observe: write down what would have been done, and do nothing."""
    run = Run(
        id=new_id("r"),
        workflow=fired.workflow,
        cause=fired.cause,
        status=RunStatus.SKIPPED,
        created_at=context.now,
        ended_at=context.now,
        reason="tier_observe",
        text=f"Would have done: {'; '.join(chain(plan_of(context, fired.workflow)))}",
    )
    context.store.runs.put(run)
    context.tell("run", {"id": run.id, "status": run.status.value})
