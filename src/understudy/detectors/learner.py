"""The learner: takes in events one by one, says when to mine, and keeps patterns with their track record.

Imports no numpy: this lives in the agent all day.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.pattern import Pattern, PatternState
from understudy.core.ports import Learned, StoredCapture
from understudy.core.value import DAY, Millis
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.history import TYPED, WINDOWS, Frozen
from understudy.detectors.keeping import merged
from understudy.detectors.latest import Latest, entries
from understudy.detectors.setting import Setting
from understudy.detectors.shadow import Changed, Shadow
from understudy.detectors.snapshot import VERSION, Snapshot, read_snapshot, write_snapshot
from understudy.detectors.value_flow import ValueFlow
from understudy.detectors.vocabulary import Vocabulary
from understudy.detectors.waking import Waking
from understudy.detectors.wishes import Wishes
from understudy.errors import InvalidInputError

HISTORY = 50_000
"""Events that are mined."""
NEW_EVENTS, NEW_SHARE = 32, 0.2
"""New events, at least, and as a share of the history, after which mining again is always worth it."""
EAGER_EVENTS, EAGER_SHARE = 16, 0.02
"""The same when something repeats, the person rests or a day begins."""
EFFORT = 11
"""Events that may be mined for each one seen: what being eager is bounded by."""
HEAD_START = 50_000
"""Events that may be mined besides, so that a young history is mined often."""
EACH_TIME = 1_000
"""Events that starting to mine is worth."""
_TYPED_TEXTS, _CHARACTERS = 8_192, 1_000_000
_REPLAYED: Millis = 2 * DAY
"""How much of the history is gone through again after a restart, for what was open."""
_AWAY = ("locked", "asleep", "idle")
_NOTHING = Learned()
_PRESENCE, _STATE = CaptureKind.PRESENCE, CaptureKind.STATE

Mine = Callable[[Frozen, Setting], tuple[Pattern, ...]]
"""Mines, perhaps in another process; raises when it cannot."""


class PatternLearner:
    """Keeps the port `Learner`: pure, one thread; only the work that `mining` returns may run elsewhere."""

    def __init__(
        self,
        zone: str,
        *,
        never: Callable[[str], bool] = lambda _template: False,
        actionable: Callable[[str], bool] = lambda _template: True,
        name_of: Callable[[str], str] = str,
        capacity: int = HISTORY,
        occurrences: int | None = 50,
        mine: Mine | None = None,
    ) -> None:
        """Learn in an IANA zone, from the latest `capacity` events.

        never: whether a template must not be part of any pattern. actionable: whether a template
        (`app:NAME`, `url:...`, `cmd:LINE`, `phrase:TEXT`) could be done for the person on this machine.
        name_of: display name of an application. occurrences: kept with a pattern, None = all.
        mine: None = in this process. Raises InvalidInputError for an unknown zone.
        """
        self._zone, self._place = zone, _place(zone)
        self._wishes = Wishes(never, actionable, name_of)
        self._capacity, self._occurrences = capacity, occurrences
        self._mine = mine_here if mine is None else mine
        self._begin()

    def _begin(self) -> None:
        self._abstraction, self._shadow = Abstraction(), Shadow(self._zone)
        self._history = Latest(self._capacity)
        self._typed = Vocabulary(_TYPED_TEXTS, _CHARACTERS)
        """Command lines and phrases in full, as `cmd:LINE` and `phrase:TEXT`."""
        self._flow, self._waking = ValueFlow(), Waking()
        self._position = 0
        self._seen = self._new = self._spent = 0
        self._last_at: Millis = 0
        self._is_awake = False
        """Whether something repeated, or the person rested, since the last mining."""
        self._session = 0
        self._window = ("", 0)
        """Template of the window in front, and the session."""
        self._day_end: Millis = 0
        self._is_new_day = False

    # --- events

    def symbol(self, capture: Capture) -> Symbol:
        """Make a capture comparable."""
        return self._abstraction.symbol(capture)

    def observe(self, position: int, capture: Capture, symbol: Symbol) -> Learned:
        """Take in the next event; captures with a `run_id` change nothing."""
        if capture.run_id or not self._keep(position, capture, symbol):
            return _NOTHING
        return _learned(self._judge(position, capture, symbol))

    def _keep(self, position: int, capture: Capture, symbol: Symbol) -> bool:
        """Add it to the history; False = it says nothing about the person."""
        if capture.kind is _PRESENCE:
            self._history.append(position, capture, symbol)
            self._is_awake = self._is_awake or capture.text in _AWAY
            return True
        if not symbol.template:
            return False
        self._history.append(position, capture, symbol, self._flow.see(capture.value))
        if capture.kind in TYPED:
            self._typed.number(symbol.exact)
        number, session = self._history.latest
        if self._waking.see(number, session) or session != self._session:
            self._is_awake, self._session = True, session
        self._last_at, self._position = max(self._last_at, capture.at), max(self._position, position)
        self._seen += 1
        self._new += 1
        return True

    def _judge(self, position: int, capture: Capture, symbol: Symbol) -> Changed:
        if capture.kind is _PRESENCE:
            changed = self._shadow.pass_time(capture.at)
            if capture.text in _AWAY:
                self._shadow.leave(capture.at)
            return changed
        exact = symbol.exact if capture.kind in TYPED else ""
        is_act = capture.kind is not _STATE
        is_new = self._is_new(capture, symbol)
        return self._shadow.see(
            position,
            capture.at,
            symbol.template,
            exact,
            is_act=is_act,
            is_new=is_new,
            parameters=symbol.parameters,
        )

    def _is_new(self, capture: Capture, symbol: Symbol) -> bool:
        """Whether it is not the window that is in front already: its title changes, and a shell tells of commands."""
        if capture.kind not in WINDOWS:
            return True
        window, self._window = self._window, (symbol.template, self._session)
        return window != self._window

    def tick(self, now: Millis) -> Learned:
        """Let time pass."""
        return _learned(self._shadow.pass_time(now))

    def next_tick(self) -> Millis | None:
        """Return when `tick` will next have something to do."""
        return self._shadow.next_due()

    def take(self, position: int, pattern_id: str) -> None:
        """Leave the event that started a run of ours out of all counts; position 0 = the clock started it."""
        self._shadow.take(position, pattern_id)
        if self._history.remove(position):
            self._new = max(0, self._new - 1)
            self._seen -= 1
            self._flow = ValueFlow()  # it counts in events, and one is gone

    def settle(self, pattern_id: str, at: Millis, *, hit: bool) -> Learned:
        """Record the person's own verdict in place of what is open; unknown patterns are passed over."""
        return _learned(self._shadow.settle(pattern_id, at, hit=hit))

    # --- mining

    def mining(self, now: Millis) -> Callable[[], tuple[Pattern, ...]] | None:
        """Return the mining that is due, if any, over a frozen copy of the history.

        After a day without events all that is new is worth it: so a log that has ended is mined to its end.
        """
        has_ended = now - self._last_at >= DAY
        if not self._new or (self._new < EAGER_EVENTS and not has_ended):
            return None
        if not self._is_due(now) and not has_ended:
            return None
        self._spent += self._cost()
        self._new, self._is_awake, self._is_new_day = 0, False, False
        return partial(self._mine, self._history.freeze(), self._setting())

    def _is_due(self, now: Millis) -> bool:
        if now >= self._day_end:
            self._is_new_day = True
            self._day_end = self._midnight_after(now)
            self._wishes.forget()
        held = len(self._history)
        if self._new >= max(NEW_EVENTS, NEW_SHARE * held):
            return True
        is_worth_it = self._is_awake or self._is_new_day
        return (
            is_worth_it
            and self._new >= EAGER_SHARE * held
            and self._spent + self._cost() <= EFFORT * self._seen + HEAD_START
        )

    def _cost(self) -> int:
        return len(self._history) + EACH_TIME

    def _midnight_after(self, now: Millis) -> Millis:
        local = datetime.fromtimestamp(now / 1000, self._place)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return int(midnight.timestamp() * 1000)

    def _setting(self) -> Setting:
        return self._wishes.setting(
            self._zone, self._history.templates(), self._typed.texts().values(), self._occurrences
        )

    def accept(self, patterns: tuple[Pattern, ...], now: Millis) -> Learned:
        """Take in what a mining found: new patterns begin with no evidence, known ones keep theirs."""
        known = self._shadow.states
        merge = merged(known, patterns, now, self._shadow.is_waiting)
        for pattern_id in merge.lost:
            self._shadow.drop(pattern_id)
        for state in merge.changed:
            self._shadow.put(state, now)
        return Learned(found=merge.found, changed=merge.changed, seen=merge.seen, lost=merge.lost)

    # --- keeping

    def states(self) -> tuple[PatternState, ...]:
        """Return every pattern with its track record."""
        return tuple(self._shadow.states.values())

    def restore(self, states: Iterable[PatternState], history: Iterable[StoredCapture]) -> None:
        """Start from what the store kept; what was open in the last two days is waited for again."""
        self._begin()
        self._replay(tuple(states), list(filter(self._take_up, history)))

    def _take_up(self, stored: StoredCapture) -> bool:
        """Take in a capture of the past; False = it teaches nothing."""
        if stored.capture.url:
            self._abstraction.symbol(stored.capture)  # it learns which places hold many names
        return not stored.started_run and self._keep(stored.id, stored.capture, stored.symbol)

    def _replay(self, kept: tuple[PatternState, ...], history: list[StoredCapture]) -> None:
        """Let the shadow go through the last two days, for what was open."""
        latest = history[-1].capture.at if history else 0
        tail = [stored for stored in history if stored.capture.at > latest - _REPLAYED]
        for state in kept:
            self._shadow.put(state, tail[0].capture.at if tail else latest)
        for stored in tail:
            self._judge(stored.id, stored.capture, stored.symbol)
        self._shadow.keep_only(kept)

    def snapshot(self) -> bytes:
        """Return what `resume` goes on from; everything in it comes from captures."""
        templates, literals = self._history.vocabularies
        return write_snapshot(
            Snapshot(
                version=VERSION,
                position=self._position,
                columns=self._history.freeze().columns,
                templates=entries(templates),
                literals=entries(literals),
                typed=entries(self._typed),
                waking=self._waking.snapshot(),
                places=self._abstraction.addresses.places(),
                counters=(self._seen, self._new, self._spent),
                last_at=self._last_at,
            )
        )

    def resume(
        self, snapshot: bytes, states: Iterable[PatternState], recent: Iterable[StoredCapture]
    ) -> bool:
        """Start from a snapshot and what was stored since; `recent` must reach back into it.

        False = it cannot be used, and nothing has changed: restore from all captures.
        """
        kept, stored = read_snapshot(snapshot), list(recent)
        if kept is None or not stored or stored[0].id > kept.position:
            return False
        self._begin()
        templates, literals = self._history.vocabularies
        templates.restore(kept.templates)
        literals.restore(kept.literals)
        self._typed.restore(kept.typed)
        self._history.resume(kept.columns, [each.capture for each in stored if each.id <= kept.position])
        self._waking.restore(kept.waking)
        self._abstraction.addresses.restore(kept.places)
        self._seen, self._new, self._spent = kept.counters
        self._last_at, self._position = kept.last_at, kept.position
        known = [each for each in stored if each.id <= kept.position]
        since = [each for each in stored if each.id > kept.position and self._take_up(each)]
        self._replay(tuple(states), known + since)
        return True


def mine_here(frozen: Frozen, setting: Setting) -> tuple[Pattern, ...]:
    """Mine in this process; only now is numpy loaded."""
    from understudy.detectors.mining import mine

    return mine(frozen, setting)


def _learned(changed: Changed) -> Learned:
    return Learned(changed=tuple(changed.values())) if changed else _NOTHING


def _place(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInputError(
            f'There is no time zone "{zone}"', fix='Use an IANA name, as "Europe/Berlin"'
        ) from error
