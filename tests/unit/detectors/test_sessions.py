"""Sessions: when a stretch at work ends."""

from tests.unit.detectors.days import moment, presence, seen, state
from understudy.core.value import MINUTE
from understudy.detectors.sessions import Sessions


def sessions_of(captures):
    """The session of each capture, presence included."""
    sessions = Sessions()
    return [sessions.take(capture) for capture in captures]


def sessions(*entries):
    """The session of each of (seconds, application or presence word or NAME=VALUE)."""
    return sessions_of([_capture(moment(0, 9, 0, second), name) for second, name in entries])


def _capture(at, name):
    if name in ("idle", "active", "locked", "unlocked", "asleep"):
        return presence(at, name)
    return state(at, *name.split("=")) if "=" in name else seen(at, name)


def test_more_than_five_minutes_idle_end_a_session():
    """Idle counts only when it was long."""
    assert sessions((0, "a"), (60, "idle"), (299, "active"), (300, "b")) == [0, 0, 0, 0]
    assert sessions((0, "a"), (60, "idle"), (301, "active"), (301, "b")) == [0, 0, 0, 1]


def test_a_locked_or_sleeping_machine_ends_a_session_at_once():
    """Whatever the clock says; being active again changes nothing."""
    assert sessions((0, "a"), (5, "locked"), (10, "unlocked"), (11, "b")) == [0, 0, 0, 1]
    assert sessions((0, "a"), (5, "asleep"), (11, "b"), (12, "c")) == [0, 0, 1, 1]


def test_silence_ends_a_session_where_nobody_told_why():
    """Reading for 29 minutes is work; after 31 nobody knows. A source that knows the length allows five."""
    assert sessions((0, "a"), (29 * 60, "b")) == [0, 0]
    assert sessions((0, "a"), (31 * 60, "b")) == [0, 1]
    known = [seen(moment(0), "a", lasted=MINUTE), seen(moment(0, 9, 7), "b", lasted=MINUTE)]
    assert sessions_of(known) == [0, 1]


def test_a_meeting_that_ends_after_long_rest_begins_the_session_of_what_follows():
    """The machine's own doing is no activity, but it belongs to the work after it."""
    assert sessions((0, "a"), (60, "idle"), (1800, "meeting=ended"), (1810, "b")) == [0, 0, 1, 1]
    assert sessions((0, "a"), (60, "meeting=ended"), (70, "b")) == [0, 0, 0]


def test_nothing_yet_is_no_rest():
    """The first thing begins no second session."""
    assert sessions((0, "meeting=ended"), (9000, "a")) == [0, 0]
