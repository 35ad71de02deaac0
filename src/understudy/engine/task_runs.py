"""How tasks are begun: by the person, or by the executor within what each workflow's own tier allows."""

import msgspec

from understudy.core.grant import Scope
from understudy.core.run import Cause, RunStatus
from understudy.core.task import Task, TaskKind, TaskStatus
from understudy.core.tasking import begun, moved
from understudy.core.template import escaped
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, SECOND, Millis
from understudy.core.workflow import Lifecycle, ManualTrigger, Step, Workflow
from understudy.engine.answering import give_consent
from understudy.engine.context import Context, action_of
from understudy.engine.identity import new_id
from understudy.engine.messages import Asked, RunWanted
from understudy.engine.task_box import (
    keep_failed,
    keep_task,
    planned_alone,
    run_to_go_on_from,
    set_executor_alarm,
    tasks_of,
)
from understudy.errors import ConflictError, NotFoundError, UnderstudyError

EXECUTOR = "executor"
PROMPT_TIME: Millis = 15 * MINUTE
"""How long the assistant may work on one prompt."""
MOST_AT_ONCE = 3
"""Tasks at work before the executor waits; those that wait for an answer do not count."""


# --- one task -----------------------------------------------------------------------------------


def workflow_of(task: Task, context: Context) -> Workflow:
    """Return what does the task. Raises NotFoundError, or ConflictError where nothing can."""
    if task.kind is TaskKind.PROMPT:
        return _prompt_workflow(task, context)
    if task.kind is TaskKind.NOTE:
        raise ConflictError(
            "Nothing is said of what does the task",
            "It is a note",
            f"Say it: understudy task plan {task.id} --workflow NAME, or --prompt TEXT",
        )
    workflow = context.store.workflows.get(task.workflow_id)
    if workflow is None:
        raise NotFoundError(
            f"There is no workflow {task.workflow_id}", fix=f"Plan it anew: understudy task plan {task.id}"
        )
    if workflow.lifecycle is not Lifecycle.ACTIVE:
        raise ConflictError(
            f"{workflow.name} is {workflow.lifecycle.value}", workflow.note, "Enable it first"
        )
    return workflow


def _prompt_workflow(task: Task, context: Context) -> Workflow:
    """Return the one step that hands the prompt to the person's assistant command; its text is no template."""
    given = {"text": escaped(task.prompt), "timeout": PROMPT_TIME / SECOND}
    step = Step(action="prompt", parameters=given, timeout=PROMPT_TIME)
    action, parameters = action_of(context, step)
    ready = msgspec.to_builtins(action.check(parameters))
    step = msgspec.structs.replace(step, parameters=ready)
    return Workflow(
        id=f"prompt-{task.id}",
        name=task.title,
        triggers=(ManualTrigger(),),
        steps=(step,),
        tier=Tier.SUGGEST,
        created_at=task.created_at,
        timeout=PROMPT_TIME,
    )


def begin(task: Task, by: str, context: Context, *, is_automatic: bool = False) -> Task:
    """Begin a planned task with a run of its own."""
    workflow = workflow_of(task, context)
    wanted = RunWanted(
        run_id=new_id("r"),
        workflow=workflow,
        cause=_cause(task),
        is_automatic=is_automatic,
        event=_event(task),
        redoes=run_to_go_on_from(task.id, workflow.id, context),
    )
    if task.kind is TaskKind.PROMPT:  # planning it was the permission, given for this text and command
        give_consent(context, workflow, Scope.ONCE, by)
    executing = keep_task(begun(task, context.now, by, wanted.run_id), context)
    context.post(wanted)
    return executing


def _cause(task: Task) -> Cause:
    return Cause(kind="task", ref=f"task:{task.id}", text=f"Task: {task.title}", chain=task.chain)


def _event(task: Task) -> dict[str, object]:
    return {"kind": "task", "task": task.id, "title": task.title, "priority": task.priority}


# --- the executor -------------------------------------------------------------------------------


def look(context: Context) -> None:
    """Begin the planned task whose turn it is, if any, and look again after the interval."""
    if not context.settings.executor_autorun:
        return
    context.tasks_looked_at = context.now
    task = None if context.is_locked or context.is_held else _next(context)
    try:
        if task is not None:
            _begin_alone(task, context)
    finally:
        set_executor_alarm(context)


def _next(context: Context) -> Task | None:
    """Return the task whose turn it is; never a second one of a workflow that is at work on one."""
    executing = tuple(tasks_of(context, TaskStatus.EXECUTING))
    if sum(_is_at_work(task, context) for task in executing) >= MOST_AT_ONCE:
        return None
    busy = {task.workflow_id for task in executing if task.workflow_id}
    ready = (task for task in planned_alone(context) if task.not_before <= context.now)
    return next((task for task in ready if task.workflow_id not in busy), None)


def _is_at_work(task: Task, context: Context) -> bool:
    run = context.store.runs.get(task.run_id) if task.run_id else None
    return bool(task.run_id) and not (run and run.status is RunStatus.WAITING_APPROVAL)


def _begin_alone(task: Task, context: Context) -> None:
    """Begin it within the tier of its workflow: run, ask, or only say."""
    try:
        workflow = workflow_of(task, context)
    except UnderstudyError as error:
        keep_failed(moved(task, TaskStatus.FAILED, context.now, EXECUTOR, str(error)), None, context)
        return
    if task.kind is TaskKind.PROMPT or workflow.tier is Tier.AUTO:
        begin(task, EXECUTOR, context, is_automatic=True)
    elif workflow.tier is Tier.SUGGEST:
        executing = begun(task, context.now, EXECUTOR, "", f"{workflow.name} asks first")
        keep_task(executing, context)
        context.post(Asked(workflow=workflow, cause=_cause(task), event=_event(task)))
    else:
        words = f"{workflow.name} is in tier observe, so nothing was done. Start the task yourself to do it."
        keep_failed(moved(task, TaskStatus.FAILED, context.now, EXECUTOR, words), None, context)
