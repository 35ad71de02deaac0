"""The person's own doing: how it is seen that they did the steps of a workflow themselves."""

import msgspec

from understudy.core.capture import Capture, CaptureKind
from understudy.core.template import is_templated
from understudy.core.value import MINUTE, Millis
from understudy.core.workflow import CaptureTrigger, Step, TimeTrigger, Trigger, Workflow
from understudy.engine.context import Context

_OWN_TIME: Millis = 5 * MINUTE
"""How long after any other trigger the person may still be expected to do it themselves."""
_SEEN_AS = {
    "open_app": (CaptureKind.FOCUS, "app", "app"),
    "open_url": (CaptureKind.URL, "url", "url"),
    "run_script": (CaptureKind.COMMAND, "script", "text"),
    "type_text": (CaptureKind.PHRASE, "text", "text"),
}
"""Action -> how it is seen when the person does it: kind, its parameter, the field of the capture."""


def own_time(trigger: Trigger) -> Millis:
    """Return how long after this trigger the person may be expected to do it."""
    if isinstance(trigger, TimeTrigger):
        return trigger.window
    return trigger.within if isinstance(trigger, CaptureTrigger) else _OWN_TIME


def own_symbols(workflow: Workflow, context: Context) -> frozenset[str]:
    """Return how it is seen when the person does the steps themselves; steps that leave no trace are left out."""
    return frozenset(filter(None, (_own_symbol(step, context) for step in workflow.actions)))


def _own_symbol(step: Step, context: Context) -> str:
    kind, parameter, field = _SEEN_AS.get(step.action, (None, "", ""))
    value = step.parameters.get(parameter, "")
    if kind is None or not isinstance(value, str) or not value or is_templated(value):
        return ""
    # (a capture of a run of ours teaches nothing)
    empty = Capture(at=0, kind=kind, source="rehearsal", run_id="rehearsal")
    return context.learner.symbol(msgspec.structs.replace(empty, **{field: value})).exact
