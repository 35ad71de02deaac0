"""Questions that were held back: each comes on screen once the person may be asked again."""

from dataclasses import replace
from functools import partial

from understudy.core.reason import Reason
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.engine.approving import show_held_back, wake_after_quiet
from understudy.engine.context import HELD_BACK, Context, attempt
from understudy.engine.messages import Woken
from understudy.engine.propose import ask, screen_refusal

PASSING = frozenset({"screen_locked", "quiet_hours", "do_not_disturb", "full_screen"})
"""What ends by itself; a question that meets anything else stays in the list, as any other does."""


def look_again(context: Context) -> None:
    """Look next whether what is held back may be shown now."""
    if context.holds_back:
        context.post(Woken(key=HELD_BACK))


def show_all(context: Context) -> None:
    """Put on screen what was held back and may be shown now, the oldest first, within the budget of the day."""
    show_held_back(context)
    for suggestion_id in tuple(context.later):
        attempt(context, partial(_show, suggestion_id, context))


def _show(suggestion_id: str, context: Context) -> None:
    """Ask it once more, as it was asked; what is answered, over or not wanted any more is forgotten."""
    asked = context.later[suggestion_id]
    suggestion = context.store.suggestions.get(suggestion_id)
    workflow = context.store.workflows.get(asked.workflow.id)
    if workflow is None or suggestion is None or suggestion.status is not SuggestionStatus.WAITING:
        del context.later[suggestion_id]
        return
    against = screen_refusal(suggestion, context)
    if against is None and not context.is_paused:
        ask(replace(asked, workflow=workflow), context)
    elif against is not None and against.code not in PASSING:
        del context.later[suggestion_id]
    elif against is not None and against.code == "quiet_hours":
        wake_after_quiet(context)


def why_waits(suggestion: Suggestion, context: Context) -> Reason | None:
    """Return why a question that waits is in the list only; None = it was on screen, or nothing is in the way."""
    if suggestion.status is not SuggestionStatus.WAITING or suggestion.shown_at:
        return None
    return screen_refusal(suggestion, context)
