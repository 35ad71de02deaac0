"""Questions that end without an answer: their day is over, or nobody needs to answer any more."""

import msgspec

from understudy.core.suggestion import ANSWER_TIME, Suggestion, SuggestionStatus
from understudy.core.value import SECOND, Millis
from understudy.engine.context import Context, close_notice
from understudy.engine.messages import ApprovalAnswered, Woken


def expire(context: Context) -> None:
    """Close questions that nobody answered for 24 hours, and wake again for the next."""
    waiting = context.store.suggestions.waiting()
    seen = context.expiries
    context.expiries = {_asking(each): seen.get(_asking(each), _time_left(each, context)) for each in waiting}
    for suggestion in waiting:
        if has_expired(suggestion, context):
            settle_without_answer(context, suggestion, SuggestionStatus.EXPIRED)
    ends = [each.offered_at + ANSWER_TIME for each in waiting if not has_expired(each, context)]
    if ends:
        context.scheduler.wake("suggestions", min(ends))
    else:
        context.scheduler.cancel("suggestions")


def _asking(suggestion: Suggestion) -> tuple[str, Millis]:
    """Return what tells one asking from another: the same question may be put again."""
    return suggestion.id, suggestion.offered_at


def _time_left(suggestion: Suggestion, context: Context) -> float:
    """Return the monotonic second at which it expires, by the wall clock of now."""
    return context.clock.monotonic() + (suggestion.offered_at + ANSWER_TIME - context.now) / SECOND


def has_expired(suggestion: Suggestion, context: Context) -> bool:
    """Whether its day is over: by the wall clock, or by the clock that cannot be set back."""
    by_now = context.expiries.get(_asking(suggestion))
    is_past = by_now is not None and context.clock.monotonic() >= by_now
    return is_past or context.now - suggestion.offered_at >= ANSWER_TIME


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
