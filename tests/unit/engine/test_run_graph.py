"""Runs over a graph: conditions choose, branches go side by side, templates carry on, delays wait and survive."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers, held
from understudy.core.run import RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import Condition, ConditionStep, DelayStep, OnFailure, Operator, Step
from understudy.errors import ActionFailedError, TimedOutError

DONE, SKIPPED, PENDING = StepStatus.DONE, StepStatus.SKIPPED, StepStatus.PENDING


def act(name="", after=None, what="it", action="open", **fields):
    return Step(id=name, action=action, parameters={"what": what}, after=after, **fields)


def fires(*steps, **fields):
    """A rig in which a mail with a title has started these steps."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, *steps, **fields)
    rig.see("mail", title="Invoice 7")
    return rig


def statuses(rig):
    return [step.status for step in rig.runs[0].steps]


def done(rig, name="open"):
    return [what for what, _ in rig.effects(name)]


# --- conditions ----------------------------------------------------------------------------------


def is_titled(value, name="check"):
    return ConditionStep(
        id=name, all=(Condition(field="trigger.title", operator=Operator.CONTAINS, value=value),)
    )


@pytest.mark.parametrize("title, branch, effects", [("invoice", True, ["yes"]), ("offer", False, ["no"])])
def test_a_condition_leads_to_one_of_two_branches(title, branch, effects):
    """The other one is passed by; where they come together again the run goes on."""
    steps = (
        is_titled(title),
        act("yes", ("check.true",), "yes"),
        act("no", ("check.false",), "no"),
        act("end", ("yes", "no"), "end"),
    )
    rig = fires(*steps)
    assert (done(rig), rig.statuses) == ([*effects, "end"], ["completed"])
    assert rig.runs[0].steps[0].branch is branch
    assert {step.reason for step in rig.runs[0].steps if step.status is SKIPPED} == {"not_reached"}


def test_a_condition_that_does_not_hold_in_a_plain_list_ends_it():
    """Nothing is done, nothing is told, and the reason stands with the condition."""
    rig = fires(is_titled("offer"), "open", "send")
    assert (done(rig), rig.statuses, rig.keys) == ([], ["completed"], [])
    assert (statuses(rig), rig.runs[0].text) == ([DONE, SKIPPED, SKIPPED], "There was nothing to do")
    assert "offer" in rig.runs[0].steps[0].text


# --- branches side by side -----------------------------------------------------------------------


def test_branches_go_side_by_side_and_come_together():
    """Both are with workers at once; what comes after both waits for both."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(
        Tier.AUTO,
        act("a", (), "a"),
        act("b", (), "b"),
        act("c", ("a", "b"), "c"),
    )
    rig.see("mail")
    assert len(rig.workers.jobs) == 2
    rig.work(3)
    assert done(rig) == ["a"]
    rig.work(1)
    assert done(rig) == ["a", "b"]
    rig.work_on()
    assert (done(rig), rig.statuses) == (["a", "b", "c"], ["completed"])


def test_when_one_branch_fails_what_is_at_work_ends_and_nothing_new_begins():
    """The failed one decides how the run ends; the other one's effect is kept and can be undone."""
    rig = held(act("a", ()), act("b", (), action="notify"), act("c", ("b",), action="send"))
    rig.actions["open"].in_prepare = raises(ActionFailedError("It did not open"))
    rig.workers.jobs.reverse()
    rig.work()
    rig.work_on()
    run = rig.runs[0]
    assert (run.status, run.text) == (RunStatus.FAILED, "It did not open.")
    assert ([step.status for step in run.steps], rig.effects("send")) == (
        [StepStatus.FAILED, DONE, PENDING],
        [],
    )


def test_what_was_only_looked_at_when_another_branch_failed_is_not_done():
    """Whether it can be done was found out, but the run ends: it does not begin to act."""
    rig = held(act("a", ()), act("b", (), action="send"))
    rig.actions["open"].in_prepare = raises(ActionFailedError("It did not open"))
    rig.work_on()
    assert (rig.statuses, rig.effects("send")) == (["failed"], [])
    assert [step.status for step in rig.runs[0].steps] == [StepStatus.FAILED, PENDING]


