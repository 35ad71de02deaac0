"""The person's answer to a question: the first wins, and what it allows, starts or ends follows from it."""

from dataclasses import replace

import msgspec

from understudy.core.action import action_digest
from understudy.core.attention import is_relative
from understudy.core.grant import Grant, Scope
from understudy.core.ports import Verdict
from understudy.core.run import Cause
from understudy.core.suggestion import Answer, Suggestion, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.workflow import Lifecycle, Workflow
from understudy.engine.context import Context, action_of, close_notice, trouble
from understudy.engine.decide import arm
from understudy.engine.expiring import expire, has_expired, tell_task, withdraw
from understudy.engine.handing import ASKS_EACH_TIME, asks_each_time
from understudy.engine.identity import new_id
from understudy.engine.learn import keep
from understudy.engine.messages import ApprovalAnswered, Message, RunWanted
from understudy.engine.promote import change
from understudy.engine.task_box import run_to_go_on_from
from understudy.errors import ConflictError, NotFoundError, StoreError


def answer(
    context: Context, suggestion_id: str, said: Answer, by: str
) -> tuple[Suggestion, tuple[Message, ...]]:
    """Take the person's answer; returns the suggestion as it now stands, and what is to happen."""
    suggestion = _answerable(context, suggestion_id, said)
    if suggestion.is_approval:
        return _answer_run(context, suggestion, said, by)
    workflow = context.store.workflows.get(suggestion.workflow_id)
    if workflow is None:
        raise NotFoundError(f"The workflow of {suggestion_id} is gone")
    wanted = _wanted(suggestion, workflow, said, context)
    status = {
        Answer.DO: SuggestionStatus.APPROVED,
        Answer.ALWAYS: SuggestionStatus.APPROVED,
        Answer.NOT_NOW: SuggestionStatus.NOT_NOW,
        Answer.NEVER: SuggestionStatus.NEVER,
    }[said]
    answered = msgspec.structs.replace(
        suggestion,
        status=status,
        answered_at=context.now,
        answered_by=by,
        run_id=wanted.run_id if wanted else "",
    )
    try:
        with context.store.transaction():
            context.store.suggestions.put(answered)
            workflow = _adopted(context, workflow, said)
            if status is SuggestionStatus.APPROVED:
                give_consent(context, workflow, Scope.ALWAYS if said is Answer.ALWAYS else Scope.ONCE, by)
    except StoreError:
        arm(context)  # what was taken back is not listened to
        raise
    close_notice(context, answered.id)
    context.tell("suggestion", {"id": answered.id, "status": answered.status.value})
    tell_task(answered, context)
    is_yes = status is SuggestionStatus.APPROVED
    verdict(context, workflow, hit=is_yes, reason="approved" if is_yes else "rejected")
    return answered, (_with_workflow(wanted, workflow),) if wanted else ()


def _with_workflow(wanted: RunWanted, workflow: Workflow) -> RunWanted:
    """Return the wish to run with the workflow as it was after the answer."""
    return replace(wanted, workflow=workflow)


def _answer_run(
    context: Context, suggestion: Suggestion, said: Answer, by: str
) -> tuple[Suggestion, tuple[Message, ...]]:
    """Take the answer to a run that waits for it; once it is stored it counts, and no other one."""
    active = context.active.get(suggestion.run_id)
    if active is not None and active.outcome is not None:
        raise ConflictError(
            f"{suggestion.id} needs no answer any more",
            "The run that asked is just ending",
            f"See: understudy runs show {suggestion.run_id}",
        )
    is_yes = said is Answer.DO
    status = SuggestionStatus.APPROVED if is_yes else SuggestionStatus.NOT_NOW
    answered = msgspec.structs.replace(suggestion, status=status, answered_at=context.now, answered_by=by)
    context.store.suggestions.put(answered)
    close_notice(context, answered.id)
    context.tell("suggestion", {"id": answered.id, "status": status.value})
    words = "You said yes" if is_yes else "You said no"
    message = ApprovalAnswered(
        run_id=suggestion.run_id, index=suggestion.step, approved=is_yes, text=f"{words} ({by})"
    )
    return answered, (message,)


