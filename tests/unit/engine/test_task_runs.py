"""Tasks over the whole engine: their runs, questions, pauses and restarts are the real ones."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers
from understudy.core.run import RunStatus
from understudy.core.suggestion import Answer
from understudy.core.task import Task, TaskStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ManualTrigger
from understudy.errors import ActionFailedError, ConflictError


def a_rig(tier=Tier.AUTO, *, autorun=True, **options):
    rig = EngineRig(**options).begin()
    rig.written(tier, name="Tidy up", triggers=(ManualTrigger(),))
    rig.ask(lambda use: use.set_executor(autorun=autorun))
    return rig


def add(rig, **fields):
    return rig.ask(lambda use: use.add_task("Tidy", by="cli", workflow="w-1", **fields)).task.id


def status(rig, task_id):
    return rig.store.tasks.get(task_id).status.value


def test_a_task_of_tier_auto_is_done_by_itself():
    """From planned to done, with its effect seen once."""
    rig = a_rig()
    task_id = add(rig)
    rig.wait(0)
    assert (status(rig, task_id), len(rig.effects())) == ("done", 1)
    (run,) = rig.runs
    assert (run.cause.kind, run.cause.ref, run.is_automatic) == ("task", f"task:{task_id}", True)


def test_a_task_of_tier_suggest_asks_and_follows_the_yes():
    """The question is a suggestion like any other; no other question takes its place."""
    rig = a_rig(Tier.SUGGEST)
    task_id = add(rig)
    rig.wait(0)
    (question,) = rig.waiting
    assert (status(rig, task_id), rig.effects(), question.cause_id) == ("executing", [], f"task:{task_id}")
    rig.answer(question.id)
    assert (status(rig, task_id), len(rig.effects())) == ("done", 1)


def test_a_question_about_a_task_that_nobody_answers_ends_it():
    """After 24 hours, and it never runs."""
    rig = a_rig(Tier.SUGGEST)
    task_id = add(rig)
    rig.wait(2 * DAY)
    assert (status(rig, task_id), rig.effects(), rig.waiting) == ("failed", [], [])


def test_a_no_calls_the_task_off():
    """Through the same buttons."""
    rig = a_rig(Tier.SUGGEST)
    task_id = add(rig)
    rig.wait(0)
    rig.answer(rig.waiting[0].id, Answer.NOT_NOW)
    assert (status(rig, task_id), rig.effects()) == ("cancelled", [])


def test_two_tasks_of_one_workflow_ask_one_after_the_other():
    """Each question is about its own task."""
    rig = a_rig(Tier.SUGGEST)
    first, second = add(rig), add(rig)
    rig.wait(10 * MINUTE)
    assert [each.cause_id for each in rig.waiting] == [f"task:{first}"]
    rig.answer(rig.waiting[0].id)
    rig.wait(MINUTE)
    assert [each.cause_id for each in rig.waiting] == [f"task:{second}"]


def test_what_fails_before_it_has_an_effect_is_tried_three_times():
    """Then it is in the list of what came to nothing, once."""
    rig = a_rig()
    rig.actions["open"].in_prepare = raises(ActionFailedError("There is no such program"))
    task_id = add(rig)
    rig.wait(HOUR)
    assert (status(rig, task_id), rig.statuses) == ("failed", ["failed"] * 3)
    assert [letter.task_id for letter in rig.store.dead_letters.find()] == [task_id]


def test_what_may_have_had_an_effect_is_not_tried_again():
    """One try, and the person decides."""
    rig = a_rig()
    rig.actions["open"].in_perform = raises(ActionFailedError("It broke"))
    task_id = add(rig)
    rig.wait(HOUR)
    assert (status(rig, task_id), rig.statuses) == ("failed", ["failed"])


def test_a_running_task_is_stopped_when_it_is_called_off():
    """Its run ends as cancelled, and nothing more is done."""
    rig = a_rig(autorun=False, workers=HeldWorkers())
    task_id = add(rig)
    rig.ask(lambda use: use.start_task(task_id, "cli"))
    assert rig.runs[0].status is RunStatus.RUNNING
    rig.ask(lambda use: use.cancel_task(task_id, "cli"))
    rig.work_on()
    assert (status(rig, task_id), rig.runs[0].status, rig.effects()) == ("cancelled", RunStatus.CANCELLED, [])


def test_a_pause_holds_the_executor_and_its_end_lets_it_go_on():
    """No try is lost by it."""
    rig = a_rig()
    rig.ask(lambda use: use.pause(60))
    task_id = add(rig)
    rig.wait(30 * MINUTE)
    assert (status(rig, task_id), rig.runs) == ("planned", [])
    rig.wait(HOUR)
    assert status(rig, task_id) == "done"


def test_workflows_that_make_tasks_for_each_other_end():
    """The chain of a task is the chain of the run that made it, and one more."""
    rig = a_rig()
    rig.run_now()
    run_id = rig.runs[0].id
    given = Task(id="t-1", title="Once more", workflow_id="w-1", source=f"run:{run_id}")
    rig.ask(lambda use: use.take_task(given, by="run"))
    rig.wait(HOUR)
    assert (status(rig, "t-1"), rig.statuses, rig.runs[-1].reason) == (
        "failed",
        ["completed", "skipped"],
        "cycle",
    )


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_crash_at_any_point_leaves_a_task_that_is_settled(done):
    """Never two effects; and never done without one."""
    rig = a_rig(workers=HeldWorkers())
    task_id = add(rig)
    rig.wait(0)
    rig.work(done)
    after = rig.restart()
    after.wait(HOUR)
    assert len(after.effects()) <= 1
    assert status(after, task_id) == ("done" if after.effects() else "failed")


def test_a_settled_task_cannot_be_started():
    """Done is done."""
    rig = a_rig()
    task_id = add(rig)
    rig.wait(0)
    with pytest.raises(ConflictError):
        rig.ask(lambda use: use.start_task(task_id, "cli"))
    assert rig.store.tasks.get(task_id).status is TaskStatus.DONE