# --- what is carried on --------------------------------------------------------------------------


def test_templates_read_the_trigger_the_steps_before_and_the_latest_output():
    """What was really used stands in the record, and in its words."""
    rig = fires(
        act("fetch", what="{{ trigger.title | upper }}"),
        act("tell", what="{{ steps.fetch.output }} / {{ latest_output }} / {{ steps.fetch.status }}"),
        act("say", what="{{ workflow.name }}, {{ now.weekday }} {{ now.date }}"),
    )
    assert done(rig) == [
        "INVOICE 7",
        "did INVOICE 7 / did INVOICE 7 / done",
        "After Mail, do it, Thursday 2025-11-20",
    ]
    assert rig.runs[0].steps[0].parameters == {"what": "INVOICE 7"}
    assert (rig.runs[0].steps[0].text, rig.runs[0].event["title"]) == ("open INVOICE 7", "Invoice 7")


def test_captured_text_is_never_read_as_a_template():
    """A title with braces stays a title."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, act(what="{{ trigger.title }}"), act(what="{{ latest_output }}"))
    rig.see("mail", title="{{ secret.token }} {{ 7 * 7 }}")
    assert done(rig) == ["{{ secret.token }} {{ 7 * 7 }}", "did {{ secret.token }} {{ 7 * 7 }}"]


def test_a_template_that_cannot_be_filled_in_fails_its_step():
    """Nothing was done; the error names what is missing."""
    rig = fires(act(what="{{ trigger.sender }}"))
    assert (rig.statuses, done(rig)) == (["failed"], [])
    assert "sender" in rig.runs[0].text


def test_a_step_may_fail_and_the_run_go_on():
    """It is said that it was not done, and the next one sees it as skipped."""
    rig = EngineRig().begin()
    rig.actions["send"].in_perform = raises(ActionFailedError("no network"))
    rig.written(
        Tier.AUTO, act("a", action="send", on_failure=OnFailure.SKIP), act(what="{{ steps.a.status }}")
    )
    rig.see("mail")
    run = rig.runs[0]
    assert (run.status, run.steps[0].reason, done(rig)) == (
        RunStatus.COMPLETED,
        "action_failed",
        ["skipped"],
    )
    assert run.text == "Done: open skipped. Not done: send it (no network.)."


def test_a_step_that_took_too_long_may_be_passed_over():
    """Told to end at its time it does, and the run goes on without it."""
    rig = held(act(timeout=10 * SECOND, on_failure=OnFailure.SKIP), "send")
    rig.actions["open"].in_perform = raises(TimedOutError("too slow"))
    rig.work_on()
    assert (rig.statuses, statuses(rig)) == (["completed"], [SKIPPED, DONE])


def test_when_the_run_has_no_time_left_nothing_is_passed_over():
    """The whole run has timed out, whatever its steps allow."""
    rig = held(act(on_failure=OnFailure.SKIP), "send", timeout=10 * SECOND)
    rig.wait(20 * SECOND)
    rig.work_on()
    assert (rig.statuses, rig.effects("send")) == (["timed_out"], [])


# --- time ----------------------------------------------------------------------------------------


def test_a_step_gets_at_most_four_fifths_of_what_its_run_has_left():
    """Of ten seconds eight, of the two that are left then one and a half."""
    rig = held(act(on_failure=OnFailure.SKIP), "send", timeout=10 * SECOND)
    began = rig.clock.monotonic()
    work = next(iter(rig.context.active.values())).works[0]
    assert work.timeline.deadline - began == pytest.approx(8)
    rig.work()
    rig.wait(8 * SECOND)
    rig.actions["open"].in_perform = raises(TimedOutError("too slow"))
    rig.work()
    work = next(iter(rig.context.active.values())).works[1]
    assert work.timeline.deadline - rig.clock.monotonic() == pytest.approx(1.6)


def test_waiting_does_not_count_as_working():
    """A run that may work for a minute waits for a day in between, and is done."""
    rig = fires("open", DelayStep(lasts=DAY), "send", timeout=MINUTE)
    rig.wait(DAY)
    assert (rig.statuses, rig.runs[0].worked) == (["completed"], 0)


def test_working_time_is_counted_over_restarts():
    """It has used half of it before; the next agent gives it the other half."""
    rig = held("open", DelayStep(lasts=HOUR), "send", timeout=MINUTE)
    rig.wait(29 * SECOND)
    rig.work(2)
    assert rig.runs[0].worked == 29_000
    rig = rig.restart()
    workers = rig.workers = rig.context.workers = HeldWorkers()
    rig.wait(HOUR)
    work = next(iter(rig.context.active.values())).works[2]
    assert work.timeline.deadline - rig.clock.monotonic() == pytest.approx(0.8 * 31)
    assert len(workers.jobs) == 1


# --- delays --------------------------------------------------------------------------------------


def test_a_delay_waits_and_then_the_run_goes_on():
    """Not a moment sooner; the person who started it is not kept waiting."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, "open", DelayStep(id="pause", lasts=10 * MINUTE), "send")
    run = rig.run_now()
    assert (run.status, statuses(rig)) == (RunStatus.RUNNING, [DONE, StepStatus.WAITING, PENDING])
    rig.wait(10 * MINUTE - 1)
    assert rig.effects("send") == []
    rig.wait(1)
    assert (rig.statuses, len(rig.effects("send"))) == (["completed"], 1)


