"""The `Scheduler` port: the real one and the fake wake the same things at the same times."""

import queue
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.clock import ShiftedClock
from tests.fakes.scheduler import ManualScheduler
from understudy.adapters.clock import SystemClock
from understudy.adapters.scheduler import CLOCK_SET, ApsScheduler

NOW = 1_780_000_000_000


class Woken:
    """What was called back, and a clock to move."""

    def __init__(self, kind):
        self.keys = queue.Queue()
        self.clock = ShiftedClock(NOW)
        self.scheduler = kind(self.clock, self._hear)

    def _hear(self, key):
        if key != CLOCK_SET:  # nobody waits for that
            self.keys.put(key)

    def pass_time(self, millis):
        """Let the machine sleep for so long."""
        self.clock.advance(millis)
        self.scheduler.refresh()

    def all(self, count):
        found = [self.keys.get(timeout=3) for _ in range(count)]
        time.sleep(0.1)
        assert self.keys.empty()
        return found


@pytest.fixture(params=[ApsScheduler, ManualScheduler])
def woken(request):
    """A running scheduler."""
    parts = Woken(request.param)
    parts.scheduler.start()
    yield parts
    parts.scheduler.stop()


def test_what_is_due_comes_and_what_is_not_waits(woken):
    """By the given clock."""
    woken.scheduler.wake("soon", NOW + 60_000)
    woken.scheduler.wake("late", NOW + 120_000)
    assert woken.all(0) == []
    woken.pass_time(60_000)
    assert woken.all(1) == ["soon"]
    woken.pass_time(60_000)
    assert woken.all(1) == ["late"]


def test_what_is_past_comes_at_once(woken):
    """However long ago."""
    woken.scheduler.wake("now", NOW)
    woken.scheduler.wake("long ago", 0)
    assert sorted(woken.all(2)) == ["long ago", "now"]


def test_a_key_has_one_wake_up(woken):
    """The later word replaces the earlier one, in both directions."""
    woken.scheduler.wake("a", NOW + 1000)
    woken.scheduler.wake("a", NOW + 5000)
    woken.pass_time(1000)
    assert woken.all(0) == []
    woken.scheduler.wake("b", NOW + 90_000)
    woken.scheduler.wake("b", NOW + 2000)
    woken.pass_time(4000)
    assert sorted(woken.all(2)) == ["a", "b"]


def test_a_cancelled_key_never_comes(woken):
    """And unknown ones are fine."""
    woken.scheduler.wake("a", NOW + 1000)
    woken.scheduler.cancel("a")
    woken.scheduler.cancel("a")
    woken.scheduler.cancel("unknown")
    woken.pass_time(5000)
    assert woken.all(0) == []


def test_what_is_due_together_comes_once_each_and_the_earliest_first(woken):
    """A thousand workflows after a night's sleep; those that are not due go on waiting."""
    for number in range(1000):
        woken.scheduler.wake(f"w-{number}", NOW + 1000 + 7 * number % 1000)
    woken.scheduler.wake("later", NOW + 90_000)
    woken.scheduler.cancel("w-500")
    woken.pass_time(60_000)
    order = sorted((7 * number % 1000, f"w-{number}") for number in range(1000) if number != 500)
    assert woken.all(999) == [key for _, key in order]
    woken.pass_time(60_000)
    assert woken.all(1) == ["later"]


def test_each_wake_up_comes_once(woken):
    """Time passing again does not repeat it."""
    woken.scheduler.wake("a", NOW + 1000)
    woken.pass_time(5000)
    woken.pass_time(5000)
    assert woken.all(1) == ["a"]


def test_a_clock_set_back_makes_what_waits_wait_longer(woken):
    """The wall clock counts, not the time that has passed."""
    woken.scheduler.wake("a", NOW + 1000)
    woken.clock.set(NOW - 60_000)
    woken.scheduler.refresh()
    woken.pass_time(2000)
    assert woken.all(0) == []


@pytest.mark.parametrize("kind", [ApsScheduler, ManualScheduler])
def test_wake_ups_set_before_the_start_are_kept(kind):
    """The engine may set them while everything is still being built."""
    parts = Woken(kind)
    parts.scheduler.wake("early", NOW)
    assert parts.all(0) == []
    parts.scheduler.start()
    parts.scheduler.start()
    assert parts.all(1) == ["early"]
    parts.scheduler.stop()


def test_after_stop_nothing_comes(woken):
    """Stop may be said twice."""
    woken.scheduler.wake("a", NOW + 1000)
    woken.scheduler.stop()
    woken.scheduler.stop()
    woken.clock.advance(5000)
    woken.scheduler.refresh()
    woken.scheduler.wake("b", NOW)
    woken.scheduler.cancel("b")
    assert woken.all(0) == []


def test_the_callback_may_set_the_next_wake_up(woken):
    """As a clock that goes on does, under the same key."""
    keys = queue.Queue()

    def again(key):
        keys.put(key)
        if keys.qsize() < 3:
            woken.scheduler.wake(key, NOW)

    woken.scheduler._callback = again
    woken.scheduler.wake("again", NOW)
    until(lambda: keys.qsize() == 3, 3)


def test_the_real_one_keeps_real_time():
    """200 ms are 200 ms, and never less."""
    clock, keys = SystemClock(), queue.Queue()
    scheduler = ApsScheduler(clock, lambda key: keys.put((key, clock.now())))
    scheduler.start()
    due = clock.now() + 200
    scheduler.wake("a", due)
    key, at = keys.get(timeout=3)
    scheduler.stop()
    assert (key, 0 <= at - due < 150) == ("a", True)


class SetBack(SystemClock):
    """A clock that somebody sets back while it is waited for."""

    back = 0

    def now(self):
        return super().now() - self.back


def test_the_real_one_tells_when_the_clock_was_set_while_it_slept():
    """No later than it would have woken; then whoever waits by it can look again."""
    clock, keys = SetBack(), queue.Queue()
    scheduler = ApsScheduler(clock, keys.put)
    scheduler.start()
    scheduler.wake("a", clock.now() + 300)
    clock.back = 3_600_000
    assert keys.get(timeout=20) == CLOCK_SET
    assert keys.empty()
    scheduler.wake("a", clock.now())
    assert keys.get(timeout=20) == "a"
    scheduler.stop()


def test_many_threads_may_wake_and_cancel_at_once():
    """No deadlock, and what was not cancelled comes exactly once."""
    clock, keys = SystemClock(), queue.Queue()
    scheduler = ApsScheduler(clock, keys.put)
    scheduler.start()

    def use(number):
        for step in range(50):
            scheduler.wake(f"{number}.{step}", clock.now() + step % 3)
            scheduler.wake(f"never {number}", clock.now() + 60_000)
            scheduler.cancel(f"never {number}")

    users = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for user in users:
        user.start()
    for user in users:
        user.join(20)
    until(lambda: keys.qsize() == 400, 10)
    scheduler.stop()
    found = [keys.get() for _ in range(keys.qsize())]
    assert sorted(found) == sorted(f"{number}.{step}" for number in range(8) for step in range(50))
