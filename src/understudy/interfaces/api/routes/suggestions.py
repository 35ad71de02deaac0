"""Suggestions: what is offered or asked, approvals among it, and the answers."""

from understudy.core.suggestion import Answer, Suggestion
from understudy.core.value import Value
from understudy.engine.views import SuggestionCard
from understudy.interfaces.api.routes.route import Id, Nothing, Route


class ListSuggestions(Value):
    """Which suggestions to show."""

    every: bool = False
    """Answered ones too."""


class GiveAnswer(Value):
    """An answer to a suggestion."""

    id: Id
    answer: Answer


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/suggestions",
        name="list_suggestions",
        summary="What waits for an answer; with `every` the latest answered ones too.",
        takes=ListSuggestions,
        gives=list[SuggestionCard],
        call=lambda use, q, _: use.suggestions(every=q.every),
    ),
    Route(
        method="POST",
        path="/api/suggestions/{id}/answer",
        name="answer_suggestion",
        summary="Answer a suggestion or an approval; the first answer counts.",
        takes=GiveAnswer,
        gives=Suggestion,
        call=lambda use, q, by: use.answer(q.id, q.answer, by),
    ),
    Route(
        method="GET",
        path="/api/approvals",
        name="list_approvals",
        summary="The questions of runs that wait for an approval.",
        takes=Nothing,
        gives=list[SuggestionCard],
        call=lambda use, _, __: use.approvals(),
    ),
)
