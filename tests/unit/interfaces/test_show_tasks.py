"""Tasks and the executor as lines for people."""

import click
import pytest

from understudy.core.run import RunStatus
from understudy.core.task import Task, TaskKind, TaskStatus, Transition
from understudy.core.value import HOUR
from understudy.engine.cases.tasks import ExecutorCard, TaskCard
from understudy.interfaces.cli import show_tasks

NOW = 1_763_640_000_000


def card(status=TaskStatus.PLANNED, kind=TaskKind.WORKFLOW, **fields):
    log = (
        Transition(at=NOW, status=TaskStatus.NEW, by="cli"),
        Transition(at=NOW, status=status, text="Why", by="run"),
    )
    given = {"id": "t-1", "title": "Tidy \x1b[31m", "created_at": NOW, "source": "cli", "log": log} | fields
    return TaskCard(task=Task(status=status, kind=kind, **given), workflow_name="Tidy up")


def lines(found):
    return click.unstyle("\n".join(found))


def test_tasks_are_listed_with_what_does_them():
    """A line each; what titles hold cannot steer the terminal."""
    later = card(priority=3, not_before=NOW + HOUR)
    gone = TaskCard(task=Task(id="t-2", title="x", kind=TaskKind.WORKFLOW, workflow_id="w-9"))
    text = lines(show_tasks.tasks([later, gone, card(kind=TaskKind.PROMPT), card(kind=TaskKind.NOTE)], NOW))
    for words in ("+3", "from today", "Tidy up", "w-9 (gone)", "your assistant", "you"):
        assert words in text
    assert "\x1b" not in text
    assert "Nothing is to be done" in lines(show_tasks.tasks([], NOW))


@pytest.mark.parametrize(
    "shown, words",
    [
        (card(), "understudy task start t-1"),
        (card(TaskStatus.NEW, TaskKind.PROMPT, prompt="Sum {x}\nup"), "understudy task plan t-1"),
        (card(TaskStatus.FAILED, attempts=3), "understudy task retry t-1"),
    ],
)
def test_a_task_says_what_can_be_done_about_it(shown, words):
    """With its log, oldest first."""
    text = lines(show_tasks.task(shown, NOW))
    assert words in text
    assert text.index("new (cli)") < text.index(": Why")


def test_a_task_that_waits_for_an_answer_says_which():
    """And how its run stands."""
    shown = TaskCard(
        task=card(TaskStatus.EXECUTING, run_id="r-1").task,
        run_status=RunStatus.WAITING_APPROVAL,
        suggestion_id="s-1",
    )
    text = lines(show_tasks.task(shown, NOW))
    assert "understudy approve s-1" in text
    assert "r-1 (waiting approval)" in text


def test_the_executor_says_whether_it_is_on():
    """And what is before it."""
    on = ExecutorCard(
        autorun=True,
        interval=30,
        kinds=("workflow",),
        planned=2,
        next_at=NOW,
        overridden=("executor_interval",),
    )
    text = lines(show_tasks.executor(on, NOW))
    assert "It looks every 30 seconds and begins: workflow tasks" in text
    assert "2 tasks, next look today" in text
    assert "executor_interval" in text
    off = ExecutorCard(autorun=False, interval=30, kinds=(), planned=0, next_at=0)
    assert "Off. Planned tasks wait until you start them." in lines(show_tasks.executor(off, NOW))
