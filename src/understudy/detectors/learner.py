"""The learner: takes in events one by one, says when to mine, and keeps patterns with their track record."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.pattern import Pattern, PatternState
from understudy.core.ports import Learned, StoredCapture
from understudy.core.value import DAY, Millis
from understudy.core.workflow import CaptureTrigger, TimeTrigger
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.candidate import Detector
from understudy.detectors.mining import Setting, detectors, mine
from understudy.detectors.routines import is_part
from understudy.detectors.shadow import Changed, Shadow
from understudy.detectors.stream import Record, live_templates, record_of
from understudy.errors import InvalidInputError

HISTORY = 20_000
"""Events that are mined."""
PATTERNS = 200
"""Patterns kept; those with the least to show for go first."""
NEW_EVENTS = 100
"""Events after which mining again is worth it, once the person rests."""
NEW_SHARE = 0.05
"""The same as a share of the history, when that is more."""
MANY_NEW_EVENTS = 500
"""Events after which it is worth it without waiting for a rest."""
NEW_DAY_EVENTS = 20
"""Events after which it is worth it on a new day."""
DRIFT = 30
"""Minutes by which a habit may move and still be the same one."""
JITTER = 10
"""Minutes by which it may move before its trigger is changed."""
_REPLAYED: Millis = 2 * DAY
"""How much of the history is gone through again after a restart, for what was open."""
_AWAY = ("locked", "asleep", "idle")
_NOTHING = Learned()


class PatternLearner:
    """Keeps the port `Learner`: pure, one thread; only the work that `mining` returns may run elsewhere."""

    def __init__(
        self,
        zone: str,
        *,
        never: Callable[[str], bool] = lambda _template: False,
        actionable: Callable[[str], bool] = lambda _template: True,
        name_of: Callable[[str], str] = str,
        using: Sequence[Detector] | None = None,
    ) -> None:
        """Learn in an IANA zone.

        never: whether a template must not be part of any pattern. actionable: whether a template
        (`app:NAME`, `url:...`, `cmd:...`, `phrase:...`) could be done for the person on this machine.
        name_of: display name of an application. Raises InvalidInputError for an unknown zone.
        """
        self._zone, self._place = zone, _place(zone)
        self._never, self._actionable, self._name_of = never, actionable, name_of
        self._using = tuple(detectors() if using is None else using)
        self._abstraction = Abstraction()
        self._shadow = Shadow(zone)
        self._history: deque[Record] = deque(maxlen=HISTORY)
        self._new = 0
        self._has_rested = False
        self._mined_on = 0

    # --- events

    def symbol(self, capture: Capture) -> Symbol:
        """Make a capture comparable."""
        return self._abstraction.symbol(capture)

    def observe(self, position: int, capture: Capture, symbol: Symbol) -> Learned:
        """Take in the next event; captures with a `run_id` change nothing."""
        record = record_of(position, capture, symbol)
        if record is None:
            return _NOTHING
        self._history.append(record)
        return _learned(self._note(record))

    def _note(self, record: Record) -> Changed:
        if record.kind is CaptureKind.PRESENCE:
            changed = self._shadow.pass_time(record.at)
            if record.literal in _AWAY:
                self._has_rested = True
                self._shadow.leave(record.at)
            return changed
        self._new += 1
        return self._shadow.see(
            record.position,
            record.at,
            record.template,
            record.exact,
            is_act=record.kind is not CaptureKind.STATE,
        )

    def tick(self, now: Millis) -> Learned:
        """Let time pass."""
        return _learned(self._shadow.pass_time(now))

    def next_tick(self) -> Millis | None:
        """Return when `tick` will next have something to do."""
        return self._shadow.next_due()

    def take(self, position: int, pattern_id: str) -> None:
        """Leave the event that started a run of ours out of all counts; position 0 = the clock started it."""
        self._shadow.take(position, pattern_id)
        for index in range(len(self._history) - 1, -1, -1):
            if self._history[index].position == position:
                del self._history[index]
                self._new = max(0, self._new - 1)
                break

    def settle(self, pattern_id: str, at: Millis, *, hit: bool) -> Learned:
        """Record the person's own verdict in place of what is open; unknown patterns are passed over."""
        return _learned(self._shadow.settle(pattern_id, at, hit=hit))

    # --- mining

    def mining(self, now: Millis) -> Callable[[], tuple[Pattern, ...]] | None:
        """Return the mining that is due, if any, over a frozen copy of the history."""
        today = datetime.fromtimestamp(now / 1000, self._place).toordinal()
        if not self._is_due(today):
            return None
        self._new, self._has_rested, self._mined_on = 0, False, today
        records = tuple(self._history)
        return partial(mine, records, self._setting(records), self._using)

    def _is_due(self, today: int) -> bool:
        enough = max(NEW_EVENTS, NEW_SHARE * len(self._history))
        if self._new >= max(enough, MANY_NEW_EVENTS):
            return True
        if self._new >= enough and self._has_rested:
            return True
        return today != self._mined_on and self._new >= NEW_DAY_EVENTS

    def _setting(self, records: Sequence[Record]) -> Setting:
        live = live_templates(records)
        typed = {record.exact for record in records if record.exact}
        apps = [template.removeprefix("app:") for template in live if template.startswith("app:")]
        return Setting(
            zone=self._zone,
            names={app: self._name_of(app) for app in apps},
            undoable=frozenset(template for template in live | typed if not self._actionable(template)),
            never=frozenset(filter(self._never, live | typed)),
        )

    def accept(self, patterns: tuple[Pattern, ...], now: Millis) -> Learned:
        """Take in what a mining found: new patterns begin with no evidence, known ones keep theirs."""
        found, changed = [], {}
        for pattern in patterns:
            known = self._same(pattern)
            if known is None and self._is_covered(pattern, now):
                continue
            if known is None:
                state = PatternState(pattern=msgspec.structs.replace(pattern, found_at=now))
                found.append(state.pattern)
            else:
                state = msgspec.structs.replace(known, pattern=_refreshed(known.pattern, pattern))
            self._shadow.put(state, now)
            changed[state.pattern.id] = state
        for pattern_id in self._surplus():
            self._shadow.drop(pattern_id)
            changed.pop(pattern_id, None)
        kept = tuple(pattern for pattern in found if pattern.id in changed)
        return Learned(found=kept, changed=tuple(changed.values()))

    def _same(self, pattern: Pattern) -> PatternState | None:
        """Return the known one that this is: same id, or split elsewhere, or a little earlier or later."""
        known = self._shadow.states.get(pattern.id)
        if known is not None:
            return known
        for state in self._shadow.states.values():
            if state.pattern.kind is pattern.kind and state.pattern.symbols == pattern.symbols:
                moved = _minutes_apart(state.pattern, pattern)
                if moved is None or moved <= DRIFT:
                    return state
        return None

    def _is_covered(self, pattern: Pattern, now: Millis) -> bool:
        """Whether a known pattern, alive and mostly right, expects as much: a piece of it is only noise."""
        if not isinstance(pattern.trigger, CaptureTrigger):
            return False
        return any(
            isinstance(state.pattern.trigger, CaptureTrigger)
            and now - state.pattern.last_seen < 14 * DAY
            and state.evidence.hits > state.evidence.misses
            and set(state.pattern.expects) >= set(pattern.expects)
            and (
                is_part(state.pattern.symbols, pattern.symbols)
                or is_part(pattern.symbols, state.pattern.symbols)
            )
            for state in self._shadow.states.values()
        )

    def _surplus(self) -> list[str]:
        states = self._shadow.states
        ranked = sorted(states, key=lambda each: (states[each].evidence.hits, states[each].pattern.last_seen))
        return ranked[: max(0, len(ranked) - PATTERNS)]

    # --- keeping

    def states(self) -> tuple[PatternState, ...]:
        """Return every pattern with its track record."""
        return tuple(self._shadow.states.values())

    def restore(self, states: Iterable[PatternState], history: Iterable[StoredCapture]) -> None:
        """Start from what the store kept; what was open in the last two days is waited for again."""
        self._abstraction, self._shadow = Abstraction(), Shadow(self._zone)
        self._history.clear()
        for stored in history:
            self._abstraction.symbol(stored.capture)
            record = None if stored.started_run else record_of(stored.id, stored.capture, stored.symbol)
            if record is not None:
                self._history.append(record)
        kept = tuple(states)[:PATTERNS]
        latest = self._history[-1].at if self._history else 0
        tail = [record for record in self._history if record.at > latest - _REPLAYED]
        for state in kept:
            self._shadow.put(state, tail[0].at if tail else latest)
        for record in tail:
            self._note(record)
        self._shadow.keep_only(kept)
        self._new = len(self._history)