@pytest.mark.parametrize("away", [0, 5 * MINUTE, 3 * DAY])
def test_a_delay_survives_a_restart_however_late(away):
    """The agent was away for a while: the run goes on when its time has come, or at once when it is past."""
    rig = fires("open", DelayStep(lasts=10 * MINUTE), "send")
    rig.clock.move_to(rig.now + away)
    rig = rig.restart()
    rig.wait(10 * MINUTE)
    assert (rig.statuses, len(rig.effects()), len(rig.effects("send"))) == (["completed"], 1, 1)
    assert len(rig.restart().effects("send")) == 1


def test_a_delay_that_ends_in_a_pause_waits_for_its_end():
    """Nothing is done while paused; resumed, it goes on."""
    rig = fires("open", DelayStep(lasts=10 * MINUTE), "send")
    rig.ask(lambda service: service.pause())
    rig.wait(3 * HOUR)
    assert (rig.effects("send"), statuses(rig)[1]) == ([], StepStatus.WAITING)
    rig.ask(lambda service: service.resume())
    rig.wait(0)
    assert (rig.statuses, len(rig.effects("send"))) == (["completed"], 1)


def test_a_delay_is_not_over_sooner_when_the_alarm_comes_too_soon():
    """Woken before its time it sets its alarm again."""
    rig = fires(DelayStep(lasts=10 * MINUTE), "send")
    key = f"step:{rig.runs[0].id}:0"
    due = rig.scheduler.due.pop(key)
    rig._on_wake(key)
    assert (rig.effects("send"), rig.scheduler.due[key]) == ([], due)


def test_stop_lets_what_waits_wait_and_nothing_runs_until_resumed():
    """A delay is not work: stop leaves it, and its end comes to nothing before resume."""
    rig = fires("open", DelayStep(lasts=10 * MINUTE), "send")
    rig.ask(lambda service: service.stop())
    rig.wait(HOUR)
    assert (rig.effects("send"), rig.statuses) == ([], ["running"])
    rig.ask(lambda service: service.resume())
    rig.wait(0)
    assert rig.statuses == ["completed"]


def test_when_another_branch_fails_a_delay_is_given_up():
    """Its alarm rings for nobody."""
    rig = held(act("a", ()), DelayStep(id="b", lasts=HOUR, after=()), act("c", ("b",), action="send"))
    rig.actions["open"].in_perform = raises(ActionFailedError("no"))
    rig.work_on()
    assert statuses(rig) == [StepStatus.FAILED, StepStatus.CANCELLED, PENDING]
    rig.wait(2 * HOUR)
    assert (rig.statuses, rig.effects("send")) == (["failed"], [])
