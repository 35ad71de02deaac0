"""Why, and why not: stable codes with the values seen, for every run, suggestion, workflow and pattern."""

from collections.abc import Iterator

from understudy.core.attention import budget_refusal, quiet_refusal, silence_refusal
from understudy.core.pattern import PatternState
from understudy.core.reason import Reason
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.trust import AUTO_BOUND, Tier, suggest_bound
from understudy.core.wording import counted, noticed, times_in_words, weekdays_in_words
from understudy.core.workflow import Lifecycle, Origin, Workflow
from understudy.engine.context import Context
from understudy.engine.decide import is_armed, is_cooling
from understudy.engine.handing import ASKS_EACH_TIME, asks_each_time
from understudy.engine.permit import missing_consent
from understudy.engine.promote import is_habit, workflow_id_of
from understudy.engine.propose import in_use, state_of
from understudy.engine.views import Why
from understudy.errors import NotFoundError

Thing = Run | Suggestion | Workflow | PatternState


def find(thing_id: str, context: Context) -> Thing:
    """Return the run, suggestion, workflow or pattern of this id, or raise NotFoundError."""
    store = context.store
    found: Thing | None = (
        store.runs.get(thing_id)
        or store.suggestions.get(thing_id)
        or store.workflows.get(thing_id)
        or store.patterns.get(thing_id)
    )
    if found is None:
        raise NotFoundError(
            f"There is nothing called {thing_id}",
            fix="Ids are listed by: understudy suggestions, workflows, runs, patterns",
        )
    return found


def why(thing_id: str, context: Context) -> Why:
    """Return the reasons for something that is there or was done."""
    thing = find(thing_id, context)
    if isinstance(thing, Run):
        return Why(
            subject=thing.workflow.name,
            verdict=thing.text or f"It is {thing.status.value}.",
            reasons=tuple(_of_run(thing, context)),
        )
    workflow, state = subject_of(thing, context)
    name = workflow.name if workflow else state.pattern.summary if state else thing_id
    return Why(subject=name, verdict=_verdict(workflow, state), reasons=tuple(_of_workflow(workflow, state)))


def why_not(thing_id: str, context: Context) -> Why:
    """Return what stands between something and being offered, shown or run by itself; empty = nothing."""
    thing = find(thing_id, context)
    workflow, state = subject_of(thing, context)
    name = workflow.name if workflow else state.pattern.summary if state else thing_id
    reasons = tuple(_against(workflow, state, context))
    verdict = (
        reasons[0].text if reasons else "Nothing stands against it; it waits for its trigger or your word"
    )
    return Why(subject=name, verdict=f"{verdict}.", reasons=reasons)


def subject_of(thing: Thing, context: Context) -> tuple[Workflow | None, PatternState | None]:
    """Return the workflow and the pattern that a thing is about."""
    if isinstance(thing, PatternState):
        return context.store.workflows.get(workflow_id_of(thing.pattern.id)), thing
    workflow: Workflow | None
    if isinstance(thing, Run):
        workflow = context.store.workflows.get(thing.workflow.id) or thing.workflow
    elif isinstance(thing, Suggestion):
        workflow = context.store.workflows.get(thing.workflow_id)
    else:
        workflow = thing
    return workflow, state_of(workflow, context) if workflow else None


def _verdict(workflow: Workflow | None, state: PatternState | None) -> str:
    if workflow is None:
        return f"{noticed(state)} It is evidence only." if state else ""
    says = {
        Tier.OBSERVE: "only watched",
        Tier.SUGGEST: "asked each time",
        Tier.AUTO: "run by itself",
    }[workflow.tier]
    return f"{noticed(state)} It is {says}." if state else f"You wrote it. It is {says}."


def _of_run(run: Run, context: Context) -> Iterator[Reason]:
    yield Reason(
        code=f"cause_{run.cause.kind}",
        text=run.cause.text or run.cause.kind,
        seen={"ref": run.cause.ref, "at": run.created_at},
    )
    yield Reason(code=f"tier_{run.workflow.tier.value}", text=f"Its tier was {run.workflow.tier.value}")
    if run.reason:
        yield Reason(code=run.reason, text=run.text, seen={"status": run.status.value})
    state = state_of(run.workflow, context)
    if state:
        yield from evidence_reasons(state)


def _of_workflow(workflow: Workflow | None, state: PatternState | None) -> Iterator[Reason]:
    if workflow is not None:
        yield Reason(code=f"tier_{workflow.tier.value}", text=f"Its tier is {workflow.tier.value}")
        if workflow.origin is Origin.WRITTEN:
            yield Reason(code="written_by_hand", text="You wrote it yourself")
        if workflow.note:
            yield Reason(code=f"state_{workflow.lifecycle.value}", text=workflow.note)
    if state is not None:
        yield from evidence_reasons(state)


