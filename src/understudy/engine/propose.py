"""Stage 5, propose: ask the person, sparingly, and take their answer. The first wins; no answer expires."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from understudy.core.action import action_digest
from understudy.core.attention import budget_refusal, is_relative, local, quiet_refusal, silence_refusal
from understudy.core.grant import Grant, Scope
from understudy.core.pattern import PatternState
from understudy.core.ports import Notice, Verdict
from understudy.core.reason import Reason
from understudy.core.run import Cause
from understudy.core.suggestion import Answer, Suggestion, SuggestionStatus
from understudy.core.trust import Tier, earned_tier
from understudy.core.wording import (
    VISIBLE_TITLE,
    answer_labels,
    as_sentence,
    noticed,
    question,
    steps_in_words,
)
from understudy.core.workflow import Lifecycle, Origin, Workflow
from understudy.engine import watching
from understudy.engine.context import (
    Context,
    action_of,
    close_notice,
    log,
    plan_of,
    show,
    trouble,
    undo_plan_of,
)
from understudy.engine.decide import arm
from understudy.engine.expiring import (
    expire,
    has_expired,
    settle_without_answer,
    tell_task,
    withdraw,
)
from understudy.engine.identity import new_id
from understudy.engine.learn import keep
from understudy.engine.messages import (
    ApprovalAnswered,
    Asked,
    Lost,
    Message,
    Moved,
    NoticeEnded,
    RunWanted,
    Woken,
)
from understudy.engine.promote import change, is_habit, workflow_id_of
from understudy.engine.task_box import run_to_go_on_from
from understudy.errors import ConflictError, NotFoundError, StoreError, UnderstudyError

VISIBLE_BODY = 240
"""Characters that every desktop shows of what stands below the title."""
TOO_LONG = "All of it is in the tray menu and in: understudy suggestions."


def propose(message: Message, context: Context) -> Iterator[Message]:
    """Ask, withdraw what has become needless, expire what was not answered, and hear the buttons."""
    if isinstance(message, Asked):
        ask(message, context)
    elif isinstance(message, Moved):
        _withdraw_if_done(message.state, context)
    elif isinstance(message, Lost):
        _forget_draft(message.pattern_id, context)
    elif isinstance(message, Woken) and message.key == "suggestions":
        expire(context)
    elif isinstance(message, NoticeEnded) and message.key.startswith("s-"):
        yield from _hear(message, context)


def ask(asked: Asked, context: Context) -> Suggestion | None:
    """Put a question to the person, on screen if there is leave for it, else in the list only."""
    workflow = asked.workflow
    recent = context.store.suggestions.recent(workflow_id=workflow.id)
    own = [each for each in recent if not each.is_approval]
    waiting = next((each for each in own if _is_same_question(each, asked)), None)
    is_offer = workflow.lifecycle is Lifecycle.DRAFT
    if waiting is None and is_offer and silence_refusal(own, context.now):
        return None
    suggestion = _suggestion(asked, context, waiting, is_offer=is_offer)
    is_shown = screen_refusal(suggestion, context) is None
    if is_shown:
        suggestion = msgspec.structs.replace(suggestion, shown_at=context.now)
    context.store.suggestions.put(suggestion)
    watching.asked(suggestion, context)
    expire(context)
    if is_shown:
        show(context, notice_of(suggestion, workflow, plan_of(context, workflow)))
    context.tell("suggestion", {"id": suggestion.id, "status": "waiting"})
    return suggestion


def _is_same_question(suggestion: Suggestion, asked: Asked) -> bool:
    """Whether this one still waits, and may be put again in its place; a task has a question of its own."""
    is_own = suggestion.cause_id.startswith("task:") or asked.cause.kind == "task"
    same = not is_own or suggestion.cause_id == asked.cause.ref
    return suggestion.status is SuggestionStatus.WAITING and same


def screen_refusal(suggestion: Suggestion, context: Context) -> Reason | None:
    """Return why a suggestion only waits in the list instead of coming on screen."""
    settings, now, zone = context.settings, context.now, context.clock.zone()
    if context.is_locked:
        return Reason(code="screen_locked", text="The screen is locked")
    refusal = quiet_refusal(now, zone, settings.quiet_from, settings.quiet_until)
    if refusal is None and suggestion.is_offer:
        if suggestion.shown_at and local(suggestion.shown_at, zone).date() == local(now, zone).date():
            return Reason(code="shown_today", text="It was shown today; it waits in the list")
        recent = context.store.suggestions.recent(limit=500)
        refusal = budget_refusal(recent, now, zone, settings.suggestions_per_day)
    return refusal


def state_of(workflow: Workflow, context: Context) -> PatternState | None:
    """Return the pattern that a workflow was learned from, with its track record."""
    return context.store.patterns.get(workflow.pattern_id) if workflow.pattern_id else None


def may_auto(workflow: Workflow, context: Context) -> bool:
    """Whether auto may be switched on: hand-written ones need only the person, learned ones the evidence."""
    if workflow.is_manual_only:
        return False
    if workflow.origin is Origin.WRITTEN:
        return True
    state = state_of(workflow, context)
    return state is not None and earned_tier(state.evidence, is_habit=is_habit(state)) is Tier.AUTO


def notice_of(suggestion: Suggestion, workflow: Workflow, plan: Sequence[str]) -> Notice:
    """Return the notification that asks; without a yes when it cannot show all that would be done."""
    keeps = workflow.is_manual_only and suggestion.is_offer
    labels = answer_labels(suggestion.answers, keeps=keeps, goes_on=suggestion.is_approval)
    body = suggestion.body
    if len(plan) == 1 and len(suggestion.title) > VISIBLE_TITLE and plan[0] not in body:
        body = f"{steps_in_words(plan)} {body}"
    visible = f"{suggestion.title[:VISIBLE_TITLE]} {body[:VISIBLE_BODY]}"
    if not all(line in visible for line in plan):
        labels = {said: label for said, label in labels.items() if said not in ("do", "always")}
        body = f"{TOO_LONG} {body}"
    return Notice(
        key=suggestion.id, title=suggestion.title, body=body, buttons=tuple(labels.items()), stays=True
    )


def _suggestion(asked: Asked, context: Context, waiting: Suggestion | None, *, is_offer: bool) -> Suggestion:
    workflow = asked.workflow
    state = state_of(workflow, context)
    because = noticed(state) if state else as_sentence(asked.cause.text)
    answers = [Answer.DO, Answer.NOT_NOW, Answer.NEVER]
    if may_auto(workflow, context) and workflow.tier is Tier.SUGGEST:
        answers.append(Answer.ALWAYS)
    keeps = workflow.is_manual_only and is_offer
    plan = plan_of(context, workflow)
    name = workflow.name if workflow.origin is Origin.WRITTEN else ""
    steps = f"{steps_in_words(plan)} " if name or len(plan) > 1 else ""
    return Suggestion(
        id=waiting.id if waiting else new_id("s"),
        workflow_id=workflow.id,
        title=question(plan, keeps=keeps, name=name),
        body=f"{steps}{because} {undo_plan_of(context, workflow)}",
        offered_at=context.now,
        answers=tuple(answers),
        is_offer=is_offer,
        shown_at=waiting.shown_at if waiting else 0,
        cause_id=asked.cause.ref,
        event=asked.event,
        chain=asked.cause.chain,
    )


# --- answers ------------------------------------------------------------------------------------


def _hear(ended: NoticeEnded, context: Context) -> Iterator[Message]:
    suggestion = context.store.suggestions.get(ended.key)
    if suggestion is None or suggestion.status is not SuggestionStatus.WAITING:
        return
    if ended.outcome == "failed":
        context.store.suggestions.put(msgspec.structs.replace(suggestion, shown_at=0))
        return
    if ended.outcome not in {answer.value for answer in suggestion.answers}:
        return
    try:
        answered, messages = answer(context, suggestion.id, Answer(ended.outcome), "notification")
    except UnderstudyError as error:
        log.info("an answer came to nothing: %s", error)
        return
    log.info("%s was answered %s", answered.id, answered.status.value)
    yield from messages


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
        raise ConflictError(f"{suggestion.id} needs no answer any more", "The run that asked is just ending", f"See: understudy runs show {suggestion.run_id}")
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
        raise ConflictError(f"{suggestion_id} is settled already", f"It was answered: {words}", "See: understudy suggestions --all")
    if has_expired(suggestion, context):
        expire(context)
        raise ConflictError(f"{suggestion_id} has expired", "A question stands for 24 hours", "See: understudy suggestions")
    if said not in suggestion.answers:
        raise ConflictError(
            f"{said.value} cannot be answered here",
            "A run waits for a yes or a no"
            if suggestion.is_approval
            else "There is not enough evidence yet to run this without asking",
            f"Possible are: {', '.join(answer.value for answer in suggestion.answers)}",
        )
    return suggestion


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


# --- what takes a question away ------------------------------------------------------------------


def _withdraw_if_done(state: PatternState, context: Context) -> None:
    """The person did it themselves while the question stood: take the question away."""
    if not state.outcomes:
        return
    at, hit = state.outcomes[-1]
    for suggestion in context.store.suggestions.waiting():
        workflow = context.store.workflows.get(suggestion.workflow_id)
        if workflow is None or workflow.pattern_id != state.pattern.id or workflow.is_manual_only:
            continue
        if suggestion.is_approval:
            continue
        if hit and suggestion.offered_at <= at:
            settle_without_answer(context, suggestion, SuggestionStatus.WITHDRAWN)


def _forget_draft(pattern_id: str, context: Context) -> None:
    """Delete the draft of a pattern that was given up; what the person took up or refused stays."""
    workflow = context.store.workflows.get(workflow_id_of(pattern_id))
    if workflow is None or workflow.lifecycle is not Lifecycle.DRAFT:
        return
    withdraw(context, workflow.id)
    with context.store.transaction():
        context.store.suggestions.delete_of(workflow.id)
        context.store.workflows.delete(workflow.id)
    arm(context)
    context.tell("workflow", {"id": workflow.id})
