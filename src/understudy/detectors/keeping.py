"""Keeping patterns: what a mining found is merged with what is known. Pure.

A known pattern found again keeps its id and its evidence. A longer version takes the place of a shorter one once
it has shown as much. What is found no longer, has no fresh outcome and was never spoken of is given up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from understudy.core.cron import next_time
from understudy.core.pattern import Occurrence, Pattern, PatternKind, PatternState
from understudy.core.trust import Evidence, Tier, earned_tier
from understudy.core.value import DAY, MINUTE, Millis, Value
from understudy.core.workflow import CaptureTrigger, TimeTrigger

PATTERNS = 500
"""Patterns kept; those with the least to show for go first."""
DRIFT = 30
"""Minutes by which a habit may move and still be the same one."""
JITTER = 10
"""Minutes by which it may move before its trigger is changed."""
LIKE = 0.7
"""Overlap of symbols from which what is found is another reading of a proven pattern; Jaccard."""
RIGHT = 2
"""Hits for each miss above which a pattern is proven."""
FRESH: Millis = 28 * DAY
"""How long an outcome keeps a pattern that is found no longer."""
OVER = 5
"""Times in a row that a habit found no longer was missed, from which it is given up."""
ALIVE: Millis = 14 * DAY
"""How long ago a pattern may have been seen last, and still cover its pieces."""

States = Mapping[str, PatternState]


class Merge(Value):
    """What a mining changed."""

    found: tuple[Pattern, ...]
    changed: tuple[PatternState, ...]
    """The new ones, and known ones whose figures moved."""
    lost: tuple[str, ...]
    """Ids of known patterns that are given up."""
    seen: frozenset[str]
    """Ids of all that the mining found, known or new, and that are kept."""


def merged(
    known: States, patterns: Iterable[Pattern], now: Millis, is_waiting: Callable[[str], bool]
) -> Merge:
    """Merge what is known with what was found; `is_waiting`: whether a prediction of a known one is open."""
    states, index = dict(known), _Index(known, now)
    seen: set[str] = set()
    covers: set[str] = set()
    for pattern in patterns:
        state = index.same(pattern)
        cover = None if state else index.cover(pattern)
        if cover is not None:
            covers.add(cover.pattern.id)
        elif state is None or state.pattern.id not in seen:
            fresh = _refreshed(state, pattern) if state else _new(pattern, now)
            states[fresh.pattern.id] = fresh
            seen.add(fresh.pattern.id)
            index.add(fresh)
    seen |= covers  # only now: a piece may be told before its whole, which still gets its new figures
    gone = _vanished(states, seen, now, is_waiting) | _outgrown(states, seen)
    gone |= _surplus({each: state for each, state in states.items() if each not in gone}, seen)
    kept = [state for each, state in states.items() if each not in gone and state is not known.get(each)]
    return Merge(
        found=tuple(state.pattern for state in kept if state.pattern.id not in known),
        changed=tuple(state for state in kept if state != known.get(state.pattern.id)),
        lost=tuple(each for each in known if each in gone),
        seen=frozenset(seen - gone),
    )


def _new(pattern: Pattern, now: Millis) -> PatternState:
    return PatternState(pattern=msgspec.structs.replace(pattern, found_at=now))


class _Index:
    """Finds the known pattern that a found one is, without looking at all of them."""

    def __init__(self, states: States, now: Millis) -> None:
        self._states = dict(states)
        self._by_symbols: dict[tuple[PatternKind, tuple[str, ...]], list[PatternState]] = {}
        self._proven = [
            state
            for state in states.values()
            if isinstance(state.pattern.trigger, CaptureTrigger)
            and state.evidence.hits > RIGHT * state.evidence.misses
            and now - state.pattern.last_seen < ALIVE
        ]
        for state in states.values():
            self._by_symbols.setdefault(_key(state.pattern), []).append(state)

    def add(self, state: PatternState) -> None:
        """Know this one too, or anew."""
        if state.pattern.id not in self._states:
            self._by_symbols.setdefault(_key(state.pattern), []).append(state)
        self._states[state.pattern.id] = state

    def same(self, pattern: Pattern) -> PatternState | None:
        """Return the known one that this is: same id, split elsewhere, a little earlier or later, or read anew."""
        known = self._states.get(pattern.id)
        if known is not None:
            return known
        for state in self._by_symbols.get(_key(pattern), ()):
            moved = _minutes_apart(state.pattern, pattern)
            if moved is None or abs(moved) <= DRIFT:
                return self._states[state.pattern.id]
        for state in self._proven:
            if _is_reading(pattern, state.pattern):
                return self._states[state.pattern.id]
        return None

    def cover(self, pattern: Pattern) -> PatternState | None:
        """Return the known pattern, alive and mostly right, that expects as much: a piece of it is only noise."""
        if not isinstance(pattern.trigger, CaptureTrigger):
            return None
        return next((state for state in self._proven if _covers(state.pattern, pattern)), None)


def _covers(known: Pattern, pattern: Pattern) -> bool:
    return set(known.expects) >= set(pattern.expects) and (
        is_part(known.symbols, pattern.symbols) or is_part(pattern.symbols, known.symbols)
    )


def _key(pattern: Pattern) -> tuple[PatternKind, tuple[str, ...]]:
    return pattern.kind, pattern.symbols


def is_part(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the symbols occur in the whole in the same order."""
    rest = iter(whole)
    return all(symbol in rest for symbol in part)


