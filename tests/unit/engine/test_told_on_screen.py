"""What notifications say of an end, or of no beginning: what, why, and what can be done."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR
from understudy.core.workflow import ApprovalStep, ManualTrigger, OnFailure, Retry, Step
from understudy.errors import ActionFailedError


def broken(*steps, **fields):
    """A rig whose act `open` fails with nothing done, and a workflow that it belongs to."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("Nobody answers", nothing_happened=True))
    rig.written(Tier.AUTO, *steps, **fields)
    return rig


def test_a_run_that_can_be_tried_again_says_where():
    """Retries are used up: the notification leads to the list that offers one more."""
    retries = Step(action="open", on_failure=OnFailure.RETRY, retry=Retry(attempts=1))
    rig = broken(retries)
    rig.see("mail")
    letter = rig.store.dead_letters.find()[0]
    seen = rig.screen.shown[-1]
    assert seen.title == "After Mail, do it: did not work"
    assert seen.body == f"Nobody answers. Tried once. See: understudy dead-letters show {letter.id}"


def test_a_task_that_failed_is_told_by_its_name():
    """The person wrote down the task; which workflow does it is second."""
    rig = broken("open", name="Fetch the weather", triggers=(ManualTrigger(),))
    task = rig.ask(lambda use: use.add_task("Look at the weather", by="cli", workflow="w-1")).task
    rig.ask(lambda use: use.start_task(task.id, "cli"))
    body = f"Task: Look at the weather. Nobody answers. See: understudy runs show {rig.runs[0].id}"
    assert body in [each.body for each in rig.screen.shown]


@pytest.mark.parametrize("length", [4, 400])
def test_a_task_whose_script_was_never_allowed_says_how_to_allow_it(length):
    """However long the script is, what to do about it is seen."""
    rig = EngineRig().begin()
    script = Step(action="script", parameters={"what": "x" * length})
    rig.written(Tier.AUTO, script, triggers=(ManualTrigger(),))
    task = rig.ask(lambda use: use.add_task("Tidy", by="cli", workflow="w-1")).task
    rig.ask(lambda use: use.start_task(task.id, "cli"))
    seen = rig.screen.shown[-1]
    assert seen.title == "After Mail, do it was not run"
    assert seen.body.startswith("Not done: script xxxx")
    assert seen.body.endswith("then allow it: understudy workflows run w-1 --allow-script")
    assert len(seen.body) <= 240


def test_a_question_that_was_held_back_says_until_when_it_stands():
    """Asked at night, shown in the morning: the day for an answer has long begun."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, ApprovalStep(question="Sure?"), "send")
    rig.wait(10 * HOUR)
    rig.see("mail")
    assert rig.keys == []
    rig.wait(DAY - 12 * HOUR)
    ends = "asks before it goes on. Next: send it. Without an answer until today 23:00 it ends there."
    assert rig.screen.shown[-1].body == f'"After Mail, do it" {ends}'
