"""Stage 2, decide: which armed workflows does this event start, and may they act, ask, or only watch?"""

from collections.abc import Iterable, Iterator
from itertools import chain

from understudy.core.capture import CaptureKind
from understudy.core.conditions import unmet
from understudy.core.cron import in_words
from understudy.core.event import Event
from understudy.core.limits import COOLDOWN
from understudy.core.moments import Moment, next_moments
from understudy.core.run import Cause, Run, RunStatus
from understudy.core.triggering import evaluate
from understudy.core.trust import Tier
from understudy.core.value import HOUR, Millis
from understudy.core.workflow import CaptureTrigger, Lifecycle, Misfire, TimeTrigger, Workflow
from understudy.engine import hotkeys, levels, watching
from understudy.engine.armed import Armed, Waiting
from understudy.engine.context import Context, log
from understudy.engine.facts import facts
from understudy.engine.foreseeing import plan_of
from understudy.engine.handing import handed, unfilled
from understudy.engine.hearing import Heard, heard, with_watchers
from understudy.engine.identity import new_id
from understudy.engine.messages import Asked, Fired, Message, RunWanted, Served, Woken

LATE: Millis = HOUR
"""A missed time is caught up at most this late."""


def decide(message: Message, context: Context) -> Iterator[Message]:
    """Find out what fires, and send each on by its tier."""
    for event, candidates in events(message, context):
        fired = _fired(event, candidates, context)
        yield from chain.from_iterable(_go_on(waiting, event, context) for waiting in fired)


def events(message: Message, context: Context) -> Iterator[Heard]:
    """Yield what a message means to triggers, each event with those it may fire."""
    return _by_alarm(message.key, context) if isinstance(message, Woken) else heard(message, context)


def _by_alarm(key: str, context: Context) -> Iterator[Heard]:
    kind, _, rest = key.partition(":")
    if kind == "workflow":
        yield from _by_time(rest, context)
    elif kind == "snooze":
        arm(context)
    elif kind == "age":
        yield from watching.aged(key, context)
    elif kind == "idle":
        yield from with_watchers(watching.idle(context), context)


# --- listening ------------------------------------------------------------------------------------


def arm(context: Context) -> None:
    """Make the table of triggers anew from the stored workflows, and set their alarms."""
    before, now = context.armed, context.now
    workflows = context.store.workflows.all()
    context.armed = Armed(each for each in workflows if is_armed(each) and each.snoozed_until <= now)
    hotkeys.own(filter(is_armed, workflows), context)
    levels.follow(before, context)
    watching.arm(context)
    for workflow in workflows:
        if workflow.snoozed_until > now and is_armed(workflow):
            context.scheduler.wake(f"snooze:{workflow.id}", workflow.snoozed_until)
    _set_alarms(before, context)


def _set_alarms(before: Armed, context: Context) -> None:
    """Keep the alarms of what has not changed: a time that has come but was not heard yet stays, machines sleep."""
    for workflow_id in set(before.workflows) | set(context.due):
        old, new = before.workflows.get(workflow_id), context.armed.workflows.get(workflow_id)
        if new is None or (old is not None and old.triggers != new.triggers):
            set_alarm(workflow_id, None, context)
    for workflow in context.armed.workflows.values():
        if workflow.id not in context.due:
            set_alarm(workflow.id, next_due(workflow, context.now), context)


def set_alarm(workflow_id: str, due: Millis | None, context: Context) -> None:
    """Wake when the time triggers of a workflow fire next; None = never."""
    if due is not None:
        context.due[workflow_id] = due
        context.scheduler.wake(f"workflow:{workflow_id}", due)
    elif context.due.pop(workflow_id, None) is not None:
        context.scheduler.cancel(f"workflow:{workflow_id}")


def is_armed(workflow: Workflow) -> bool:
    """Whether its triggers are listened to: accepted ones, and drafts that have earned to be offered."""
    if workflow.lifecycle is Lifecycle.ACTIVE:
        return True
    return workflow.lifecycle is Lifecycle.DRAFT and workflow.tier is Tier.SUGGEST


