"""Patterns: what was found to repeat."""

from typing import Annotated

import msgspec

from understudy.core.pattern import Occurrence, PatternKind
from understudy.core.run import Run
from understudy.core.store_queries import PatternQuery
from understudy.core.trust import Tier
from understudy.core.value import Value
from understudy.engine.cases.patterns import MOST, PatternCard
from understudy.interfaces.api.routes.route import ById, Cursor, Id, Page, Route, Time
from understudy.interfaces.api.routes.workflows import Execute, run_begun

PageSize = Annotated[int, msgspec.Meta(ge=1, le=MOST)]


class ListPatterns(Value):
    """Which patterns; empty fields do not restrict."""

    kind: PatternKind | None = None
    tier: Tier | None = None
    """The tier its evidence has earned."""
    active_since: Time = 0
    after: Cursor = ""
    limit: PageSize = 1000

    @property
    def query(self) -> PatternQuery:
        """The same, as the store takes it."""
        return PatternQuery(**{name: getattr(self, name) for name in self.__struct_fields__})


class ListOccurrences(Value):
    """Which times a pattern was seen."""

    id: Id
    before: Time = 0
    limit: PageSize = 100


PATH = "/api/patterns"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=PATH,
        name="list_patterns",
        summary="The patterns with their track record.",
        takes=ListPatterns,
        gives=list[PatternCard],
        call=lambda use, q, _: use.patterns(q.query),
        page=Page(field="after", cursor=lambda card: card.state.pattern.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}",
        name="show_pattern",
        summary="One pattern with its track record.",
        takes=ById,
        gives=PatternCard,
        call=lambda use, q, _: use.pattern(q.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/occurrences",
        name="list_occurrences",
        summary="The times a pattern was seen, newest first.",
        takes=ListOccurrences,
        gives=list[Occurrence],
        call=lambda use, q, _: use.occurrences(q.id, q.limit, q.before),
        page=Page(field="before", cursor=lambda seen: str(seen.start)),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/execute",
        name="execute_pattern",
        summary="Do now what a pattern would do.",
        takes=Execute,
        gives=Run,
        call=lambda use, q, by: use.execute_pattern(q.id, by, consent=q.consent, wait=q.wait),
        goes_on_at=run_begun,
    ),
)
