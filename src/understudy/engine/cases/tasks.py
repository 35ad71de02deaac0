"""Use cases about tasks: the inbox, what does each, and the executor."""

from concurrent.futures import Future
from typing import Any

import msgspec

from understudy.core.dead_letter import DeadLetterStatus
from understudy.core.nearest import nearest
from understudy.core.run import RunStatus
from understudy.core.store_queries import TaskQuery
from understudy.core.suggestion import SuggestionStatus
from understudy.core.task import Task, TaskKind, TaskStatus
from understudy.core.tasking import again, moved, noted, planned
from understudy.core.value import Millis, Value
from understudy.engine import cancelling, keeping
from understudy.engine.cases.base import Cases
from understudy.engine.expiring import settle_without_answer
from understudy.engine.identity import new_id
from understudy.engine.task_box import keep_task, next_look, planned_alone, settle_letters, told
from understudy.engine.task_runs import begin, workflow_of
from understudy.engine.tasks import question_of
from understudy.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError

CHANGEABLE = ("title", "priority", "not_before")


class TaskCard(Value):
    """A task with what a person wants to know besides."""

    task: Task
    workflow_name: str = ""
    run_status: RunStatus | None = None
    """Of its latest run."""
    suggestion_id: str = ""
    """The question about it that waits for an answer."""


class ExecutorCard(Value):
    """How the executor is set, and what it has before it."""

    autorun: bool
    interval: int
    """Seconds between two looks."""
    kinds: tuple[str, ...]
    """Kinds of tasks that it may begin."""
    planned: int
    """Tasks that it may begin, now or later."""
    next_at: Millis
    """When it looks next; 0 = there is nothing for it, or it is off or paused."""
    overridden: tuple[str, ...] = ()
    """Settings of it that the environment decides."""


