"""Stage 4, promote: turn patterns into workflows, and move workflows between tiers on evidence."""

from collections.abc import Iterator

import msgspec

from understudy.core.attention import is_relative
from understudy.core.offers import offered_tier
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.ports import Notice
from understudy.core.run import Cause, Run, RunStatus
from understudy.core.trust import (
    DEMOTING_FAILURES,
    ENOUGH_OUTCOMES,
    RECENT,
    Evidence,
    Tier,
    must_demote,
)
from understudy.core.value import DAY
from understudy.core.wording import headline
from understudy.core.workflow import Lifecycle, Origin, Step, Workflow
from understudy.engine.checking import known_at_start
from understudy.engine.context import Context, log, show
from understudy.engine.decide import arm
from understudy.engine.messages import Asked, Found, Message, Moved
from understudy.engine.saving import checked_step, learned_step
from understudy.errors import UnderstudyError


def promote(message: Message, context: Context) -> Iterator[Message]:
    """Draft what was found; promote, offer or demote what has moved."""
    if isinstance(message, Found):
        draft(message.pattern, context)
    elif isinstance(message, Moved):
        yield from _moved(message.state, context)


def workflow_id_of(pattern_id: str) -> str:
    """Return the id of the workflow that a pattern becomes."""
    return f"w-{pattern_id.removeprefix('p-')}"


def draft(pattern: Pattern, context: Context) -> None:
    """Make a draft of a pattern that could be done for the person, or bring an untouched draft up to date."""
    if not pattern.steps:
        return
    known = context.store.workflows.get(workflow_id_of(pattern.id))
    if known is not None and (known.lifecycle is not Lifecycle.DRAFT or _is_asked(known, context)):
        return
    try:
        steps = _steps(pattern, context)
    except UnderstudyError as error:
        log.info("%s cannot be done for the person: %s", pattern.id, error)
        return
    if known is not None and (known.steps, known.triggers) == (steps, (pattern.trigger,)):
        return
    workflow = _drafted(pattern, steps, known, context)
    if any(is_relative(workflow, other) for other in _refused(context)):
        workflow = msgspec.structs.replace(
            workflow, lifecycle=Lifecycle.ARCHIVED, note="You said never to one like it"
        )
    change(context, workflow)


def _steps(pattern: Pattern, context: Context) -> tuple[Step, ...]:
    """Return the steps ready to be saved; only those that carry a value are templates. Raises UnderstudyError."""
    known, carried = known_at_start((pattern.trigger,)), {each.place for each in pattern.carries}
    return tuple(
        checked_step(context, step, known) if place in carried else learned_step(context, step)
        for place, step in enumerate(pattern.steps)
    )


def _drafted(pattern: Pattern, steps: tuple[Step, ...], known: Workflow | None, context: Context) -> Workflow:
    return Workflow(
        id=workflow_id_of(pattern.id),
        name=pattern.summary,
        triggers=(pattern.trigger,),
        steps=steps,
        origin=Origin.LEARNED,
        tier=known.tier if known else Tier.OBSERVE,
        pattern_id=pattern.id,
        created_at=known.created_at if known else context.now,
    )


def _is_asked(workflow: Workflow, context: Context) -> bool:
    """Whether a question about it stands: what the person is shown must be what they say yes to."""
    return any(each.workflow_id == workflow.id for each in context.store.suggestions.waiting())


def is_habit(state: PatternState) -> bool:
    """Whether its evidence is measured by the rule for habits."""
    return state.pattern.kind is PatternKind.HABIT


def change(context: Context, workflow: Workflow, **fields: object) -> Workflow:
    """Store a workflow with some fields changed, and listen to its triggers accordingly."""
    changed = msgspec.structs.replace(workflow, changed_at=context.now, **fields)
    context.store.workflows.put(changed)
    arm(context)
    context.tell("workflow", {"id": changed.id})
    return changed


def demote(context: Context, workflow: Workflow, why: str) -> Workflow:
    """Take one tier away, and say so."""
    lower = change(context, workflow, tier=workflow.tier.below, note=why)
    now_it = "asks first again" if lower.tier is Tier.SUGGEST else "only watches again"
    notice = Notice(
        key=f"demoted:{workflow.id}", title=headline(workflow.name, f": {now_it}"), body=f"{why}."
    )
    show(context, notice)
    return lower


def _refused(context: Context) -> list[Workflow]:
    return [other for other in context.store.workflows.all() if other.lifecycle is Lifecycle.ARCHIVED]


def _moved(state: PatternState, context: Context) -> Iterator[Message]:
    workflow = context.store.workflows.get(workflow_id_of(state.pattern.id))
    if workflow is None:
        return
    if workflow.lifecycle is Lifecycle.DRAFT:
        draft(state.pattern, context)
        workflow = context.store.workflows.get(workflow.id) or workflow
        yield from _weigh_draft(workflow, offered_tier(state), context)
    elif workflow.lifecycle is Lifecycle.ACTIVE and workflow.tier is not Tier.OBSERVE:
        why = lost_trust(workflow, state, context)
        if why:
            demote(context, workflow, why)
    elif workflow.lifecycle is Lifecycle.STALE and state.pattern.last_seen > workflow.changed_at:
        change(context, workflow, lifecycle=Lifecycle.DRAFT, note="")


def _weigh_draft(workflow: Workflow, earned: Tier, context: Context) -> Iterator[Message]:
    deserves = Tier.OBSERVE if earned is Tier.OBSERVE else Tier.SUGGEST
    if deserves is workflow.tier:
        return
    workflow = change(context, workflow, tier=deserves)
    log.info("%s is now in tier %s", workflow.id, workflow.tier.value)
    if deserves is Tier.SUGGEST and workflow.is_manual_only:
        cause = Cause(
            kind="evidence", ref=f"pattern:{workflow.pattern_id}", text="It has come back often enough"
        )
        yield Asked(workflow=workflow, cause=cause)


def lost_trust(workflow: Workflow, state: PatternState, context: Context) -> str:
    """Return why a workflow must lose a tier, in words, or nothing; the same thing costs only one."""
    since = context.now - RECENT
    hits = sum(hit for at, hit in state.outcomes if at > since)
    misses = sum(not hit for at, hit in state.outcomes if at > since)
    has_news = sum(at > workflow.changed_at for at, _ in state.outcomes) >= ENOUGH_OUTCOMES
    runs = context.store.runs.recent(limit=50, workflow_id=workflow.id, since=context.now - 7 * DAY)
    failures = sum(_is_failure(run) and run.ended_at > workflow.changed_at for run in runs)
    if not must_demote(Evidence(hits=hits, misses=misses) if has_news else Evidence(), failures):
        return ""
    if failures >= DEMOTING_FAILURES:
        return f"It failed {failures} times in the last 7 days"
    return f"In the last 14 days it was wanted {hits} of {hits + misses} times"


def _is_failure(run: Run) -> bool:
    return run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT)
