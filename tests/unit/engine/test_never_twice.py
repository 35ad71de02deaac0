"""Nothing is done twice: tried again, taken back, called off and begun once more, at the worst moment."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers, a_workflow
from understudy.core.action import UndoStatus
from understudy.core.run import Cause, StepStatus
from understudy.core.suggestion import Answer
from understudy.core.task import TaskStatus
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import Mode, OnFailure, Retry, Step
from understudy.engine import undo
from understudy.engine.messages import RunWanted
from understudy.errors import ActionFailedError, ConflictError

NOTHING = ActionFailedError("No network", nothing_happened=True)
AGAIN = Step(action="open", on_failure=OnFailure.RETRY, retry=Retry(attempts=2))


def with_letter(*steps, **fields):
    """A rig whose run has sent something, and then came to nothing."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(NOTHING)
    rig.written(Tier.AUTO, *steps or ("notify", AGAIN), **fields)
    rig.see("mail")
    rig.wait(MINUTE)
    return rig, rig.store.dead_letters.find()[0]


def works(rig):
    rig.actions["open"].in_perform = lambda context: None


def wanted_again(rig, letter, name):
    workflow = rig.store.workflows.get("w-1")
    return RunWanted(run_id=name, workflow=workflow, cause=Cause(kind="manual"), redoes=letter.run_id)


# --- tried again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.SINGLE, Mode.QUEUED, Mode.PARALLEL])
def test_a_letter_tried_again_twice_at_once_is_tried_once(mode):
    """Two clicks: both wishes are on their way before the first run begins."""
    rig, letter = with_letter(mode=mode)
    works(rig)
    rig.context.post(wanted_again(rig, letter, "r-1"))
    rig.context.post(wanted_again(rig, letter, "r-2"))
    rig.engine.drain()
    assert (rig.store.runs.get("r-1").status, len(rig.effects())) == ("completed", 1)
    assert (rig.store.runs.get("r-2").status, rig.store.runs.get("r-2").reason) == ("skipped", "settled")


def test_one_that_waits_for_its_turn_behind_another_one_is_tried_once():
    """Queued behind the first, and its letter is settled when its turn comes."""
    rig, letter = with_letter(mode=Mode.QUEUED)
    works(rig)
    held = EngineRig(store=rig.store, clock=rig.clock, actions=rig.actions, workers=HeldWorkers()).begin()
    rig = held
    for name in ("r-0", "r-1", "r-2"):
        again = wanted_again(rig, letter, name)
        rig.put(
            again if name != "r-0" else RunWanted(run_id="r-0", workflow=again.workflow, cause=again.cause)
        )
    rig.work_on()
    assert [rig.store.runs.get(name).reason for name in ("r-0", "r-1", "r-2")] == ["", "", "settled"]
    assert len(rig.effects()) == 2


def test_what_was_taken_back_is_done_again():
    """Its effect is gone: what comes after it would stand on nothing."""
    rig, letter = with_letter("send", "notify", AGAIN)
    rig.ask(lambda service: service.undo(letter.run_id, "cli"))
    works(rig)
    rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    assert [len(rig.effects(name)) for name in ("send", "notify", "open")] == [1, 2, 1]


def test_nothing_is_tried_again_while_it_is_being_taken_back():
    """Which of its steps still stand is not known before that has ended."""
    rig, letter = with_letter()
    works(rig)
    rig.context.undoing[letter.run_id] = None
    rig.put(wanted_again(rig, letter, "r-1"))
    assert (rig.store.runs.get("r-1").reason, rig.effects()) == ("being_undone", [])


# --- taken back ----------------------------------------------------------------------------------


def test_an_undo_that_the_agent_did_not_survive_is_not_done_again():
    """It may have happened: that was written down before, and the person is told to look."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written()
    rig.see("mail")
    rig.work_on()
    run_id = rig.runs[0].id
    undo.begin(run_id, rig.context)
    rig.workers.do_next()
    rig.workers.do_next()
    assert rig.actions["open"].undone == ["it"]
    rig = rig.restart()
    assert rig.runs[0].undo_status is UndoStatus.UNDO_FAILED
    assert "ended before" in rig.runs[0].undo_text
    with pytest.raises(ConflictError):
        rig.ask(lambda service: service.undo(run_id, "cli"))
    assert rig.actions["open"].undone == ["it"]


# --- repeated after a crash ----------------------------------------------------------------------


def died_in(name="notify", *more):
    """The store of an agent that died between intent and outcome of a step that may be repeated."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, name, *more)
    rig.see("mail")
    rig.work()
    assert rig.runs[0].steps[0].status is StepStatus.INTENT
    return rig


def next_agent(rig):
    """The next agent, whose workers wait for the test."""
    fresh = EngineRig(store=rig.store, clock=rig.clock, actions=rig.actions, workers=HeldWorkers())
    return fresh.begin()


def test_a_step_that_kills_every_agent_is_given_up_after_three():
    """It may be repeated, but not for ever."""
    rig = died_in()
    for _ in range(2):
        rig = next_agent(rig)
        rig.work()
    assert rig.runs[0].steps[0].attempts == 3
    rig = rig.restart()
    assert (rig.statuses, rig.effects("notify")) == (["unknown"], [])


