"""Questions that end without an answer: their day is over, or nobody needs to answer any more."""

import math

import msgspec

from understudy.core.suggestion import ANSWER_TIME, Suggestion, SuggestionStatus
from understudy.core.value import SECOND, Millis
from understudy.engine.context import STORE_AGAIN, Context, close_notice
from understudy.engine.messages import ApprovalAnswered, Woken


def expire(context: Context) -> None:
    """Close questions that nobody answered for 24 hours, and wake again for the next."""
    waiting = context.store.suggestions.waiting()
    seen = context.expiries
    context.expiries = {_asking(each): seen.get(_asking(each), _ends_at(each, context)) for each in waiting}
    if any(has_expired(each, context) for each in waiting):  # in case that cannot be stored just now
        context.scheduler.wake("suggestions", context.now + STORE_AGAIN)
    for suggestion in waiting:
        if has_expired(suggestion, context):
            settle_without_answer(context, suggestion, SuggestionStatus.EXPIRED)
    left = [_left(each, context) for each in waiting if not has_expired(each, context)]
    if left:
        context.scheduler.wake("suggestions", context.now + min(left))
    else:
        context.scheduler.cancel("suggestions")


def _asking(suggestion: Suggestion) -> tuple[str, Millis]:
    """Return what tells one asking from another: the same question may be put again."""
    return suggestion.id, suggestion.offered_at


def _ends_at(suggestion: Suggestion, context: Context) -> float:
    """Return the elapsed second at which it expires, by the wall clock of now; at most a day away."""
    left = min(ANSWER_TIME, suggestion.offered_at + ANSWER_TIME - context.now)
    return context.clock.elapsed() + left / SECOND


def _left(suggestion: Suggestion, context: Context) -> Millis:
    """Return how long it still stands: by the wall clock, or by the clock that cannot be set back."""
    by_wall = suggestion.offered_at + ANSWER_TIME - context.now
    end = context.expiries.get(_asking(suggestion))
    return by_wall if end is None else min(by_wall, math.ceil((end - context.clock.elapsed()) * SECOND))


def has_expired(suggestion: Suggestion, context: Context) -> bool:
    """Whether its day is over."""
    return _left(suggestion, context) <= 0


def settle_without_answer(context: Context, suggestion: Suggestion, status: SuggestionStatus) -> None:
    """Close a question by itself."""
    context.store.suggestions.put(msgspec.structs.replace(suggestion, status=status, answered_at=context.now))
    close_notice(context, suggestion.id)
    context.tell("suggestion", {"id": suggestion.id, "status": status.value})
    tell_task(suggestion, context)
    if suggestion.is_approval:
        context.post(ApprovalAnswered(run_id=suggestion.run_id, index=suggestion.step, approved=False))


def tell_task(suggestion: Suggestion, context: Context) -> None:
    """Let the task that asked know that its question is settled."""
    if suggestion.cause_id.startswith("task:"):
        context.post(Woken(key=suggestion.cause_id))


def withdraw(context: Context, workflow_id: str) -> None:
    """Take back the questions of a workflow that is no longer there to be run, and end its runs."""
    for suggestion in context.store.suggestions.waiting():
        if suggestion.workflow_id == workflow_id:
            settle_without_answer(context, suggestion, SuggestionStatus.WITHDRAWN)
    context.post(Woken(key=f"off:{workflow_id}"))
