"""Saving a workflow: its document checked and its steps made ready, or an error that names what is wrong."""

import difflib
from typing import Any

import msgspec

from understudy.core.cron import check_cron
from understudy.core.trust import Tier
from understudy.core.value import Value
from understudy.core.workflow import (
    CaptureTrigger,
    Lifecycle,
    ManualTrigger,
    Origin,
    Step,
    TimeTrigger,
    Workflow,
)
from understudy.engine.context import Context, action_of
from understudy.engine.identity import new_id
from understudy.errors import InvalidInputError


class Document(Value):
    """A workflow as a person writes it."""

    name: str
    steps: tuple[Step, ...]
    triggers: tuple[CaptureTrigger | TimeTrigger | ManualTrigger, ...] = (ManualTrigger(),)
    tier: Tier = Tier.SUGGEST


def checked_step(context: Context, step: Step) -> Step:
    """Return the step ready to be saved, or raise InvalidInputError."""
    if step.timeout <= 0:
        raise InvalidInputError(
            f"{step.timeout} ms is no time to do {step.action} in", fix="Leave timeout out, or use 30000"
        )
    action, parameters = action_of(context, step)
    ready = action.check(parameters)
    return Step(action=step.action, parameters=msgspec.to_builtins(ready), timeout=step.timeout)


def workflow_from(document: dict[str, Any], context: Context) -> Workflow:
    """Return the workflow that a document describes. Nothing is stored; auto needs `set_tier`."""
    try:
        written = msgspec.convert(document, Document)
    except msgspec.ValidationError as error:
        raise InvalidInputError("The workflow is not valid", str(error), _hint(document)) from error
    if not written.name.strip() or not written.steps or not written.triggers:
        raise InvalidInputError("The workflow is not complete", "It needs a name, a trigger and a step")
    for trigger in written.triggers:
        _check_trigger(trigger)
    now = context.now
    return Workflow(
        id=new_id("w"),
        name=written.name.strip(),
        triggers=written.triggers,
        steps=tuple(checked_step(context, step) for step in written.steps),
        origin=Origin.WRITTEN,
        tier=min(written.tier, Tier.SUGGEST, key=lambda tier: tier.rank),
        lifecycle=Lifecycle.ACTIVE,
        created_at=now,
        changed_at=now,
    )


def _check_trigger(trigger: CaptureTrigger | TimeTrigger | ManualTrigger) -> None:
    if isinstance(trigger, TimeTrigger):
        check_cron(trigger.cron, trigger.timezone)
        if trigger.misfire not in ("once", "skip"):
            raise InvalidInputError(
                f"There is no misfire rule called {trigger.misfire}", fix="It is once or skip"
            )
    elif isinstance(trigger, CaptureTrigger) and (not trigger.symbols or not all(trigger.symbols)):
        raise InvalidInputError(
            "A capture trigger needs at least one symbol", fix='As in {"symbols": ["app:xterm"]}'
        )


def _hint(document: dict[str, Any]) -> str:
    known = Document.__struct_fields__
    for field in document:
        if field not in known:
            near = difflib.get_close_matches(str(field), known, 1)
            return (
                f"There is no field {field}; did you mean {near[0]}"
                if near
                else f"Fields are: {', '.join(known)}"
            )
    return f"Fields are: {', '.join(known)}"
