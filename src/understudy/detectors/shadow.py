"""The shadow: would it have been right? Every trigger that fires is a prediction; what follows decides.

A prediction is a hit when the expected templates come in order within the horizon, what has a value from the trigger
with that very value, else a miss; of four or more a quarter may be left out. It counts for nothing when the person
went away before half of the horizon had passed, or, for habits, was never there. A repetition makes one prediction a
day: a hit when it was used, a miss when it was not in two active hours.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from understudy.core.blanks import Parameters, named
from understudy.core.cron import next_time
from understudy.core.matching import fires
from understudy.core.pattern import Pattern, PatternState
from understudy.core.value import HOUR, MINUTE, Millis
from understudy.core.workflow import CaptureTrigger, TimeTrigger
from understudy.detectors.prediction import Prediction

RING = 64
"""Events that a trigger may look back over."""
OUTCOMES = 64
"""Outcomes kept with a pattern."""
ACTIVE_DAY: Millis = 2 * HOUR
"""Activity from which a day without a repetition is a miss."""
SKIPPED = 4
"""One in so many expected templates may be left out."""
_PAUSE: Millis = 5 * MINUTE
"""A longer gap between two events is no activity."""
_LATEST = 8 * RING
"""Templates whose latest time is remembered."""
_LONG_AGO: Millis = -1 << 62
_NO_POSITION = -1

Changed = dict[str, PatternState]


class Shadow:
    """Keeps the patterns with their evidence, and the predictions that are open."""

    def __init__(self, zone: str) -> None:
        self.states: dict[str, PatternState] = {}
        self._zone = zone
        self._place = ZoneInfo(zone)
        self._open: dict[str, Prediction] = {}
        self._awaited: dict[str, dict[str, Prediction]] = {}
        """Template -> open predictions that it is part of."""
        self._armed: dict[str, dict[str, CaptureTrigger]] = {}
        """Last template of a trigger -> patterns."""
        self._openings: dict[str, tuple[Millis, TimeTrigger]] = {}
        """Habit -> when it is expected next."""
        self._agenda: list[tuple[Millis, str]] = []
        """A heap of (when, pattern): closings and openings; entries that no longer hold are passed over."""
        self._daily: dict[str, dict[str, None]] = {}
        """What is typed -> repetitions."""
        self._recent: deque[tuple[Millis, str]] = deque(maxlen=RING)
        self._latest: dict[str, Millis] = {}
        """Template -> when it was last seen; at least of those in `_recent`."""
        self._now: Millis = 0
        self._last_act: Millis = _LONG_AGO
        self._day_start: Millis = 0
        self._day_end: Millis = 0
        self._active: Millis = 0
        """How long the person has been active today."""

    # --- patterns

    def put(self, state: PatternState, now: Millis) -> None:
        """Take in a pattern, or new figures of a known one; an open prediction stays open."""
        pattern, known = state.pattern, self.states.get(state.pattern.id)
        self.states[pattern.id] = state
        if known is None:
            self._arm(pattern, now)
        elif _awaits(known.pattern) != _awaits(pattern):
            self._disarm(known.pattern)
            self._arm(pattern, now)

    def drop(self, pattern_id: str) -> None:
        """Forget a pattern."""
        self._disarm(self.states.pop(pattern_id).pattern)

    def is_waiting(self, pattern_id: str) -> bool:
        """Whether a prediction of it is open."""
        return pattern_id in self._open

    def _arm(self, pattern: Pattern, now: Millis) -> None:
        if isinstance(pattern.trigger, TimeTrigger):
            self._expect_habit(pattern.id, pattern.trigger, now)
        elif isinstance(pattern.trigger, CaptureTrigger):
            self._armed.setdefault(pattern.trigger.symbols[-1], {})[pattern.id] = pattern.trigger
        else:
            self._daily.setdefault(pattern.expects[-1], {})[pattern.id] = None

    def _disarm(self, pattern: Pattern) -> None:
        self._close(pattern.id)
        if isinstance(pattern.trigger, TimeTrigger):
            self._openings.pop(pattern.id, None)
        elif isinstance(pattern.trigger, CaptureTrigger):
            _take_out(self._armed, pattern.trigger.symbols[-1], pattern.id)
        else:
            _take_out(self._daily, pattern.expects[-1], pattern.id)

    # --- time

    def next_due(self) -> Millis | None:
        """Return when time alone will next change something."""
        while self._agenda and not self._holds(*self._agenda[0]):
            heappop(self._agenda)
        return self._agenda[0][0] if self._agenda else None

    def _holds(self, due: Millis, pattern_id: str) -> bool:
        """Whether an entry of the agenda is still to be done."""
        prediction = self._open.get(pattern_id)
        if prediction is not None and prediction.until + 1 == due:
            return True
        opening = self._openings.get(pattern_id)
        return opening is not None and opening[0] == due

    def pass_time(self, now: Millis) -> Changed:
        """Close what was waited for long enough, and begin to wait for the habits whose time has come."""
        changed: Changed = {}
        self._now = max(self._now, now)
        while self._agenda and self._agenda[0][0] <= now:
            due, pattern_id = heappop(self._agenda)
            self._lapse(due, pattern_id, changed)
            opening = self._openings.get(pattern_id)
            if opening is not None and opening[0] == due:
                self._open_habit(pattern_id, due, opening[1], now)
        return changed

    def _lapse(self, due: Millis, pattern_id: str, changed: Changed) -> None:
        prediction = self._open.get(pattern_id)
        if prediction is None or prediction.until + 1 != due:
            return
        self._close(pattern_id)
        if not prediction.is_habit or self._last_act >= prediction.opened_at:
            self._record(pattern_id, prediction.until, hit=False, changed=changed)

    def _open_habit(self, pattern_id: str, opening: Millis, trigger: TimeTrigger, now: Millis) -> None:
        self._close(pattern_id)
        self._wait_for(self.states[pattern_id].pattern, _NO_POSITION, opening, is_habit=True)
        self._expect_habit(pattern_id, trigger, now)

    def _expect_habit(self, pattern_id: str, trigger: TimeTrigger, after: Millis) -> None:
        opening = next_time(trigger.cron, trigger.timezone, after)
        if opening is None:
            self._openings.pop(pattern_id, None)
            return
        self._openings[pattern_id] = (opening, trigger)
        heappush(self._agenda, (opening, pattern_id))

    def _wait_for(
        self,
        pattern: Pattern,
        position: int,
        at: Millis,
        *,
        is_habit: bool,
        given: Mapping[str, str] | None = None,
    ) -> None:
        prediction = Prediction(
            pattern_id=pattern.id,
            position=position,
            opened_at=at,
            until=at + pattern.horizon,
            wanted=pattern.expects,
            is_habit=is_habit,
            skips=len(pattern.expects) // SKIPPED,
            carries=pattern.carries,
            given=given or {},
        )
        self._open[pattern.id] = prediction
        for template in pattern.expects:
            self._awaited.setdefault(template, {})[pattern.id] = prediction
        heappush(self._agenda, (prediction.until + 1, pattern.id))

    def _close(self, pattern_id: str) -> None:
        prediction = self._open.pop(pattern_id, None)
        if prediction is None:
            return
        for template in set(prediction.wanted):
            _take_out(self._awaited, template, pattern_id)

    # --- events

    def see(
        self,
        position: int,
        at: Millis,
        template: str,
        exact: str,
        *,
        is_act: bool,
        is_new: bool = True,
        parameters: Parameters = (),
    ) -> Changed:
        """Take in the next event; what is not new, or comes twice in a row, is one event with the one before.

        parameters: what its template leaves out.
        """
        if at < self._now:
            self._step_back()
        changed = self.pass_time(at) if self._agenda and self._agenda[0][0] <= at else {}
        self._now = at
        if is_act:
            self._be_active(at, changed)
            if exact in self._daily:
                self._use(at, exact, changed)
        recent = self._recent
        if not is_new or (recent and recent[-1][1] == template):
            return changed
        gap = at - recent[-1][0] if recent else _PAUSE
        recent.append((at, template))
        if is_act:
            self._active += gap if gap < _PAUSE else 0
            if template in self._awaited:
                self._advance(at, template, parameters, changed)
        if template in self._armed:
            self._set_off(template, parameters, position, at)
        self._remember(at, template)
        return changed

    def _remember(self, at: Millis, template: str) -> None:
        self._latest[template] = at
        if len(self._latest) > _LATEST:
            self._latest = {each: then for then, each in self._recent}

    def leave(self, at: Millis) -> None:
        """The person went away: what was hardly waited for counts for nothing."""
        for prediction in tuple(self._open.values()):
            half = prediction.opened_at + (prediction.until - prediction.opened_at) // 2
            if not prediction.is_habit and at < half:
                self._close(prediction.pattern_id)

    def _step_back(self) -> None:
        """The clock was set back: what is open cannot be judged."""
        self._open.clear()
        self._awaited.clear()
        self._recent.clear()
        self._latest.clear()
        self._last_act = _LONG_AGO
        self._day_end = 0
        self._agenda = [(opening, pattern_id) for pattern_id, (opening, _) in self._openings.items()]
        heapify(self._agenda)

    def _advance(self, at: Millis, template: str, parameters: Parameters, changed: Changed) -> None:
        for prediction in tuple(self._awaited[template].values()):
            if prediction.take(template, parameters):
                self._close(prediction.pattern_id)
                self._record(prediction.pattern_id, at, hit=True, changed=changed)

    def _set_off(self, template: str, parameters: Parameters, position: int, at: Millis) -> None:
        """Open a prediction for each trigger that is complete, and has what its pattern hands on; it ends here."""
        latest = self._latest
        for pattern_id, trigger in self._armed[template].items():
            is_longer = len(trigger.symbols) > 1
            if is_longer and latest.get(trigger.symbols[-2], _LONG_AGO) < at - trigger.within:
                continue  # most end here, at little cost
            if pattern_id in self._open or (is_longer and not fires(trigger, self._recent)):
                continue
            pattern = self.states[pattern_id].pattern
            given = named(template, parameters) if pattern.carries else {}
            if at >= pattern.found_at and all(each.source in given for each in pattern.carries):
                self._wait_for(pattern, position, at, is_habit=False, given=given)

    # --- days

    def _be_active(self, at: Millis, changed: Changed) -> None:
        self._last_act = at
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
        for pattern_id in self._daily[exact]:
            if self._may_judge_day(pattern_id):
                self._record(pattern_id, at, hit=True, changed=changed)

    def _may_judge_day(self, pattern_id: str) -> bool:
        """Whether the pattern was known when the day began, and nothing was said of it since."""
        state = self.states[pattern_id]
        is_judged = bool(state.outcomes) and state.outcomes[-1][0] >= self._day_start
        return state.pattern.found_at <= self._day_start and not is_judged

    # --- outcomes

    def settle(self, pattern_id: str, at: Millis, *, hit: bool) -> Changed:
        """Record the person's own verdict in place of what was open; from now on it is their pattern."""
        changed: Changed = {}
        if pattern_id in self.states:
            self._close(pattern_id)
            self.states[pattern_id] = msgspec.structs.replace(self.states[pattern_id], is_decided=True)
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
            self._close(each)
        if pattern_id in self._openings and pattern_id not in gone:
            opening, trigger = self._openings[pattern_id]
            self._expect_habit(pattern_id, trigger, opening)

    def _record(self, pattern_id: str, at: Millis, *, hit: bool, changed: Changed) -> None:
        state = self.states[pattern_id]
        pattern = msgspec.structs.replace(state.pattern, last_seen=at) if hit else state.pattern
        self.states[pattern_id] = changed[pattern_id] = PatternState(
            pattern=pattern,
            evidence=state.evidence.plus(hit=hit),
            outcomes=(*state.outcomes[1 - OUTCOMES :], (at, hit)),
            is_decided=state.is_decided,
        )

    def keep_only(self, states: Iterable[PatternState]) -> None:
        """Put back these track records after a replay; what they have judged already is no longer open."""
        for state in states:
            self.states[state.pattern.id] = state
            prediction = self._open.get(state.pattern.id)
            if prediction and state.outcomes and state.outcomes[-1][0] >= prediction.opened_at:
                self._close(state.pattern.id)


def _awaits(pattern: Pattern) -> tuple[object, ...]:
    """Return what a prediction is made of."""
    return pattern.trigger, pattern.expects, pattern.carries


def _take_out(table: dict[str, dict[str, Any]], key: str, pattern_id: str) -> None:
    """Remove an entry, and the row when it was the last one."""
    row = table[key]
    del row[pattern_id]
    if not row:
        del table[key]
