"""Offers: what a pattern must be, besides right, before the person is asked about it. Pure.

Candidates come early and are watched in the shadow; these gates hold between the shadow and the person.
"""

from collections.abc import Callable

import msgspec

from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.reason import Reason
from understudy.core.trust import Tier, earned_tier
from understudy.core.value import DAY, Millis

LEAST = 3
"""Occurrences."""
WINDOW_DAYS = 3
"""Distinct local days for what is made only of windows: those follow each other by chance most easily."""
ROUTINE_SESSIONS = 2
"""Distinct stretches at work for a routine: one long afternoon is no routine."""
SAVES = 30.0
"""Seconds a week below which it is not worth anyone's attention."""
STALE: Millis = 28 * DAY
"""How long a pattern may stay away; what comes seldom, longer."""
MISSED = 4
"""Times that it would have been expected meanwhile."""
_WINDOWS = ("app:", "url:")


def offered_tier(state: PatternState) -> Tier:
    """Return the highest tier that this pattern may be offered: its evidence and every gate must allow it."""
    if offer_refusal(state) is not None:
        return Tier.OBSERVE
    return earned_tier(state.evidence, is_habit=state.pattern.kind is PatternKind.HABIT)


def _with_hits(state: PatternState) -> Pattern:
    """Return the pattern as seen since it was mined last, too: each hit is an occurrence."""
    pattern = state.pattern
    days = len({at // DAY for at, hit in state.outcomes if hit})
    return msgspec.structs.replace(
        pattern, support=max(pattern.support, state.evidence.hits), days=max(pattern.days, days)
    )


def offer_refusal(state: PatternState) -> Reason | None:
    """Return the first gate that a pattern does not pass, however right it has been; None = it may be offered."""
    pattern = _with_hits(state)
    for code, words, holds in _GATES:
        if not holds(pattern):
            return Reason(
                code=code,
                text=words,
                seen={
                    "support": pattern.support,
                    "days": pattern.days,
                    "sessions": pattern.sessions,
                    "saves_per_week": pattern.saves_per_week,
                },
            )
    return None


def _spans_days(pattern: Pattern) -> bool:
    return pattern.days >= WINDOW_DAYS or not all(each.startswith(_WINDOWS) for each in pattern.symbols)


def _spans_sessions(pattern: Pattern) -> bool:
    return pattern.sessions >= ROUTINE_SESSIONS or pattern.kind is not PatternKind.ROUTINE


_GATES: tuple[tuple[str, str, Callable[[Pattern], bool]], ...] = (
    ("no_steps", "Nothing of it can be done for you", lambda pattern: bool(pattern.steps)),
    ("too_rare", f"It was seen less than {LEAST} times", lambda pattern: pattern.support >= LEAST),
    ("few_days", f"It was seen on less than {WINDOW_DAYS} days", _spans_days),
    ("one_session", "It was seen in one stretch of work only", _spans_sessions),
    (
        "saves_little",
        f"It would save less than {SAVES:.0f} s a week",
        lambda pattern: pattern.saves_per_week >= SAVES,
    ),
)
"""(code, what is said when it does not hold, whether it holds)."""


def stale_after(pattern: Pattern) -> Millis:
    """Return how long a pattern may stay away before it is set aside: four weeks, or four of its usual distances."""
    if len(pattern.occurrences) < LEAST:
        return STALE
    span = pattern.occurrences[-1].start - pattern.occurrences[0].start
    return max(STALE, MISSED * span // (len(pattern.occurrences) - 1))
