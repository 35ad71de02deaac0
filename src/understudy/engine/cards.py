"""Cards: what the store holds, put together for people to decide on."""

from understudy.core.attention import local
from understudy.core.dead_letter import DeadLetterStatus
from understudy.core.run import UNDO_TIME, Run
from understudy.core.store_queries import TaskQuery
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.task import TaskStatus
from understudy.core.trigger_words import trigger_in_words
from understudy.core.trust import Tier
from understudy.core.value import DAY, Millis
from understudy.core.wording import answer_labels, clock_in_words
from understudy.core.workflow import TimeTrigger, Trigger, Workflow
from understudy.engine.approving import what_follows
from understudy.engine.context import Context
from understudy.engine.explain import evidence_reasons
from understudy.engine.facts import facts
from understudy.engine.foreseeing import lasting, plan_of, undo_plan_of
from understudy.engine.later import why_waits
from understudy.engine.propose import may_auto, state_of
from understudy.engine.status import Status
from understudy.engine.undo import may_undo
from understudy.engine.views import RunCard, SuggestionCard, WorkflowCard

COUNTED = 100
"""Tasks and dead letters that are counted for the glance."""


def suggestion_card(suggestion: Suggestion, context: Context) -> SuggestionCard:
    """Return a suggestion with what is needed to decide on it."""
    workflow = context.store.workflows.get(suggestion.workflow_id)
    state = state_of(workflow, context) if workflow else None
    keeps = bool(workflow and workflow.is_manual_only and suggestion.is_offer)
    plan, undo = _plan(suggestion, workflow, context)
    waits = why_waits(suggestion, context)
    return SuggestionCard(
        suggestion=suggestion,
        workflow_name=workflow.name if workflow else "",
        plan=plan,
        undo=undo,
        labels=answer_labels(suggestion.answers, keeps=keeps, goes_on=suggestion.is_approval),
        reasons=tuple(evidence_reasons(state)) if state else (),
        waits=waits.text if waits else "",
    )


def _plan(suggestion: Suggestion, workflow: Workflow | None, context: Context) -> tuple[tuple[str, ...], str]:
    """Return what a yes would do, with every literal, and how it is taken back.

    Of a run that is its one step that waits; after a mere question, the steps that follow.
    """
    run = context.store.runs.get(suggestion.run_id) if suggestion.is_approval else None
    if run is not None:
        return what_follows(run, suggestion.step, context)
    if workflow is None:
        return (), ""
    now = facts(suggestion.event, workflow, context)
    known = now if suggestion.status is SuggestionStatus.WAITING else lasting(now)
    return plan_of(context, workflow, known), undo_plan_of(context, workflow, known)


def workflow_card(workflow: Workflow, context: Context) -> WorkflowCard:
    """Return a workflow with its track record."""
    runs = context.store.runs.recent(limit=1000, workflow_id=workflow.id)
    started = [run for run in runs if run.started_at]
    return WorkflowCard(
        workflow=workflow,
        plan=plan_of(context, workflow),
        when=when_in_words(workflow, context),
        next_at=context.due.get(workflow.id, 0),
        next_run=_next_in_words(context.due.get(workflow.id, 0), context),
        last_run_at=started[0].started_at if started else 0,
        runs=len(started),
        state=state_of(workflow, context),
        may_auto=may_auto(workflow, context),
    )


def run_card(run: Run, context: Context) -> RunCard:
    """Return a run with what can still be done about it."""
    can = may_undo(run, context)
    return RunCard(run=run, may_undo=can, undo_until=run.ended_at + UNDO_TIME if can else 0)


def when_in_words(workflow: Workflow, context: Context) -> str:
    """Return when a workflow runs: "weekdays at 08:55 or when you start it"."""

    def name_of(workflow_id: str) -> str:
        other = context.store.workflows.get(workflow_id)
        return other.name if other else workflow_id

    def said(trigger: Trigger) -> str:
        words = trigger_in_words(trigger, context.name_of, name_of)
        if isinstance(trigger, TimeTrigger) and trigger.timezone != context.clock.zone():
            return f"{words} ({trigger.timezone})"
        return words

    return " or ".join(map(said, workflow.triggers))


def _next_in_words(at: Millis, context: Context) -> str:
    """Return "Mon 06:00", from a week on "07 Dec 06:00"; nothing where there is no next time."""
    if not at:
        return ""
    form = "%a %H:%M" if at - context.now < 6 * DAY else "%d %b %H:%M"
    return local(at, context.clock.zone()).strftime(form)


def status(context: Context, version: str, pid: int) -> Status:
    """Return the agent at a glance."""
    store, now = context.store, context.now
    start_of_day = midnight(now, context.clock.zone())
    waiting = store.suggestions.waiting()
    approvals = sum(each.is_approval for each in waiting)
    state = _state(context, len(waiting))
    workflows = store.workflows.all()
    return Status(
        state=state,
        text=_status_line(state, _asks(len(waiting) - approvals, approvals), context),
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
        suggestions_waiting=len(waiting) - approvals,
        approvals_waiting=approvals,
        runs_today=sum(at >= start_of_day for at, _ in store.runs.starts_since(start_of_day)),
        next_run=_next_run(workflows, context),
        troubles=tuple(context.troubles.values()),
        tasks_executing=len(store.tasks.find(TaskQuery(statuses=(TaskStatus.EXECUTING,), limit=COUNTED))),
        dead_letters=len(store.dead_letters.find(DeadLetterStatus.OPEN, COUNTED)),
    )


def _state(context: Context, waiting: int) -> str:
    if context.troubles:
        return "trouble"
    if context.is_paused:
        return "paused"
    if context.at_work:
        return "acting"
    return "asking" if waiting else "watching"


def _asks(suggestions: int, approvals: int) -> str:
    """Return what waits for the person: "2 suggestions wait. 1 run waits for your yes."."""
    waits = ((suggestions, "suggestion", ""), (approvals, "run", " for your yes"))
    return " ".join(
        f"{number} {noun}{'s wait' if number > 1 else ' waits'}{what}."
        for number, noun, what in waits
        if number
    )


def _status_line(state: str, asks: str, context: Context) -> str:
    if state == "trouble":
        return next(iter(context.troubles.values()))
    if state == "paused":
        until = context.paused_until
        when = (
            clock_in_words(until, context.now, context.clock.zone()).removeprefix("today ") if until else ""
        )
        return f"Paused until {when}." if when else "Paused."
    if state == "acting":
        working = (active.run.workflow.name for active in context.active.values() if active.works)
        return f"At work: {next(working, '')}."
    return f"Watching. {asks}".strip()


def _next_run(workflows: list[Workflow], context: Context) -> str:
    due = [
        (at, workflow.name)
        for workflow in workflows
        if workflow.tier is Tier.AUTO and (at := context.due.get(workflow.id))
    ]
    if not due:
        return ""
    at, name = min(due)
    return f"{name}, {local(at, context.clock.zone()).strftime('%a %H:%M')}"


def midnight(now: Millis, zone: str) -> Millis:
    """Return when the local day of an instant began."""
    return int(local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