def _is_reading(pattern: Pattern, known: Pattern) -> bool:
    """Whether it is a proven pattern with some symbols left out or exchanged; a longer one is another pattern."""
    if pattern.kind is not known.kind or _set_off_by(pattern) != _set_off_by(known):
        return False
    ours, theirs = set(pattern.symbols), set(known.symbols)
    is_longer = len(pattern.symbols) > len(known.symbols) and is_part(known.symbols, pattern.symbols)
    return not is_longer and len(ours & theirs) >= LIKE * len(ours | theirs)


def _set_off_by(pattern: Pattern) -> tuple[str, ...]:
    return pattern.trigger.symbols if isinstance(pattern.trigger, CaptureTrigger) else ()


# --- what is given up


def _vanished(states: States, seen: set[str], now: Millis, is_waiting: Callable[[str], bool]) -> set[str]:
    """Return what is found no longer and has nothing fresh to show, good or bad."""
    return {
        each
        for each, state in states.items()
        if each not in seen
        and not state.is_decided
        and (_is_over(state) or not (state.outcomes and now - state.outcomes[-1][0] < FRESH))
        and not is_waiting(each)
    }


def _is_over(state: PatternState) -> bool:
    """Whether it is a habit that the person seems to have given up."""
    latest = state.outcomes[-OVER:]
    return (
        state.pattern.kind is PatternKind.HABIT and len(latest) == OVER and not any(hit for _, hit in latest)
    )


def _outgrown(states: States, seen: set[str]) -> set[str]:
    """Return what a longer pattern has taken the place of: it has earned as much, or there was nothing to earn."""
    longer: dict[str, list[PatternState]] = {}
    for state in states.values():
        if state.pattern.kind is PatternKind.ROUTINE:
            for symbol in set(state.pattern.symbols):
                longer.setdefault(symbol, []).append(state)
    return {
        each
        for each, state in states.items()
        if each not in seen
        and not state.is_decided
        and isinstance(state.pattern.trigger, CaptureTrigger)
        and any(
            _outgrows(other, state)
            for other in min((longer.get(symbol, []) for symbol in state.pattern.symbols), key=len)
        )
    }


def _outgrows(longer: PatternState, state: PatternState) -> bool:
    return (
        len(longer.pattern.symbols) > len(state.pattern.symbols)
        and is_part(state.pattern.symbols, longer.pattern.symbols)
        and (not _has_earned(state) or _has_earned(longer))
    )


