"""The JSON schema of documents (draft 2020-12), with each action's parameters, for editors and other programs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from understudy.core import hotkey
from understudy.core.action import Action
from understudy.core.document import Document
from understudy.core.document_shape import DURATIONS
from understudy.core.durations import PATTERN

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE = {"type": "string", "pattern": r"\{\{"}
"""What may stand in place of a number or a list: a template that becomes one."""
_WITHOUT_TYPE = {
    "Step": "action",
    "DelayStep": "lasts",
    "ApprovalStep": "question",
    "TimeTrigger": "cron",
    "CaptureTrigger": "symbols",
    "ManualTrigger": "hotkey",
}
"""Type -> the field beside which `type` may be left out."""


def schema(actions: Mapping[str, Action]) -> dict[str, Any]:
    """Return the schema of a workflow document, for the actions there are."""
    made = msgspec.json.schema(Document)
    parts: dict[str, Any] = made["$defs"]
    for kind, fields in DURATIONS.items():
        for name in fields:
            _allow_text(parts[kind]["properties"], name)
    for kind, field in _WITHOUT_TYPE.items():
        _make_type_optional(parts[kind], field)
    _shorten_condition(parts["ConditionStep"])
    parts["TimeTrigger"]["required"].remove("timezone")
    parts["ManualTrigger"]["properties"]["hotkey"]["pattern"] = hotkey.PATTERN
    parts["Step"]["properties"]["action"] = {"enum": sorted(actions)}
    parts["Step"]["allOf"] = [_parameters_of(action, parts) for _, action in sorted(actions.items())]
    return {"$schema": DIALECT, "title": "A workflow of Understudy", **_without_discriminators(made)}


def _allow_text(properties: dict[str, Any], name: str) -> None:
    number = properties[name]
    default = {"default": number["default"]} if "default" in number else {}
    properties[name] = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": PATTERN}], **default}


def _make_type_optional(part: dict[str, Any], field: str) -> None:
    part["required"] = [name for name in part["required"] if name != "type"]
    if field not in part["required"]:
        part["anyOf"] = [{"required": ["type"]}, {"required": [field]}]


def _shorten_condition(part: dict[str, Any]) -> None:
    part["properties"]["if"] = part["properties"]["all"]
    part["required"] = []
    part["oneOf"] = [{"required": ["all"]}, {"required": ["if"]}]


def _parameters_of(action: Action, parts: dict[str, Any]) -> dict[str, Any]:
    """Add the shape of an action's parameters to the parts; returns the rule that asks for it."""
    prefix = f"{action.name}."
    (reference,), inner = msgspec.json.schema_components(
        (action.parameters,), ref_template=f"#/$defs/{prefix}{{name}}"
    )
    parts.update({f"{prefix}{name}": part for name, part in inner.items()})
    own = parts[reference["$ref"].removeprefix("#/$defs/")]
    own["properties"] = {name: _or_template(part) for name, part in own["properties"].items()}
    own["title"] = action.title
    return {
        "if": {"properties": {"action": {"const": action.name}}, "required": ["action"]},
        "then": {
            "properties": {"parameters": reference},
            **({"required": ["parameters"]} if own["required"] else {}),
        },
    }


def _or_template(part: dict[str, Any]) -> dict[str, Any]:
    return part if part.get("type") == "string" else {"anyOf": [part, _TEMPLATE]}


def _without_discriminators(part: Any) -> Any:
    """Return the schema without the keyword that only OpenAPI knows."""
    if isinstance(part, dict):
        return {name: _without_discriminators(each) for name, each in part.items() if name != "discriminator"}
    return [_without_discriminators(each) for each in part] if isinstance(part, list) else part
