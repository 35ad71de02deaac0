"""Triggers in words, as they stand in lists after the name of a workflow. Pure."""

from collections.abc import Callable
from typing import Any

from understudy.core.capture import CaptureKind
from understudy.core.conditions import as_text
from understudy.core.cron import in_words
from understudy.core.hotkey import hotkey_in_words
from understudy.core.triggering import PATTERNS
from understudy.core.wording import event_in_words, span_in_words
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    ConditionTrigger,
    EscalationTrigger,
    ManualTrigger,
    Operator,
    RunTrigger,
    StateTrigger,
    TimeTrigger,
    Trigger,
)

NameOf = Callable[[str], str]
"""Display name of a program or of a workflow."""

_KINDS = {
    CaptureKind.FOCUS: "a window",
    CaptureKind.URL: "a page",
    CaptureKind.COMMAND: "a command",
    CaptureKind.PHRASE: "a typed phrase",
    CaptureKind.FILE: "a file",
    CaptureKind.STATE: "a value",
    CaptureKind.PRESENCE: "your coming or going",
    CaptureKind.FOREIGN: "a record",
}

_COMPARES = {
    Operator.LT: "falls below",
    Operator.GT: "rises above",
    Operator.EQ: "becomes",
    Operator.NE: "stops being",
    Operator.CONTAINS: "comes to contain",
    Operator.MATCHES: "comes to look like",
}


def trigger_in_words(trigger: Trigger, app_name: NameOf, workflow_name: NameOf) -> str:
    """Return when a trigger fires: "after Mail came to the front", "weekdays at 08:55", "when you start it"."""
    if isinstance(trigger, CaptureTrigger):
        return _capture(trigger, app_name)
    if isinstance(trigger, AgeTrigger):
        return _age(trigger, app_name)
    if isinstance(trigger, (EscalationTrigger, RunTrigger)):
        return _other(trigger, workflow_name)
    return _PLAIN[type(trigger)](trigger)


def _capture(trigger: CaptureTrigger, app_name: NameOf) -> str:
    said = [event_in_words(symbol, app_name) for symbol in trigger.symbols]
    patterns = [f'{name} like "{getattr(trigger, name)}"' for name in PATTERNS if getattr(trigger, name)]
    if _is_value(trigger):
        said, patterns = [event_in_words(f"state:{trigger.app.strip('*')}={trigger.text}", app_name)], []
    if not said:
        said = [f"{_KINDS[trigger.kind] if trigger.kind else 'anything'} is seen"]
    return f"after {', then '.join(said)}{' with ' if patterns else ''}{' and '.join(patterns)}"


def _is_value(trigger: CaptureTrigger) -> bool:
    """Whether it waits for nothing but a watched value: a meeting's window that is "closed", say."""
    has_more = trigger.symbols or trigger.title or trigger.url
    return (
        trigger.kind is CaptureKind.STATE and bool(trigger.app.strip("*") and trigger.text) and not has_more
    )


def _time(trigger: TimeTrigger) -> str:
    later = f", up to {span_in_words(trigger.jitter)} later" if trigger.jitter else ""
    return f"{in_words(trigger.cron)}{later}"


def _condition(trigger: ConditionTrigger) -> str:
    if trigger.operator is Operator.EXISTS:
        return f"when {trigger.watch} is first known"
    return f"when {trigger.watch} {_COMPARES[trigger.operator]} {as_text(trigger.value)}"


def _state(trigger: StateTrigger) -> str:
    before = f" from {trigger.before}" if trigger.before else ""
    return f"when {trigger.watch} changes{before}{f' to {trigger.to}' if trigger.to else ''}"


def _age(trigger: AgeTrigger, app_name: NameOf) -> str:
    lasts = span_in_words(trigger.longer_than)
    if trigger.of is AgedThing.APPROVAL:
        return f"when a question has waited for {lasts}"
    if trigger.of is AgedThing.FOCUS:
        return (
            f"when {app_name(trigger.value) if trigger.value else 'a program'} has been in front for {lasts}"
        )
    return f"when {trigger.watch} has been {trigger.value or 'the same'} for {lasts}"


def _other(trigger: EscalationTrigger | RunTrigger, workflow_name: NameOf) -> str:
    name = f'"{workflow_name(trigger.workflow)}"' if trigger.workflow else "another workflow"
    if isinstance(trigger, EscalationTrigger):
        return f"when {name} has waited {span_in_words(trigger.after)} for your approval"
    return f"when {name} has ended as {' or '.join(trigger.statuses).replace('_', ' ')}"


def _manual(trigger: ManualTrigger) -> str:
    return f"when you press {hotkey_in_words(trigger.hotkey)}" if trigger.hotkey else "when you start it"


_PLAIN: dict[type[Trigger], Callable[[Any], str]] = {
    TimeTrigger: _time,
    ConditionTrigger: _condition,
    StateTrigger: _state,
    ManualTrigger: _manual,
}
