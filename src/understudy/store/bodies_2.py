"""Stored bodies of version 1 made into those of version 2, and back; plain tables in, plain tables out.

What stands here is never edited: it speaks of two versions, not of today's values. Everything forward may be done
twice. Backwards goes what version 1 cannot say:

- A workflow with conditions, approvals, waits, branches, templates or triggers that version 1 does not have is
  suspended, observed, manual and without steps, with a note: half of it must not run.
- A run that waits for an approval is cancelled, a question of such a run withdrawn.
- Steps of such kinds stay in the trace of a run under their names, so that places keep their numbers.
"""

from collections.abc import Callable
from typing import Any

Body = dict[str, Any]

_MISFIRES = ("once", "skip")
_UNKNOWN_HERE = (
    "It uses what this version of Understudy does not know; write it anew, or install the newer version."
)
_CANCELLED = "It waited for your approval, which this version of Understudy cannot ask for; it was cancelled."

_TRIGGER_1 = {
    "capture": ("type", "symbols", "within"),
    "time": ("type", "cron", "timezone", "window", "misfire"),
    "manual": ("type",),
}
_STEP_1 = ("action", "parameters", "timeout")
_WORKFLOW_1 = (
    "id", "name", "triggers", "steps", "origin", "tier", "lifecycle", "pattern_id", "note", "created_at",
    "changed_at", "timeout",
)  # fmt: skip
_RECORD_1 = (
    "index", "action", "status", "text", "output", "before", "undo", "undo_status", "started_at", "ended_at",
)  # fmt: skip
_RUN_1 = (
    "id", "workflow", "cause", "status", "created_at", "started_at", "ended_at", "text", "reason", "steps",
    "undo_status", "undo_text",
)  # fmt: skip
_SUGGESTION_1 = (
    "id", "workflow_id", "title", "body", "offered_at", "answers", "is_offer", "status", "shown_at", "cause_id",
    "answered_at", "answered_by", "run_id",
)  # fmt: skip
_SETTINGS_1 = (
    "privacy", "retention_days", "suggestions_per_day", "quiet_from", "quiet_until", "watchers_off",
)  # fmt: skip
_BRACES = "{{ '{{' }}"
"""Two braces that stand for themselves."""
_STATUS_1 = {"waiting": "pending", "skipped": "cancelled"}
"""Statuses of steps that version 1 does not have."""


# --- forward --------------------------------------------------------------------------------------


def workflow_2(body: Body) -> Body:
    """Steps say what they are, and a time is missed in one of the two ways."""
    return body | {
        "steps": [_step_2(step) for step in body["steps"]],
        "triggers": [_trigger_2(trigger) for trigger in body["triggers"]],
    }


def run_2(body: Body) -> Body:
    """The trace names its steps, and the run knows the capture that fired it."""
    kind, _, number = body["cause"].get("ref", "").partition(":")
    seen = int(number) if kind == "capture" and number.isdecimal() else 0
    return body | {
        "workflow": workflow_2(body["workflow"]),
        "steps": [_record_2(record, place) for place, record in enumerate(body.get("steps", ()), start=1)],
        "position": body.get("position") or seen,
    }


def state_2(body: Body) -> Body:
    """A pattern is a trigger and steps too."""
    pattern = body["pattern"]
    changed = {
        "trigger": _trigger_2(pattern["trigger"]),
        "steps": [{"type": "action"} | step for step in pattern["steps"]],
    }
    return body | {"pattern": pattern | changed}


def _step_2(step: Body) -> Body:
    """Say what a step is; braces stood for themselves in version 1, and must go on doing so."""
    if "type" in step:
        return step
    return {"type": "action"} | step | {"parameters": _plain(step.get("parameters", {}))}


def _plain(value: Any) -> Any:
    return _mapped(value, lambda text: text.replace("{{", _BRACES))


def _unescaped(value: Any) -> Any:
    return _mapped(value, lambda text: text.replace(_BRACES, "{{"))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return the value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(each, change) for name, each in value.items()}
    return [_mapped(each, change) for each in value] if isinstance(value, list) else value


