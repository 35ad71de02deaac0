"""The OpenAPI 3.1 document, made from the table of routes: what is served is what is described."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from understudy import __version__
from understudy.interfaces.api.guard import HEALTH
from understudy.interfaces.api.problem import MEDIA_TYPE, Problem
from understudy.interfaces.api.routes import ROUTES, RUN_OUTPUT, STREAMS
from understudy.interfaces.api.routes.route import Route

_REF = "#/components/schemas/{name}"
_PATH_FIELD = re.compile(r"\{(\w+)\}")
_FREE_BODY = {"type": "object"}
_PART = "Document."
"""Before the names of the parts of a workflow document; the components of answers have none."""

ADD = "add_workflow"

Schema = dict[str, Any]


def document(workflow: Schema) -> Schema:
    """Return the document. `workflow`: the JSON schema of workflow documents, which POST and PUT take."""
    types = [kind for route in ROUTES for kind in (route.takes, route.gives) if _is_described(kind)]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=_REF)
    known = dict(zip((*types, Problem), schemas, strict=True))
    bodies = {ADD: _hoisted(workflow, components)}
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        operation = _operation(route, known, components, bodies.get(route.name, _FREE_BODY))
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    for path, kinds in (*STREAMS.items(), (RUN_OUTPUT, ("output", "run"))):
        paths[path] = {"get": _stream(path, kinds, known[Problem])}
    paths[HEALTH] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Understudy",
            "version": __version__,
            "description": "The agent of one person on one machine. Loopback only; every path but /health "
            "needs the token from agent.json.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _is_described(kind: Any) -> bool:
    return kind not in (dict, None)


def _hoisted(workflow: Schema, components: Schema) -> Schema:
    """Move the parts of the workflow's schema to the components; return the reference to its root."""
    parts = {f"{_PART}{name}": part for name, part in workflow.get("$defs", {}).items()}
    root = {name: value for name, value in workflow.items() if name not in ("$defs", "$schema", "$id")}
    components.update(_pointing_there({**parts, f"{_PART}Workflow": root}))
    return {"$ref": _REF.format(name=f"{_PART}Workflow")}


def _pointing_there(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: _REF.format(name=_PART + value.removeprefix("#/$defs/"))
            if name == "$ref" and isinstance(value, str)
            else _pointing_there(value)
            for name, value in schema.items()
        }
    return [_pointing_there(each) for each in schema] if isinstance(schema, list) else schema


def _operation(route: Route, known: dict[Any, Schema], components: Schema, free: Schema) -> Schema:
    in_path = _PATH_FIELD.findall(route.path)
    fields = _fields(known[route.takes], components) if _is_described(route.takes) else {"properties": {}}
    operation: Schema = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.path.split("/")[2]],
        "parameters": [*_path_parameters(in_path, fields)],
        "responses": _responses(route, known),
    }
    if route.takes is dict:
        operation["requestBody"] = _json_body(free)
    elif route.changes:
        operation["requestBody"] = _json_body(_without(fields, in_path))
    else:
        operation["parameters"] += _query_parameters(in_path, fields)
    return operation


def _fields(schema: Schema, components: Schema) -> Schema:
    """Follow the reference of a value to its fields."""
    found: Schema = components[schema["$ref"].rpartition("/")[2]]
    return found


def _path_parameters(in_path: Iterable[str], fields: Schema) -> list[Schema]:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": fields["properties"].get(name, text),
        }
        for name in in_path
    ]


def _query_parameters(in_path: Iterable[str], fields: Schema) -> list[Schema]:
    required = fields.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in fields["properties"].items()
        if name not in in_path
    ]


def _without(fields: Schema, in_path: Iterable[str]) -> Schema:
    """Return the fields that come in the body."""
    left = {name: schema for name, schema in fields["properties"].items() if name not in in_path}
    required = [name for name in fields.get("required", ()) if name in left]
    return {"type": "object", "properties": left, "required": required, "additionalProperties": False}


def _json_body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _responses(route: Route, known: dict[Any, Schema]) -> Schema:
    problem = {"description": "What failed, why, and what to do.", "content": _problem(known[Problem])}
    if route.gives is None:
        return {"204": {"description": "Done."}, "default": problem}
    schema = {"type": "object"} if route.gives is dict else known[route.gives]
    good: Schema = {"description": "The answer.", "content": {"application/json": {"schema": schema}}}
    if route.page:
        good["headers"] = {
            "Link": {"description": 'The next page: <...>; rel="next"', "schema": {"type": "string"}}
        }
    return {"200": good, "default": problem}


def _problem(schema: Schema) -> Schema:
    return {MEDIA_TYPE: {"schema": schema}}


def _stream(path: str, kinds: tuple[str, ...], problem: Schema) -> Schema:
    return {
        "operationId": "follow_" + re.sub(r"\W+", "_", path.removeprefix("/api/")).strip("_"),
        "summary": f"Live events: {', '.join(kinds)}.",
        "tags": ["live"],
        "parameters": _path_parameters(_PATH_FIELD.findall(path), {"properties": {}}),
        "responses": {
            "200": {"description": "Server-sent events.", "content": {"text/event-stream": {}}},
            "default": {
                "description": "What failed, why, and what to do.",
                "content": _problem(problem),
            },
        },
    }


def _health() -> Schema:
    return {
        "operationId": "health",
        "summary": "Whether somebody is there; needs no token.",
        "tags": ["health"],
        "security": [],
        "responses": {"200": {"description": "Yes.", "content": {"application/json": {}}}},
    }