def verdict(context: Context, workflow: Workflow, *, hit: bool, reason: str) -> None:
    """Let the person's own word count as evidence, now and whenever all is learned anew.

    What it moves goes through all stages; and as it is evidence only, a full disk holds up nothing else.
    """
    if not workflow.pattern_id:
        return
    now = context.now
    try:
        context.store.verdicts.add(Verdict(pattern_id=workflow.pattern_id, at=now, hit=hit, reason=reason))
        for message in keep(context.learner.settle(workflow.pattern_id, now, hit=hit), context):
            context.post(message)
    except StoreError as error:
        trouble(context, "store", str(error))


def give_consent(context: Context, workflow: Workflow, scope: Scope, by: str) -> None:
    """Grant every step of the workflow that needs it, exactly as it is now."""
    for step in workflow.actions:
        known = context.actions.get(step.action)
        if known and not known.needs_consent:
            continue
        action, parameters = action_of(context, step)
        grant = Grant(
            id=new_id("g"),
            workflow_id=workflow.id,
            digest=action_digest(action.name, parameters),
            scope=scope,
            given_at=context.now,
            given_by=by,
        )
        context.store.grants.put(grant)


def _answerable(context: Context, suggestion_id: str, said: Answer) -> Suggestion:
    suggestion = context.store.suggestions.get(suggestion_id)
    if suggestion is None:
        raise NotFoundError(f"There is no suggestion {suggestion_id}", fix="See: understudy suggestions")
    if suggestion.status is not SuggestionStatus.WAITING:
        words = suggestion.status.value.replace("_", " ")
        raise ConflictError(
            f"{suggestion_id} is settled already",
            f"It was answered: {words}",
            "See: understudy suggestions --all",
        )
    if has_expired(suggestion, context):
        expire(context)
        raise ConflictError(
            f"{suggestion_id} has expired", "A question stands for 24 hours", "See: understudy suggestions"
        )
    if said not in suggestion.answers:
        raise ConflictError(
            f"{said.value} cannot be answered here",
            "A run waits for a yes or a no"
            if suggestion.is_approval
            else _why_not_always(suggestion.workflow_id, context),
            f"Possible are: {', '.join(answer.value for answer in suggestion.answers)}",
        )
    return suggestion


def _why_not_always(workflow_id: str, context: Context) -> str:
    workflow = context.store.workflows.get(workflow_id)
    if workflow is not None and asks_each_time(workflow, context):
        return ASKS_EACH_TIME
    return "There is not enough evidence yet to run this without asking"


def _wanted(suggestion: Suggestion, workflow: Workflow, said: Answer, context: Context) -> RunWanted | None:
    keeps = workflow.is_manual_only and suggestion.is_offer
    if said not in (Answer.DO, Answer.ALWAYS) or keeps:
        return None
    kind, _, number = suggestion.cause_id.partition(":")
    redoes = run_to_go_on_from(number, workflow.id, context) if kind == "task" else ""
    return RunWanted(
        run_id=new_id("r"),
        workflow=workflow,
        cause=Cause(
            kind="answer", ref=f"suggestion:{suggestion.id}", text="You said yes", chain=suggestion.chain
        ),
        position=int(number) if kind == "capture" else 0,
        event=suggestion.event,
        redoes=redoes,
    )


def _adopted(context: Context, workflow: Workflow, said: Answer) -> Workflow:
    if said is Answer.NEVER:
        workflow = change(context, workflow, lifecycle=Lifecycle.ARCHIVED, note="You said never")
        for other in context.store.workflows.all():
            if other.lifecycle is Lifecycle.DRAFT and is_relative(workflow, other):
                change(context, other, lifecycle=Lifecycle.ARCHIVED, note="You said never to one like it")
                withdraw(context, other.id)
        return workflow
    if said is Answer.NOT_NOW:
        return workflow
    tier = (
        Tier.AUTO if said is Answer.ALWAYS else max(workflow.tier, Tier.SUGGEST, key=lambda tier: tier.rank)
    )
    if workflow.lifecycle is Lifecycle.ACTIVE and tier is workflow.tier:
        return workflow
    return change(context, workflow, lifecycle=Lifecycle.ACTIVE, tier=tier, note="")