def _learned(changed: Changed) -> Learned:
    return Learned(changed=tuple(changed.values())) if changed else _NOTHING


def _place(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInputError(
            f'There is no time zone "{zone}"', fix='Use an IANA name, as "Europe/Berlin"'
        ) from error


def _refreshed(known: Pattern, new: Pattern) -> Pattern:
    """Return the known pattern with new figures; what it does and when changes only if it must."""
    moved = _minutes_apart(known, new)
    is_elsewhere_split = known.expects != new.expects
    hardly_moved = moved is not None and moved < JITTER and _days(known) == _days(new)
    source = known if is_elsewhere_split or hardly_moved else new
    return msgspec.structs.replace(
        new,
        id=known.id,
        found_at=known.found_at,
        last_seen=max(known.last_seen, new.last_seen),
        trigger=source.trigger,
        expects=source.expects,
        horizon=source.horizon,
        summary=source.summary,
        steps=source.steps,
    )


def _days(habit: Pattern) -> str:
    return habit.trigger.cron.rpartition(" ")[2] if isinstance(habit.trigger, TimeTrigger) else ""


def _minutes_apart(one: Pattern, other: Pattern) -> int | None:
    """Return by how many minutes of the day two habits differ; None = they are no habits."""
    if not (isinstance(one.trigger, TimeTrigger) and isinstance(other.trigger, TimeTrigger)):
        return None
    first, then = one.trigger.cron.split(), other.trigger.cron.split()
    return abs(int(first[0]) + 60 * int(first[1]) - int(then[0]) - 60 * int(then[1]))
