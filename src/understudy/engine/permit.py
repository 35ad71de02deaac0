"""May this run start? Tier or answer came before; here: pause, chain, consent, rates, lock, in this order."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from understudy.core.action import action_digest
from understudy.core.grant import Grant, Scope
from understudy.core.limits import chain_refusal, rate_refusal
from understudy.core.reason import Reason
from understudy.core.suggestion import ANSWER_TIME
from understudy.core.template import is_templated
from understudy.core.value import DAY
from understudy.core.workflow import Workflow
from understudy.engine.context import Context, action_of, log
from understudy.errors import InvalidInputError


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


def missing_consent(workflow: Workflow, context: Context) -> Reason | None:
    """Return which step cannot be done, or lacks a permission for exactly these parameters."""
    grants = context.store.grants.of(workflow.id)
    for step in workflow.actions:
        known = context.actions.get(step.action)
        if known and not known.needs_consent and is_templated(step.parameters):
            continue  # what it really gets is known, and looked at, once it is filled in
        try:
            action, parameters = action_of(context, step)
        except InvalidInputError as error:
            return Reason(code="step_unusable", text=error.title, seen={"action": step.action})
        if not action.needs_consent:
            continue
        digest = action_digest(action.name, parameters)
        scopes = {grant.scope for grant in grants if grant.digest == digest and is_valid(grant, context)}
        if Scope.NEVER in scopes or not scopes:
            return Reason(
                code="consent_missing",
                text=f"{action.preview(parameters)}: this exact script has not been allowed",
                seen={"sha256": digest},
            )
    return None


def is_valid(grant: Grant, context: Context) -> bool:
    """Whether a grant still counts: once = not used, for a day; session = given since this agent began."""
    if grant.scope is Scope.ONCE:
        return grant.used_at == 0 and context.now - grant.given_at < ANSWER_TIME
    return grant.scope is not Scope.SESSION or grant.given_at >= context.started_at


def use_grants(workflow: Workflow, context: Context) -> list[Callable[[], None]]:
    """Return what uses up the permissions that were given for one run: to be stored with its start."""
    used = [
        msgspec.structs.replace(grant, used_at=context.now)
        for grant in context.store.grants.of(workflow.id)
        if grant.scope is Scope.ONCE and not grant.used_at
    ]
    return [partial(context.store.grants.put, grant) for grant in used]
