"""Runs between two agents, in detail: what goes on, what is done again, what is given up; and who else hears of it."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers, a_workflow, held
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import OnFailure, Retry, Step
from understudy.errors import ActionFailedError

# --- the second channel --------------------------------------------------------------------------


def told_far(**secrets):
    rig = EngineRig().begin()
    rig.secrets.kept.update(secrets)
    changes = {"addresses": {"phone": "ntfy://{{ secret.topic }}"}, "failure_channel": "phone"}
    rig.ask(lambda service: service.change_settings(changes))
    rig.actions["open"].in_perform = raises(ActionFailedError("It did not open"))
    rig.written()
    rig.see("mail")
    return rig


def test_what_goes_wrong_is_also_told_on_the_second_channel():
    """With the secrets of its address filled in on the way."""
    rig = told_far(topic="t0p")
    body = f"It did not open. See: understudy runs show {rig.runs[0].id}"
    assert rig.messenger.sent == [("ntfy://t0p", "After Mail, do it: did not work", body)]


def test_a_second_channel_that_fails_is_a_trouble_until_it_works():
    """The run is what it is; the trouble is shown, without the secret."""
    rig = told_far()
    assert "There is no secret topic" in rig.context.troubles["failure_channel"]
    rig.secrets.put("topic", "t0p")
    rig.messenger.failing = "t0p is closed"
    rig.run_now()
    assert "t0p" not in rig.context.troubles["failure_channel"]
    rig.messenger.failing = ""
    rig.run_now()
    assert "failure_channel" not in rig.context.troubles


# --- restart, in detail --------------------------------------------------------------------------


def test_an_agent_that_ends_leaves_what_waits_and_what_has_not_begun_to_the_next():
    """Told to end while it prepares: the step has not happened, and the next agent does it."""
    rig = held("open", "send")
    rig.agent.stop()
    rig.store.guard.is_closed = False
    rig.work_on()
    assert (rig.statuses, rig.effects()) == (["running"], [])
    rig = rig.restart()
    assert (rig.statuses, len(rig.effects()), len(rig.effects("send"))) == (["completed"], 1, 1)


def test_a_run_that_was_failing_when_the_agent_died_has_failed():
    """One branch had failed, the other was about to act: it does not go on."""
    rig = held(Step(action="open", after=()), Step(action="send", after=()))
    rig.actions["open"].in_prepare = raises(ActionFailedError("It did not open"))
    rig.work()
    rig = rig.restart()
    assert (rig.statuses, rig.runs[0].text, rig.effects("send")) == (["failed"], "It did not open.", [])


@pytest.mark.parametrize(
    "pause, status, effects", [(30 * MINUTE, "completed", 1), (2 * HOUR, "cancelled", 0)]
)
def test_a_run_found_between_two_steps_while_paused_waits_for_the_end_of_the_pause(pause, status, effects):
    """Resumed within the hour it goes on; later it is not caught up."""
    rig = held("open", "send")
    rig.work(2)
    rig.ask(lambda service: service.pause())
    rig = rig.restart()
    rig.wait(pause)
    assert (rig.statuses, rig.effects("send")) == (["running"], [])
    rig.ask(lambda service: service.resume())
    assert (rig.statuses, len(rig.effects("send"))) == ([status], effects)


def test_of_several_open_intents_all_must_be_repeatable():
    """One may be, the other may not: neither is done again."""
    rig = held(Step(action="notify", after=()), Step(action="open", after=()))
    rig.work(2)
    rig = rig.restart()
    assert (rig.statuses, rig.effects(), rig.effects("notify")) == (["unknown"], [], [])
    assert {step.status.value for step in rig.runs[0].steps} == {"unknown"}


def test_an_open_intent_that_can_no_longer_be_filled_in_is_unknown():
    """What it would do is not known any more."""
    rig = held(Step(action="notify", parameters={"what": "{{ trigger.title }}"}))
    rig.work()
    run = rig.runs[0]
    bare = msgspec.structs.replace(run.steps[0], parameters={})
    rig.store.runs.put(msgspec.structs.replace(run, steps=(bare,), event={}))
    rig = rig.restart()
    assert rig.statuses == ["unknown"]


def test_a_repeated_step_keeps_its_parameters():
    """The same notification under the same tag, with the text of then."""
    rig = held(Step(action="notify", parameters={"what": "{{ now.time }}"}))
    rig.work()
    rig.clock.move_to(rig.now + 30 * MINUTE)
    rig = rig.restart()
    assert rig.effects("notify") == [("13:00", f"{rig.runs[0].id}.0")]


def test_a_next_try_keeps_waiting_over_two_restarts():
    """Restarted before its time, it is tried once, at its time."""
    step = Step(action="open", on_failure=OnFailure.RETRY, retry=Retry(delay=10 * MINUTE))
    rig = EngineRig().begin()
    rig.actions["open"].in_prepare = raises(ActionFailedError("no"))
    rig.written(Tier.AUTO, step)
    rig.see("mail")
    rig.actions["open"].in_prepare = lambda context: None
    rig = rig.restart().restart()
    rig.wait(MINUTE)
    assert rig.effects() == []
    rig.wait(20 * MINUTE)
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


def test_a_plain_workflow_of_two_costs_five_commits():
    """Its start, and for each step intent and outcome, the last one with the end."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.save(a_workflow(Tier.AUTO, "open", "send"))
    put, count = rig.store.runs.put, []
    rig.store.runs.put = lambda run: count.append(run.status.value) or put(run)
    rig.see("mail")
    rig.work_on()
    assert count == ["running"] * 4 + ["completed"]
