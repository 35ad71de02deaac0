"""Stage 5, propose: ask the person, sparingly, and take their answer. The first wins; no answer expires."""

from collections.abc import Iterator, Sequence

import msgspec

from understudy.core.attention import (
    IN_USE,
    budget_refusal,
    local,
    quiet_refusal,
    silence_refusal,
    use_refusal,
)
from understudy.core.pattern import PatternState
from understudy.core.ports import Notice
from understudy.core.reason import Reason
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
from understudy.engine.answering import answer
from understudy.engine.context import Context, log, show
from understudy.engine.decide import arm
from understudy.engine.expiring import expire, settle_without_answer, withdraw
from understudy.engine.facts import facts
from understudy.engine.foreseeing import plan_of, undo_plan_of
from understudy.engine.handing import asks_each_time
from understudy.engine.identity import new_id
from understudy.engine.messages import Asked, Lost, Message, Moved, NoticeEnded, Woken
from understudy.engine.promote import is_habit, workflow_id_of
from understudy.errors import UnderstudyError

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
    plan = _plan_after(asked, context, workflow)
    recent = context.store.suggestions.recent(workflow_id=workflow.id)
    own = [each for each in recent if not each.is_approval]
    waiting = next((each for each in own if _is_same_question(each, asked)), None)
    is_offer = workflow.lifecycle is Lifecycle.DRAFT
    if waiting is None and is_offer and silence_refusal(own, context.now):
        return None
    same = waiting if waiting and _plan_after(waiting, context, workflow) == plan else None
    suggestion = _suggestion(asked, plan, context, same, is_offer=is_offer)
    against = screen_refusal(suggestion, context)
    if against is None:
        suggestion = msgspec.structs.replace(suggestion, shown_at=context.now)
    context.store.suggestions.put(suggestion)
    if waiting and not same:  # whoever still reads the old one must not say yes to something else
        settle_without_answer(context, waiting, SuggestionStatus.WITHDRAWN)
    watching.asked(suggestion, context)
    expire(context)
    if against is None:
        context.later.pop(suggestion.id, None)
        show(context, notice_of(suggestion, workflow, plan))
    elif against.code in IN_USE or suggestion.id in context.later:
        context.later[suggestion.id] = asked
    context.tell("suggestion", {"id": suggestion.id, "status": "waiting"})
    return suggestion


def _plan_after(asked: Asked | Suggestion, context: Context, workflow: Workflow) -> tuple[str, ...]:
    """Return what a yes would do after this event, filled in with what is known."""
    return plan_of(context, workflow, facts(asked.event, workflow, context))


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
    refusal = quiet_refusal(now, zone, settings.quiet_from, settings.quiet_until) or in_use(context)
    if refusal is None and suggestion.is_offer:
        if suggestion.shown_at and local(suggestion.shown_at, zone).date() == local(now, zone).date():
            return Reason(code="shown_today", text="It was shown today; it waits in the list")
        recent = context.store.suggestions.recent(limit=500)
        refusal = budget_refusal(recent, now, zone, settings.suggestions_per_day)
    return refusal


def in_use(context: Context) -> Reason | None:
    """Return what the person uses the screen for just now, if no question should come in between."""
    return use_refusal(context.screen_watch.now(), respects_full_screen=context.settings.respect_full_screen)


def state_of(workflow: Workflow, context: Context) -> PatternState | None:
    """Return the pattern that a workflow was learned from, with its track record."""
    return context.store.patterns.get(workflow.pattern_id) if workflow.pattern_id else None


def may_auto(workflow: Workflow, context: Context) -> bool:
    """Whether auto may be switched on: hand-written ones need only the person, learned ones the evidence.

    One that would have to ask each time all the same cannot run by itself.
    """
    if workflow.is_manual_only:
        return False
    if workflow.origin is Origin.WRITTEN:
        return True
    state = state_of(workflow, context)
    if state is None or asks_each_time(workflow, context):
        return False
    return earned_tier(state.evidence, is_habit=is_habit(state)) is Tier.AUTO


def notice_of(suggestion: Suggestion, workflow: Workflow, plan: Sequence[str]) -> Notice:
    """Return the notification that asks; without a yes when it cannot show all that would be done."""
    keeps = workflow.is_manual_only and suggestion.is_offer
    labels = answer_labels(suggestion.answers, keeps=keeps, goes_on=suggestion.is_approval)
    title, body = suggestion.title[:VISIBLE_TITLE], suggestion.body
    if not suggestion.is_approval and not (len(plan) == 1 and plan[0] in title):
        body = f"{steps_in_words(plan)} {body}"
    visible = f"{title} {body[:VISIBLE_BODY]}"
    if not all(line in visible for line in plan):
        labels = {said: label for said, label in labels.items() if said not in ("do", "always")}
        body = f"{TOO_LONG} {body}"
    return Notice(
        key=suggestion.id, title=suggestion.title, body=body, buttons=tuple(labels.items()), stays=True
    )


def _suggestion(
    asked: Asked, plan: Sequence[str], context: Context, waiting: Suggestion | None, *, is_offer: bool
) -> Suggestion:
    workflow = asked.workflow
    state = state_of(workflow, context)
    because = noticed(state) if state else as_sentence(asked.cause.text)
    answers = [Answer.DO, Answer.NOT_NOW, Answer.NEVER]
    if may_auto(workflow, context) and workflow.tier is Tier.SUGGEST:
        answers.append(Answer.ALWAYS)
    keeps = workflow.is_manual_only and is_offer
    name = workflow.name if workflow.origin is Origin.WRITTEN else ""
    undo = undo_plan_of(context, workflow, facts(asked.event, workflow, context))
    return Suggestion(
        id=waiting.id if waiting else new_id("s"),
        workflow_id=workflow.id,
        title=question(plan, keeps=keeps, name=name),
        body=f"{because} {undo}",
        offered_at=context.now,
        answers=tuple(answers),
        is_offer=is_offer,
        shown_at=waiting.shown_at if waiting else 0,
        cause_id=asked.cause.ref,
        event=asked.event,
        chain=asked.cause.chain,
    )


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