def _has_earned(state: PatternState) -> bool:
    is_habit = state.pattern.kind is PatternKind.HABIT
    return earned_tier(state.evidence, is_habit=is_habit) is not Tier.OBSERVE


def _surplus(states: States, seen: set[str]) -> set[str]:
    def worth(each: str) -> tuple[bool, int, bool, Millis, float]:
        state = states[each]
        balance = state.evidence.hits - state.evidence.misses
        return state.is_decided, balance, each in seen, state.pattern.last_seen, state.pattern.score

    return set(sorted(states, key=worth)[: max(0, len(states) - PATTERNS)])


# --- what is found again


def _refreshed(state: PatternState, new: Pattern) -> PatternState:
    """Return the known pattern with new figures; what it does and when changes only if it must."""
    known = state.pattern
    is_other_reading = known.expects != new.expects or known.symbols != new.symbols
    hardly_moved = _is_same_time(known, new)
    source = known if is_other_reading or hardly_moved else new
    pattern = msgspec.structs.replace(
        new,
        id=known.id,
        found_at=known.found_at,
        last_seen=max(known.last_seen, new.last_seen),
        symbols=source.symbols,
        trigger=source.trigger,
        expects=source.expects,
        horizon=source.horizon,
        summary=source.summary,
        steps=source.steps,
        flows=source.flows,
        carries=source.carries,
    )
    fresh = msgspec.structs.replace(state, pattern=pattern)
    if not set(pattern.carries) <= set(
        known.carries
    ):  # what was a hit with any value may be none with the right one
        fresh = msgspec.structs.replace(fresh, evidence=Evidence(), outcomes=())
    return fresh if pattern.trigger == known.trigger else _forgiven(fresh, new.occurrences)


def _is_same_time(known: Pattern, new: Pattern) -> bool:
    """Whether a habit begins and ends when it did, but for a few minutes, on the same days."""
    moved = _minutes_apart(known, new)
    longer = new.horizon - known.horizon
    return (
        moved is not None
        and abs(moved) < JITTER
        and abs(moved * MINUTE + longer) < JITTER * MINUTE
        and _days(known) == _days(new)
    )


def _forgiven(habit: PatternState, seen: Sequence[Occurrence]) -> PatternState:
    """Return a habit, whose time was changed, without the outcomes that only its old time explains.

    Those on weekdays that are none of its own, and the misses since the last hit, where it was done that day
    at what is now its time.
    """
    trigger = habit.pattern.trigger
    if not isinstance(trigger, TimeTrigger):
        return habit
    last_hit = max((at for at, is_hit in habit.outcomes if is_hit), default=0)
    gone = [
        (at, is_hit)
        for at, is_hit in habit.outcomes
        if not _is_day_of(trigger, at)
        or (at > last_hit and any(abs(at - each.start) < DAY // 2 for each in seen))
    ]
    hits = sum(is_hit for _, is_hit in gone)
    return msgspec.structs.replace(
        habit,
        outcomes=tuple(each for each in habit.outcomes if each not in gone),
        evidence=Evidence(hits=habit.evidence.hits - hits, misses=habit.evidence.misses - len(gone) + hits),
    )


def _is_day_of(trigger: TimeTrigger, at: Millis) -> bool:
    """Whether the trigger fires less than half a day before or after."""
    nearest = next_time(trigger.cron, trigger.timezone, at - DAY // 2)
    return nearest is not None and nearest < at + DAY // 2


def _days(habit: Pattern) -> str:
    return habit.trigger.cron.rpartition(" ")[2] if isinstance(habit.trigger, TimeTrigger) else ""


def _minutes_apart(one: Pattern, other: Pattern) -> int | None:
    """Return how many minutes of the day later the second habit begins; None = they are no habits."""
    if not (isinstance(one.trigger, TimeTrigger) and isinstance(other.trigger, TimeTrigger)):
        return None
    first, then = one.trigger.cron.split(), other.trigger.cron.split()
    return int(then[0]) + 60 * int(then[1]) - int(first[0]) - 60 * int(first[1])
