"""Handing on: workflows whose steps are made of what came with their trigger, as the number of a ticket."""

from collections.abc import Mapping
from typing import Any

from understudy.core.reason import Reason
from understudy.core.run import Run
from understudy.core.template import is_templated, names_in, render
from understudy.core.workflow import Origin, Step, Workflow
from understudy.engine.context import Context, action_of
from understudy.engine.equip import reads_unseen
from understudy.errors import InvalidInputError

_HANDED = "trigger.parameters."
ASKS_EACH_TIME = "What it does is made of what you do each time, so you are asked each time"


def handed(workflow: Workflow, event: Mapping[str, Any]) -> dict[str, str | None]:
    """Return by name what a workflow takes from the parameters of an event; empty = it takes nothing from any."""
    names = (name for step in workflow.actions for name in sorted(names_in(step.parameters)))
    wanted = [name.removeprefix(_HANDED) for name in names if name.startswith(_HANDED)]
    given = event.get("parameters") or {}
    return {name: given.get(name) for name in wanted}


def unfilled(workflow: Workflow, known: Mapping[str, Any], context: Context) -> Reason | None:
    """Return why a learned workflow is nothing to ask about this time: what it needs did not come with the event."""
    if workflow.origin is not Origin.LEARNED:
        return None
    for step in workflow.actions:
        if is_templated(step.parameters):
            try:
                action_of(context, step, render(step.parameters, known))
            except InvalidInputError as error:
                return Reason(code="not_filled_in", text=error.title)
    return None


def asks_each_time(workflow: Workflow, context: Context) -> bool:
    """Whether it is learned, and each run does something in words that the person has to see first."""
    known = ((step, context.actions.get(step.action)) for step in workflow.actions)
    return workflow.origin is Origin.LEARNED and any(
        action is not None and reads_unseen(step, action) for step, action in known
    )


def was_seen(run: Run, step: Step) -> bool:
    """Whether the question that was answered for this run of a learned workflow showed all words of the step.

    Those are words of the event alone: nothing in them can be another by now. What is said to ask each time still does.
    """
    names = names_in(step.parameters)
    is_answered = run.cause.kind == "answer" and run.workflow.origin is Origin.LEARNED
    return is_answered and not step.requires_approval and all(name.startswith("trigger.") for name in names)
