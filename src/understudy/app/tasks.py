"""The ways into the inbox from other threads: steps of runs, and the task folder."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from understudy.adapters.task_folder import TaskFolder
from understudy.app.agent import LocalAgent
from understudy.core.ports import Workers
from understudy.core.task import Task
from understudy.engine.cases.tasks import TaskCases
from understudy.engine.engine import Engine
from understudy.engine.messages import Requested
from understudy.errors import TimedOutError

ANSWER_TIME = 10.0
"""Seconds within which the engine must answer."""

Answer = TypeVar("Answer")


class EngineTasks:
    """Keeps the `TaskBox` port by asking the engine, and waits for what it says."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, task: Task) -> str:
        """Put it in, once for each id."""
        by = task.source.partition(":")[0]
        return self._ask(lambda service: service.take_task(task, by=by).task.id)

    def remove(self, task_id: str) -> bool:
        """Take it out again unless it has begun."""
        return self._ask(lambda service: service.take_task_back(task_id))

    def _ask(self, call: Callable[[TaskCases], Answer]) -> Answer:
        reply: Future[Answer] = Future()
        self._engine.put(Requested(call=call, reply=reply))
        try:
            return reply.result(ANSWER_TIME)
        except TimeoutError as error:
            reply.cancel()
            raise TimedOutError(
                "The inbox did not answer in time", "The agent is busy", "Try again"
            ) from error


def follow_folder(folder: TaskFolder, agent: LocalAgent, workers: Workers) -> None:
    """Let the folder be the one of the settings, now and whenever they change."""

    def follow(kind: str, _payload: dict[str, Any]) -> None:
        if kind == "status":
            workers.submit(lambda: folder.use(agent.engine.settings.task_folder))

    agent.subscribe(follow)
    follow("status", {})
