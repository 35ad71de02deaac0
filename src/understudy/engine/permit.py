"""May this run start, and go on? Here: pause, what changed since, chain, consent, rates, lock, in this order."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from understudy.core.action import action_digest
from understudy.core.grant import Grant, Scope
from understudy.core.limits import chain_refusal, rate_refusal
from understudy.core.reason import Reason
from understudy.core.run import Run
from understudy.core.suggestion import ANSWER_TIME
from understudy.core.template import is_templated
from understudy.core.trust import Tier
from understudy.core.value import DAY
from understudy.core.workflow import Lifecycle, Step, Workflow
from understudy.engine.context import Context, action_of, log
from understudy.errors import InvalidInputError, RefusedError

Holds = Callable[[Grant], bool]


def refusal(
    workflow: Workflow, chain: Sequence[str], context: Context, *, is_automatic: bool
) -> Reason | None:
    """Return the first reason against starting a run of a workflow now. `chain`: the workflows that led to it."""
    return next(_refusals(workflow, chain, context, is_automatic=is_automatic), None)


def _refusals(
    workflow: Workflow, chain: Sequence[str], context: Context, *, is_automatic: bool
) -> Iterator[Reason]:
    if context.halted.is_set() or context.is_paused:
        yield Reason(code="paused", text="Understudy is paused")
    yield from _changed_since(workflow, context, is_automatic=is_automatic)
    chained = chain_refusal(workflow.id, chain)
    if chained:
        log.warning("%s was not started: %s (%s)", workflow.id, chained.text, " > ".join(chain))
        yield chained
    missing = missing_consent(workflow, context)
    if missing:
        yield missing
    now = context.now
    too_many = rate_refusal(workflow, context.store.runs.starts_since(now - DAY), now, context.ceiling)
    if too_many:
        yield too_many
    if is_automatic and context.is_locked:
        yield Reason(code="screen_locked", text="The screen is locked")


def _changed_since(workflow: Workflow, context: Context, *, is_automatic: bool) -> Iterator[Reason]:
    """Yield why a snapshot of a workflow may not begin any more, though it might when it was taken."""
    if is_switched_off(workflow, context):
        yield Reason(code="switched_off", text="It was switched off or removed meanwhile")
    now = context.store.workflows.get(workflow.id)
    if now is None or not is_automatic:
        return
    if workflow.tier is Tier.AUTO and now.tier is not Tier.AUTO:
        yield Reason(code="tier_lowered", text="It may no longer run by itself")
    if now.snoozed_until > max(workflow.snoozed_until, context.now):
        yield Reason(code="snoozed", text="You have snoozed it")


def is_switched_off(workflow: Workflow, context: Context) -> bool:
    """Whether a workflow was switched off, set aside or removed since this snapshot of it was taken."""
    now = context.store.workflows.get(workflow.id)
    if now is None:
        return workflow.lifecycle is Lifecycle.ACTIVE
    return now.lifecycle not in (Lifecycle.ACTIVE, workflow.lifecycle)


# --- consent ------------------------------------------------------------------------------------


def missing_consent(workflow: Workflow, context: Context) -> Reason | None:
    """Return which step cannot be done, or lacks a permission for exactly these parameters."""

    def holds(grant: Grant) -> bool:
        return is_valid(grant, context)

    grants = context.store.grants.of(workflow.id)
    against = (_without_consent(step, grants, holds, context) for step in workflow.actions)
    return next(filter(None, against), None)


def check_consent(run: Run, step: Step, context: Context) -> None:
    """Raise RefusedError unless a step that is about to begin is still allowed: much may pass since its run began."""

    def holds(grant: Grant) -> bool:
        is_its_own = grant.scope is Scope.ONCE and 0 < grant.used_at == run.started_at
        return is_its_own or is_valid(grant, context)

    missing = _without_consent(step, context.store.grants.of(run.workflow.id), holds, context)
    if missing is not None:
        raise RefusedError(missing.text, "A permission may have been taken back since the run began")


def _without_consent(step: Step, grants: Sequence[Grant], holds: Holds, context: Context) -> Reason | None:
    """Return why a step may not be done with these grants; `holds` says which of them count."""
    known = context.actions.get(step.action)
    if known and not known.needs_consent and is_templated(step.parameters):
        return None  # what it really gets is known, and looked at, once it is filled in
    try:
        action, parameters = action_of(context, step)
    except InvalidInputError as error:
        return Reason(code="step_unusable", text=error.title, seen={"action": step.action})
    if not action.needs_consent:
        return None
    digest = action_digest(action.name, parameters)
    scopes = {grant.scope for grant in grants if grant.digest == digest and holds(grant)}
    if scopes and Scope.NEVER not in scopes:
        return None
    return Reason(
        code="consent_missing",
        text=f"{action.preview(parameters)}: this exact script has not been allowed",
        seen={"sha256": digest},
    )


def is_valid(grant: Grant, context: Context) -> bool:
    """Whether a grant still counts: once = not used, for a day; session = given since this agent began."""
    if grant.scope is Scope.ONCE:
        return grant.used_at == 0 and context.now - grant.given_at < ANSWER_TIME
    return grant.scope is not Scope.SESSION or grant.given_at >= context.started_at


def use_grants(run: Run, context: Context) -> list[Callable[[], None]]:
    """Return what uses up, for this run, the permissions given for one: to be stored with its start."""
    used = [
        msgspec.structs.replace(grant, used_at=run.started_at)
        for grant in context.store.grants.of(run.workflow.id)
        if grant.scope is Scope.ONCE and not grant.used_at
    ]
    return [partial(context.store.grants.put, grant) for grant in used]