def evidence_reasons(state: PatternState) -> Iterator[Reason]:
    """Yield what was seen before a pattern was found, and how it did since."""
    pattern, evidence = state.pattern, state.evidence
    days = weekdays_in_words(pattern.weekdays)
    yield Reason(
        code="repeated",
        text=f"Seen {times_in_words(pattern.support)} on {counted(pattern.days, 'day')}{f' ({days})' if days else ''}",
        seen={"support": pattern.support, "days": pattern.days, "bits": round(pattern.score, 1)},
    )
    reached, needed = suggest_bound(evidence, is_habit=is_habit(state))
    yield Reason(
        code="track_record",
        text=f"Foreseen in silence since: {counted(evidence.hits, 'time')} right, "
        f"{counted(evidence.misses, 'time')} wrong",
        seen={
            "hits": evidence.hits,
            "misses": evidence.misses,
            "bound": round(reached, 3),
            "needed_to_suggest": needed,
            "needed_for_auto": AUTO_BOUND,
        },
    )


def _against(workflow: Workflow | None, state: PatternState | None, context: Context) -> Iterator[Reason]:
    if context.is_paused:
        yield Reason(code="paused", text="Understudy is paused", seen={"until": context.paused_until})
    if workflow is None:
        yield Reason(code="nothing_to_do", text="None of it can be done for you, so it is evidence only")
    if state is not None:
        yield from _thin_evidence(state)
    if workflow is None:
        return
    if not is_armed(workflow) and workflow.lifecycle is not Lifecycle.DRAFT:
        text = workflow.note or f"It is {workflow.lifecycle.value}"
        yield Reason(code=f"state_{workflow.lifecycle.value}", text=text)
    yield from _against_asking(workflow, context)
    consent = missing_consent(workflow, context)
    if consent and workflow.tier is Tier.AUTO:
        yield consent
    if is_cooling(workflow.id, context):
        yield Reason(code="cooldown", text="It has just asked or run; it stays quiet for five minutes")
    if workflow.snoozed_until > context.now:
        text = "You have snoozed it"
        yield Reason(code="snoozed", text=text, seen={"until": workflow.snoozed_until})
    unmet = [reason for _, workflow_id, reason in context.unmet if workflow_id == workflow.id]
    yield from unmet[-1:]
    if workflow.tier is not Tier.AUTO:
        yield _not_auto(workflow, state, context)


def _thin_evidence(state: PatternState) -> Iterator[Reason]:
    reached, needed = suggest_bound(state.evidence, is_habit=is_habit(state))
    if reached < needed:
        yield Reason(
            code="evidence_too_thin",
            text=f"Its track record must reach {needed:.2f}; it stands at {reached:.2f}",
            seen={
                "hits": state.evidence.hits,
                "misses": state.evidence.misses,
                "bound": round(reached, 3),
                "needed": needed,
            },
        )


def _against_asking(workflow: Workflow, context: Context) -> Iterator[Reason]:
    own = context.store.suggestions.recent(workflow_id=workflow.id)
    if any(each.status is SuggestionStatus.WAITING for each in own):
        yield Reason(code="waiting_for_answer", text="The question already waits for your answer")
    if workflow.lifecycle is Lifecycle.DRAFT:
        silent = silence_refusal(own, context.now)
        if silent:
            yield silent
        budget = budget_refusal(
            context.store.suggestions.recent(limit=500),
            context.now,
            context.clock.zone(),
            context.settings.suggestions_per_day,
        )
        if budget:
            yield budget
    quiet = quiet_refusal(
        context.now, context.clock.zone(), context.settings.quiet_from, context.settings.quiet_until
    )
    if quiet:
        yield quiet
    is_held = any(each.status is SuggestionStatus.WAITING and not each.shown_at for each in own)
    use = in_use(context)
    if use and (is_held or workflow.tier is not Tier.AUTO):
        yield use


def _not_auto(workflow: Workflow, state: PatternState | None, context: Context) -> Reason:
    if workflow.is_manual_only:
        return Reason(code="manual_trigger", text="It has no trigger of its own; you start it")
    if asks_each_time(workflow, context):
        return Reason(code="auto_would_ask", text=ASKS_EACH_TIME)
    bound = state.evidence.lower_bound if state else 0.0
    if workflow.origin is Origin.WRITTEN or bound >= AUTO_BOUND:
        return Reason(code="auto_not_switched_on", text="You have not switched it to auto")
    return Reason(
        code="evidence_too_thin_for_auto",
        text=f"For auto its track record must reach {AUTO_BOUND:.2f}",
        seen={"bound": round(bound, 3), "needed": AUTO_BOUND},
    )