class TaskCases(Cases):
    """The inbox."""

    def tasks(self, query: TaskQuery) -> list[TaskCard]:
        """Return tasks: highest priority first, then oldest."""
        if query.after:
            self._task(query.after)
        return [self._card(task) for task in self._context.store.tasks.find(query)]

    def task(self, task_id: str) -> TaskCard:
        """Return one task."""
        return self._card(self._task(task_id))

    def add_task(
        self,
        title: str,
        *,
        by: str,
        workflow: str = "",
        prompt: str = "",
        priority: int = 0,
        not_before: Millis = 0,
    ) -> TaskCard:
        """Note a task; with a workflow (id or name) or a prompt, it is planned at once."""
        return self.take_task(
            Task(
                id=new_id("t"),
                title=title,
                workflow_id=workflow,
                prompt=prompt,
                priority=priority,
                not_before=not_before,
                source=by,
            ),
            by=by,
        )

    def take_task(self, task: Task, *, by: str) -> TaskCard:
        """Take in a task as it was written; the same id again changes nothing.

        A prompt that the person has not seen stays new until they plan it.
        """
        known = self._context.store.tasks.get(task.id)
        if known is not None:
            return self._card(known)
        if task.workflow_id:
            task = msgspec.structs.replace(task, workflow_id=self._named_workflow(task.workflow_id))
        given = Task(
            id=task.id,
            title=task.title,
            workflow_id=task.workflow_id,
            prompt=task.prompt,
            priority=task.priority,
            not_before=task.not_before,
            source=task.source,
            chain=self._chain_of(task.source),
        )
        fresh = noted(given, self._context.now, by)
        if self._is_plan(fresh):
            fresh = planned(fresh, self._context.now, by, workflow_id=fresh.workflow_id, prompt=fresh.prompt)
        return self._card(keep_task(fresh, self._context))

    def change_task(self, task_id: str, changes: dict[str, Any]) -> TaskCard:
        """Change title, priority or not_before of a task that has not begun."""
        task = self._open_task(task_id)
        for name in changes:
            if name not in CHANGEABLE:
                raise InvalidInputError(f"{name} of a task cannot be changed", fix=nearest(name, CHANGEABLE))
        try:
            changed = msgspec.convert({**msgspec.to_builtins(task), **changes}, Task)
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                "The task was not changed", str(error), "See: understudy task change --help"
            ) from error
        title = noted(changed, 0, "").title
        return self._card(keep_task(msgspec.structs.replace(changed, title=title), self._context))

    def plan_task(self, task_id: str, *, workflow: str = "", prompt: str = "", by: str) -> TaskCard:
        """Say what does a task: a workflow (id or name), a prompt, or neither for the prompt it came with."""
        task = self._open_task(task_id)
        workflow_id = self._named_workflow(workflow) if workflow else ""
        prompt = prompt or ("" if workflow_id else task.prompt)
        ready = planned(task, self._context.now, by, workflow_id=workflow_id, prompt=prompt)
        return self._card(keep_task(ready, self._context))

    def start_task(self, task_id: str, by: str) -> TaskCard:
        """Begin a task because the person says so, whatever the tier of its workflow."""
        context, task = self._context, self._open_task(task_id)
        workflow_of(task, context)
        self._check_last_run(task)
        if context.is_held:
            raise RefusedError("The task was not begun", "Understudy is paused", "See: understudy resume")
        if task.status is TaskStatus.NEW:
            task = planned(task, context.now, by, workflow_id=task.workflow_id, prompt=task.prompt)
        return self._card(begin(task, by, context))

    def cancel_task(self, task_id: str, by: str) -> TaskCard:
        """Call a task off; its run is stopped, and its question taken back."""
        context, task = self._context, self._task(task_id)
        question = question_of(task, context) if task.status is TaskStatus.EXECUTING else None
        cancelled = keep_task(moved(task, TaskStatus.CANCELLED, context.now, by), context)
        if question is not None and question.status is SuggestionStatus.WAITING:
            settle_without_answer(context, question, SuggestionStatus.WITHDRAWN)
        if task.run_id in context.active:
            cancelling.cancel(task.run_id, by, context, Future())
        return self._card(cancelled)

    def retry_task(self, task_id: str, by: str) -> TaskCard:
        """Plan a failed or cancelled task once more, as if it had never been tried."""
        context, task = self._context, self._task(task_id)
        fresh = again(task, context.now, by)
        self._check_last_run(task)
        with context.store.transaction():
            settle_letters(task.id, DeadLetterStatus.RETRIED, context)
            context.store.tasks.put(fresh)
        told(fresh.id, fresh.status.value, context)
        return self._card(fresh)

    def remove_task(self, task_id: str) -> None:
        """Remove a task for good; one that is executing must be cancelled first."""
        context, task = self._context, self._task(task_id)
        if task.status is TaskStatus.EXECUTING:
            raise ConflictError(f"{task.title} is being done", fix=f"First: understudy task cancel {task.id}")
        with context.store.transaction():
            settle_letters(task.id, DeadLetterStatus.DISMISSED, context)
            context.store.tasks.delete(task.id)
        told(task.id, "removed", context)

    def take_task_back(self, task_id: str) -> bool:
        """Remove a task while it is new or planned; False = it has gone on, or is not there."""
        task = self._context.store.tasks.get(task_id)
        if task is None or task.status not in (TaskStatus.NEW, TaskStatus.PLANNED):
            return False
        self.remove_task(task_id)
        return True

    def executor(self) -> ExecutorCard:
        """Return how the executor is set."""
        settings = self._context.settings
        return ExecutorCard(
            autorun=settings.executor_autorun,
            interval=settings.executor_interval,
            kinds=settings.executor_kinds,
            planned=len(planned_alone(self._context)),
            next_at=next_look(self._context),
            overridden=tuple(name for name in settings.overridden if name.startswith("executor_")),
        )

    def set_executor(
        self,
        *,
        autorun: bool | None = None,
        interval: int | None = None,
        kinds: tuple[str, ...] | None = None,
    ) -> ExecutorCard:
        """Set what is not None."""
        given = {"executor_autorun": autorun, "executor_interval": interval, "executor_kinds": kinds}
        changes = {name: value for name, value in given.items() if value is not None}
        if changes:
            keeping.change_settings(self._context, changes)
        return self.executor()

    # --- inside --------------------------------------------------------------------------------

    def _task(self, task_id: str) -> Task:
        task = self._context.store.tasks.get(task_id)
        if task is None:
            raise NotFoundError(f"There is no task {task_id}", fix="See: understudy task list --all")
        return task

    def _open_task(self, task_id: str) -> Task:
        task = self._task(task_id)
        if task.status not in (TaskStatus.NEW, TaskStatus.PLANNED):
            why = f"It is {task.status.value}"
            raise ConflictError(f"{task.title} has begun already", why, "Retry it, or add a new task")
        return task

    def _check_last_run(self, task: Task) -> None:
        """Refuse to begin again what has not ended yet: a cancelled run may need a moment."""
        run = self._context.store.runs.get(task.run_id) if task.run_id else None
        if run is not None and not run.status.is_final:
            raise ConflictError(
                f"{task.title} is still ending", f"Its run {run.id} goes on", "Try again in a moment"
            )

    def _named_workflow(self, given: str) -> str:
        """Return the id of the workflow meant by an id or a name. Raises NotFoundError."""
        every = self._context.store.workflows.all()
        found = [each for each in every if each.id == given]
        found = found or [each for each in every if each.name.casefold() == given.strip().casefold()]
        if not found:
            raise self._no_workflow(given)
        if len(found) > 1:
            why = f"{len(found)} are called so"
            raise NotFoundError(
                f"There are several workflows {given}", why, "Give the id; see: understudy workflows"
            )
        return found[0].id

    def _chain_of(self, source: str) -> tuple[str, ...]:
        """Return the workflows that led to a task: those of the run that made it."""
        kind, _, run_id = source.partition(":")
        run = self._context.store.runs.get(run_id) if kind == "run" else None
        return (*run.cause.chain, run.workflow.id) if run else ()

    def _is_plan(self, task: Task) -> bool:
        """Whether it is settled by itself what does it; prompts that nobody has read are not."""
        if task.kind is not TaskKind.PROMPT:
            return task.kind is TaskKind.WORKFLOW
        kind = task.source.partition(":")[0]
        return kind != "run" and (kind != "folder" or self._context.settings.task_folder_prompts)

    def _card(self, task: Task) -> TaskCard:
        store = self._context.store
        workflow = store.workflows.get(task.workflow_id) if task.workflow_id else None
        run = store.runs.get(task.run_id) if task.run_id else None
        is_asked = task.status is TaskStatus.EXECUTING and not task.run_id
        question = question_of(task, self._context) if is_asked else None
        return TaskCard(
            task=task,
            workflow_name=workflow.name if workflow else "",
            run_status=run.status if run else None,
            suggestion_id=question.id if question else "",
        )
