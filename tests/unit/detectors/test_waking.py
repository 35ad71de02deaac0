"""When mining is worth it: what has come back, and not what only seems to."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.detectors.steps import background
from understudy.detectors import waking
from understudy.detectors.waking import QUIET, Waking

ROUTINE = (101, 102, 103, 104)
EVENTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=300)


def wakings(symbols, waking=None, per_session=1_000_000):
    """The places at which it wakes."""
    watch = waking or Waking()
    return [n for n, symbol in enumerate(symbols) if watch.see(symbol, n // per_session)]


def planted(times, between=40, inside=0, seed=1):
    """A routine so many times in everyday noise, also between its steps."""
    noise = background(seed)
    stream = []
    for _ in range(times):
        stream += [next(noise) for _ in range(between // 2)]
        for step in ROUTINE:
            stream += [step, *(next(noise) for _ in range(inside))]
        stream += [next(noise) for _ in range(between // 2)]
    return stream


def test_the_third_time_wakes():
    """Two times could be chance; with the third, the first three steps are enough."""
    assert wakings(planted(2)) == []
    assert [n // 44 + 1 for n in wakings(planted(3))] == [3]


def test_noise_between_the_steps_does_not_hide_them():
    """Two other windows after every step: the rare ones still follow each other."""
    history = [next(noise) for noise in [background(9)] for _ in range(300)]
    assert [(n - 300) // 52 + 1 for n in wakings([*history, *planted(3, inside=2)])] == [3]


def test_it_does_not_wake_each_time_again():
    """At the third, sixth and twelfth time for sure; later only now and then, for what stands beside it."""
    found = [n // 84 + 1 for n in wakings(planted(60, between=80))]
    assert {3, 6, 12} <= set(found)
    assert len(found) <= 20


def test_going_to_and_fro_between_two_windows_wakes_no_one():
    """A B A B is no routine, in a quiet stream or a busy one."""
    assert wakings([1, 2] * 200) == []
    noise = background(2)
    assert wakings([*(next(noise) for _ in range(500)), *[101, 102] * 20]) == []


def test_everyday_noise_wakes_hardly_ever():
    """Ten streams of 1,000 frequent and rare windows without any order."""
    noise = [[next(stream) for _ in range(1_000)] for stream in map(background, range(10))]
    assert sum(len(wakings(stream)) for stream in noise) <= 10


def test_a_short_round_gone_without_a_break_wakes():
    """Three windows in turn, over and over."""
    before = [*range(200, 300)]
    assert wakings(before) == []
    assert wakings([*before, *[101, 102, 103] * 8]) == [122]


def test_the_same_window_twice_in_a_row_is_one_event():
    """A new title is no new step."""
    doubled = [symbol for symbol in planted(3) for _ in range(2)]
    assert [n // 88 + 1 for n in wakings(doubled)] == [3]


def test_nothing_goes_on_across_the_border_of_two_sessions():
    """What ends one and begins the next was not done in a row."""
    watch = Waking()
    stream = [(1, 0), (2, 0), (3, 1)]
    for times in range(5):
        assert not any(watch.see(symbol, session + 2 * times) for symbol, session in stream)
        assert not any(watch.see(other + 10 * times, 2 * times + 1) for other in range(200, 208))


def test_coming_back_in_a_second_session_wakes_once_more():
    """The gates ask for two sessions: four times in one are told again with the fifth in another."""
    watch = Waking()
    stream = [symbol for n in range(5) for symbol in (*ROUTINE, *range(200 + 100 * n, 280 + 100 * n))]
    assert [n // 84 + 1 for n in wakings(stream, watch, per_session=4 * 84)] == [3, 5]
    assert [n // 84 + 1 for n in wakings(stream)] == [3]


def test_what_comes_while_it_is_quiet_is_told_at_the_end():
    """Two routines that come back at once give two times of waking, a while apart."""
    noise = background(5)
    other = (201, 202, 203)
    stream = []
    for _ in range(3):
        stream += [next(noise) for _ in range(40)] + [*ROUTINE] + [next(noise) for _ in range(8)] + [*other]
    stream += [next(noise) for _ in range(2 * QUIET)]
    first, second = wakings(stream)
    counted = [n for n in range(first + 1, second + 1) if stream[n] != stream[n - 1]]
    assert len(counted) == QUIET


def test_a_trace_seen_once_makes_room_and_one_seen_twice_does_not():
    """A full table keeps what has come back, until that is old."""
    watch, slot = Waking(), 5
    first, second, third = (slot << 8 | number << 40 for number in (1, 2, 3))

    def count(key, after):
        watch._now += after
        watch._count(key)
        return watch._traces[slot]

    assert count(first, 10) == first + 1
    assert count(second, 10) == second + 1
    assert count(second, 10) == second + 2
    assert count(third, 10) == second + 2
    assert count(third, waking._OLD + 1) == third + 1


def test_counts_of_symbols_fade(monkeypatch):
    """What was frequent long ago may be rare now."""
    monkeypatch.setattr(waking, "_AGEING", 100)
    watch = Waking()
    wakings([1, 2] * 500, watch)
    assert watch._events < 100
    assert max(watch._counts) < 100


@given(EVENTS)
def test_equal_streams_give_equal_states(events):
    """Nothing is left to chance."""
    one, other = Waking(), Waking()
    assert [one.see(*event) for event in events] == [other.see(*event) for event in events]
    assert one.snapshot() == other.snapshot()


@given(EVENTS, st.integers(0, 300))
def test_a_restored_one_goes_on_as_if_nothing_had_happened(events, cut):
    """Also through JSON: the state is plain numbers."""
    whole, first, second = Waking(), Waking(), Waking()
    expected = [whole.see(*event) for event in events][cut:]
    for event in events[:cut]:
        first.see(*event)
    second.restore(json.loads(json.dumps(first.snapshot())))
    assert second.snapshot() == first.snapshot()
    assert [second.see(*event) for event in events[cut:]] == expected
    assert second.snapshot() == whole.snapshot()


@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 2**31)), max_size=200))
def test_its_size_never_changes(events):
    """Any number of symbols fits."""
    watch = Waking()
    for event in events:
        watch.see(*event)
    sizes = {name: len(value) for name, value in vars(watch).items() if hasattr(value, "__len__")}
    assert sizes == {name: len(value) for name, value in vars(Waking()).items() if hasattr(value, "__len__")}
