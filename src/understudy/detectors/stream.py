"""The stream that is mined: captures without flashes, presence and repeats, cut into sessions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from sys import intern
from zoneinfo import ZoneInfo

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.value import MINUTE, Millis, Value
from understudy.detectors.abstraction import literal_of

FLASH: Millis = 300
"""A window in front for less was only passed by."""
IDLE: Millis = 5 * MINUTE
"""Longest rest inside a session."""
SILENCE: Millis = 30 * MINUTE
"""The same where nothing told how long the last event lasted, or that the person was idle."""
VOCABULARY = 4_096
"""Templates that can be part of a pattern; rarer ones only keep their place."""
LEAST = 3
"""A template seen less often cannot be part of a pattern."""

_AWAY = ("locked", "asleep")
_TYPED = (CaptureKind.COMMAND, CaptureKind.PHRASE)


class Record(Value, gc=False):
    """A capture as far as mining needs it, small: 20,000 of them are kept."""

    position: int
    at: Millis
    kind: CaptureKind
    template: str
    """Empty for presence."""
    exact: str = ""
    """For what was typed: with its parameters."""
    literal: str = ""
    """What it takes to do it again; for presence its word."""
    lasted: Millis = 0


class Event(Value, gc=False):
    """One thing the person did, or that happened, after cleaning."""

    position: int
    at: Millis
    kind: CaptureKind
    template: str
    """Empty where the template is too rare to be part of a pattern."""
    exact: str
    literal: str
    session: int
    day: int
    """Local day, as its proleptic ordinal."""
    minute: int
    """Local minute of the day."""


def record_of(position: int, capture: Capture, symbol: Symbol) -> Record | None:
    """Return what to keep of a capture; None = it says nothing about the person."""
    is_presence = capture.kind is CaptureKind.PRESENCE
    if not (symbol.template or is_presence) or capture.run_id:
        return None
    return Record(
        position=position,
        at=capture.at,
        kind=capture.kind,
        template=intern(symbol.template),
        exact=intern(symbol.exact) if capture.kind in _TYPED else "",
        literal=intern(capture.text if is_presence else literal_of(capture)),
        lasted=capture.lasted,
    )


class Sessions:
    """Numbers the stretches in which the person was at work, from one record to the next."""

    def __init__(self) -> None:
        self.number = 0
        self._end: Millis | None = None
        """When the last activity ended."""
        self._rest = SILENCE
        self._is_away = False

    def take(self, record: Record) -> int:
        """Return the session of the next record."""
        if record.kind is CaptureKind.PRESENCE:
            self._is_away = self._is_away or record.literal in _AWAY
            self._rest = IDLE if record.literal == "idle" else self._rest
        elif record.kind is CaptureKind.STATE:
            # The machine's doing is no activity, yet a program that closes is where the work after it begins.
            if self._has_rested(record.at):
                self._begin(record)
        else:
            if self._is_away or self._has_rested(record.at):
                self._begin(record)
            self._end = record.at + record.lasted
            self._rest = IDLE if record.lasted else SILENCE
        return self.number

    def _has_rested(self, at: Millis) -> bool:
        return self._end is not None and at - self._end > self._rest

    def _begin(self, record: Record) -> None:
        self.number += 1
        self._end, self._rest, self._is_away = record.at, SILENCE, False


def clean(records: Iterable[Record], zone: str) -> list[Event]:
    """Return what is mined of these records, in order of time."""
    ordered = sorted(records, key=lambda record: (record.at, record.position))
    live, flashes = live_templates(ordered), _flashes(ordered)
    sessions, place, last = Sessions(), ZoneInfo(zone), ("", "", -1)
    events = []
    for index, record in enumerate(ordered):
        session = sessions.take(record)
        here = (record.template, record.exact, session)
        if not record.template or index in flashes or here == last:
            continue
        last = here
        then = datetime.fromtimestamp(record.at / 1000, place)
        events.append(
            Event(
                position=record.position,
                at=record.at,
                kind=record.kind,
                template=record.template if record.template in live else "",
                exact=record.exact,
                literal=record.literal,
                session=session,
                day=then.toordinal(),
                minute=then.hour * 60 + then.minute,
            )
        )
    return events


def live_templates(records: Iterable[Record]) -> frozenset[str]:
    """Return the templates that can be part of a pattern; among equally frequent ones the first seen win."""
    counts = Counter(record.template for record in records if record.template)
    return frozenset(template for template, count in counts.most_common(VOCABULARY) if count >= LEAST)


def _flashes(ordered: Sequence[Record]) -> set[int]:
    """Return the places of windows that were in front for less than 300 ms.

    Two in the same millisecond come from a clock that counts seconds; that says nothing.
    """
    found, following = set(), None
    for index in range(len(ordered) - 1, -1, -1):
        record = ordered[index]
        if record.kind is CaptureKind.FOCUS:
            unknown = following - record.at if following is not None else 0
            if 0 < (record.lasted or unknown) < FLASH:
                found.add(index)
            following = record.at
    return found
