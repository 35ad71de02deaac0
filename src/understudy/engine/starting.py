"""The start of a run: at once, later in its turn, in the place of another, or not at all, with the reason."""

from collections.abc import Iterator
from typing import Any

import msgspec

from understudy.core.action import UndoStatus
from understudy.core.graph import ancestors, ids, kind_of
from understudy.core.ports import Notice
from understudy.core.reason import Reason
from understudy.core.run import Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.wording import headline, shortened
from understudy.core.workflow import Mode, Workflow
from understudy.engine.active import ActiveRun, Outcome
from understudy.engine.closing import close_each
from understudy.engine.context import STORE_AGAIN, Context, log, show
from understudy.engine.dead_letters import open_letters, retried
from understudy.engine.ending import end
from understudy.engine.foreseeing import plan_of
from understudy.engine.messages import RunEnded, RunWanted
from understudy.engine.permit import refusal, use_grants
from understudy.engine.propose import VISIBLE_BODY
from understudy.engine.steps import proceed
from understudy.engine.task_box import called_off, task_id_of
from understudy.errors import RefusedError, StoreError

RESTARTED = Outcome(
    status=RunStatus.CANCELLED, reason="restarted", text="It was started anew, so this one was given up."
)


def start(wanted: RunWanted, context: Context) -> None:
    """Begin a run, let it wait for its turn, or write down why not."""
    against = called_off(wanted, context) or _overtaken(wanted.redoes, wanted.cause, context)
    against = against or refusal(
        wanted.workflow, wanted.cause.chain, context, is_automatic=wanted.is_automatic
    )
    against = against or _crowding(wanted.workflow, context)
    active = ActiveRun(run=_new_run(wanted, context), replies=[wanted.reply] if wanted.reply else [])
    if against:
        _skip(active, against, context, is_new=True)
        return
    if wanted.workflow.mode is Mode.RESTART:
        close_each(_of(wanted.workflow.id, context), RESTARTED, context, stop=True)
    _leave_out_of_counts(wanted, context)
    if _of(wanted.workflow.id, context) and wanted.workflow.mode is not Mode.PARALLEL:
        _queue(active, context)
    else:
        launch(active, context)
    if not wanted.waits:
        active.answer_waiting()


def _new_run(wanted: RunWanted, context: Context) -> Run:
    return Run(
        id=wanted.run_id,
        workflow=wanted.workflow,
        cause=wanted.cause,
        status=RunStatus.QUEUED,
        created_at=context.now,
        steps=_first_records(wanted, context),
        event=wanted.event,
        redoes=wanted.redoes,
        position=wanted.position,
        is_automatic=wanted.is_automatic,
    )


def _of(workflow_id: str, context: Context) -> list[ActiveRun]:
    """Return the runs of a workflow without an end, oldest first."""
    actives = tuple(context.active.values())
    return [active for active in actives if active.run.workflow.id == workflow_id and not active.is_over]


def _crowding(workflow: Workflow, context: Context) -> Reason | None:
    """Return why the runs that are there already keep another one from starting."""
    others = len(_of(workflow.id, context))
    if not others or workflow.mode is Mode.RESTART:
        return None
    if workflow.mode is Mode.SINGLE:
        return Reason(code="already_running", text="A run of it is still going on")
    if others >= workflow.most:
        text = f"{others} runs of it are there already, as many as it may have"
        return Reason(code="too_many_runs", text=text, seen={"count": others, "limit": workflow.most})
    return None


def _queue(active: ActiveRun, context: Context) -> None:
    context.store.runs.put(active.run)
    active.is_stored = True
    context.active[active.run.id] = active
    context.tell("run", {"id": active.run.id, "status": active.run.status.value})
    active.answer_waiting()


def launch(active: ActiveRun, context: Context) -> None:
    """Begin a run that nothing speaks against, its start and the permissions it uses up stored as one."""
    _store_ends(active.run.workflow.id, context)
    run = msgspec.structs.replace(active.run, status=RunStatus.RUNNING, started_at=context.now)
    active.run = run
    context.active[run.id] = active
    also = [*use_grants(run, context), *retried(run, context)]
    try:
        proceed(active, context, *also)
    except StoreError:
        if not active.is_stored:
            del context.active[run.id]
        raise


def _store_ends(workflow_id: str, context: Context) -> None:
    """Store what ended while the disk was full: else a crash would wake it again, beside the next one."""
    for other in tuple(context.active.values()):
        if other.is_over and other.run.workflow.id == workflow_id:
            end(other, context)


