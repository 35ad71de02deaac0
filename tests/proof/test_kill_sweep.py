"""P1 and P2: killed before any system call, the agent does nothing twice and calls nothing done that was not."""

import time

import pytest

from tests.proof.kill_sweep import sample, sweep, told, twice
from tests.proof.tracing import can_trace

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="needs strace, and leave to trace other processes"),
    pytest.mark.timeout(3_600),
]
POINTS, PAIRS, CONTROLS = 300, 40, 50


def require_sound(places, chosen, kills):
    begun = time.monotonic()
    results = sweep(places, chosen)
    print(told(results, time.monotonic() - begun))
    assert [(each.point, each.faults) for each in results if each.faults] == []
    assert sum(each.crashes for each in results) >= kills


def test_killed_before_any_system_call_nothing_happens_twice(places, points):
    """Three hundred points: no duplicate, no done without its effect, one unknown at most, all that waited goes on."""
    require_sound(places, sample(points, POINTS), kills=POINTS * 9 // 10)


def test_killed_again_while_it_recovers_nothing_happens_twice(places, points):
    """The next agent dies, too, while it takes up what was left; the one after it still knows what happened."""
    require_sound(places, twice(points, PAIRS), kills=PAIRS * 5 // 4)


@pytest.mark.parametrize(
    "control, fault",
    [("forgets", "was done 2 times"), ("hasty", "is called done, without its effect")],
)
def test_the_sweep_finds_an_agent_that_is_wrong(places, points, control, fault):
    """One that writes its intents down too late repeats itself; one that says done too early says what is not so."""
    writes = [point for point in points if point.call in ("pwrite64", "fdatasync") and point.plan < 5]
    results = sweep(places, sample(writes, CONTROLS), **{control: True})
    assert any(fault in words for each in results for words in each.faults)


@pytest.mark.sweep
def test_killed_before_every_system_call_nothing_happens_twice(places, points):
    """All of them, some two thousand."""
    require_sound(places, points, kills=len(points) * 8 // 10)


@pytest.mark.sweep
def test_killed_twice_at_a_thousand_places_nothing_happens_twice(places, points):
    """A thousand pairs of places."""
    require_sound(places, twice(points, 1_000), kills=1_250)
