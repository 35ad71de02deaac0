"""What steps would do, said beforehand: filled in with what is known by then, the rest in plain words."""

from collections.abc import Mapping
from typing import Any

from understudy.core.conditions import in_words
from understudy.core.graph import kind_of
from understudy.core.template import foreseen, is_templated
from understudy.core.wording import span_in_words
from understudy.core.workflow import AnyStep, ApprovalStep, ConditionStep, DelayStep, Step, Workflow
from understudy.engine.context import Context, action_of
from understudy.errors import InvalidInputError

Known = Mapping[str, Any]
"""What templates can read by now, as `facts` or `run_facts` give it."""
MOVING = ("now", "time", "state")
"""Facts that may be others by the time a step acts."""


def plan_of(context: Context, workflow: Workflow, known: Known | None = None) -> tuple[str, ...]:
    """Return what would be done, one line a step, with every literal; None = templates as they are written."""
    return tuple(preview(context, step, known) for step in workflow.steps)


def undo_plan_of(context: Context, workflow: Workflow, known: Known | None = None) -> str:
    """Return how the workflow can be taken back, in one or more sentences without repeats."""
    said = (undo_preview(context, step, given(context, step, known)) for step in workflow.actions)
    return " ".join(dict.fromkeys(said))


def preview(context: Context, step: AnyStep, known: Known | None = None) -> str:
    """Return what one step would do, in one line."""
    if isinstance(step, DelayStep):
        return f"Wait {span_in_words(step.lasts)}"
    if isinstance(step, ApprovalStep):
        return f"Ask: {step.question if known is None else foreseen(step.question, known)}"
    if isinstance(step, ConditionStep):
        return f"If {' and '.join(map(in_words, step.all))}"
    filled = given(context, step, known)
    try:
        action, parameters = action_of(context, step, filled)
    except InvalidInputError as error:
        if step.action in context.actions and is_templated(step.parameters):
            values = ", ".join(f"{name} {value}" for name, value in (filled or step.parameters).items())
            return f"{context.actions[step.action].title}: {values}"
        return f"{kind_of(step)} (cannot be done: {error.title[0].lower()}{error.title[1:]})"
    return action.preview(parameters)


def undo_preview(context: Context, step: Step, filled: dict[str, Any] | None = None) -> str:
    """Return how one step is taken back, in one sentence. `filled` = its parameters, filled in."""
    try:
        action, parameters = action_of(context, step, filled)
    except InvalidInputError:
        return f"{step.action} cannot be undone."
    return action.undo_preview(parameters)


def given(context: Context, step: Step, known: Known | None) -> dict[str, Any] | None:
    """Return the parameters of a step as far as they are known; None = there is nothing to fill in.

    What must be shown exactly as it will be used is never filled in with what may be another by then.
    """
    if known is None or not is_templated(step.parameters):
        return None
    action = context.actions.get(step.action)
    literal = action.literal if action else frozenset()
    lasts = lasting(known)
    return {
        name: foreseen(value, lasts if name in literal else known) for name, value in step.parameters.items()
    }


def lasting(known: Known) -> Known:
    """Return what of it will be, and was, the same at any other time."""
    return {name: value for name, value in known.items() if name not in MOVING}