def next_due(workflow: Workflow, now: Millis) -> Millis | None:
    """Return when the earliest of its time triggers fires next."""
    moments = next_moments(workflow, now)
    return moments[0].at if moments else None


# --- times ----------------------------------------------------------------------------------------


def _by_time(workflow_id: str, context: Context) -> Iterator[Heard]:
    workflow, due, now = context.armed.workflows.get(workflow_id), context.due.get(workflow_id), context.now
    if workflow is None:
        return
    if due is None or due > now:
        set_alarm(workflow.id, due, context)  # heard twice, or the clock was set back
        return
    context.due.pop(workflow.id)
    set_alarm(workflow.id, next_due(workflow, now), context)
    moments = _latest(workflow, max(due, now - LATE), now)
    late = now - moments[0].at if moments else now - due
    if not moments or (late > COOLDOWN and not _may_catch_up(workflow, moments, context)):
        log.info("%s was due %d minutes ago and is skipped", workflow.id, late // 60_000)
        return
    for moment in moments[:1]:  # several of the same time are one reason to run
        yield (
            _of_time(workflow, moment, context),
            (Waiting(workflow, moment.index, workflow.triggers[moment.index]),),
        )


def _of_time(workflow: Workflow, moment: Moment, context: Context) -> Event:
    trigger = workflow.triggers[moment.index]
    words = in_words(trigger.cron) if isinstance(trigger, TimeTrigger) else ""
    data = {"due": moment.due, "at": context.now}
    return Event(kind="time", at=context.now, data=data, ref=f"time:{moment.at}", text=f"It is time: {words}")


def _may_catch_up(workflow: Workflow, moments: Iterable[Moment], context: Context) -> bool:
    """Whether it may still run when its time has passed; typing never does: the person is elsewhere."""
    actions = [context.actions.get(step.action) for step in workflow.actions]
    triggers = [workflow.triggers[moment.index] for moment in moments]
    misses = any(isinstance(each, TimeTrigger) and each.misfire is Misfire.ONCE for each in triggers)
    return misses and not any(action and action.exclusive for action in actions)


def missed(context: Context) -> Iterator[Woken]:
    """Set back to their last time the workflows whose time came while no agent ran, at most an hour ago."""
    for workflow in context.armed.workflows.values():
        moments = _latest(workflow, context.now - LATE, context.now)
        due = moments[0].at if moments else 0
        since = max(workflow.changed_at, workflow.snoozed_until)
        if due > since and _may_catch_up(workflow, moments, context):
            context.due[workflow.id] = due
            yield Woken(key=f"workflow:{workflow.id}")


def _latest(workflow: Workflow, since: Millis, now: Millis) -> tuple[Moment, ...]:
    """Return the latest moments that have come since then, all of the same time."""
    last: tuple[Moment, ...] = ()
    moments = next_moments(workflow, since - 1)
    while moments and moments[0].at <= now:
        last, moments = moments, next_moments(workflow, moments[0].at)
    return last


# --- what fires, and what follows -----------------------------------------------------------------


def _fired(event: Event, candidates: Iterable[Waiting], context: Context) -> list[Waiting]:
    """Return the first trigger of each workflow that fires; what the triggers remember is stored before."""
    fired: dict[str, Waiting] = {}
    remembered: dict[levels.Place, str] = {}
    for waiting in candidates:
        place = (waiting.workflow.id, waiting.place)
        level = context.levels.get(place, "")
        evaluation = evaluate(waiting.trigger, event, recent=context.recent, level=level)
        if evaluation.level != level:
            remembered[place] = evaluation.level
        if evaluation.fires:
            fired.setdefault(waiting.workflow.id, waiting)
    levels.keep(remembered, context)
    return list(fired.values())


def _go_on(waiting: Waiting, event: Event, context: Context) -> Iterator[Message]:
    workflow = waiting.workflow
    if event.kind in ("time", "age", "escalation") and _was_heard(workflow, event.ref, context):
        return
    cause = Cause(kind=event.kind, ref=event.ref, text=event.text, chain=event.chain)
    fired = Fired(workflow=workflow, cause=cause, position=event.position, event=event.data)
    is_same = handed(workflow, event.data) == context.last_handed.get(workflow.id, {})
    if is_same and cools(waiting, event) and is_cooling(workflow.id, context):
        yield from _after_run(fired, context)
        return
    known = facts(event.data, workflow, context)
    against = unmet(workflow.conditions, known) or unfilled(workflow, known, context)
    if against is not None:
        context.unmet.append((context.now, workflow.id, against))
        return
    yield fired
    yield from _by_tier(fired, context)


def _was_heard(workflow: Workflow, ref: str, context: Context) -> bool:
    """Whether this very time or question has started or asked something already."""
    runs = context.store.runs.recent(workflow_id=workflow.id)
    asked = context.store.suggestions.recent(workflow_id=workflow.id)
    return any(run.cause.ref == ref for run in runs) or any(each.cause_id == ref for each in asked)


def cools(waiting: Waiting, event: Event) -> bool:
    """Whether firing again soon would only be going back and forth: rows and windows, not files or values."""
    is_row = isinstance(waiting.trigger, CaptureTrigger) and bool(waiting.trigger.symbols)
    return is_row or event.data.get("kind") in (CaptureKind.FOCUS.value, CaptureKind.URL.value)


def is_cooling(workflow_id: str, context: Context) -> bool:
    """Whether this workflow has just started or asked."""
    last = context.last_fired.get(workflow_id)
    return last is not None and abs(context.now - last) < COOLDOWN  # the clock may have been set back


def forget_cooled(context: Context) -> None:
    """Keep no longer than needed when a workflow started or asked last: each prompt is a workflow of its own."""
    for workflow_id in [each for each in context.last_fired if not is_cooling(each, context)]:
        del context.last_fired[workflow_id]
        context.last_handed.pop(workflow_id, None)
        context.last_run.pop(workflow_id, None)


def _after_run(fired: Fired, context: Context) -> Iterator[Served]:
    """Leave a trigger out of all counts when what it calls for was done by us a moment ago."""
    at, run_id = context.last_run.get(fired.workflow.id, (0, ""))
    if run_id and context.now - at < COOLDOWN:
        yield Served(workflow=fired.workflow, run_id=run_id, position=fired.position)


def _by_tier(fired: Fired, context: Context) -> Iterator[Message]:
    if context.is_paused or context.halted.is_set():
        return
    workflow = fired.workflow
    context.last_fired[workflow.id] = context.now
    context.last_handed[workflow.id] = handed(workflow, fired.event)
    if workflow.tier is Tier.AUTO:
        yield RunWanted(
            run_id=new_id("r"),
            workflow=workflow,
            cause=fired.cause,
            position=fired.position,
            is_automatic=True,
            event=fired.event,
        )
    elif workflow.tier is Tier.SUGGEST:
        yield Asked(workflow=workflow, cause=fired.cause, position=fired.position, event=fired.event)
    else:
        _dry_run(fired, context)


def _dry_run(fired: Fired, context: Context) -> None:
    """Tier observe: write down what would have been done, and do nothing."""
    plan = plan_of(context, fired.workflow, facts(fired.event, fired.workflow, context))
    run = Run(
        id=new_id("r"),
        workflow=fired.workflow,
        cause=fired.cause,
        status=RunStatus.SKIPPED,
        created_at=context.now,
        ended_at=context.now,
        reason="tier_observe",
        text=f"Would have done: {'; '.join(plan)}",
        event=fired.event,
        position=fired.position,
    )
    context.store.runs.put(run)
    context.tell("run", {"id": run.id, "status": run.status.value})