@pytest.mark.parametrize("jobs", [0, 1])
def test_a_pause_before_it_is_repeated_leaves_it_unknown(jobs):
    """Neither done again after the pause, nor going on for ever: ready, or just prepared, when it began."""
    rig = next_agent(died_in("notify", "open"))
    busy = rig.workers.jobs
    if not jobs:
        rig = EngineRig(store=rig.store, clock=rig.clock, actions=rig.actions, workers=HeldWorkers())
        rig.context.most_at_work = 0
        rig.begin()
    rig.ask(lambda service: service.pause())
    assert busy is not None
    rig.work_on()
    rig.ask(lambda service: service.resume())
    rig.work_on()
    assert (rig.statuses, rig.effects("notify"), rig.effects()) == (["unknown"], [], [])
    assert rig.runs[0].steps[0].status is StepStatus.UNKNOWN


def test_cancelled_before_it_is_repeated_it_is_unknown():
    """The agent before may have done it, so nobody can say that it was not done."""
    rig = EngineRig(store=died_in().store, workers=HeldWorkers())
    rig.context.most_at_work = 0
    rig.begin()
    rig.ask(lambda service: service.cancel(rig.runs[0].id, "cli"))
    assert (rig.statuses, rig.runs[0].steps[0].status) == (["unknown"], StepStatus.UNKNOWN)


def test_an_unknown_step_is_not_forgotten_by_the_next_agent():
    """One branch did not come back, and the agent died while the other was at work."""
    steps = (
        Step(action="open", id="a", after=(), timeout=1_000),
        Step(action="notify", id="b", after=(), timeout=60_000),
    )
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, *steps)
    rig.see("mail")
    rig.work(1)
    rig.workers.jobs.rotate(-1)
    lost = rig.workers.jobs.popleft()
    rig.wait(8_000)
    assert rig.runs[0].steps[0].status is StepStatus.UNKNOWN
    rig = rig.restart()
    assert lost
    assert rig.statuses == ["unknown"]


# --- tasks ---------------------------------------------------------------------------------------


def task_rig(tier=Tier.AUTO, **fields):
    rig = EngineRig().begin()
    rig.ask(lambda service: service.set_executor(autorun=True, kinds=("workflow",)))
    rig.save(a_workflow(tier, "send", "open", id="w-t", name="Report", **fields))
    rig.actions["open"].in_prepare = raises(NOTHING)
    return rig


def add(rig):
    return rig.ask(lambda service: service.add_task("Send it", by="cli", workflow="w-t")).task.id


def test_a_try_that_could_not_begin_loses_nothing_of_what_was_done():
    """First the message went out; then a try was refused; the next one goes on where the first one stopped."""
    rig = task_rig()
    task_id = add(rig)
    rig.wait(MINUTE // 2)
    rig.actions["open"].in_prepare = lambda context: None
    rig.context.ceiling = msgspec.structs.replace(rig.context.ceiling, per_minute=0)
    rig.wait(2 * MINUTE)
    assert [run.reason for run in rig.runs][1:] == ["rate_limit"]
    rig.context.ceiling = msgspec.structs.replace(rig.context.ceiling, per_minute=30)
    rig.wait(HOUR)
    assert rig.store.tasks.get(task_id).status is TaskStatus.DONE
    assert (len(rig.effects("send")), len(rig.effects())) == (1, 1)


def test_a_try_that_was_lost_loses_nothing_of_what_was_done():
    """The agent died before the second run was even stored."""
    rig = task_rig()
    task_id = add(rig)
    rig.wait(MINUTE // 2)
    rig.actions["open"].in_prepare = lambda context: None
    task = rig.store.tasks.get(task_id)
    rig.store.tasks.put(msgspec.structs.replace(task, run_id="r-lost"))
    rig.wait(HOUR)
    assert rig.store.tasks.get(task_id).status is TaskStatus.DONE
    assert (len(rig.effects("send")), len(rig.effects())) == (1, 1)


def test_a_second_yes_does_only_what_is_left():
    """A task that asks goes on where its first run stopped, too."""
    rig = task_rig(Tier.SUGGEST)
    task_id = add(rig)
    rig.wait(MINUTE // 2)
    rig.answer(rig.waiting[0].id)
    rig.actions["open"].in_prepare = lambda context: None
    rig.wait(10 * MINUTE)
    rig.answer(rig.waiting[0].id)
    assert rig.store.tasks.get(task_id).status is TaskStatus.DONE
    assert (len(rig.effects("send")), len(rig.effects())) == (1, 1)


def test_a_task_called_off_between_the_yes_and_its_run_never_runs():
    """What a person asks for overtakes what waits in the queue."""
    rig = task_rig(Tier.SUGGEST)
    task_id = add(rig)
    rig.wait(MINUTE // 2)
    question = rig.waiting[0]
    late = []
    post, rig.context.post = rig.context.post, late.append
    rig.ask(lambda service: service.answer(question.id, Answer.DO, "cli"))
    rig.context.post = post
    rig.ask(lambda service: service.cancel_task(task_id, "cli"))
    for message in late:
        rig.put(message)
    assert (rig.store.tasks.get(task_id).status, rig.effects("send")) == (TaskStatus.CANCELLED, [])
