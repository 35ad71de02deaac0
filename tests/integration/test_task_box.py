"""The ways into the inbox from other threads: the box that steps of runs use, and the folder of the settings."""

import threading

import pytest

import understudy.app.tasks
from tests.fakes.engine_rig import EngineRig
from understudy.adapters.clock import SystemClock
from understudy.adapters.task_folder import TaskFolder
from understudy.app.tasks import EngineTasks, follow_folder
from understudy.app.virtual import InlineWorkers
from understudy.core.store_ports import TaskQuery
from understudy.core.task import Task
from understudy.errors import NotFoundError, TimedOutError

PATIENCE = 250
"""Looks, each a fiftieth of a second."""


@pytest.fixture
def agent():
    """A whole agent with its engine on a thread of its own."""
    rig = EngineRig()
    rig.agent.start()
    yield rig.agent
    rig.agent.stop()


def titles(agent):
    return [card.task.title for card in agent.ask(lambda use: use.tasks(TaskQuery()))]


def test_a_step_puts_a_task_in_once_and_may_take_it_out(agent):
    """What the inbox refuses is heard by the step."""
    box = EngineTasks(agent.engine)
    task = Task(id="t-1", title="Call the bank", source="run:r-1")
    assert (box.add(task), box.add(task), titles(agent)) == ("t-1", "t-1", ["Call the bank"])
    assert (box.remove("t-1"), box.remove("t-1")) == (True, False)
    with pytest.raises(NotFoundError, match="no workflow w-9"):
        box.add(Task(id="t-2", title="x", workflow_id="w-9", source="run:r-1"))


def test_an_engine_that_does_not_answer_is_not_waited_for_for_ever(monkeypatch):
    """And the task does not come in later, unseen."""
    monkeypatch.setattr(understudy.app.tasks, "ANSWER_TIME", 0.05)
    rig = EngineRig()
    with pytest.raises(TimedOutError):
        EngineTasks(rig.engine).add(Task(id="t-1", title="x", source="run:r-1"))
    rig.begin()
    assert rig.store.tasks.get("t-1") is None


def test_the_folder_of_the_settings_feeds_the_inbox(agent, tmp_path):
    """From the moment it is set until it is set to none."""
    folder = TaskFolder(SystemClock(), EngineTasks(agent.engine).add, settled=0.05)
    follow_folder(folder, agent, InlineWorkers())
    agent.ask(lambda use: use.change_settings({"task_folder": str(tmp_path / "tasks")}))
    (tmp_path / "tasks" / "call.txt").write_text("Call the bank")
    pause = threading.Event()
    for _ in range(PATIENCE):
        if titles(agent):
            break
        pause.wait(0.02)
    assert titles(agent) == ["Call the bank"]
    agent.ask(lambda use: use.change_settings({"task_folder": ""}))
    assert folder.availability() == ()
