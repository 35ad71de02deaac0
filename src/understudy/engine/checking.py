"""What a workflow is checked for before it is saved: triggers, conditions, lengths, names in templates."""

import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from understudy.core import graph
from understudy.core.conditions import as_text, number
from understudy.core.cron import check_cron
from understudy.core.document_shape import SCHEMA
from understudy.core.durations import write_duration
from understudy.core.nearest import nearest
from understudy.core.run import RunStatus
from understudy.core.template import Known
from understudy.core.triggering import EVENT_OF, FIELDS, PATTERNS, is_patterned
from understudy.core.value import DAY, HOUR, Millis
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    Condition,
    ConditionStep,
    ConditionTrigger,
    DelayStep,
    EscalationTrigger,
    Operator,
    RunTrigger,
    StateTrigger,
    Step,
    TimeTrigger,
    Trigger,
    Workflow,
)
from understudy.errors import InvalidInputError

LONGEST_NAME = 200
LONGEST_WORDS = 2_000
LONGEST_PATTERN = 500
MOST_PARTS = 100
"""Steps, triggers or conditions of one workflow."""
LONGEST_DELAY: Millis = 7 * DAY
LONGEST_RUN: Millis = DAY
TIME_FIELDS = ("time.hour", "time.minute", "time.weekday", "time.date", "time.time")
ENDED = tuple(status.value for status in RunStatus if status.is_final)
"""How a run can end."""
_SHOWN = 1e15
"""Figures beyond it are not written out."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def check_workflow(workflow: Workflow, known_ids: Iterable[str]) -> None:
    """Raise InvalidInputError unless all but the parameters of its actions can be saved."""
    for needed, is_there in (
        ("a name", workflow.name.strip()),
        ("a step", workflow.steps),
        ("a trigger", workflow.triggers),
    ):
        if not is_there:
            raise InvalidInputError("The workflow is not complete", f"It needs {needed}", SCHEMA)
    _check_figures(workflow)
    _check_looks(workflow)
    graph.check(workflow.steps)
    ids = tuple(known_ids)
    for at, trigger in enumerate(workflow.triggers):
        _placed(f"triggers[{at}]", check_trigger, trigger, ids)
    known = known_at_start(workflow.triggers)
    for at, condition in enumerate(workflow.conditions):
        _placed(f"conditions[{at}]", check_condition, condition, known)
    for at, (step, here) in enumerate(zip(workflow.steps, known_of(workflow), strict=True)):
        if isinstance(step, ConditionStep):
            _check_condition_step(step, f"steps[{at}]", here)
        elif isinstance(step, DelayStep):
            _check_length(step.lasts, LONGEST_DELAY, f"steps[{at}].lasts", "7 days")
        elif isinstance(step, Step):
            _check_step_figures(step, f"steps[{at}]")


def known_at_start(triggers: Iterable[Trigger]) -> Known:
    """Return the names that are known when a workflow fires."""
    return Known(trigger=frozenset(chain.from_iterable(FIELDS[EVENT_OF[type(each)]] for each in triggers)))


def known_of(workflow: Workflow) -> tuple[Known, ...]:
    """Return for every step the names that are known when it begins."""
    names, start = graph.ids(workflow.steps), known_at_start(workflow.triggers)
    return tuple(
        start._replace(steps=tuple(names[place] for place in sorted(before)))
        for before in graph.ancestors(workflow.steps)
    )


def _placed(place: str, check: Callable[[Any, Any], None], thing: object, known: object) -> None:
    """Do a check; what it finds is told with its place."""
    try:
        check(thing, known)
    except InvalidInputError as error:
        raise InvalidInputError(f"{place}: {error.title}", error.why, error.fix) from error


def _within(
    figure: float,
    least: float,
    most: float,
    what: str,
    allowed: str,
    *,
    written: Callable[[Any], object] = "{:g}".format,
) -> None:
    if not least <= figure <= most:
        shown = written(figure) if abs(figure) < _SHOWN else "so much"
        raise InvalidInputError(f"{what} cannot be {shown}", f"It must be {allowed}")


def _check_length(length: Millis, most: Millis, what: str, allowed: str) -> None:
    _within(length, 1, most, what, f"1 ms to {allowed}", written=write_duration)


def _check_figures(workflow: Workflow) -> None:
    _check_length(workflow.timeout, LONGEST_RUN, "timeout", "24 hours")
    _within(workflow.most, 1, MOST_PARTS, "most", "1 to 100")
    _within(workflow.priority, -10, 10, "priority", "-10 to 10")
    _within(workflow.rates.per_minute, 1, 30, "rates.per_minute", "1 to 30")
    _within(workflow.rates.per_hour, 1, 500, "rates.per_hour", "1 to 500")
    for what in ("steps", "triggers", "conditions"):
        _within(len(getattr(workflow, what)), 0, MOST_PARTS, f"The number of {what}", f"at most {MOST_PARTS}")


def _check_looks(workflow: Workflow) -> None:
    _within(len(workflow.name), 1, LONGEST_NAME, "The length of the name", f"at most {LONGEST_NAME}")
    looks = workflow.metadata
    for what in ("description", "category", "icon"):
        most = LONGEST_WORDS if what == "description" else LONGEST_NAME
        _within(len(getattr(looks, what)), 0, most, f"The length of metadata.{what}", f"at most {most}")
    if looks.colour and not _COLOUR.fullmatch(looks.colour):
        raise InvalidInputError(f"metadata.colour cannot be {looks.colour!r}", fix="As in #2f6fed")


def _check_step_figures(step: Step, place: str) -> None:
    _check_length(step.timeout, LONGEST_RUN, f"{place}.timeout", "24 hours")
    _within(step.retry.attempts, 2, 10, f"{place}.retry.attempts", "2 to 10")
    _check_length(step.retry.delay, HOUR, f"{place}.retry.delay", "1 hour")


# --- triggers -------------------------------------------------------------------------------------


def check_trigger(trigger: Trigger, known_ids: tuple[str, ...]) -> None:
    """Raise InvalidInputError unless the trigger can fire."""
    check = _CHECKS.get(type(trigger))
    if check is not None:
        check(trigger, known_ids)


def _check_capture(trigger: CaptureTrigger, _: tuple[str, ...]) -> None:
    _within(len(trigger.symbols), 0, MOST_PARTS, "The number of symbols", f"at most {MOST_PARTS}")
    for name in PATTERNS:
        _check_pattern(getattr(trigger, name))
    if not all(trigger.symbols) or not (trigger.symbols or is_patterned(trigger)):
        raise InvalidInputError(
            "A capture trigger has nothing to wait for",
            fix='Describe what is seen, as in {"type": "capture", "kind": "focus", "title": "*invoice*"}',
        )
    _check_length(trigger.within, DAY, "within", "24 hours")


def _check_pattern(pattern: str) -> None:
    _within(len(pattern), 0, LONGEST_PATTERN, "The length of a pattern", f"at most {LONGEST_PATTERN}")


def _check_time(trigger: TimeTrigger, _: tuple[str, ...]) -> None:
    check_cron(trigger.cron, trigger.timezone)
    _within(trigger.window, 0, DAY, "window", "0 to 24 hours", written=write_duration)
    _within(trigger.jitter, 0, HOUR, "jitter", "0 to 1 hour", written=write_duration)


def _check_watched(trigger: ConditionTrigger, _: tuple[str, ...]) -> None:
    _check_watch(trigger.watch)
    if trigger.operator is Operator.EXISTS:
        fix = "Wait for the value itself, as in operator: eq, or use a state trigger"
        raise InvalidInputError("A watched value is always there, so that exists never fires", fix=fix)
    check_operator(trigger.operator, trigger.value)
    if trigger.hysteresis and trigger.operator not in (Operator.LT, Operator.GT):
        raise InvalidInputError("hysteresis is for lt and gt only", fix="Leave it out")
    _within(trigger.hysteresis, 0, 1e9, "hysteresis", "0 or more")


def _check_state(trigger: StateTrigger, _: tuple[str, ...]) -> None:
    _check_watch(trigger.watch)
    _check_pattern(trigger.before)
    _check_pattern(trigger.to)


def _check_age(trigger: AgeTrigger, _: tuple[str, ...]) -> None:
    _check_length(trigger.longer_than, 30 * DAY, "longer_than", "30 days")
    _check_pattern(trigger.value)
    if trigger.of is AgedThing.STATE:
        _check_watch(trigger.watch)
    elif trigger.watch:
        raise InvalidInputError(f"watch is not for the age of {trigger.of.value}", fix="Leave it out")


def _check_watch(watch: str) -> None:
    if not watch.strip():
        raise InvalidInputError("It does not say which value to watch", fix="As in watch: battery")


def _check_escalation(trigger: EscalationTrigger, known_ids: tuple[str, ...]) -> None:
    _check_length(trigger.after, DAY, "after", "24 hours, when the question expires")
    if trigger.workflow:
        _check_id(trigger.workflow, known_ids)


def _check_run(trigger: RunTrigger, known_ids: tuple[str, ...]) -> None:
    _check_id(trigger.workflow, known_ids)
    if not trigger.statuses:
        raise InvalidInputError("It does not say which runs count", fix="As in statuses: [completed]")
    for status in trigger.statuses:
        if status not in ENDED:
            raise InvalidInputError(f"No run ends as {status!r}", fix=nearest(status, ENDED))


def _check_id(workflow_id: str, known_ids: tuple[str, ...]) -> None:
    if workflow_id not in known_ids:
        raise InvalidInputError(f"There is no workflow {workflow_id!r}", fix="See: understudy workflows")


_CHECKS: dict[type, Callable[[Any, tuple[str, ...]], None]] = {
    CaptureTrigger: _check_capture,
    TimeTrigger: _check_time,
    ConditionTrigger: _check_watched,
    StateTrigger: _check_state,
    AgeTrigger: _check_age,
    EscalationTrigger: _check_escalation,
    RunTrigger: _check_run,
}


# --- conditions -----------------------------------------------------------------------------------


def check_operator(operator: Operator, value: float | str | bool) -> None:  # noqa: FBT001  (any plain value)
    """Raise InvalidInputError where numbers are compared with something else."""
    if operator in (Operator.LT, Operator.GT) and number(value) is None:
        raise InvalidInputError(
            f"{operator.value} compares numbers, and {value!r} is none", fix="As in value: 20"
        )
    if operator is Operator.MATCHES:
        _check_pattern(as_text(value))


def check_condition(condition: Condition, known: Known) -> None:
    """Raise InvalidInputError, with the nearest valid name, for a field that will never be there."""
    check_operator(condition.operator, condition.value)
    root, _, rest = condition.field.partition(".")
    names = (*known.names, *TIME_FIELDS, "state.NAME")
    is_open = root == "state" or (root == "trigger" and rest.partition(".")[0] in known.trigger)
    if not (rest and is_open) and condition.field not in names:
        raise InvalidInputError(f"There is no field {condition.field}", fix=nearest(condition.field, names))


def _check_condition_step(step: ConditionStep, place: str, known: Known) -> None:
    if not step.all:
        raise InvalidInputError(f"{place} has no condition", fix='As in "if": [{...}]')
    for at, condition in enumerate(step.all):
        _placed(f"{place}.if[{at}]", check_condition, condition, known)
