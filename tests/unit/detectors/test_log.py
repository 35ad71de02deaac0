"""The log that is mined: without flashes and repeats, in local time, with numbers for names."""

import numpy as np

from tests.unit.detectors.days import history_of, log_of, moment, phrase, seen, state, templates_of, typed
from understudy.core.value import SECOND
from understudy.detectors.history import TEMPLATES
from understudy.detectors.log import NOWHERE, read_log


def steps(*entries):
    """Captures from (seconds, application)."""
    return [seen(moment(0, 9, 0, second), name) for second, name in entries]


def test_what_comes_twice_in_a_row_is_one_event():
    """Another title in the same window is no new arrival; coming back after something else is."""
    log = log_of(steps((0, "a"), (10, "a"), (20, "b"), (30, "a")))
    assert (log.at - moment(0)).tolist() == [0, 20 * SECOND, 30 * SECOND]


def test_a_window_that_is_in_front_already_is_no_new_event():
    """A shell tells of a command and its window only changes its title; after another window it is new."""
    captures = [
        seen(moment(0), "terminal"),
        typed(moment(0, 9, 0, 5), "make"),
        seen(moment(0, 9, 0, 9), "terminal", "make"),
        state(moment(0, 9, 0, 10), "call", "closed"),
        seen(moment(0, 9, 0, 12), "terminal"),
        seen(moment(0, 9, 0, 20), "mail"),
        seen(moment(0, 9, 0, 30), "terminal"),
        typed(moment(0, 9, 0, 40), "make"),
    ]
    assert log_of(captures).position.tolist() == [1, 2, 4, 6, 7, 8]


def test_the_window_in_front_is_new_after_a_rest():
    """Whatever was typed before it in the new session."""
    captures = [seen(moment(0), "a"), typed(moment(0, 12), "make"), seen(moment(0, 12, 1), "a")]
    assert log_of(captures).position.tolist() == [1, 2, 3]


def test_the_same_after_a_rest_is_a_new_event():
    """Another session."""
    assert len(log_of([seen(moment(0), "a"), seen(moment(0, 12), "a")])) == 2


def test_lines_typed_one_after_the_other_are_one_only_if_they_are_equal():
    """Their template alone does not say what was typed."""
    lines = [typed(moment(0), "ssh box-1"), typed(moment(0), "ssh box-2"), typed(moment(0), "ssh box-2")]
    assert log_of(lines).position.tolist() == [1, 2]
    assert log_of([phrase(moment(0), "Hello"), phrase(moment(0), "Hello")]).position.tolist() == [1]


def test_windows_passed_by_in_less_than_300_ms_are_dropped():
    """By the next window, or by what the source says it lasted."""
    captures = [
        seen(moment(0), "a"),
        seen(moment(0) + 299, "b"),
        seen(moment(0, 9, 1), "c", lasted=200),
        seen(moment(0, 9, 2), "d"),
    ]
    assert log_of(captures).position.tolist() == [2, 4]


def test_a_clock_that_counts_seconds_drops_nothing():
    """Two windows in the same second say nothing about how long the first was there."""
    assert len(log_of([seen(moment(0), "a"), seen(moment(0), "b")])) == 2


def test_rare_templates_keep_their_place_but_have_no_name():
    """Two of a kind cannot become a pattern."""
    log = log_of(steps((0, "a"), (10, "rare"), (20, "a"), (30, "b"), (40, "a")))
    assert templates_of(log) == ["app:a", "", "app:a", "", "app:a"]
    assert (log.templates, log.symbol.tolist()) == (("app:a",), [0, NOWHERE, 0, NOWHERE, 0])
    assert log.counts.tolist() == [3]


def test_names_that_no_longer_fit_are_rare_ones():
    """The most frequent are kept."""
    names = ["often" if i % 2 else f"app{i % 12_000}" for i in range(36_000)]
    log = log_of(seen(moment(0, 9, 0, i), name) for i, name in enumerate(names))
    assert "app:often" in log.templates
    assert len(log.templates) <= TEMPLATES * 1.25


def test_events_know_their_local_day_and_minute():
    """23:30 in London is the next day in Berlin's summer, and in no other zone's."""
    captures = [seen(moment(0, 23, 30), "a")]
    london, utc = log_of(captures, "Europe/London"), log_of(captures)
    assert (london.minute[0], utc.minute[0], london.day[0] - utc.day[0]) == (30, 23 * 60 + 30, 1)
    assert (utc.day[0] - 1) % 7 == 0


def test_a_zone_that_is_off_by_a_quarter_of_an_hour_is_right_too():
    """Kathmandu: 5:45 ahead."""
    assert log_of([seen(moment(0, 0, 16), "a")], "Asia/Kathmandu").minute[0] == 6 * 60 + 1


def test_events_stay_in_the_order_in_which_they_came_in():
    """A log may be out of order: its own times are kept, and the clock for distances never falls."""
    captures = [
        seen(moment(0, 10), "b", value="mark"),
        seen(moment(0, 9), "a"),
        seen(moment(0, 11), "c", value="mark"),
    ]
    log = log_of(captures)
    assert (log.position.tolist(), log.source.tolist()) == ([1, 2, 3], [NOWHERE, NOWHERE, 0])
    assert log.time.tolist() == [capture.at for capture in captures]
    assert (np.diff(log.at) >= 0).all()


def test_a_pasted_value_points_to_the_event_it_came_from():
    """By its place in the log, flashes and repeats not counted."""
    captures = [
        seen(moment(0), "a", value="mark"),
        seen(moment(0, 9, 1), "x", lasted=1),
        seen(moment(0, 9, 2), "b", value="mark"),
        seen(moment(0, 9, 3), "c"),
    ]
    assert log_of(captures).source.tolist() == [NOWHERE, 0, NOWHERE]


def test_the_machine_s_own_doing_is_told_apart():
    """A closed meeting is nobody's act."""
    assert log_of([seen(moment(0), "a"), state(moment(0), "call", "closed")]).is_state.tolist() == [
        False,
        True,
    ]


def test_a_surrogate_has_the_same_events_in_another_order():
    """Within blocks; times, days and sessions stay, and what pointed somewhere no longer does."""
    log = log_of(seen(moment(0, 9, i), f"app{i % 7}", value=f"{i // 2}") for i in range(100))
    shuffled = log.shuffled(np.random.default_rng(1), 20)
    assert shuffled.symbol.tolist() != log.symbol.tolist()
    for start in range(0, 100, 20):
        block = slice(start, start + 20)
        assert sorted(shuffled.symbol[block]) == sorted(log.symbol[block])
    assert (shuffled.at == log.at).all()
    assert (shuffled.source == NOWHERE).all()
    assert shuffled.counts.tolist() == log.counts.tolist()


def test_nothing_is_a_log_too():
    """An agent on its first day."""
    log = read_log(history_of([]).freeze(), "Europe/Berlin")
    assert (len(log), log.templates, log.counts.tolist()) == (0, (), [])
