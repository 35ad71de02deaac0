"""A machine whose clock is set while the agent runs: times to come stay where they belong."""

from tests.fakes.engine_rig import ZONE, EngineRig
from tests.fakes.store import NOON
from understudy.app.virtual import VirtualClock
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ManualTrigger, TimeTrigger

AT_ONE = TimeTrigger(cron="0 13 * * *", timezone="UTC")


class SetClock(VirtualClock):
    """A clock that can be set; its monotonic time goes on as if nothing had been."""

    def __init__(self):
        super().__init__(NOON, ZONE)
        self.offset = 0

    def now(self):
        return self._now + self.offset

    def move_to(self, at):
        self._now = max(self._now, at - self.offset)


def a_rig(*triggers):
    rig = EngineRig(clock=SetClock()).begin()
    rig.written(Tier.AUTO, triggers=triggers or (AT_ONE,))
    return rig


def set_by(rig, span):
    """Set the clock; the person goes on working."""
    rig.clock.offset += span
    rig.see("files")


def hours_of(rig):
    """When its runs began, in hours since the first noon."""
    return [(run.started_at - NOON) / HOUR for run in rig.runs]


def test_after_a_clock_far_ahead_is_put_right_times_come_as_ever():
    """A flat battery on the board said next year; the alarm of next year is not waited for."""
    rig = a_rig()
    set_by(rig, 365 * DAY)
    rig.wait(MINUTE)
    set_by(rig, -365 * DAY)
    rig.wait(2 * DAY)
    assert hours_of(rig)[-2:] == [1.0, 25.0]


def test_a_time_that_comes_again_after_the_clock_was_set_back_runs_once():
    """One o'clock was heard already."""
    rig = a_rig()
    rig.wait(HOUR + 10 * MINUTE)
    set_by(rig, -30 * MINUTE)
    rig.wait(HOUR)
    assert hours_of(rig) == [1.0]
    rig.wait(DAY)
    assert len(rig.runs) == 2


def test_small_corrections_and_workflows_without_a_time_change_nothing():
    """Time servers do that every day."""
    rig = a_rig(ManualTrigger())
    before = dict(rig.scheduler.due)
    set_by(rig, -10_000)
    set_by(rig, -DAY)
    assert (rig.context.due, rig.scheduler.due.keys() >= before.keys() - {"pause"}) == ({}, True)
