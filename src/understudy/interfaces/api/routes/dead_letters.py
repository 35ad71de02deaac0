"""Dead letters: what came to nothing after all tries."""

from understudy.core.dead_letter import DeadLetter
from understudy.core.run import Run
from understudy.core.value import Value
from understudy.interfaces.api.routes.route import ById, Cursor, Limit, Page, Route
from understudy.interfaces.api.routes.workflows import Execute, run_begun


class ListDeadLetters(Value):
    """Which dead letters: those that wait to be seen to, or all."""

    every: bool = False
    """Those that are settled too."""
    before: Cursor = ""
    limit: Limit = 100


PATH = "/api/dead-letters"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=PATH,
        name="list_dead_letters",
        summary="What came to nothing after all tries, newest first.",
        takes=ListDeadLetters,
        gives=list[DeadLetter],
        call=lambda use, q, _: use.dead_letters(every=q.every, limit=q.limit, before=q.before),
        page=Page(field="before", cursor=lambda letter: letter.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}",
        name="show_dead_letter",
        summary="One of them.",
        takes=ById,
        gives=DeadLetter,
        call=lambda use, q, _: use.dead_letter(q.id),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/retry",
        name="retry_dead_letter",
        summary="Do the rest once more; steps that were done are taken over.",
        takes=Execute,
        gives=Run,
        call=lambda use, q, by: use.retry_dead_letter(q.id, by, consent=q.consent, wait=q.wait),
        goes_on_at=run_begun,
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/dismiss",
        name="dismiss_dead_letter",
        summary="Let it rest.",
        takes=ById,
        gives=DeadLetter,
        call=lambda use, q, _: use.dismiss_dead_letter(q.id),
    ),
)
