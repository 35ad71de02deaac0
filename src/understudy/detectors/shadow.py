"""The shadow: would it have been right? Every trigger that fires is a prediction; what follows decides.

A prediction is a hit when the expected templates come in order within the horizon, else a miss. It counts
for nothing when the person went away before half of the horizon had passed, or, for habits, was never there.
A repetition makes one prediction a day: a hit when it was used, a miss when it was not in two active hours.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from understudy.core.cron import next_time
from understudy.core.matching import fires
from understudy.core.pattern import Pattern, PatternState
from understudy.core.value import HOUR, MINUTE, Millis
from understudy.core.workflow import CaptureTrigger, TimeTrigger

RING = 64
"""Events that a trigger may look back over."""
OUTCOMES = 64
"""Outcomes kept with a pattern."""
ACTIVE_DAY: Millis = 2 * HOUR
"""Activity from which a day without a repetition is a miss."""
_PAUSE: Millis = 5 * MINUTE
"""A longer gap between two events is no activity."""
_NEVER: Millis = 1 << 62
_NO_POSITION = -1

Changed = dict[str, PatternState]


@dataclass(slots=True)
class _Prediction:
    """A trigger has fired; this is still waited for."""

    pattern_id: str
    position: int
    opened_at: Millis
    until: Millis
    wanted: tuple[str, ...]
    is_habit: bool
    was_there: bool = False
    """For habits: whether the person was active meanwhile."""


class Shadow:
    """Keeps the patterns with their evidence, and the predictions that are open."""

    def __init__(self, zone: str) -> None:
        self.states: dict[str, PatternState] = {}
        self._zone = zone
        self._place = ZoneInfo(zone)
        self._open: dict[str, _Prediction] = {}
        self._armed: dict[str, list[str]] = {}
        """Last template of a trigger -> patterns."""
        self._openings: dict[str, tuple[Millis, TimeTrigger]] = {}
        """Habit -> when it is expected next."""
        self._daily: dict[str, list[str]] = {}
        """What is typed -> repetitions."""
        self._recent: deque[tuple[Millis, str]] = deque(maxlen=RING)
        self._due: Millis = _NEVER
        self._now: Millis = 0
        self._day_start: Millis = 0
        self._day_end: Millis = 0
        self._active: Millis = 0
        """How long the person has been active today."""

    # --- patterns

    def put(self, state: PatternState, now: Millis) -> None:
        """Take in a pattern, or new figures of a known one; an open prediction stays open."""
        pattern, known = state.pattern, self.states.get(state.pattern.id)
        self.states[pattern.id] = state
        if (
            known is None
            or known.pattern.trigger != pattern.trigger
            or known.pattern.expects != pattern.expects
        ):
            self._disarm(pattern.id)
            self._arm(pattern, now)

    def drop(self, pattern_id: str) -> None:
        """Forget a pattern."""
        del self.states[pattern_id]
        self._disarm(pattern_id)

    def _arm(self, pattern: Pattern, now: Millis) -> None:
        if isinstance(pattern.trigger, CaptureTrigger):
            self._armed.setdefault(pattern.trigger.symbols[-1], []).append(pattern.id)
        elif isinstance(pattern.trigger, TimeTrigger):
            self._expect_habit(pattern.id, pattern.trigger, now)
        else:
            self._daily.setdefault(pattern.expects[-1], []).append(pattern.id)

    def _disarm(self, pattern_id: str) -> None:
        self._open.pop(pattern_id, None)
        self._openings.pop(pattern_id, None)
        for table in (self._armed, self._daily):
            for ids in table.values():
                if pattern_id in ids:
                    ids.remove(pattern_id)
        self._find_due()

    # --- time

    def next_due(self) -> Millis | None:
        """Return when time alone will next change something."""
        return None if self._due == _NEVER else self._due

    def pass_time(self, now: Millis) -> Changed:
        """Close what was waited for long enough, and begin to wait for the habits whose time has come."""
        changed: Changed = {}
        self._now = max(self._now, now)
        if now < self._due:
            return changed
        self._open_habits(now)
        for prediction in [each for each in self._open.values() if each.until < now]:
            del self._open[prediction.pattern_id]
            if prediction.was_there or not prediction.is_habit:
                self._record(prediction.pattern_id, prediction.until, hit=False, changed=changed)
        self._find_due()
        return changed

    def _open_habits(self, now: Millis) -> None:
        for pattern_id, (opening, trigger) in tuple(self._openings.items()):
            if opening > now:
                continue
            pattern = self.states[pattern_id].pattern
            self._open[pattern_id] = _Prediction(
                pattern_id=pattern_id,
                position=_NO_POSITION,
                opened_at=opening,
                until=opening + pattern.horizon,
                wanted=pattern.expects,
                is_habit=True,
            )
            self._expect_habit(pattern_id, trigger, now)

    def _expect_habit(self, pattern_id: str, trigger: TimeTrigger, after: Millis) -> None:
        opening = next_time(trigger.cron, trigger.timezone, after)
        self._openings[pattern_id] = (_NEVER if opening is None else opening, trigger)
        self._find_due()

    def _find_due(self) -> None:
        closing = min((each.until + 1 for each in self._open.values()), default=_NEVER)
        self._due = min(closing, min((opening for opening, _ in self._openings.values()), default=_NEVER))

    # --- events

    def see(self, position: int, at: Millis, template: str, exact: str, *, is_act: bool) -> Changed:
        """Take in the next event; what comes twice in a row is one event."""
        if at < self._now:
            self._step_back()
        changed = self.pass_time(at)
        self._now = at
        if is_act:
            self._be_active(at, changed)
            self._use(at, exact, changed)
        if self._recent and self._recent[-1][1] == template:
            return changed
        gap = at - self._recent[-1][0] if self._recent else _PAUSE
        self._recent.append((at, template))
        if is_act:
            self._active += gap if gap < _PAUSE else 0
            self._advance(at, template, changed)
        for pattern_id in self._armed.get(template, ()):
            self._fire(pattern_id, position, at)
        return changed

    def leave(self, at: Millis) -> None:
        """The person went away: what was hardly waited for counts for nothing."""
        for prediction in tuple(self._open.values()):
            half = prediction.opened_at + (prediction.until - prediction.opened_at) // 2
            if not prediction.is_habit and at < half:
                del self._open[prediction.pattern_id]
        self._find_due()

    def _step_back(self) -> None:
        """The clock was set back: what is open cannot be judged."""
        self._open.clear()
        self._recent.clear()
        self._day_end = 0
        self._find_due()

    def _advance(self, at: Millis, template: str, changed: Changed) -> None:
        for prediction in tuple(self._open.values()):
            prediction.was_there = True
            if prediction.wanted[0] != template:
                continue
            prediction.wanted = prediction.wanted[1:]
            if not prediction.wanted:
                del self._open[prediction.pattern_id]
                self._record(prediction.pattern_id, at, hit=True, changed=changed)
                self._find_due()

    def _fire(self, pattern_id: str, position: int, at: Millis) -> None:
        pattern = self.states[pattern_id].pattern
        trigger = pattern.trigger
        if pattern_id in self._open or at < pattern.found_at or not isinstance(trigger, CaptureTrigger):
            return
        if fires(trigger, self._recent):
            self._open[pattern_id] = _Prediction(
                pattern_id=pattern_id,
                position=position,
                opened_at=at,
                until=at + pattern.horizon,
                wanted=pattern.expects,
                is_habit=False,
            )
            self._due = min(self._due, at + pattern.horizon + 1)

    # --- days

    def _be_active(self, at: Millis, changed: Changed) -> None:
        if at < self._day_end:
            return
        if self._active >= ACTIVE_DAY:
            for ids in self._daily.values():
                for pattern_id in ids:
                    if self._may_judge_day(pattern_id):
                        self._record(pattern_id, self._day_end - 1, hit=False, changed=changed)
        self._active = 0
        midnight = datetime.fromtimestamp(at / 1000, self._place).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        self._day_start = int(midnight.timestamp() * 1000)
        self._day_end = int((midnight + timedelta(days=1)).timestamp() * 1000)

    def _use(self, at: Millis, exact: str, changed: Changed) -> None:
        for pattern_id in self._daily.get(exact, ()):
            if self._may_judge_day(pattern_id):
                self._record(pattern_id, at, hit=True, changed=changed)

    def _may_judge_day(self, pattern_id: str) -> bool:
        """Whether the pattern was known when the day began, and nothing was said of it since."""
        state = self.states[pattern_id]
        is_judged = bool(state.outcomes) and state.outcomes[-1][0] >= self._day_start
        return state.pattern.found_at <= self._day_start and not is_judged

    # --- outcomes

    def settle(self, pattern_id: str, at: Millis, *, hit: bool) -> Changed:
        """Record the person's own verdict in place of what was open."""
        changed: Changed = {}
        if pattern_id in self.states:
            self._open.pop(pattern_id, None)
            self._find_due()
            self._record(pattern_id, at, hit=hit, changed=changed)
        return changed

    def take(self, position: int, pattern_id: str) -> None:
        """Drop what this event opened, and what is open for this pattern.

        For a habit whose time has come but was not noted here yet, that time is skipped.
        """
        gone = [
            each.pattern_id
            for each in self._open.values()
            if each.pattern_id == pattern_id or each.position == position
        ]
        for each in gone:
            del self._open[each]
        if pattern_id in self._openings and pattern_id not in gone:
            opening, trigger = self._openings[pattern_id]
            self._expect_habit(pattern_id, trigger, opening)
        self._find_due()

    def _record(self, pattern_id: str, at: Millis, *, hit: bool, changed: Changed) -> None:
        state = self.states[pattern_id]
        pattern = msgspec.structs.replace(state.pattern, last_seen=at) if hit else state.pattern
        self.states[pattern_id] = changed[pattern_id] = PatternState(
            pattern=pattern,
            evidence=state.evidence.plus(hit=hit),
            outcomes=(*state.outcomes[1 - OUTCOMES :], (at, hit)),
        )

    def keep_only(self, states: Iterable[PatternState]) -> None:
        """Put back these track records after a replay; what they have judged already is no longer open."""
        for state in states:
            self.states[state.pattern.id] = state
            prediction = self._open.get(state.pattern.id)
            if prediction and state.outcomes and state.outcomes[-1][0] >= prediction.opened_at:
                del self._open[state.pattern.id]
        self._find_due()
