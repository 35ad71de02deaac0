"""What every task box promises: the one of the agent, asked from another thread, and the one of the tests."""

import threading

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.fakes.engine_rig import EngineRig
from tests.fakes.tasks import FakeTaskBox
from understudy.adapters.actions.create_task import CreateTask, Parameters
from understudy.app.tasks import EngineTasks
from understudy.core.action import UndoStatus
from understudy.core.task import Task


@pytest.fixture
def engine_tasks():
    """The inbox of an agent that works on a thread of its own."""
    rig = EngineRig().begin()
    thread = threading.Thread(target=rig.engine.run)
    thread.start()
    yield EngineTasks(rig.engine)
    rig.engine.stop()
    thread.join()


@pytest.fixture(params=["engine_tasks", "fake"])
def box(request):
    """Each of them in turn."""
    return FakeTaskBox() if request.param == "fake" else request.getfixturevalue(request.param)


def test_a_task_is_taken_in_under_its_id(box):
    """And the same one again changes nothing."""
    task = Task(id="t-1", title="Water the plants", source="run:r-1")
    assert (box.add(task), box.add(task)) == ("t-1", "t-1")


def test_it_is_removed_once(box):
    """What is not there is not removed."""
    box.add(Task(id="t-1", title="Water the plants", source="run:r-1"))
    assert (box.remove("t-1"), box.remove("t-1"), box.remove("t-2")) == (True, False, False)


def test_the_action_makes_one_task_however_often_it_is_done(box):
    """After a crash it may be done again; undo takes away the one there is."""
    action, context = CreateTask(tasks=box), FakeActionContext()
    parameters = action.check(Parameters(title="Water the plants"))
    first, second = (action.perform(parameters, context, {}) for _ in range(2))
    assert first == second
    assert action.undo(first.undo, context).status is UndoStatus.UNDONE
    assert action.undo(second.undo, context).status is UndoStatus.REFUSED
