"""Reads a request into the one checked value that its route takes; each field comes from one place only."""

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, get_args, get_origin

import msgspec

from understudy.core.depth import check_depth
from understudy.core.mismatch import mismatch
from understudy.core.nearest import nearest
from understudy.errors import InvalidInputError
from understudy.interfaces.api.routes.route import Route

_UNKNOWN = re.compile(r"unknown field `(.+?)`")
_UNKNOWN_VALUE = re.compile(r"Invalid enum value '(.*?)'")


def read_request(route: Route, path: dict[str, Any], query: list[tuple[str, str]], body: bytes) -> Any:
    """Return what the route takes. Raises InvalidInputError for fields that do not fit."""
    try:
        if route.takes is dict:
            return _document(query, body)
        given = _object(body) if route.changes and body else {}
        fields = _together(_typed(path, route), _grouped(query, route), given)
        return msgspec.convert(fields, route.takes, strict=route.changes)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:  # ValidationError is a DecodeError
        place, said = mismatch(str(error))
        why = f"{place}: {said}" if place else said
        raise InvalidInputError("The request cannot be used", why, _fix(route, str(error), place)) from error


def _document(query: list[tuple[str, str]], body: bytes) -> dict[str, Any]:
    """Return the body as it is."""
    if query:
        raise ValueError(f"unknown field `{query[0][0]}`")
    return _object(body)


def _typed(path: dict[str, Any], route: Route) -> dict[str, Any]:
    """Return the parts of a path as what they stand for: all of them come as text."""
    kinds = {field.name: field.type for field in msgspec.structs.fields(route.takes)}
    return {name: _as(kinds.get(name, Any), value, name) for name, value in path.items()}


def _as(kind: Any, value: str, name: str) -> Any:
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error} - at `$.{name}`") from error


def _object(body: bytes) -> dict[str, Any]:
    found = msgspec.json.decode(body, type=dict[str, Any])
    check_depth(found)
    return found


def _grouped(query: list[tuple[str, str]], route: Route) -> Iterable[tuple[str, Any]]:
    """Yield each field of the query; those that take several values may be given several times."""
    several: dict[str, list[str]] = {}
    kinds = {field.name: field.type for field in msgspec.structs.fields(route.takes)}
    for name, value in query:
        if get_origin(kinds.get(name)) is tuple:
            several.setdefault(name, []).append(value)
        else:
            yield name, value
    yield from several.items()


def _together(path: dict[str, Any], query: Iterable[tuple[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
    """One set of fields; each may come from one place only."""
    fields: dict[str, Any] = {}
    for name, value in (*path.items(), *query, *body.items()):
        if name in fields:
            raise ValueError(f"{name} is given twice")
        fields[name] = value
    return fields


def _fix(route: Route, why: str, place: str) -> str:
    """Name the field or value that was probably meant, or all there are."""
    fields = (
        {}
        if route.takes is dict
        else {each.encode_name: each for each in msgspec.structs.fields(route.takes)}
    )
    known, unknown = list(fields), _UNKNOWN.search(why)
    value = _UNKNOWN_VALUE.match(why)
    if value:
        return nearest(value[1], _values(fields[re.split(r"\W", place)[0]].type))
    near = difflib.get_close_matches(unknown[1], known, 1) if unknown else []
    if near:
        return f"Did you mean {near[0]}"
    return f"It takes: {', '.join(known)}" if known else "It takes one JSON object"


def _values(kind: Any) -> list[str]:
    """Return the values that a field may have, where they are listed."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [each.value for each in kind]
    return [value for part in get_args(kind) for value in _values(part)]
