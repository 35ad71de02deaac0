"""How a run ends: final status, undo, verdict as evidence, the breaker, and the words to the person."""

import msgspec

from understudy.core.action import UndoStatus
from understudy.core.limits import ALL_DAY, breaker
from understudy.core.ports import Notice
from understudy.core.run import Run, RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY
from understudy.core.workflow import Lifecycle
from understudy.engine.context import ActiveRun, Context, log, show, trouble, undo_plan_of
from understudy.engine.promote import change, lost_trust
from understudy.engine.promote import demote as take_tier
from understudy.engine.propose import state_of, verdict, withdraw
from understudy.errors import StoreError, UnderstudyError

_BY_STEP = {
    StepStatus.FAILED: RunStatus.FAILED,
    StepStatus.CANCELLED: RunStatus.CANCELLED,
    StepStatus.TIMED_OUT: RunStatus.TIMED_OUT,
    StepStatus.UNKNOWN: RunStatus.UNKNOWN,
}


def finish(active: ActiveRun, error: UnderstudyError | None, context: Context) -> None:
    """Store the end of a run and everything that follows from it."""
    run = _ended(active, error, context)
    context.store.runs.put(run)
    context.tell("run", {"id": run.id, "status": run.status.value})
    log.info("%s of %s ended: %s", run.id, run.workflow.id, run.status.value)
    if active.reply:
        active.reply.set_result(run)
    try:
        after_end(run, context, is_automatic=active.is_automatic)
    except StoreError as full:  # the run is stored; what follows from it will be weighed after the next one
        trouble(context, "store", str(full))


def after_end(run: Run, context: Context, *, is_automatic: bool) -> None:
    """Draw the conclusions from an ended run: evidence, trust, breaker, words to the person."""
    if run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT):
        verdict(context, run.workflow, hit=False, reason="failed")
    notice = notice_after(run, context, is_automatic=is_automatic)
    if notice:
        show(context, notice)
    weigh(run, context)


def notice_after(run: Run, context: Context, *, is_automatic: bool) -> Notice | None:
    """Return what to tell the person: automatic runs always, others only when something went wrong."""
    if run.status is RunStatus.COMPLETED:
        if not is_automatic:
            return None
        body = f"{run.cause.text}. {undo_plan_of(context, run.workflow)}"
        buttons = (("undo", "Undo"),) if run.undo_status is UndoStatus.AVAILABLE else ()
        return Notice(key=f"run:{run.id}", title=done_words(run), body=body, buttons=buttons)
    if run.status is RunStatus.CANCELLED:
        return None
    return Notice(key=f"run:{run.id}", title=f"{run.workflow.name}: {_bad_end(run.status)}", body=run.text)


def done_words(run: Run) -> str:
    """Return the title for something done: "Done: Open Notes and 1 more"."""
    more = f" and {len(run.steps) - 1} more" if len(run.steps) > 1 else ""
    return f"Done: {run.steps[0].text}{more}" if run.steps else "Done"


def weigh(run: Run, context: Context) -> None:
    """Suspend a workflow that fails or vanishes too often, or take one tier from it."""
    workflow = context.store.workflows.get(run.workflow.id)
    if workflow is None or workflow.lifecycle is not Lifecycle.ACTIVE:
        return
    # What happened before the person switched it on again, or said yes for the first time, is settled.
    since = max(context.now - DAY, workflow.changed_at)
    tripped = breaker(
        context.store.runs.recent(limit=ALL_DAY, workflow_id=workflow.id, since=since), context.now
    )
    if tripped:
        change(context, workflow, lifecycle=Lifecycle.SUSPENDED, note=tripped.text)
        withdraw(context, workflow.id)
        words = f"{tripped.text}. It does nothing more until you switch it on again."
        show(
            context,
            Notice(key=f"suspended:{workflow.id}", title=f"{workflow.name} is switched off", body=words),
        )
        return
    state = state_of(workflow, context)
    why = lost_trust(workflow, state, context) if state and workflow.tier is not Tier.OBSERVE else ""
    if why:
        take_tier(context, workflow, why)


def _bad_end(status: RunStatus) -> str:
    return {
        RunStatus.FAILED: "did not work",
        RunStatus.TIMED_OUT: "took too long",
        RunStatus.UNKNOWN: "it is not known whether it happened",
    }.get(status, status.value.replace("_", " "))


def _ended(active: ActiveRun, error: UnderstudyError | None, context: Context) -> Run:
    run = active.run
    bad = next((step for step in run.steps if step.status in _BY_STEP), None)
    if bad is not None:
        status = _BY_STEP[bad.status]
    else:
        is_done = all(step.status is StepStatus.DONE for step in run.steps)
        status = RunStatus.COMPLETED if is_done else RunStatus.CANCELLED
    if active.has_timed_out and status is RunStatus.CANCELLED:
        status = RunStatus.TIMED_OUT
    reason = "timed_out" if status is RunStatus.TIMED_OUT else error.code if error else ""
    return msgspec.structs.replace(
        run,
        status=status,
        ended_at=context.now,
        text=_words(run, status, error),
        reason=reason,
        undo_status=undo_status_of(run),
    )


def undo_status_of(run: Run) -> UndoStatus:
    """Return whether any of its steps left something that can be taken back."""
    can_undo = any(step.undo_status is UndoStatus.AVAILABLE for step in run.steps)
    return UndoStatus.AVAILABLE if can_undo else UndoStatus.NONE


def _words(run: Run, status: RunStatus, error: UnderstudyError | None) -> str:
    if status is RunStatus.COMPLETED:
        return f"Done: {'; '.join(step.text for step in run.steps)}"
    if status is RunStatus.UNKNOWN:
        return (
            "It did not end in time, so it may or may not have happened. Please look; it is not tried again."
        )
    if status is RunStatus.TIMED_OUT:
        return "It took longer than it may and was ended."
    if isinstance(error, StoreError):
        return f"Not finished, since it could not be written down. {error}"
    if status is RunStatus.CANCELLED:
        return "Stopped before it was finished."
    return str(error)
