"""The log that is mined: a frozen history without flashes and repeats, as arrays with one entry per event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from understudy.core.capture import CaptureKind
from understudy.core.value import HOUR, Millis
from understudy.detectors.history import KINDS, LEAST, TYPED, WINDOWS, Frozen

Ints = NDArray[np.int64]
"""Whole numbers: places in a log, times in milliseconds."""
Symbols = NDArray[np.int32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

FLASH: Millis = 300
"""A window in front for less was only passed by."""
NOWHERE = -1
"""A symbol too rare to be part of a pattern; a literal that is not known; a place that is missing."""

_DTYPES = {
    "at": np.int64,
    "position": np.int64,
    "symbol": np.int32,
    "literal": np.int32,
    "lasted": np.int32,
    "session": np.int32,
    "kind": np.uint8,
    "flow": np.uint8,
}
_FOCUS = KINDS.index(CaptureKind.FOCUS)
_STATE = KINDS.index(CaptureKind.STATE)
_WINDOWS = tuple(KINDS.index(kind) for kind in WINDOWS)
_TYPED = tuple(KINDS.index(kind) for kind in TYPED)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=False, eq=False, kw_only=True)
class Log:
    """Events in the order in which they came in; all arrays have the same length."""

    zone: str
    templates: tuple[str, ...]
    """By symbol, in the order first seen."""
    literals: Mapping[int, str]
    symbol: Symbols
    """NOWHERE where the template is too rare to be part of a pattern: such events only keep their place."""
    at: Ints
    """A clock in milliseconds that never falls: distances in time are taken by it. Where records are in order of
    time it is their time; where one comes before the last, it stands still."""
    time: Ints
    """Milliseconds since 1970, as recorded."""
    position: Ints
    """Of the capture: its id in the store, or the zero-based record in a replay."""
    session: Symbols
    day: Symbols
    """Local day, as its proleptic ordinal; weekday = (day - 1) % 7, 0 = Monday."""
    minute: Symbols
    """Local minute of the day."""
    kind: NDArray[np.uint8]
    """Index into history.KINDS."""
    literal: Symbols
    """Key into literals, or a number that is not there."""
    source: Symbols
    """Place of the event whose value this one uses (copied there, pasted here), or NOWHERE."""

    def __len__(self) -> int:
        """Events in it."""
        return len(self.symbol)

    @cached_property
    def counts(self) -> Ints:
        """How often each symbol is there."""
        return np.bincount(self.symbol[self.symbol >= 0], minlength=len(self.templates)).astype(np.int64)

    @cached_property
    def is_state(self) -> Flags:
        """Which events the machine reported; everything else the person did."""
        return np.asarray(self.kind == _STATE)

    def shuffled(self, rng: np.random.Generator, block: int) -> "Log":
        """Return a surrogate: what was done is permuted inside blocks of so many events; times and sessions stay.

        Frequencies, bursts and the rhythm of the day survive, order and closeness inside a block do not.
        """
        order = np.argsort(np.arange(len(self)) // block + rng.random(len(self)), kind="stable")
        return self._reordered(order)

    def _reordered(self, order: Ints) -> "Log":
        return replace(
            self,
            symbol=self.symbol[order],
            kind=self.kind[order],
            literal=self.literal[order],
            source=np.full(len(self), NOWHERE, np.int32),
        )


def read_log(frozen: Frozen, zone: str) -> Log:
    """Return what is mined of a history."""
    columns: dict[str, NDArray[Any]] = {
        name: np.frombuffer(frozen.columns[name], dtype) for name, dtype in _DTYPES.items()
    }
    origin = np.arange(frozen.size) - columns["flow"]
    keep = ~_flashes(columns)
    keep &= _is_new(columns, keep)
    keep &= _is_other_window(columns, keep)
    kept = {name: column[keep] for name, column in columns.items()}
    templates, symbol = _numbered(kept["symbol"], frozen.templates)
    minutes = _local_minutes(kept["at"], zone)
    return Log(
        zone=zone,
        templates=templates,
        literals=frozen.literals,
        symbol=symbol,
        at=_running(kept["at"]),
        time=kept["at"],
        position=kept["position"],
        session=kept["session"],
        day=(minutes // _DAY_MINUTES + _EPOCH).astype(np.int32),
        minute=(minutes % _DAY_MINUTES).astype(np.int32),
        kind=kept["kind"],
        literal=kept["literal"],
        source=_sources(origin, columns["flow"], keep),
    )


def _running(at: Ints) -> Ints:
    """Return the times as a clock that never falls: steps back are left out."""
    if not len(at):
        return at
    return np.asarray(at[0] + np.concatenate([[0], np.cumsum(np.maximum(np.diff(at), 0))]))


def _flashes(columns: Mapping[str, NDArray[Any]]) -> Flags:
    """Return which windows were in front for less than 300 ms.

    Two in the same millisecond come from a clock that counts seconds; that says nothing.
    """
    found = np.zeros(len(columns["at"]), bool)
    places = np.flatnonzero(columns["kind"] == _FOCUS)
    if len(places):
        at = columns["at"][places]
        unknown = np.append(np.diff(at), 0)
        stayed = np.where(columns["lasted"][places] > 0, columns["lasted"][places], unknown)
        found[places] = (stayed > 0) & (stayed < FLASH)
    return found


def _is_other_window(columns: Mapping[str, NDArray[Any]], keep: Flags) -> Flags:
    """Return which events are not the window that is in front already, though a command came in between."""
    places = np.flatnonzero(keep & np.isin(columns["kind"], _WINDOWS))
    symbol, session = columns["symbol"][places], columns["session"][places]
    is_other = np.ones(len(keep), bool)
    is_other[places[1:]] = (symbol[1:] != symbol[:-1]) | (session[1:] != session[:-1])
    return is_other


def _is_new(columns: Mapping[str, NDArray[Any]], keep: Flags) -> Flags:
    """Return which events are not the same as the one before that is kept, in the same session."""
    places = np.flatnonzero(keep)
    symbol, session = columns["symbol"][places], columns["session"][places]
    typed = np.where(np.isin(columns["kind"][places], _TYPED), columns["literal"][places], NOWHERE)
    same = (symbol[1:] == symbol[:-1]) & (session[1:] == session[:-1]) & (typed[1:] == typed[:-1])
    is_new = np.ones(len(keep), bool)
    is_new[places[1:][same]] = False
    return is_new


def _numbered(symbol: Symbols, texts: Mapping[int, str]) -> tuple[tuple[str, ...], Symbols]:
    """Number the templates that can be part of a pattern in the order first seen, all others NOWHERE."""
    numbers, first, inverse, counts = np.unique(
        symbol, return_index=True, return_inverse=True, return_counts=True
    )
    live = [index for index in np.argsort(first) if counts[index] >= LEAST and int(numbers[index]) in texts]
    renumbered = np.full(len(numbers), NOWHERE, np.int32)
    renumbered[live] = np.arange(len(live))
    return tuple(texts[int(numbers[index])] for index in live), renumbered[inverse]


def _local_minutes(at: Ints, zone: str) -> Ints:
    """Return local minutes since 1970; the offset is looked up once per quarter of an hour, as zones change."""
    quarter = HOUR // 4
    quarters, inverse = np.unique(at // quarter, return_inverse=True)
    place = ZoneInfo(zone)
    offsets = np.array([_offset(int(each) * quarter, place) for each in quarters], np.int64)
    return np.asarray(at // 60_000 + offsets[inverse] if len(at) else at)


def _offset(at: Millis, place: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at / 1000, place).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _sources(origin: Ints, flow: NDArray[np.uint8], keep: Flags) -> Symbols:
    places = np.cumsum(keep) - 1
    has_source = (flow > 0) & (origin >= 0)
    sources = np.where(has_source, places[np.maximum(origin, 0)], NOWHERE)
    return sources[keep].astype(np.int32)
