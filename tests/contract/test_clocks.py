"""The `Clock` port: the system's clock and the one tests move."""

import time
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.clock import ShiftedClock
from understudy.adapters.clock import SystemClock, local_zone


@pytest.fixture(params=[SystemClock, ShiftedClock])
def clock(request):
    """One of either kind."""
    return request.param()


def test_a_clock_tells_whole_milliseconds_of_this_age(clock):
    """Between 2020 and 2100."""
    assert isinstance(clock.now(), int)
    assert 1_577_836_800_000 < clock.now() < 4_102_444_800_000


def test_monotonic_time_never_goes_back(clock):
    """Seconds, with fractions."""
    for tell in (clock.monotonic, clock.elapsed):
        readings = [tell() for _ in range(100)]
        assert readings == sorted(readings)
        assert isinstance(readings[0], float)


def test_the_zone_is_one_that_exists(clock):
    """An IANA name."""
    assert ZoneInfo(clock.zone()).key == clock.zone()


def test_the_system_clock_is_the_systems():
    """To the millisecond, as far as two looks can tell."""
    assert abs(SystemClock().now() - time.time() * 1000) < 100


ZONES = [("Asia/Kolkata", "Asia/Kolkata"), (":Asia/Kolkata", "Asia/Kolkata"), ("Nowhere/Land", "")]


@pytest.mark.parametrize("setting,expected", ZONES)
def test_the_zone_is_what_the_person_has_set(monkeypatch, setting, expected):
    """One that does not exist is none."""
    monkeypatch.setenv("TZ", setting)
    assert local_zone() == expected


def test_a_traveller_has_the_new_zone_soon(monkeypatch):
    """The answer is kept for seconds, not for ever."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    clock = SystemClock()
    assert clock.zone() == "Asia/Kolkata"
    monkeypatch.setenv("TZ", "America/New_York")
    assert clock.zone() == "Asia/Kolkata"
    clock._looked_up -= 10
    assert clock.zone() == "America/New_York"


def test_without_a_zone_times_are_in_utc_and_that_is_said(monkeypatch):
    """Degraded, with what to do about it."""
    monkeypatch.setenv("TZ", "Nowhere/Land")
    assert SystemClock().zone() == "UTC"
    assert (SystemClock().availability().state, bool(SystemClock().availability().fix)) == ("degraded", True)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert SystemClock().availability().state == "ready"


def test_the_fake_moves_only_when_told():
    """Passing time moves both times, setting the clock moves one."""
    clock = ShiftedClock(1000)
    clock.advance(500)
    assert (clock.now(), clock.monotonic()) == (1500, 1000.5)
    clock.set(0)
    assert (clock.now(), clock.monotonic(), clock.elapsed()) == (0, 1000.5, 1000.5)
    clock.sleep(2000)
    assert (clock.now(), clock.monotonic(), clock.elapsed()) == (2000, 1000.5, 1002.5)
    clock.travel("UTC")
    assert clock.zone() == "UTC"
