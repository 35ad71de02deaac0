"""Saving a workflow: its document checked and its steps made ready, or an error that names what is wrong."""

from collections.abc import Iterator
from typing import Any

import msgspec

from understudy.core import cycles, graph
from understudy.core.action import Action
from understudy.core.document import CONTENT, Document, read_document
from understudy.core.nearest import nearest
from understudy.core.secret import check_no_plain_secret
from understudy.core.secret_addresses import has_named_key
from understudy.core.template import (
    Known,
    check,
    escaped,
    names_in,
    reads_captured,
    render,
    secrets_in,
)
from understudy.core.triggering import MET
from understudy.core.trust import Tier
from understudy.core.workflow import (
    AnyStep,
    ApprovalStep,
    ConditionTrigger,
    Lifecycle,
    Origin,
    Step,
    Workflow,
)
from understudy.engine import hotkeys
from understudy.engine.checking import check_workflow, known_of
from understudy.engine.context import Context, action_of
from understudy.engine.equip import must_ask
from understudy.engine.identity import new_id
from understudy.engine.levels import level_of
from understudy.errors import InvalidInputError, UnderstudyError

WATCHED = ("battery", "disk_free_percent", "idle_minutes", "network", "power", "presence")
"""Values that Understudy itself watches; programs are watched too, under their own names."""


def workflow_from(document: Any, context: Context) -> Workflow:
    """Return the workflow that a document describes. Nothing is stored; auto needs `set_tier`."""
    written = read_document(document, context.clock.zone())
    now = context.now
    workflow = Workflow(
        id=new_id("w"),
        origin=Origin.WRITTEN,
        tier=at_most_suggest(written.tier),
        lifecycle=Lifecycle.ACTIVE,
        created_at=now,
        changed_at=now,
        **content_of(written),
    )
    return checked(workflow, context)


def content_of(written: Document | Workflow) -> dict[str, Any]:
    """Return the fields that say what a workflow does."""
    return {name: getattr(written, name) for name in CONTENT}


def at_most_suggest(tier: Tier) -> Tier:
    """Return the tier, or suggest in place of auto: that takes a word of its own."""
    return Tier.SUGGEST if tier is Tier.AUTO else tier


def checked(workflow: Workflow, context: Context) -> Workflow:
    """Return the workflow ready to be stored. Raises InvalidInputError."""
    workflow = msgspec.structs.replace(workflow, name=workflow.name.strip())
    check_no_plain_secret(_said(workflow))
    check_workflow(workflow, (each.id for each in context.store.workflows.all()))
    steps = tuple(
        _ready(context, step, known, f"steps[{at}]")
        for at, (step, known) in enumerate(zip(workflow.steps, known_of(workflow), strict=True))
    )
    return msgspec.structs.replace(workflow, steps=steps)


def _said(workflow: Workflow) -> dict[str, Any]:
    """Return, as plain values, all that a workflow holds besides the parameters of its actions."""
    told = {name: getattr(workflow, name) for name in ("name", "metadata", "triggers", "conditions")}
    others = {f"steps[{at}]": each for at, each in enumerate(workflow.steps) if not isinstance(each, Step)}
    plain: dict[str, Any] = msgspec.to_builtins(told | others)
    return plain


def _ready(context: Context, step: AnyStep, known: Known, place: str) -> AnyStep:
    try:
        if isinstance(step, ApprovalStep):
            _check_question(step, known)
        return _checked_whole(context, step, known) if isinstance(step, Step) else step
    except InvalidInputError as error:
        raise InvalidInputError(f"{place}: {error.title}", error.why, error.fix) from error


def _checked_whole(context: Context, step: Step, known: Known) -> Step:
    """Return a step ready to be saved; what it takes in only then, as a script from its file, is looked at too."""
    ready = checked_step(context, step, known)
    check_no_plain_secret(ready.parameters, context.actions[step.action].secret)
    return ready


def _check_question(step: ApprovalStep, known: Known) -> None:
    if not step.question.strip():
        raise InvalidInputError("The question is empty", fix="Say what you will be asked")
    check({"question": step.question}, known)


def learned_step(context: Context, step: Step) -> Step:
    """Return a learned step ready to be saved: what was seen is no template, whatever braces it holds."""
    return checked_step(context, msgspec.structs.replace(step, parameters=escaped(step.parameters)))


def checked_step(context: Context, step: Step, known: Known = Known()) -> Step:  # noqa: B008  (an empty value)
    """Return a step ready to be saved, or raise InvalidInputError.

    Its parameters are checked by the action; where something is filled in, as far as that can be known before, and
    again when it runs.
    """
    action = _action(context, step)
    check_no_plain_secret(step.parameters, action.secret)
    check(step.parameters, known._replace(secret_in=action.secret))
    open_ones = {name: value for name, value in step.parameters.items() if names_in(value)}
    literal = {name: render(value, {}) for name, value in step.parameters.items() if name not in open_ones}
    if not open_ones:
        action, parameters = action_of(context, msgspec.structs.replace(step, parameters=literal))
        ready = msgspec.to_builtins(action.check(parameters))
        return msgspec.structs.replace(step, parameters=escaped(ready))
    _check_names(step, literal, action)
    fixed = {name: value for name, value in _fixed(step, literal, action).items() if name not in open_ones}
    return msgspec.structs.replace(step, parameters={**escaped(fixed), **open_ones})