def _has_template(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_template, value.values()))
    if isinstance(value, list):
        return any(map(_has_template, value))
    return isinstance(value, str) and "{{" in value.replace(_BRACES, "")


def _trigger_2(trigger: Body) -> Body:
    if trigger["type"] == "time" and trigger.get("misfire", "once") not in _MISFIRES:
        return trigger | {"misfire": "once"}
    return trigger


def _record_2(record: Body, place: int) -> Body:
    return record | {"id": record.get("id") or f"s{place}"}


# --- back -----------------------------------------------------------------------------------------


def workflow_1(body: Body) -> Body:
    """What version 1 can do of it: all or nothing."""
    if _is_known(body):
        return _snapshot_1(body)
    return _only(_WORKFLOW_1, body) | {
        "triggers": [{"type": "manual"}],
        "steps": [],
        "lifecycle": "suspended",
        "tier": "observe",
        "note": _UNKNOWN_HERE,
    }


def run_1(body: Body) -> Body:
    """The run as version 1 would have kept it; what waits for an answer is over."""
    over = {"status": "cancelled", "text": _CANCELLED} if body["status"] == "waiting_approval" else {}
    return _only(_RUN_1, body | over) | {
        "workflow": _snapshot_1(body["workflow"]),
        "steps": [_record_1(record) for record in body.get("steps", ())],
    }


def suggestion_1(body: Body) -> Body:
    """A question of version 1 always offers a whole workflow."""
    asks_for_step = body.get("step", -1) >= 0 and body.get("status") == "waiting"
    return _only(_SUGGESTION_1, body | ({"status": "withdrawn"} if asks_for_step else {}))


def state_1(body: Body) -> Body | None:
    """The pattern, or nothing where its trigger or a value it hands on is of a kind that version 1 does not have."""
    pattern = dict(body["pattern"])
    if pattern.pop("carries", ()):
        return None
    if not _knows_trigger(pattern["trigger"]) or not all(map(_knows_step, pattern["steps"])):
        return None
    changed = {
        "trigger": _only(_TRIGGER_1[pattern["trigger"]["type"]], pattern["trigger"]),
        "steps": [_only(_STEP_1, step) for step in pattern["steps"]],
    }
    return body | {"pattern": pattern | changed}


def settings_1(body: Body) -> Body:
    """The settings that version 1 has."""
    return _only(_SETTINGS_1, body)


def _snapshot_1(workflow: Body) -> Body:
    triggers = [trigger for trigger in workflow["triggers"] if _knows_trigger(trigger)]
    return _only(_WORKFLOW_1, workflow) | {
        "triggers": [_only(_TRIGGER_1[trigger["type"]], trigger) for trigger in triggers],
        "steps": [_placed_step_1(step) for step in workflow["steps"]],
    }


def _placed_step_1(step: Body) -> Body:
    if step["type"] != "action":
        return {"action": step["type"]}
    kept = _only(_STEP_1, step)
    return kept | {"parameters": _unescaped(kept.get("parameters", {}))}


def _record_1(record: Body) -> Body:
    status = record.get("status", "pending")
    return _only(_RECORD_1, record | {"status": _STATUS_1.get(status, status)})


def _is_known(workflow: Body) -> bool:
    return (
        not workflow.get("conditions")
        and all(map(_knows_trigger, workflow["triggers"]))
        and all(map(_knows_step, workflow["steps"]))
    )


def _knows_trigger(trigger: Body) -> bool:
    return trigger["type"] in _TRIGGER_1 and (trigger["type"] != "capture" or bool(trigger.get("symbols")))


def _knows_step(step: Body) -> bool:
    is_plain = step["type"] == "action" and step.get("after") is None
    means_more = step.get("requires_approval") or step.get("on_failure", "stop") != "stop"
    return is_plain and not means_more and not _has_template(step.get("parameters", {}))


def _only(names: tuple[str, ...], body: Body) -> Body:
    return {name: body[name] for name in names if name in body}
