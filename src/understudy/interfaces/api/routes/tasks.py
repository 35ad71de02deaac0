"""Tasks: the inbox and its executor."""

from typing import Annotated, Any

import msgspec

from understudy.config import LONGEST_INTERVAL, SHORTEST_INTERVAL
from understudy.core.store_queries import TaskQuery
from understudy.core.task import TaskStatus
from understudy.core.value import Value
from understudy.engine.cases.tasks import ExecutorCard, TaskCard
from understudy.interfaces.api.routes.route import ById, Cursor, Id, Limit, Nothing, Page, Route, Time

Priority = Annotated[int, msgspec.Meta(ge=-10, le=10)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Text = Annotated[str, msgspec.Meta(max_length=100_000)]


class ListTasks(Value):
    """Which tasks; empty fields do not restrict."""

    status: tuple[TaskStatus, ...] = ()
    after: Cursor = ""
    limit: Limit = 200


class AddTask(Value):
    """Something to be done once; with a workflow or a prompt it is planned at once."""

    title: Title
    workflow: Cursor = ""
    """Id or name."""
    prompt: Text = ""
    priority: Priority = 0
    not_before: Time = 0


class ChangeTask(Value):
    """What is to be different; only fields that are given change."""

    id: Id
    title: Title | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    not_before: Time | msgspec.UnsetType = msgspec.UNSET

    @property
    def changes(self) -> dict[str, Any]:
        """Field -> new value."""
        given = {name: getattr(self, name) for name in ("title", "priority", "not_before")}
        return {name: value for name, value in given.items() if value is not msgspec.UNSET}


class PlanTask(Value):
    """What does it."""

    id: Id
    workflow: Cursor = ""
    prompt: Text = ""


class SetExecutor(Value):
    """How tasks are begun by themselves; null = as it is."""

    autorun: bool | None = None
    interval: (
        Annotated[int, msgspec.Meta(ge=SHORTEST_INTERVAL, le=LONGEST_INTERVAL, description="Seconds.")] | None
    ) = None
    kinds: tuple[str, ...] | None = None


PATH = "/api/tasks"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=PATH,
        name="list_tasks",
        summary="The tasks: highest priority first, then oldest.",
        takes=ListTasks,
        gives=list[TaskCard],
        call=lambda use, q, _: use.tasks(TaskQuery(statuses=q.status, after=q.after, limit=q.limit)),
        page=Page(field="after", cursor=lambda card: card.task.id),
    ),
    Route(
        method="POST",
        path=PATH,
        name="add_task",
        summary="Note something to be done.",
        takes=AddTask,
        gives=TaskCard,
        call=lambda use, q, by: use.add_task(
            q.title,
            by=by,
            workflow=q.workflow,
            prompt=q.prompt,
            priority=q.priority,
            not_before=q.not_before,
        ),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}",
        name="show_task",
        summary="One task with its history.",
        takes=ById,
        gives=TaskCard,
        call=lambda use, q, _: use.task(q.id),
    ),
    Route(
        method="PATCH",
        path=f"{PATH}/{{id}}",
        name="change_task",
        summary="Change title, priority or time of a task that has not begun.",
        takes=ChangeTask,
        gives=TaskCard,
        call=lambda use, q, _: use.change_task(q.id, q.changes),
    ),
    Route(
        method="DELETE",
        path=f"{PATH}/{{id}}",
        name="remove_task",
        summary="Remove a task for good.",
        takes=ById,
        gives=None,
        call=lambda use, q, _: use.remove_task(q.id),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/plan",
        name="plan_task",
        summary="Say what does a task: a workflow or a prompt.",
        takes=PlanTask,
        gives=TaskCard,
        call=lambda use, q, by: use.plan_task(q.id, workflow=q.workflow, prompt=q.prompt, by=by),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/start",
        name="start_task",
        summary="Begin a task now.",
        takes=ById,
        gives=TaskCard,
        call=lambda use, q, by: use.start_task(q.id, by),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/cancel",
        name="cancel_task",
        summary="Call a task off; its run is stopped.",
        takes=ById,
        gives=TaskCard,
        call=lambda use, q, by: use.cancel_task(q.id, by),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/retry",
        name="retry_task",
        summary="Plan a failed or cancelled task once more.",
        takes=ById,
        gives=TaskCard,
        call=lambda use, q, by: use.retry_task(q.id, by),
    ),
    Route(
        method="GET",
        path="/api/executor",
        name="show_executor",
        summary="Whether and how tasks are begun by themselves.",
        takes=Nothing,
        gives=ExecutorCard,
        call=lambda use, _, __: use.executor(),
    ),
    Route(
        method="PUT",
        path="/api/executor",
        name="set_executor",
        summary="Say whether and how tasks are begun by themselves.",
        takes=SetExecutor,
        gives=ExecutorCard,
        call=lambda use, q, _: use.set_executor(autorun=q.autorun, interval=q.interval, kinds=q.kinds),
    ),
)