def _fixed(step: Step, literal: dict[str, Any], action: Action) -> dict[str, Any]:
    """Return the parameters as the action makes them ready, as a script read from its file.

    It judges the fixed ones beside the templates. Where a template stands for something else than a text, nothing
    can be judged before it is filled in: then those given come back.
    """
    try:
        parameters = msgspec.convert({**step.parameters, **literal}, action.parameters)
    except msgspec.ValidationError:
        return literal
    ready: dict[str, Any] = msgspec.to_builtins(action.check(parameters))
    return ready


def _action(context: Context, step: Step) -> Action:
    action = context.actions.get(step.action)
    if action is None:
        raise InvalidInputError(
            f"There is no action called {step.action}", fix=nearest(step.action, context.actions)
        )
    return action


def _check_names(step: Step, literal: dict[str, Any], action: Action) -> None:
    """Check the parameters of a step with templates one by one: the literal ones must be valid as they are."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(action.parameters)}
    for name in step.parameters:
        if name not in fields:
            raise InvalidInputError(f"{step.action} has no parameter {name}", fix=nearest(name, fields))
        if name in literal:
            _check_value(literal[name], fields[name], step)
    missing = [name for name, field in fields.items() if field.required and name not in step.parameters]
    if missing:
        raise InvalidInputError(
            f"{step.action} lacks the parameter {missing[0]}", fix="See: understudy actions"
        )


def _check_value(value: Any, field: msgspec.structs.FieldInfo, step: Step) -> None:
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"The parameter {field.encode_name} of {step.action} is not valid",
            str(error),
            "See: understudy actions",
        ) from error


# --- warnings -------------------------------------------------------------------------------------


def warnings_of(workflow: Workflow, context: Context) -> tuple[str, ...]:
    """Return what the person should know of a workflow, though it can be saved: one sentence each."""
    found = (
        *cycles.warnings(workflow, context.store.workflows.all(), lambda each: _may_ask(each, context)),
        *_missing_secrets(workflow, context),
        *_unknown_values(workflow, context),
        *_met_already(workflow, context),
        *_asks_each_time(workflow, context),
        *_written_out_keys(workflow, context),
        *hotkeys.warnings(workflow, context),
    )
    return tuple(dict.fromkeys(found))


def _may_ask(workflow: Workflow, context: Context) -> bool:
    """Whether a run of it can wait for the person: where it says so, or because of what a step reads."""
    known = ((step, context.actions.get(step.action)) for step in workflow.actions)
    return cycles.asks(workflow) or any(
        action is not None and must_ask(step, action) for step, action in known
    )


def _missing_secrets(workflow: Workflow, context: Context) -> Iterator[str]:
    wanted = frozenset[str]().union(*(secrets_in(step.parameters) for step in workflow.actions))
    if not wanted:
        return
    try:
        known = context.secrets.names()
    except UnderstudyError as error:
        yield f"It needs secrets, but which there are cannot be seen: {error.title}"
        return
    for name in sorted(wanted.difference(known)):
        yield f"There is no secret {name} yet. Set it: understudy secrets set {name}"


def _unknown_values(workflow: Workflow, context: Context) -> Iterator[str]:
    known = {*WATCHED, *context.states}
    for trigger in workflow.triggers:
        watch = getattr(trigger, "watch", "")
        if watch and watch not in known:
            yield f"Nothing has told of a value called {watch} yet. {nearest(watch, known)}"


def _met_already(workflow: Workflow, context: Context) -> Iterator[str]:
    for trigger in workflow.triggers:
        if isinstance(trigger, ConditionTrigger) and level_of(trigger, context) == MET:
            value = context.states[trigger.watch]
            yield f'{trigger.watch} is "{value}" already: it fires when that has ended and comes again'


def _asks_each_time(workflow: Workflow, context: Context) -> Iterator[str]:
    for name, step in zip(graph.ids(workflow.steps), workflow.steps, strict=True):
        if isinstance(step, Step) and step.action in context.actions:
            literal = context.actions[step.action].literal
            reads = sorted(
                each for each in literal & set(step.parameters) if reads_captured(step.parameters[each])
            )
            if reads:
                yield f"Step {name} will ask each time: its {reads[0]} is made of what was captured or put out"


def _written_out_keys(workflow: Workflow, context: Context) -> Iterator[str]:
    """Tell of addresses that seem to hold a key where it cannot be named: to refuse them would leave no way."""
    for name, step in zip(graph.ids(workflow.steps), workflow.steps, strict=True):
        if isinstance(step, Step) and step.action in context.actions:
            secret_in = context.actions[step.action].secret
            for parameter, value in step.parameters.items():
                if parameter not in secret_in and isinstance(value, str) and has_named_key(value):
                    yield (
                        f"The {parameter} of step {name} seems to hold a key: it is stored and shown with the workflow"
                    )


# --- writing back ---------------------------------------------------------------------------------


def tidy_steps(workflow: Workflow, context: Context) -> tuple[AnyStep, ...]:
    """Return the steps with only those parameters that differ from what goes without saying."""
    return tuple(_tidy(step, context) if isinstance(step, Step) else step for step in workflow.steps)


def _tidy(step: Step, context: Context) -> Step:
    action = context.actions.get(step.action)
    if action is None:
        return step
    usual = {
        field.encode_name: msgspec.to_builtins(
            field.default_factory() if callable(field.default_factory) else field.default
        )
        for field in msgspec.structs.fields(action.parameters)
        if not field.required
    }
    kept = {
        name: value for name, value in step.parameters.items() if name not in usual or usual[name] != value
    }
    return msgspec.structs.replace(step, parameters=kept)
