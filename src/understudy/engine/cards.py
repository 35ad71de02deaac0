"""Cards: what the store holds, put together for people to decide on."""

from understudy.core.attention import local
from understudy.core.cron import in_words
from understudy.core.run import UNDO_TIME, Run
from understudy.core.suggestion import Suggestion
from understudy.core.trust import Tier
from understudy.core.value import Millis
from understudy.core.wording import answer_labels, clock_in_words, event_in_words
from understudy.core.workflow import CaptureTrigger, TimeTrigger, Trigger, Workflow
from understudy.engine.context import Context, plan_of, undo_plan_of
from understudy.engine.decide import is_armed, next_due
from understudy.engine.explain import evidence_reasons
from understudy.engine.propose import may_auto, state_of
from understudy.engine.undo import may_undo
from understudy.engine.views import RunCard, Status, SuggestionCard, WorkflowCard


def suggestion_card(suggestion: Suggestion, context: Context) -> SuggestionCard:
    """Return a suggestion with what is needed to decide on it."""
    workflow = context.store.workflows.get(suggestion.workflow_id)
    state = state_of(workflow, context) if workflow else None
    keeps = bool(workflow and workflow.is_manual_only and suggestion.is_offer)
    return SuggestionCard(
        suggestion=suggestion,
        workflow_name=workflow.name if workflow else "",
        plan=plan_of(context, workflow) if workflow else (),
        undo=undo_plan_of(context, workflow) if workflow else "",
        labels=answer_labels(suggestion.answers, keeps=keeps),
        reasons=tuple(evidence_reasons(state)) if state else (),
    )


def workflow_card(workflow: Workflow, context: Context) -> WorkflowCard:
    """Return a workflow with its track record."""
    runs = context.store.runs.recent(limit=1000, workflow_id=workflow.id)
    started = [run for run in runs if run.started_at]
    return WorkflowCard(
        workflow=workflow,
        plan=plan_of(context, workflow),
        when=" or ".join(trigger_in_words(trigger, context) for trigger in workflow.triggers),
        last_run_at=started[0].started_at if started else 0,
        runs=len(started),
        state=state_of(workflow, context),
        may_auto=may_auto(workflow, context),
    )


def run_card(run: Run, context: Context) -> RunCard:
    """Return a run with what can still be done about it."""
    can = may_undo(run, context)
    return RunCard(run=run, may_undo=can, undo_until=run.ended_at + UNDO_TIME if can else 0)


def trigger_in_words(trigger: Trigger, context: Context) -> str:
    """Return when a trigger fires: "after Mail came to the front", "weekdays at 08:55", "when you start it"."""
    if isinstance(trigger, TimeTrigger):
        return in_words(trigger.cron)
    if isinstance(trigger, CaptureTrigger):
        events = (event_in_words(symbol, context.name_of) for symbol in trigger.symbols)
        return f"after {', then '.join(events)}"
    return "when you start it"


def status(context: Context, version: str, pid: int) -> Status:
    """Return the agent at a glance."""
    store, now = context.store, context.now
    start_of_day = midnight(now, context.clock.zone())
    waiting = len(store.suggestions.waiting())
    state = _state(context, waiting)
    workflows = store.workflows.all()
    return Status(
        state=state,
        text=_status_line(state, waiting, context),
        version=version,
        pid=pid,
        started_at=context.started_at,
        paused=context.is_paused,
        paused_until=context.paused_until or 0,
        captures=store.captures.count(),
        captures_today=store.captures.count(since=start_of_day),
        dropped=context.dropped,
        patterns=len(context.learner.states()),
        workflows=len(workflows),
        suggestions_waiting=waiting,
        runs_today=sum(at >= start_of_day for at, _ in store.runs.starts_since(start_of_day)),
        next_run=_next_run(workflows, context),
        troubles=tuple(context.troubles.values()),
    )


def _state(context: Context, waiting: int) -> str:
    if context.troubles:
        return "trouble"
    if context.is_paused:
        return "paused"
    if context.active:
        return "acting"
    return "asking" if waiting else "watching"


def _status_line(state: str, waiting: int, context: Context) -> str:
    asks = f"{waiting} suggestion{'s wait' if waiting > 1 else ' waits'}." if waiting else ""
    if state == "trouble":
        return next(iter(context.troubles.values()))
    if state == "paused":
        until = context.paused_until
        return (
            f"Paused until {clock_in_words(until, context.now, context.clock.zone())}."
            if until
            else "Paused."
        )
    if state == "acting":
        return f"At work: {next(iter(context.active.values())).run.workflow.name}."
    return f"Watching. {asks}".strip()


def _next_run(workflows: list[Workflow], context: Context) -> str:
    due = [
        (at, workflow.name)
        for workflow in workflows
        if is_armed(workflow) and workflow.tier is Tier.AUTO and (at := next_due(workflow, context.now))
    ]
    if not due:
        return ""
    at, name = min(due)
    return f"{name}, {local(at, context.clock.zone()).strftime('%a %H:%M')}"


def midnight(now: Millis, zone: str) -> Millis:
    """Return when the local day of an instant began."""
    return int(local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
