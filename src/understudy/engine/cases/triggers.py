"""Use cases around triggers: try one out, rehearse, and the watched values."""

import re
from concurrent.futures import Future
from typing import Any

import msgspec

from understudy.core.blanks import named
from understudy.core.capture import Capture, CaptureKind
from understudy.core.conditions import as_text, unmet_one
from understudy.core.event import Event
from understudy.core.reason import Reason
from understudy.core.trigger_words import trigger_in_words
from understudy.core.triggering import EVENT_OF, PATTERNS, Recent, evaluate
from understudy.core.trust import Tier
from understudy.core.value import Millis, Value
from understudy.core.workflow import Workflow
from understudy.engine import rehearsing
from understudy.engine.cases.base import Cases
from understudy.engine.decide import is_armed
from understudy.engine.facts import facts
from understudy.engine.foreseeing import plan_of
from understudy.engine.handing import unfilled
from understudy.engine.messages import Captured
from understudy.engine.rehearsing import Rehearsal
from understudy.errors import ConflictError, InvalidInputError

MOST_DAYS = 90
LONGEST_VALUE = 1_000
"""Characters of a watched value."""
_NAME = re.compile(r"[a-z0-9_.-]{1,64}")
_KINDS = tuple(dict.fromkeys(EVENT_OF.values()))


class TriggerVerdict(Value):
    """What one trigger says to an event."""

    index: int
    when: str
    """The trigger in words."""
    fires: bool
    reason: Reason


class ConditionVerdict(Value):
    """What one condition says to an event."""

    field: str
    holds: bool
    reason: Reason | None = None
    """Why it does not hold."""


class Evaluated(Value):
    """What a workflow would make of an event; nothing was done."""

    event: Event
    triggers: tuple[TriggerVerdict, ...]
    conditions: tuple[ConditionVerdict, ...]
    fires: bool
    """Whether a trigger fires and every condition holds."""
    text: str
    """What would follow, in a sentence."""
    plan: tuple[str, ...]
    """What would be done, one line a step."""


class WatchedValue(Value):
    """A watched value as it is now."""

    value: str
    since: Millis


class TriggerCases(Cases):
    """Use cases around triggers."""

    def evaluate(self, workflow_id: str, event: dict[str, Any]) -> Evaluated:
        """Say what a workflow would make of an event, as of now; nothing changes."""
        context, workflow = self._context, self._workflow(workflow_id)
        made, recent = self._event(event)
        triggers = tuple(self._verdicts(workflow, made, recent))
        known = facts(made.data, workflow, context)
        against = [(each.field, unmet_one(each, known)) for each in workflow.conditions]
        conditions = tuple(
            ConditionVerdict(field=field, holds=reason is None, reason=reason) for field, reason in against
        )
        fires = any(each.fires for each in triggers) and all(each.holds for each in conditions)
        return Evaluated(
            event=made,
            triggers=triggers,
            conditions=conditions,
            fires=fires,
            text=self._what_follows(workflow, unfilled(workflow, known, context), fires=fires),
            plan=plan_of(context, workflow, known),
        )

    def _event(self, event: dict[str, Any]) -> tuple[Event, Recent]:
        """Return the event with what goes without saying filled in, and what was seen until then."""
        context = self._context
        try:
            made = msgspec.convert({"at": context.now, **event}, Event)
        except msgspec.ValidationError as error:
            fix = 'As in {"kind": "capture", "data": {"kind": "focus", "app": "mail"}}'
            raise InvalidInputError("The event is not valid", str(error), fix) from error
        if made.kind not in _KINDS:
            raise InvalidInputError(f"There are no {made.kind} events", fix=f"Kinds are: {', '.join(_KINDS)}")
        if made.kind == "capture":
            return self._capture_event(made)
        if made.kind == "state":
            before = context.states.get(as_text(made.data.get("watch")), "")
            made = msgspec.structs.replace(made, data={"before": before, **made.data})
        return made, ()

    def _capture_event(self, event: Event) -> tuple[Event, Recent]:
        context = self._context
        data = {"kind": "focus", **dict.fromkeys(PATTERNS, ""), "at": event.at, **event.data}
        fields = {name: data[name] for name in ("kind", "at", *PATTERNS)}
        try:  # (a capture of a run of ours teaches the learner nothing)
            capture = msgspec.convert({**fields, "source": "evaluate", "run_id": "evaluate"}, Capture)
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                "The capture is not valid", str(error), "See: understudy workflows evaluate --help"
            ) from error
        symbol = context.learner.symbol(capture)
        template, data = symbol.template, {"parameters": named(symbol.template, symbol.parameters), **data}
        recent = tuple(context.recent)
        if template and not (recent and recent[-1][1] == template):
            recent = (*recent, (event.at, template))
        return msgspec.structs.replace(event, data=data), recent

    def _verdicts(self, workflow: Workflow, event: Event, recent: Recent) -> list[TriggerVerdict]:
        context = self._context
        verdicts = []
        for index, trigger in enumerate(workflow.triggers):
            level = context.levels.get((workflow.id, index), "")
            result = evaluate(trigger, event, recent=recent, level=level)
            when = trigger_in_words(trigger, context.name_of, lambda other: other)
            verdicts.append(TriggerVerdict(index=index, when=when, fires=result.fires, reason=result.reason))
        return verdicts

    def _what_follows(self, workflow: Workflow, lacks: Reason | None, *, fires: bool) -> str:
        if not fires:
            return "Nothing would happen."
        if lacks is not None:
            return f"{lacks.text}, so nothing would happen."
        if not is_armed(workflow):
            return f"It is {workflow.lifecycle.value}, so nothing would happen."
        if workflow.snoozed_until > self._context.now:
            return "It is snoozed, so nothing would happen."
        return {
            Tier.OBSERVE: "It would only be written down.",
            Tier.SUGGEST: "You would be asked.",
            Tier.AUTO: "It would run.",
        }[workflow.tier]

    def rehearse(self, workflow_id: str, days: int = 14) -> Future[Rehearsal]:
        """Say when a workflow would have run in the last days, and when the person did it themselves."""
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInputError(f"{days} days cannot be rehearsed", fix=f"Use 1 to {MOST_DAYS}")
        return rehearsing.begin(self._workflow(workflow_id), days, self._context)

    def signal(self, name: str, value: str | float) -> WatchedValue:
        """Take in a watched value from outside."""
        context, text = self._context, as_text(value)
        if not _NAME.fullmatch(name):
            fix = "Use a to z, 0 to 9, and _ . - in it; at most 64 characters"
            raise InvalidInputError(f'"{name}" is not the name of a watched value', fix=fix)
        if not text or len(text) > LONGEST_VALUE:
            raise InvalidInputError(f"{name} has no value that can be kept", fix="Use 1 to 1000 characters")
        if context.is_paused:
            raise ConflictError(
                f"{name} was not taken in", "Understudy is paused", "Resume: understudy resume"
            )
        capture = Capture(at=context.now, kind=CaptureKind.STATE, source="api", app=name, text=text)
        context.post(Captured(capture=capture))
        since = context.since.get(name, context.now) if context.states.get(name) == text else context.now
        return WatchedValue(value=text, since=since)

    def watched(self) -> dict[str, WatchedValue]:
        """Return every watched value that is known."""
        context = self._context
        return {
            name: WatchedValue(value=value, since=context.since.get(name, 0))
            for name, value in sorted(context.states.items())
        }
