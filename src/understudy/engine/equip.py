"""Making a step ready: templates filled in, parameters typed, and whether the person must allow exactly these."""

from typing import Any, NamedTuple

import msgspec

from understudy.core.action import Action
from understudy.core.template import is_templated, reads_captured, render, secrets_in
from understudy.core.value import Value
from understudy.core.workflow import Step
from understudy.engine.active import ActiveRun, Timeline, Work
from understudy.engine.context import Context, action_of
from understudy.engine.facts import run_facts
from understudy.engine.live_output import LiveOutput
from understudy.engine.messages import StepCame
from understudy.errors import ConflictError


class Filled(NamedTuple):
    """The parameters of a step as they are to be used."""

    action: Action
    given: dict[str, Any]
    """Secrets by name."""
    parameters: Value
    data: dict[str, Any] | None
    """What they were filled in with; None = there was nothing to fill in."""


def fill(active: ActiveRun, index: int, context: Context) -> Filled:
    """Fill in the templates of a step. Raises InvalidInputError, or ConflictError for what was allowed differently."""
    run = active.run
    record, step = run.steps[index], run.workflow.steps[index]
    assert isinstance(step, Step)  # noqa: S101  (for the type checker: only actions have parameters)
    if not is_templated(step.parameters):
        action, parameters = action_of(context, step)
        return Filled(action, step.parameters, parameters, None)
    is_fixed = bool(record.parameters) and (record.approved or record.attempts > 0)
    data = run_facts(run, context, record.started_at if is_fixed else 0)
    given = record.parameters if is_fixed else render(step.parameters, data)
    if is_fixed and secrets_in(step.parameters):
        fresh = render(step.parameters, data)
        if record.approved and fresh != given:
            raise ConflictError(
                f"{record.text}: it would no longer be what you allowed",
                "A value it reads has changed since",
                "Start it again",
            )
        given = fresh
    action, parameters = action_of(context, step, given)
    return Filled(action, given, parameters, data)


def must_ask(step: Step, action: Action) -> bool:
    """Whether the person must allow this step with exactly these parameters each time."""
    return step.requires_approval or reads_unseen(step, action)


def reads_unseen(step: Step, action: Action) -> bool:
    """Whether what the person must see exactly as it will be used is made of what is known only when it runs."""
    return any(reads_captured(step.parameters.get(name)) for name in sorted(action.literal))


def work_of(active: ActiveRun, index: int, filled: Filled, context: Context) -> Work:
    """Return the step, ready for a worker."""
    run, step = active.run, active.run.workflow.steps[index]
    assert isinstance(step, Step)  # noqa: S101  (for the type checker)
    name = run.steps[index].id

    def tell(text: str, end: int) -> None:
        context.tell("output", {"id": run.id, "step": name, "text": text, "end": end})

    output = LiveOutput(tell)
    timeline = Timeline(
        run.id,
        context.clock.monotonic(),
        lambda expectation: context.expectations.append(
            (context.now + expectation.within, run.id, expectation)
        ),
        output.write,
        lambda progress: context.post(StepCame(run_id=run.id, index=index, progress=progress)),
    )
    timeline.tag = f"{run.id}.{index}"
    return Work(
        index=index,
        action=filled.action,
        template=step.parameters,
        parameters=filled.parameters,
        data=filled.data,
        timeline=timeline,
        output=output,
        limit=step.timeout,
    )


def question_of(text: str, active: ActiveRun, context: Context) -> str:
    """Return the question of an approval step, filled in. Raises InvalidInputError."""
    return str(render(text, run_facts(active.run, context))) if is_templated(text) else text


def filled_record(active: ActiveRun, index: int, filled: Filled) -> Any:
    """Return the record of a step with what will really be used."""
    record = active.run.steps[index]
    text = filled.action.preview(filled.parameters) if filled.data is not None else record.text
    return msgspec.structs.replace(record, parameters=filled.given, text=text)
