"""Use cases about patterns: what was found, how it does, and when it was seen."""

from understudy.core.pattern import Occurrence, PatternState
from understudy.core.store_queries import PatternQuery, PatternStats
from understudy.core.trust import Tier
from understudy.core.value import Millis, Value
from understudy.engine.cases.base import Cases
from understudy.engine.promote import workflow_id_of
from understudy.errors import InvalidInputError, NotFoundError

MOST = 1000
"""Longest page."""


class PatternCard(Value):
    """A pattern with what became of it."""

    state: PatternState
    stats: PatternStats | None
    """None = it was given up just now."""
    workflow_id: str = ""
    """The workflow that it became; empty = none of it can be done for the person."""
    tier: Tier | None = None
    """How far that workflow may go."""


class PatternCases(Cases):
    """What can be asked about patterns."""

    def patterns(self, query: PatternQuery = PatternQuery()) -> list[PatternCard]:  # noqa: B008 (frozen)
        """Return the patterns that fit, by id."""
        return [self._pattern_card(state) for state in self._context.store.patterns.find(checked(query))]

    def pattern(self, pattern_id: str) -> PatternCard:
        """Return one pattern."""
        return self._pattern_card(self._state(pattern_id))

    def occurrences(self, pattern_id: str, limit: int = 100, before: Millis = 0) -> list[Occurrence]:
        """Return when a pattern was seen, newest first; `before` = only those that began earlier."""
        self._state(pattern_id)
        return self._context.store.occurrences.of(pattern_id, page(limit), before)

    def _state(self, pattern_id: str) -> PatternState:
        state = self._context.store.patterns.get(pattern_id)
        if state is None:
            raise NotFoundError(f"There is no pattern {pattern_id}", fix="See: understudy patterns")
        return state

    def _pattern_card(self, state: PatternState) -> PatternCard:
        store, pattern = self._context.store, state.pattern
        workflow = store.workflows.get(workflow_id_of(pattern.id))
        return PatternCard(
            state=state,
            stats=store.patterns.stats(pattern.id),
            workflow_id=workflow.id if workflow else "",
            tier=workflow.tier if workflow else None,
        )


def checked(query: PatternQuery) -> PatternQuery:
    """Return the query, or raise InvalidInputError for a page that is too long."""
    page(query.limit)
    return query


def page(limit: int) -> int:
    """Return the length of a page, or raise InvalidInputError."""
    if not 1 <= limit <= MOST:
        raise InvalidInputError(f"A page cannot have {limit} rows", fix=f"Ask for 1 to {MOST}")
    return limit
