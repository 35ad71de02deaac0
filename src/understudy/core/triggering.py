"""Triggering: does this one trigger fire on this one event, and why or why not? Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from understudy.core.conditions import as_text, compare, number
from understudy.core.cron import next_time
from understudy.core.event import Event
from understudy.core.matching import fires, is_like
from understudy.core.reason import Reason
from understudy.core.value import Millis, Value
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

Recent = Sequence[tuple[Millis, str]]
"""What was seen lately, oldest first, this event the last: (time, template)."""

PATTERNS = ("app", "title", "url", "text")
"""Fields of a capture trigger that are patterns."""

MET, UNMET = "met", "unmet"
"""Levels of a condition trigger."""

EVENT_OF: dict[type[Trigger], str] = {
    CaptureTrigger: "capture",
    TimeTrigger: "time",
    ConditionTrigger: "state",
    StateTrigger: "state",
    AgeTrigger: "age",
    EscalationTrigger: "escalation",
    RunTrigger: "run",
    ManualTrigger: "manual",
}
"""The kind of event that each type of trigger listens to."""

FIELDS: dict[str, tuple[str, ...]] = {
    "capture": ("kind", "app", "title", "url", "text", "at", "parameters"),
    "time": ("due", "at"),
    "state": ("watch", "value", "before", "at"),
    "age": ("of", "watch", "value", "since", "lasted", "run", "workflow", "suggestion", "title", "at"),
    "escalation": ("run", "workflow", "suggestion", "title", "lasted", "at"),
    "run": ("run", "workflow", "name", "status", "text", "output", "at"),
    "manual": ("by", "at"),
}
"""What an event of each kind carries: the names that may stand behind `trigger.`."""


class Evaluation(Value):
    """What came of one trigger and one event."""

    fires: bool
    reason: Reason
    level: str = ""
    """What the trigger has to remember from now on."""


def evaluate(trigger: Trigger, event: Event, *, recent: Recent = (), level: str = "") -> Evaluation:
    """Say whether the trigger fires on the event.

    `level` is what the trigger remembers: of a condition whether it was met, of an age what it has fired for;
    empty = nothing yet. A condition whose value was never known counts as one that was not met.
    """
    wanted = EVENT_OF[type(trigger)]
    if event.kind != wanted:
        return _no("other_event", f"It listens to {wanted} events, and this is {event.kind}", level)
    if isinstance(trigger, CaptureTrigger):
        return _capture(trigger, event, recent)
    if isinstance(trigger, ConditionTrigger):
        return _condition(trigger, event, level)
    if isinstance(trigger, AgeTrigger):
        return _age(trigger, event, level)
    if isinstance(trigger, ManualTrigger):
        return _yes("You started it")
    return _PLAIN[type(trigger)](trigger, event)


def _yes(text: str, level: str = "", **seen: str | float | None) -> Evaluation:
    return Evaluation(fires=True, reason=Reason(code="fires", text=text, seen={**seen}), level=level)


def _no(code: str, text: str, level: str = "", **seen: str | float | None) -> Evaluation:
    return Evaluation(fires=False, reason=Reason(code=code, text=text, seen={**seen}), level=level)


# --- captures -------------------------------------------------------------------------------------


def _capture(trigger: CaptureTrigger, event: Event, recent: Recent) -> Evaluation:
    if trigger.symbols and not fires(trigger, recent):
        return _no("row_not_complete", f"What it waits for has not come: {', then '.join(trigger.symbols)}")
    against = unlike(trigger, event.data)
    if against:
        wanted = getattr(trigger, against)
        return _no(
            "pattern_not_met", f'The {against} is not like "{wanted}"', field=against, wanted=str(wanted)
        )
    if not trigger.symbols and not is_patterned(trigger):
        return _no("nothing_to_wait_for", "It names neither a row of events nor a pattern")
    return _yes("It is what it waits for")


def is_patterned(trigger: CaptureTrigger) -> bool:
    """Whether it describes a capture by patterns."""
    return trigger.kind is not None or any(getattr(trigger, name) for name in PATTERNS)


def unlike(trigger: CaptureTrigger, data: Mapping[str, Any]) -> str:
    """Return the first field of a capture that does not fit the trigger's patterns; nothing where all do."""
    if trigger.kind is not None and data.get("kind") != trigger.kind.value:
        return "kind"
    for name in PATTERNS:
        pattern = getattr(trigger, name)
        if pattern and not is_like(pattern, as_text(data.get(name))):
            return name
    return ""


# --- watched values -------------------------------------------------------------------------------


