"""Puts a task into the person's inbox."""

from typing import Any, ClassVar

from understudy.adapters.one_line import one_line
from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.ports import TaskBox
from understudy.core.task import Task, TaskKind
from understudy.core.template import is_templated
from understudy.core.value import Value, stable_id
from understudy.errors import InvalidInputError, StoppedError, UnderstudyError

LONGEST_TITLE = 200
LONGEST_PROMPT = 64 << 10
HIGHEST = 10


class Parameters(Value):
    """What is to be done."""

    title: str
    kind: TaskKind = TaskKind.NOTE
    workflow: str = ""
    """For the kind workflow: its id."""
    prompt: str = ""
    """For the kind prompt: the text for the person's assistant."""
    priority: int = 0
    """-10 to 10."""


class CreateTask:
    """Makes a task; the person or the executor begins it."""

    name: ClassVar[str] = "create_task"
    title: ClassVar[str] = "Make a task"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ()
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"workflow"})
    secret: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, tasks: TaskBox) -> None:
        self._tasks = tasks

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse what makes no task."""
        _check(parameters, is_filled=False)
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Say the task, and what does it."""
        does = parameters.workflow or parameters.prompt
        with_what = f" ({parameters.kind.value}: {one_line(does)})" if does else ""
        return f"Make the task “{one_line(parameters.title)}”{with_what}"

    def undo_preview(self, parameters: Parameters) -> str:
        """Say until when it can be removed."""
        del parameters
        return "Undo removes the task, as long as it has not begun."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say yes: its id comes from the step, and the same task is taken in once."""
        del parameters
        return True

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Nothing: the inbox is ours."""
        del parameters
        return ()

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look once more, now that everything is filled in."""
        del context
        _check(parameters, is_filled=True)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Put it in; done once it is stored."""
        del before
        if context.stop.is_set():
            raise StoppedError("The task was not made")
        task = Task(
            id=stable_id("t", context.tag),
            title=one_line(parameters.title),
            kind=parameters.kind,
            workflow_id=parameters.workflow,
            prompt=parameters.prompt,
            priority=parameters.priority,
            source=f"run:{context.run_id}",
        )
        task_id = self._tasks.add(task)
        return Performed(output=task_id, undo={"task": task_id})

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Remove it unless it has begun."""
        del context
        task_id = undo.get("task")
        if not isinstance(task_id, str):
            return Undone(status=UndoStatus.REFUSED, text="Which task it was is not known any more.")
        try:
            removed = self._tasks.remove(task_id)
        except UnderstudyError as error:
            return Undone(status=UndoStatus.UNDO_FAILED, text=f"The task was not removed: {error}")
        if removed:
            return Undone(status=UndoStatus.UNDONE, text="The task was removed.")
        return Undone(status=UndoStatus.REFUSED, text="The task has begun or is gone already.")


def _check(parameters: Parameters, *, is_filled: bool) -> None:
    is_open = not is_filled and is_templated(parameters.title)
    if not one_line(parameters.title) or (len(parameters.title) > LONGEST_TITLE and not is_open):
        raise InvalidInputError(
            "The task has no usable title", f"It must have 1 to {LONGEST_TITLE} characters"
        )
    wanted = {TaskKind.WORKFLOW: parameters.workflow, TaskKind.PROMPT: parameters.prompt}
    for kind, given in wanted.items():
        if bool(given.strip()) != (parameters.kind is kind):
            why = (
                f"The kind is {parameters.kind.value}, and `{kind.value}` says {one_line(given) or 'nothing'}"
            )
            raise InvalidInputError(
                "The task is not clear", why, f"Give `{kind.value}` with the kind {kind.value} alone"
            )
    if len(parameters.prompt) > LONGEST_PROMPT:
        raise InvalidInputError("The prompt is too long", f"It may have {LONGEST_PROMPT} characters")
    if not -HIGHEST <= parameters.priority <= HIGHEST:
        raise InvalidInputError("The priority is not valid", f"It is a number from -{HIGHEST} to {HIGHEST}")


PLUGIN = CreateTask
