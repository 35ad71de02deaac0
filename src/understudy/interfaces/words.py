"""Times, amounts and states as people say them. Pure: `now` comes in."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from understudy.core.run import RunStatus, StepStatus
from understudy.core.value import DAY, HOUR, MINUTE, SECOND, Millis
from understudy.errors import InvalidInputError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

RUN_WORDS = {
    RunStatus.QUEUED: "waits for its turn",
    RunStatus.RUNNING: "at work",
    RunStatus.WAITING_APPROVAL: "waits for your yes",
    RunStatus.COMPLETED: "completed",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
    RunStatus.TIMED_OUT: "took too long",
    RunStatus.SKIPPED: "skipped",
    RunStatus.UNKNOWN: "not known",
}
"""Where a run stands."""

STEP_WORDS = {
    StepStatus.PENDING: "to come",
    StepStatus.WAITING: "waits",
    StepStatus.INTENT: "at work",
    StepStatus.DONE: "done",
    StepStatus.FAILED: "failed",
    StepStatus.CANCELLED: "cancelled",
    StepStatus.TIMED_OUT: "took too long",
    StepStatus.UNKNOWN: "not known",
    StepStatus.SKIPPED: "skipped",
}
"""Where a step of it stands."""

_NEAR_DAYS = {0: "today", -1: "yesterday", 1: "tomorrow"}
_WEEK = 7
_AGE = re.compile(r"(\d{1,5})\s*(min|h|d|w)")
_AGE_UNITS = {"min": MINUTE, "h": HOUR, "d": DAY, "w": _WEEK * DAY}


def moment(at: Millis, now: Millis, zone: tzinfo | None = None, *, seconds: bool = False) -> str:
    """Return when that was or will be: "today 14:02", "Mon 8:55", "12 Mar 8:55", "12 Mar 2023"; 0 = "never".

    `zone` None = the zone of this machine. `seconds`: with them, as "today 14:02:07".
    """
    if not at:
        return "never"
    then, today = _local(at, zone), _local(now, zone)
    days = (then.date() - today.date()).days
    clock = f"{then.hour}:{then.minute:02}" + (f":{then.second:02}" if seconds else "")
    if days in _NEAR_DAYS:
        return f"{_NEAR_DAYS[days]} {clock}"
    if abs(days) < _WEEK:
        return f"{WEEKDAYS[then.weekday()]} {clock}"
    day = f"{then.day} {MONTHS[then.month - 1]}"
    return f"{day} {clock}" if then.year == today.year else f"{day} {then.year}"


def span(length: Millis) -> str:
    """Return how long that is, in its two largest units: "40 ms", "12 s", "1 h 5 min", "3 days"."""
    if length < SECOND:
        return f"{length} ms"
    if length < MINUTE:
        return f"{length // SECOND} s"
    if length < HOUR:
        return f"{length // MINUTE} min"
    if length < DAY:
        minutes = length % HOUR // MINUTE
        return f"{length // HOUR} h {minutes} min" if minutes else f"{length // HOUR} h"
    return count(length // DAY, "day")


def count(number: int, noun: str) -> str:
    """Return "1 run", "1,204 runs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def read_moment(text: str, now: Millis, zone: tzinfo | None = None) -> Millis:
    """Return the time meant by "2026-11-01", "2026-11-01 14:00" (local) or an age like "30d", "12h".

    Raises InvalidInputError.
    """
    age = _AGE.fullmatch(text.strip())
    if age:
        return now - int(age[1]) * _AGE_UNITS[age[2]]
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInputError(
            f"{text!r} is not a time",
            "It is neither a date nor an age",
            "Write 2026-11-01, or 30d for 30 days ago",
        ) from error
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone) if zone else found.astimezone()
    return (found - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _local(at: Millis, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(at / SECOND, tz=UTC).astimezone(zone)