def next_in_line(workflow_id: str, context: Context) -> None:
    """Begin the oldest queued run of a workflow, if nothing of it goes on any more."""
    while not context.is_held:
        waiting = _of(workflow_id, context)
        if not waiting or waiting[0].run.status is not RunStatus.QUEUED:
            return
        run = waiting[0].run
        against = _overtaken(run.redoes, run.cause, context)
        against = against or refusal(run.workflow, run.cause.chain, context, is_automatic=run.is_automatic)
        if against is None:
            launch(waiting[0], context)
            return
        try:
            _skip(waiting[0], against, context, is_new=False)
        except StoreError:
            context.scheduler.wake(f"line:{workflow_id}", context.now + STORE_AGAIN)
            raise


def _overtaken(redoes: str, cause: Cause, context: Context) -> Reason | None:
    """Return why a run that does the rest of another one comes too late; tasks look after their own."""
    if redoes in context.undoing:
        return Reason(code="being_undone", text="What it goes on from is just being undone")
    if not redoes or task_id_of(cause.ref, context) or open_letters(redoes, context):
        return None
    return Reason(code="settled", text="It was tried again or set aside already")


def _skip(active: ActiveRun, against: Reason, context: Context, *, is_new: bool) -> None:
    """Write down that a run does not begin, and tell who asked for it."""
    now = context.now
    run = msgspec.structs.replace(
        active.run,
        status=RunStatus.SKIPPED,
        text=f"Not done: {against.text}",
        reason=against.code,
        ended_at=now,
    )
    context.store.runs.put(run)
    context.active.pop(run.id, None)
    context.tell("run", {"id": run.id, "status": run.status.value})
    log.info("%s was not started: %s", run.workflow.id, run.reason)
    title = f"{run.workflow.name} was not run"
    for reply in active.replies:
        reply.set_exception(RefusedError(title, run.text, _fix(against, run.workflow.id)))
    if is_new and not active.replies and not run.is_automatic:
        show(context, _not_run(run, _fix(against, run.workflow.id)))
    context.post(RunEnded(run=run))


def _not_run(run: Run, fix: str) -> Notice:
    """Return what is said on screen of a run that did not begin."""
    room = VISIBLE_BODY - len(fix) - len(". ")
    body = f"{shortened(run.text, room).rstrip('.')}. {fix}".strip()
    return Notice(key=f"run:{run.id}", title=headline(run.workflow.name, " was not run"), body=body)


def _fix(against: Reason, workflow_id: str) -> str:
    if against.code == "paused":
        return "Go on with: understudy resume"
    if against.code != "consent_missing":
        return ""
    show_it = f"understudy workflows show {workflow_id}"
    return f"Read it ({show_it}), then allow it: understudy workflows run {workflow_id} --allow-script"


# --- the records it begins with -----------------------------------------------------------------


def _first_records(wanted: RunWanted, context: Context) -> tuple[StepRecord, ...]:
    steps, previews = wanted.workflow.steps, plan_of(context, wanted.workflow)
    records = [
        StepRecord(index=index, id=name, action=kind_of(steps[index]), text=previews[index])
        for index, name in enumerate(ids(steps))
    ]
    earlier = context.store.runs.get(wanted.redoes) if wanted.redoes else None
    for taken in _taken_over(wanted.workflow, earlier) if earlier else ():
        records[taken.index] = taken
    return tuple(records)


_NOT_OURS: dict[str, Any] = {"undo": None, "undo_status": UndoStatus.NONE, "stays": False}
"""What a step that an earlier run has done leaves for this one to take back: nothing."""


def _taken_over(workflow: Workflow, earlier: Run) -> Iterator[StepRecord]:
    """Yield what an earlier run has finished and needs no repeating: the same steps after the same steps.

    Its undo stays with the earlier run.
    """
    known = {record.id: record for record in earlier.steps}
    definitions = dict(zip(ids(earlier.workflow.steps), earlier.workflow.steps, strict=True))
    before, names = ancestors(workflow.steps), ids(workflow.steps)
    same = {
        index
        for index, step in enumerate(workflow.steps)
        if definitions.get(names[index]) == step and _still_stands(known[names[index]])
    }
    for index in sorted(same):
        if before[index] <= same:
            record = known[names[index]]
            yield msgspec.structs.replace(record, index=index, **_NOT_OURS)


def _still_stands(record: StepRecord) -> bool:
    """Whether a step was finished, and has not been taken back since."""
    is_back = record.undo_status in (UndoStatus.UNDONE, UndoStatus.PARTLY_UNDONE)
    return record.status in (StepStatus.DONE, StepStatus.SKIPPED) and not is_back


# --- what the person does next says nothing about their habit ------------------------------------


def _leave_out_of_counts(wanted: RunWanted, context: Context) -> None:
    context.last_fired[wanted.workflow.id] = context.now
    context.last_run[wanted.workflow.id] = (context.now, wanted.run_id)
    take(wanted.workflow, wanted.position, wanted.run_id, context)


def take(workflow: Workflow, position: int, run_id: str, context: Context) -> None:
    """Leave a trigger that we answered out of all counts."""
    if position:
        context.store.captures.mark_started(position, run_id)
    context.learner.take(position, workflow.pattern_id)
