"""Turns the times of other programs into milliseconds UTC; those without a zone are read in the one given."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from understudy.core.value import Millis
from understudy.errors import InvalidInputError

LATEST: Millis = 253_402_300_799_999
"""The last millisecond of the year 9999; later times are mistakes."""
_NUMBER = re.compile(r"(\d{9,19})(?:\.(\d+))?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[ T,]+(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)")
_IN_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:)([0-5]\d)(?:\.(\d{3}))?(Z?)", re.ASCII)
"""(up to the minute, seconds, milliseconds, zone) of how most logs write times."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLI = timedelta(milliseconds=1)
_UNITS = ((11, 1000, 1), (14, 1, 1), (17, 1, 1000), (20, 1, 1_000_000))
"""Digits of a count since 1970 are below the first: times the second, through the third."""


class Times:
    """Reads the times of one source, in its order."""

    def __init__(self, zone: str) -> None:
        try:
            self._zone = ZoneInfo(zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidInputError(
                f"“{zone}” is no time zone", "Zones have names like Europe/Berlin", "Use such a name, or UTC"
            ) from error
        self._last: Millis = 0
        self._minute: tuple[str, str] = ("", "")
        self._start: Millis = 0
        """When that minute, of a zone, began: events come close together, and the calendar is slow."""

    def read(self, text: str) -> Millis:
        """Return milliseconds UTC of ISO 8601, `2024-06-05 08:22:21`, `05.06.2024 08:22`, a count since 1970.

        An hour that autumn repeats is its first one, unless that would lie before the time read last; one
        that spring skips is moved on by the length of the gap. Raises ValueError.
        """
        usual = _IN_MINUTE.fullmatch(text)
        if not usual:
            return self._read(text.strip())
        minute, seconds, thousandths, zone = usual.groups()
        within = int(seconds) * 1000 + int(thousandths or 0)
        millis = self._start + within
        if (minute, zone) != self._minute or millis < self._last:
            millis = self._read(text)
            self._minute, self._start = (minute, zone), millis - within
        self._last = millis
        return millis

    def _read(self, text: str) -> Millis:
        number = _NUMBER.fullmatch(text)
        millis = _counted(number) if number else self._of_clock(_clock(text))
        if not 0 < millis <= LATEST:
            raise ValueError(f"the time {text[:40]!r} is out of range")
        self._last = millis
        return millis

    def _of_clock(self, moment: datetime) -> Millis:
        if moment.tzinfo is not None:
            return to_millis(moment)
        first = to_millis(moment.replace(tzinfo=self._zone, fold=0))
        if first >= self._last:
            return first
        second = to_millis(moment.replace(tzinfo=self._zone, fold=1))
        return second if second > self._last else first


def to_millis(moment: datetime) -> Millis:
    """Return the milliseconds since 1970 of a moment with a zone. Raises ValueError where there are none."""
    try:
        return (moment - _EPOCH) // _MILLI
    except OverflowError as error:
        raise ValueError("the time is out of range") from error


def iso_text(at: Millis) -> str:
    """Return ISO 8601 in UTC with milliseconds."""
    return (_EPOCH + at * _MILLI).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _counted(number: re.Match[str]) -> Millis:
    """Tell seconds, milli-, micro- and nanoseconds by the number of digits."""
    whole, part = number[1], number[2] or ""
    for digits, factor, divisor in _UNITS:
        if len(whole) < digits:
            millis = int(whole) * factor // divisor
            return millis + int((part + "000")[:3]) if factor > 1 else millis
    raise ValueError(f"the time {whole} is out of range")


def _clock(text: str) -> datetime:
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        day, month, year, clock = dotted.groups()
        text = f"{year}-{month:0>2}-{day:0>2} {clock:0>5}".replace(",", ".")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no time") from error
