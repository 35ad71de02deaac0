"""The stream that is mined."""

from tests.unit.detectors.days import events_of, moment, presence, records_of, seen, state, typed
from understudy.core.capture import CaptureKind
from understudy.core.value import MINUTE, SECOND
from understudy.detectors.stream import VOCABULARY, Record, live_templates


def steps(*entries):
    """Captures from (seconds, application) with presence words and states between them."""
    captures = []
    for second, name in entries:
        at = moment(0, 9, 0, second)
        if name in ("idle", "active", "locked", "unlocked", "asleep"):
            captures.append(presence(at, name))
        elif "=" in name:
            captures.append(state(at, *name.split("=")))
        else:
            captures.append(seen(at, name))
    return captures


def sessions(*entries):
    """The session of each event of these entries."""
    return [event.session for event in events_of(steps(*entries))]


def test_what_comes_twice_in_a_row_is_one_event():
    """Another title in the same window is no new arrival; coming back after something else is."""
    captures = steps((0, "a"), (10, "a"), (20, "b"), (30, "a"))
    assert [event.at - captures[0].at for event in events_of(captures)] == [0, 20 * SECOND, 30 * SECOND]


def test_windows_passed_by_in_less_than_300_ms_are_dropped():
    """By the next window, or by what the source says it lasted."""
    captures = [
        seen(moment(0), "a"),
        seen(moment(0) + 299, "b"),
        seen(moment(0, 9, 1), "c", lasted=200),
        seen(moment(0, 9, 2), "d"),
    ]
    assert [event.position for event in events_of(captures)] == [2, 4]


def test_a_clock_that_counts_seconds_drops_nothing():
    """Two windows in the same second say nothing about how long the first was there."""
    captures = [seen(moment(0), "a"), seen(moment(0), "b")]
    assert len(events_of(captures)) == 2


def test_more_than_five_minutes_idle_end_a_session():
    """Idle counts only when it was long."""
    assert sessions((0, "a"), (60, "idle"), (299, "active"), (300, "b")) == [0, 0]
    assert sessions((0, "a"), (60, "idle"), (301, "active"), (301, "b")) == [0, 1]


def test_a_locked_or_sleeping_machine_ends_a_session_at_once():
    """Whatever the clock says."""
    assert sessions((0, "a"), (5, "locked"), (10, "unlocked"), (11, "b")) == [0, 1]
    assert sessions((0, "a"), (5, "asleep"), (11, "b"), (12, "c")) == [0, 1, 1]


def test_silence_ends_a_session_where_nobody_told_why():
    """Reading for 29 minutes is work; after 31 nobody knows. A source that knows the length allows five."""
    assert sessions((0, "a"), (29 * 60, "b")) == [0, 0]
    assert sessions((0, "a"), (31 * 60, "b")) == [0, 1]
    known = [seen(moment(0), "a", lasted=MINUTE), seen(moment(0, 9, 7), "b", lasted=MINUTE)]
    assert [event.session for event in events_of(known)] == [0, 1]


def test_a_meeting_that_ends_after_long_rest_begins_the_session_of_what_follows():
    """The machine's own doing is no activity, but it belongs to the work after it."""
    assert sessions((0, "a"), (60, "idle"), (1800, "meeting=ended"), (1810, "b")) == [0, 1, 1]
    assert sessions((0, "a"), (60, "meeting=ended"), (70, "b")) == [0, 0, 0]


def test_our_own_doing_is_not_there_at_all():
    """A capture with a run neither counts nor stands between two others."""
    captures = [seen(moment(0), "a"), seen(moment(0, 9, 1), "b", run_id="r"), seen(moment(0, 9, 2), "a")]
    assert [event.position for event in events_of(captures)] == [1]


def test_rare_templates_keep_their_place_but_have_no_name():
    """Two of a kind cannot become a pattern."""
    captures = steps((0, "a"), (10, "rare"), (20, "a"), (30, "b"), (40, "a"))
    assert [event.template for event in events_of(captures)] == ["app:a", "", "app:a", "", "app:a"]


def test_at_most_4096_templates_are_mined():
    """The most frequent ones; among equals those seen first."""
    names = [f"t{number}" for number in range(VOCABULARY + 10)]
    records = [
        Record(position=i, at=i, kind=CaptureKind.FOCUS, template=name) for i, name in enumerate(names * 3)
    ]
    assert live_templates(records) == frozenset(names[:VOCABULARY])


def test_events_know_their_local_day_and_minute():
    """23:30 in London is the next day in Berlin."""
    captures = [seen(moment(0, 23, 30), "a")]
    assert events_of(captures, "Europe/London")[0].minute == 30
    assert events_of(captures, "UTC")[0].minute == 23 * 60 + 30
    assert events_of(captures, "Europe/London")[0].day == events_of(captures, "UTC")[0].day + 1


def test_records_are_sorted_by_time_whatever_their_positions():
    """An import brings older things in later."""
    captures = [seen(moment(0, 10), "b"), seen(moment(0, 9), "a")]
    assert [event.position for event in events_of(captures)] == [2, 1]


def test_only_what_is_typed_keeps_its_exact_form():
    """20,000 titles would be a waste of memory."""
    window, command = records_of([seen(moment(0), "a", "A title"), typed(moment(0), "ssh box")])
    assert (window.exact, command.exact) == ("", "cmd:ssh box")
