"""What templates and conditions can read: the trigger, watched values, the time, and the steps so far."""

from typing import Any

from understudy.core.attention import local
from understudy.core.graph import ids
from understudy.core.run import Run, StepRecord, StepStatus
from understudy.core.value import Millis
from understudy.core.workflow import Step, Workflow
from understudy.engine.context import Context


def facts(event: dict[str, Any], workflow: Workflow, context: Context, at: Millis = 0) -> dict[str, Any]:
    """Return what is known when a workflow fires; `at` = when it counts as, 0 = now."""
    moment = local(at or context.now, context.clock.zone())
    now = {
        "date": moment.strftime("%Y-%m-%d"),
        "time": moment.strftime("%H:%M"),
        "weekday": moment.strftime("%A"),
        "hour": moment.hour,
        "minute": moment.minute,
    }
    about = {"id": workflow.id, "name": workflow.name}
    return {"trigger": event, "state": dict(context.states), "now": now, "time": now, "workflow": about}


def run_facts(run: Run, context: Context, at: Millis = 0) -> dict[str, Any]:
    """Return what a step of this run can read."""
    names = ids(run.workflow.steps)
    steps = {
        name: {"output": record.output, "status": record.status.value}
        for name, record in zip(names, run.steps, strict=True)
    }
    known = facts(run.event, run.workflow, context, at)
    return {**known, "steps": steps, "latest_output": _latest_output(run)}


def _latest_output(run: Run) -> str:
    done = [record for record in run.steps if _has_output(run, record)]
    return max(done, key=lambda record: (record.ended_at, record.index)).output if done else ""


def _has_output(run: Run, record: StepRecord) -> bool:
    return record.status is StepStatus.DONE and isinstance(run.workflow.steps[record.index], Step)
