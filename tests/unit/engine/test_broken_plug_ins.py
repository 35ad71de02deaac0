"""An action that breaks where it is only asked: its run ends and says so, and all else goes on."""

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers, held
from understudy.core.trust import Tier
from understudy.core.value import SECOND
from understudy.core.workflow import DelayStep, ManualTrigger, Step
from understudy.engine.closing import BROKEN
from understudy.engine.context import BROKEN_INSIDE
from understudy.errors import ActionFailedError

LATER = Step(action="open", parameters={"what": "{{ latest_output }}"})
"""Its words are asked for only when it begins."""


def breaks(*_):
    raise ZeroDivisionError


def breaks_when_filled_in(parameters):
    return "open something" if "{{" in parameters.what else breaks()


def is_well(rig):
    """Whether another workflow still does what it is for, and the trouble is shown."""
    rig.written(Tier.AUTO, "notify", id="w-2")
    rig.run_now("w-2")
    return (rig.runs[-1].status.value, rig.context.troubles["engine"]) == ("completed", BROKEN_INSIDE)


def test_a_run_whose_next_step_breaks_when_asked_has_failed():
    """Who waits for it is told, the journal says it, and the next run may begin."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, "notify", LATER)
    rig.actions["open"].preview = breaks_when_filled_in
    run = rig.run_now()
    assert (run, run.status.value, run.text) == (rig.runs[0], "failed", BROKEN.text)
    assert not rig.context.active
    assert is_well(rig)


def test_what_broke_after_it_may_have_happened_is_unknown():
    """It failed, and cannot say whether it may be repeated: that is not known, and it is not repeated."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("It did not work"))
    rig.actions["open"].is_idempotent = breaks
    rig.written()
    rig.see("mail")
    assert (rig.statuses, rig.runs[0].steps[0].status.value) == (["unknown"], "unknown")
    assert is_well(rig)


def test_the_agent_starts_whatever_a_plug_in_says_of_what_was_left():
    """One open intent cannot be asked about: unknown; the other run goes on."""
    rig = held("open")
    rig.work()
    rig.written(Tier.AUTO, "notify", id="w-2", triggers=(ManualTrigger(),))
    rig.ask(lambda service: [service.run_now("w-2", "cli")])
    rig.actions["open"].is_idempotent = breaks
    rig = rig.restart()
    assert rig.statuses == ["unknown", "completed"]
    assert is_well(rig)


def test_what_breaks_after_a_pause_keeps_nothing_else_waiting():
    """Of two runs that were held the first breaks, the second goes on."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, "notify", LATER, id="w-1")
    rig.written(Tier.AUTO, "notify", "notify", id="w-2")
    rig.see("mail")
    rig.work(2)
    rig.ask(lambda service: service.pause())
    rig.work(2)
    assert rig.statuses == ["running"] * 2
    rig.actions["open"].preview = breaks_when_filled_in
    rig.ask(lambda service: service.resume())
    rig.work_on()
    assert rig.statuses == ["failed", "completed"]


def test_a_run_that_waits_is_not_ended_by_what_breaks_elsewhere():
    """Its delay still comes to its end."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, DelayStep(lasts=SECOND), "notify", id="w-1")
    rig.see("mail")
    rig.written(Tier.AUTO, "notify", LATER, id="w-2", triggers=(ManualTrigger(),))
    rig.actions["open"].preview = breaks_when_filled_in
    rig.run_now("w-2")
    assert rig.statuses == ["running", "failed"]
    rig.wait(SECOND)
    assert rig.statuses == ["completed", "failed"]


def test_a_run_that_is_done_has_its_answer_though_nobody_can_say_how_to_undo_it():
    """The words of its notification break; the run does not."""
    rig = held("open")
    rig.actions["open"].undo_preview = breaks
    rig.work_on()
    assert rig.statuses == ["completed"]
    assert not rig.context.active