def _condition(trigger: ConditionTrigger, event: Event, level: str) -> Evaluation:
    value = event.data.get("value", "")
    if event.data.get("watch") != trigger.watch:
        return _no("other_value", f"It watches {trigger.watch}", level)
    is_met = _is_met(trigger, value, was_met=level == MET)
    if is_met is None:
        return _no("not_a_number", f"{trigger.watch} is not a number", level, value=as_text(value))
    said = f'{trigger.watch} is "{as_text(value)}"'
    now = MET if is_met else UNMET
    if not is_met:
        return _no("limit_not_passed", f"{said}, which does not meet it", now, value=as_text(value))
    if level == MET:
        return _no("still_met", f"{said}, as before: it fires on the edge", now, value=as_text(value))
    return _yes(f"{said}, which now meets it", now, value=as_text(value))


def _is_met(trigger: ConditionTrigger, value: Any, *, was_met: bool) -> bool | None:
    """Whether the value counts as beyond the limit, near it as before; None = it is no number and tells nothing."""
    if trigger.operator is Operator.EXISTS:
        return as_text(value) != ""
    if trigger.operator not in (Operator.LT, Operator.GT):
        return compare(trigger.operator, value, trigger.value)
    actual, limit = number(value), number(trigger.value)
    if actual is None or limit is None:
        return None
    back = abs(trigger.hysteresis) if was_met else 0.0
    return actual < limit + back if trigger.operator is Operator.LT else actual > limit - back


def _state(trigger: StateTrigger, event: Event) -> Evaluation:
    watch, value, before = (as_text(event.data.get(name)) for name in ("watch", "value", "before"))
    if watch != trigger.watch:
        return _no("other_value", f"It watches {trigger.watch}")
    if not before:
        return _no("first_value", f'{watch} is "{value}", the first value seen: nothing has changed')
    if value.casefold() == before.casefold():
        return _no("no_change", f'{watch} is "{value}" as before')
    if trigger.before and not is_like(trigger.before, before):
        return _no("other_change", f'{watch} was "{before}", not "{trigger.before}"')
    if trigger.to and not is_like(trigger.to, value):
        return _no("other_change", f'{watch} became "{value}", not "{trigger.to}"')
    return _yes(f'{watch} went from "{before}" to "{value}"')


# --- what has lasted, what has ended --------------------------------------------------------------


def _age(trigger: AgeTrigger, event: Event, level: str) -> Evaluation:
    data = event.data
    if data.get("of") != trigger.of.value:
        return _no("other_thing", f"It looks at the age of {trigger.of.value}", level)
    if trigger.of is AgedThing.STATE and data.get("watch") != trigger.watch:
        return _no("other_value", f"It watches {trigger.watch}", level)
    value = as_text(data.get("value"))
    if trigger.value and trigger.of is not AgedThing.APPROVAL and not is_like(trigger.value, value):
        return _no("other_value", f'It is "{value}", not "{trigger.value}"', level)
    began, lasted = began_as(data), number(data.get("lasted")) or 0.0
    if lasted < trigger.longer_than:
        return _no("not_yet", "It has not lasted long enough", level, lasted=lasted)
    if level == began:
        return _no("fired_before", "It has fired for this already", level)
    return _yes("It has lasted long enough", began, lasted=lasted)


def began_as(data: Mapping[str, Any]) -> str:
    """Return what tells one beginning from another: a question by its id, all else by its time."""
    return as_text(data.get("suggestion")) or as_text(data.get("since"))


def _escalation(trigger: EscalationTrigger, event: Event) -> Evaluation:
    lasted = number(event.data.get("lasted")) or 0.0
    if trigger.workflow and event.data.get("workflow") != trigger.workflow:
        return _no("other_workflow", f"It looks at runs of {trigger.workflow}")
    if lasted < trigger.after:
        return _no("not_yet", "It has not waited long enough", lasted=lasted)
    return _yes("Nobody has answered", lasted=lasted)


def _run(trigger: RunTrigger, event: Event) -> Evaluation:
    status = as_text(event.data.get("status"))
    if event.data.get("workflow") != trigger.workflow:
        return _no("other_workflow", f"It waits for runs of {trigger.workflow}")
    if status not in trigger.statuses:
        return _no("other_status", f"The run is {status}, not {' or '.join(trigger.statuses)}", status=status)
    return _yes(f"The run is {status}", status=status)


def _time(trigger: TimeTrigger, event: Event) -> Evaluation:
    due = event.data.get("due")
    if not isinstance(due, int) or next_time(trigger.cron, trigger.timezone, due - 1) != due:
        return _no("other_time", f'That is no time of "{trigger.cron}"')
    return _yes("It is time")


_PLAIN: dict[type[Trigger], Callable[[Any, Event], Evaluation]] = {
    TimeTrigger: _time,
    StateTrigger: _state,
    EscalationTrigger: _escalation,
    RunTrigger: _run,
}
