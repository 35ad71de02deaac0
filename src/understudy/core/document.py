"""The document: a workflow as a person writes it, and back. Lengths of time may be texts, what is obvious left out."""

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, Literal

import msgspec

from understudy.core.document_shape import DURATIONS, IMPLIED, SCHEMA, Reader
from understudy.core.durations import write_duration
from understudy.core.mismatch import mismatch
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, Millis, Value
from understudy.core.workflow import (
    AnyStep,
    Condition,
    ConditionStep,
    ManualTrigger,
    Metadata,
    Mode,
    Rates,
    Trigger,
    Workflow,
)
from understudy.errors import InvalidInputError

FORMAT: Literal["workflow/1"] = "workflow/1"


class Document(Value):
    """What a workflow does, when, and how carefully; everything a person writes, nothing that is only kept."""

    name: str
    steps: tuple[AnyStep, ...]
    understudy: Literal["workflow/1"] = FORMAT
    """The format, for programs that meet the file later; may be left out."""
    triggers: tuple[Trigger, ...] = (ManualTrigger(),)
    conditions: tuple[Condition, ...] = ()
    tier: Tier = Tier.SUGGEST
    mode: Mode = Mode.SINGLE
    most: int = 10
    priority: int = 0
    timeout: Millis = 5 * MINUTE
    rates: Rates = Rates()
    metadata: Metadata = Metadata()


CONTENT = (
    "name",
    "metadata",
    "triggers",
    "conditions",
    "steps",
    "mode",
    "most",
    "priority",
    "timeout",
    "rates",
)
"""What a change of makes a new version, in the order in which it is written: all but trust."""


def read_document(given: Any, zone: str) -> Document:
    """Return the document; a time trigger without a zone is in `zone`.

    Raises InvalidInputError that names the place and the nearest valid name.
    """
    tidy = Reader(zone).tidied(given, _shape(), "")
    try:
        return msgspec.convert(tidy, Document)
    except msgspec.ValidationError as error:
        raise _in_words(str(error)) from error


def write_document(workflow: Workflow) -> dict[str, Any]:
    """Return the document of a workflow as plain values; what is as usual is left out."""
    fields = {name: getattr(workflow, name) for name in (*CONTENT, "tier")}
    plain = _written(Document(**fields))
    return {"understudy": FORMAT, **{name: plain[name] for name in fields if name in plain}}


@lru_cache(maxsize=1)
def _shape() -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(Document)


def _written(value: Any) -> Any:
    """Return a value as plain ones: fields that differ from their default, the type only where it is not obvious."""
    if isinstance(value, msgspec.Struct):
        fields = {
            field.encode_name: _field(value, field.name)
            for field in msgspec.structs.fields(value)
            if getattr(value, field.name) != _default(field)
        }
        if isinstance(value, ConditionStep):
            fields["if"] = fields.pop("all")
        tag = value.__struct_config__.tag
        is_obvious = tag is None or any(IMPLIED.get(name) == tag for name in fields)
        return fields if is_obvious else {"type": tag, **fields}
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _written(each) for name, each in value.items()}
    return value.value if isinstance(value, Enum) else value


def _field(holder: msgspec.Struct, name: str) -> Any:
    value = getattr(holder, name)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return write_duration(value) if name in DURATIONS.get(type(holder).__name__, ()) else _written(value)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


def _in_words(told: str) -> InvalidInputError:
    """Return what msgspec tells of a wrong or missing field in words a person can use."""
    place, said = mismatch(told)
    place = place or "The workflow"
    if said.startswith("It needs "):
        return InvalidInputError(f"{place} is not complete", said, SCHEMA)
    return InvalidInputError(f"{place} is not valid", said, SCHEMA)
