"""A document against its shape: wrong names are told with the nearest right one, short forms are written out."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import inspect

from understudy.core.durations import read_duration
from understudy.core.hotkey import read_hotkey
from understudy.core.nearest import nearest
from understudy.errors import InvalidInputError

DURATIONS: dict[str, tuple[str, ...]] = {
    "AgeTrigger": ("longer_than",),
    "CaptureTrigger": ("within",),
    "DelayStep": ("lasts",),
    "Document": ("timeout",),
    "EscalationTrigger": ("after",),
    "Retry": ("delay",),
    "Step": ("timeout",),
    "TimeTrigger": ("window", "jitter"),
}
"""Type -> its fields that are lengths of time: texts in documents, milliseconds inside."""

IMPLIED = {
    "action": "action",
    "if": "condition",
    "all": "condition",
    "lasts": "delay",
    "question": "approval",
    "cron": "time",
    "symbols": "capture",
    "hotkey": "manual",
}
"""Field -> the `type` that goes without saying where it stands."""

SCHEMA = "All fields are in: understudy workflows schema"
"""What to do about a document that does not fit."""

_SIGNS = {"<": "lt", ">": "gt", "=": "eq", "==": "eq", "!=": "ne"}
"""Signs that people write for the names of operators."""
_SHORT = {"ConditionStep": {"if": "all"}}
"""Type -> the short names of fields."""


class Reader:
    """Walks through a plain value along a shape and returns it ready for strict conversion."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def tidied(self, given: Any, shape: inspect.Type, place: str) -> Any:
        """Return the value, or raise InvalidInputError at the first name that does not exist."""
        if isinstance(shape, inspect.StructType):
            return self._struct(given, shape, place)
        if isinstance(shape, inspect.UnionType):
            return self._union(given, shape, place)
        if isinstance(shape, inspect.VarTupleType) and isinstance(given, list):
            return [self.tidied(each, shape.item_type, f"{place}[{at}]") for at, each in enumerate(given)]
        if isinstance(shape, inspect.EnumType):
            _check_choice(given, [each.value for each in shape.cls], place)
        if isinstance(shape, inspect.LiteralType):
            _check_choice(given, list(shape.values), place)
        return given

    def _union(self, given: Any, shape: inspect.UnionType, place: str) -> Any:
        tagged = [each for each in shape.types if isinstance(each, inspect.StructType)]
        if tagged:
            return self._struct(given, _chosen(given, tagged, place), place)
        lists = (each for each in shape.types if isinstance(each, inspect.VarTupleType | inspect.EnumType))
        fitting = next(lists, None)
        return given if fitting is None or given is None else self.tidied(given, fitting, place)

    def _struct(self, given: Any, shape: inspect.StructType, place: str) -> dict[str, Any]:
        fields, kind = {field.encode_name: field for field in shape.fields}, shape.cls.__name__
        short, tidy = _SHORT.get(kind, {}), {"type": shape.tag} if shape.tag else {}
        for name, value in _fields_of(given, place).items():
            full, at = short.get(name, name), f"{place}.{name}" if place else name
            if full in tidy and full != "type":
                raise InvalidInputError(
                    f"{place} has {full} twice", "if is short for all", "Give one of them"
                )
            if full in DURATIONS.get(kind, ()):
                tidy[full] = _placed(at, read_duration, value)
            elif full == "hotkey" and value and isinstance(value, str):
                tidy[full] = _placed(at, read_hotkey, value)
            elif full in fields:
                tidy[full] = self.tidied(value, fields[full].type, at)
            elif not (name == "type" and shape.tag):
                raise unknown_field(name, (*fields, *short, *(("type",) if shape.tag else ())), place)
        if kind == "TimeTrigger":
            tidy.setdefault("timezone", self._zone)
        return tidy


def unknown_field(name: str, known: tuple[str, ...], place: str) -> InvalidInputError:
    """Return the error for a field that does not exist."""
    where, fix = place or "A workflow", nearest(name, known)
    if "parameters" in known and not fix.startswith("Did you mean"):
        fix = f"What the action takes stands below parameters. {fix}"
    return InvalidInputError(f"{where} has no field {name}", fix=fix)


def _fields_of(given: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        why = "It must be a group of named fields"
        raise InvalidInputError(f"{place or 'The workflow'} is not valid", why, SCHEMA)
    return given


def _chosen(given: Any, shapes: list[inspect.StructType], place: str) -> inspect.StructType:
    """Return the shape that a value names by its `type`, or by a field that leaves no doubt."""
    fields = _fields_of(given, place)
    by_tag = {str(shape.tag): shape for shape in shapes}
    tag = fields.get("type") or next((IMPLIED[name] for name in fields if IMPLIED.get(name) in by_tag), None)
    if isinstance(tag, str) and tag in by_tag:
        return by_tag[tag]
    if tag is not None:
        raise InvalidInputError(f"{place} has no valid type: {tag!r}", fix=nearest(str(tag), by_tag))
    known = {field.encode_name for shape in shapes for field in shape.fields} | {"type", *_implying(by_tag)}
    for name in fields:
        if name not in known:
            raise unknown_field(name, tuple(known), place)
    raise InvalidInputError(
        f"{place} does not say what it is",
        fix=f"Give it a type ({', '.join(by_tag)}), or one of: {', '.join(_implying(by_tag))}",
    )


def _implying(tags: Mapping[str, object]) -> list[str]:
    return [name for name, tag in IMPLIED.items() if tag in tags]


def _check_choice(given: Any, choices: list[Any], place: str) -> None:
    if isinstance(given, str) and given not in choices:
        meant = _SIGNS.get(given, "")
        fix = f"Did you mean {meant}" if meant in choices else nearest(given, map(str, choices))
        raise InvalidInputError(f"{place} cannot be {given!r}", fix=fix)


def _placed(place: str, read: Callable[[Any], int | str], given: Any) -> int | str:
    """Return what is read; an error is told with its place."""
    try:
        return read(given)
    except InvalidInputError as error:
        raise InvalidInputError(f"{place}: {error.title}", error.why, error.fix) from error
