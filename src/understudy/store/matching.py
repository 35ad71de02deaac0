"""What a query means, the same for both stores."""

from understudy.core.pattern import PatternKind, PatternState
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.store_queries import PatternStats
from understudy.core.trust import Tier, earned_tier
from understudy.core.value import DAY, MINUTE, Millis

QUARTER = 15 * MINUTE
_WEEK = 7 * DAY


def has_part(text: str, part: str) -> bool:
    """Say whether the text has the part, without case, in any script."""
    return part.casefold() in text.casefold()


def is_same(text: str, other: str) -> bool:
    """Say whether the texts are equal without case."""
    return text.casefold() == other.casefold()


def matches(query: CaptureQuery, stored: StoredCapture) -> bool:
    """Say whether it is asked for: since <= at < until, the kind, the app's whole name, a part of a text."""
    capture = stored.capture
    texts = (capture.title, capture.url, capture.text)
    return (
        (query.since == 0 or capture.at >= query.since)
        and (query.until == 0 or capture.at < query.until)
        and (query.kind is None or capture.kind == query.kind)
        and (not query.app or is_same(capture.app, query.app))
        and (not query.text or any(has_part(text, query.text) for text in texts))
        and (not query.source or capture.source == query.source)
        and query.id in (0, stored.id)
    )


def tier_of(state: PatternState) -> Tier:
    """Return the tier that a pattern's evidence has earned."""
    return earned_tier(state.evidence, is_habit=state.pattern.kind is PatternKind.HABIT)


def stats_of(state: PatternState, occurrences: int, first: Millis, last: Millis) -> PatternStats:
    """Return how a pattern does, of the occurrences counted from the first's begin to the last's end.

    The rate is over one week at least: twice within an hour is no habit of hundreds a week.
    """
    hits, outcomes = state.evidence.hits, state.evidence.hits + state.evidence.misses
    per_week = occurrences * _WEEK / max(last - first, _WEEK) if occurrences > 1 else 0.0
    return PatternStats(
        occurrences=occurrences,
        first_seen=first,
        last_seen=max(last, state.pattern.last_seen),
        per_week=per_week,
        success_rate=hits / outcomes if outcomes else None,
    )
