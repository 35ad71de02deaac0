"""A machine whose clock is set while the agent runs: times to come stay where they belong."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import ZONE, EngineRig, HeldWorkers
from tests.fakes.store import NOON
from understudy.app.virtual import VirtualClock
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import (
    ApprovalStep,
    DelayStep,
    ManualTrigger,
    OnFailure,
    Retry,
    Step,
    TimeTrigger,
)
from understudy.errors import ActionFailedError

AT_ONE = TimeTrigger(cron="0 13 * * *", timezone="UTC")


class SetClock(VirtualClock):
    """A clock that can be set; its monotonic time goes on as if nothing had been."""

    def __init__(self):
        super().__init__(NOON, ZONE)
        self.offset = 0
        self.asleep = self.stalls = 0

    def monotonic(self):
        """Seconds awake."""
        return super().monotonic() - self.asleep

    def elapsed(self):
        self._now += self.stalls
        return super().monotonic()

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


# --- what lasts, whichever way the clock is set ---------------------------------------------------


WAYS = pytest.mark.parametrize("jump", [-25 * HOUR, -HOUR, -30 * SECOND, 30 * SECOND, HOUR, 25 * HOUR])


def lasting(*steps, **fields):
    """An agent whose workers wait for the test, with a run of these steps under way."""
    rig = EngineRig(clock=SetClock(), workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, *steps, **fields)
    rig.see("mail")
    rig.work_on()
    return rig


@WAYS
def test_a_delay_lasts_its_length(jump):
    """To the second; and what is shown and stored of its end is by the clock as it is now."""
    rig = lasting(DelayStep(lasts=10 * MINUTE), "open")
    rig.wait(4 * MINUTE)
    set_by(rig, jump)
    assert rig.store.runs.unfinished()[0].steps[0].due_at == rig.now + 6 * MINUTE
    rig.wait(6 * MINUTE - SECOND)
    assert rig.statuses == ["running"]
    rig.wait(SECOND)
    rig.work_on()
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


@WAYS
def test_what_types_after_a_delay_is_late_only_when_time_has_passed(jump):
    """A clock that was set is not a machine that slept."""
    rig = lasting(DelayStep(lasts=10 * MINUTE), "type")
    set_by(rig, jump)
    rig.wait(10 * MINUTE)
    rig.work_on()
    assert rig.statuses == ["completed"]


@WAYS
def test_the_next_try_comes_after_its_time(jump):
    """Neither at once nor in an hour."""
    rig = EngineRig(clock=SetClock()).begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("No network", nothing_happened=True))
    retry = Retry(attempts=2, delay=10 * MINUTE)
    rig.written(Tier.AUTO, Step(action="open", on_failure=OnFailure.RETRY, retry=retry))
    rig.see("mail")
    wait = rig.runs[0].steps[0].due_at - rig.now
    rig.actions["open"].in_perform = lambda context: None
    set_by(rig, jump)
    rig.wait(wait - SECOND)
    assert rig.effects() == []
    rig.wait(SECOND)
    assert rig.statuses == ["completed"]


@WAYS
@pytest.mark.parametrize("jobs, expected", [(0, "timed_out"), (1, "unknown")])
def test_the_time_of_a_step_is_up_when_it_is_up(jump, jobs, expected):
    """One that waits for a worker has the time of its run; one at work its own, and a moment to end."""
    rig = EngineRig(clock=SetClock(), workers=HeldWorkers()).begin()
    rig.context.most_at_work = jobs
    rig.written(Tier.AUTO, "open", timeout=MINUTE)
    rig.see("mail")
    rig.work(jobs)
    set_by(rig, jump)
    limit = MINUTE if not jobs else 30 * SECOND
    rig.wait(limit - SECOND)
    assert rig.statuses == ["running"]
    rig.wait(SECOND)
    set_by(rig, jump)
    rig.wait(5 * SECOND)
    assert rig.statuses == [expected]


@pytest.mark.parametrize("jump", [-25 * HOUR, -HOUR])
def test_a_question_ends_after_its_day_though_the_clock_was_set_back(jump):
    """Nothing is waited for longer than was said."""
    rig = lasting(ApprovalStep(question="Go on?"), "open")
    rig.wait(20 * HOUR)
    set_by(rig, jump)
    rig.wait(4 * HOUR - MINUTE)
    assert rig.statuses == ["waiting_approval"]
    rig.wait(MINUTE)
    assert (rig.statuses, rig.runs[0].reason) == (["cancelled"], "approval_expired")


def test_time_asleep_is_time_that_has_passed():
    """Its delay is over when the machine wakes up, and nothing is pushed back."""
    rig = lasting(DelayStep(lasts=10 * MINUTE), "open")
    rig.clock.asleep += 8 * 60
    rig.clock.move_to(rig.now + 8 * MINUTE)
    rig.see("files")
    assert rig.runs[0].steps[0].due_at == NOON + 10 * MINUTE
    rig.wait(2 * MINUTE)
    rig.work_on()
    assert rig.statuses == ["completed"]


@pytest.mark.parametrize("jump, longest", [(-25 * HOUR, 10), (-HOUR, 10), (HOUR, 0)])
def test_after_a_restart_nothing_waits_longer_than_its_length_once_more(jump, longest):
    """What happened to the clock meanwhile cannot be known."""
    rig = lasting(DelayStep(lasts=10 * MINUTE), "open")
    rig.wait(4 * MINUTE)
    rig.clock.offset += jump
    rig = rig.restart()
    rig.wait(longest * MINUTE)
    assert rig.statuses == ["completed"]


def test_after_a_restart_a_question_stands_a_day_at_most():
    """The clock was set back while no agent ran."""
    rig = lasting(ApprovalStep(question="Go on?"), "open")
    rig.clock.offset -= 25 * HOUR
    rig = rig.restart()
    rig.wait(DAY)
    assert rig.statuses == ["cancelled"]


def test_a_disk_that_is_full_when_the_clock_is_set_ends_no_delay():
    """It is kept in mind; with the next step it is stored."""
    rig = lasting(DelayStep(lasts=10 * MINUTE), "open")
    rig.fill_disk()
    set_by(rig, -HOUR)
    rig.free_disk()
    rig.wait(10 * MINUTE)
    rig.work_on()
    assert rig.statuses == ["completed"]


@WAYS
def test_an_undo_that_hangs_is_waited_for_as_long_as_ever(jump):
    """A minute, and a moment to end."""
    rig = lasting("open")
    reply = rig.ask(lambda service: [service.undo(rig.runs[0].id, "cli")])[0]
    set_by(rig, jump)
    rig.wait(MINUTE)
    assert not reply.done()
    rig.wait(5 * SECOND)
    assert reply.result(0).run.undo_status.value == "undo_failed"


def test_an_alarm_that_comes_too_early_ends_nothing_that_still_has_its_time():
    """It is what first hears of a clock that was set forward; a step at work, and an undo, go on."""
    rig = EngineRig(clock=SetClock(), workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, "open")
    rig.see("mail")
    rig.work()
    rig.clock.offset += HOUR
    rig.wait(25 * SECOND)
    rig.work()
    assert rig.statuses == ["completed"]
    reply = rig.ask(lambda service: [service.undo(rig.runs[0].id, "cli")])[0]
    rig.clock.offset += HOUR
    rig.wait(50 * SECOND)
    assert not reply.done()
    rig.work_on()
    assert reply.result(0).run.undo_status.value == "undone"


def test_a_machine_that_is_held_up_between_two_looks_at_its_clocks_was_not_set():
    """Two seconds on a busy machine are no jump, neither there nor back."""
    rig = lasting(DelayStep(lasts=10 * MINUTE), "open")
    rig.clock.stalls = 2 * SECOND
    rig.see("files")
    rig.clock.stalls = 0
    assert rig.runs[0].steps[0].due_at == NOON + 10 * MINUTE
    rig.see("files")
    assert rig.runs[0].steps[0].due_at == NOON + 10 * MINUTE
