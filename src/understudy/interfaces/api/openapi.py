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
from understudy.interfaces.api.routes.workflows import PATH as WORKFLOWS

_REF = "#/components/schemas/{name}"
_PATH_FIELD = re.compile(r"\{(\w+)\}")
_FREE_BODY = {"type": "object"}
READ_ONLY = ("overridden",)
"""Fields of the settings that are told, not set."""
_PART = "Document."
"""Before the names of the parts of a workflow document; the components of answers have none."""

ABOUT = """The agent of one person on one machine, on loopback only; every path but /health needs the token from
agent.json.

Times are milliseconds since 1970 (UTC), and lengths of time milliseconds, unless a field says otherwise. A change
is sent as application/json. A list that goes on has a Link header that leads to its next page; where what that page
begins after has been deleted meanwhile, 404 says so: begin anew. An error says what failed, why, and what to do."""

HEARD = """Server-sent events: the kind as `event`, JSON as `data`. {}.
`dropped` ({{events}}) comes in place of so many that a slow reader has missed. What happens while nobody listens is
not sent later: after connecting, look at the lists."""

TOLD = {
    "capture": "id and the fields of a Capture",
    "suggestion": "id, status",
    "workflow": "id; 404 there = it was removed",
    "run": "id, status",
    "task": "id, status, or `removed` as status",
    "dead_letter": "id, status",
    "status": "nothing; see /api/status",
    "output": "id of the run, step, text, end: how many characters the step has written up to here",
}
"""Kind of a live event -> what its data holds."""

Schema = dict[str, Any]


def document(workflow: Schema) -> Schema:
    """Return the document. `workflow`: the JSON schema of workflow documents, which POST and PUT take."""
    types = [kind for route in ROUTES for kind in (route.takes, route.gives) if _is_described(kind)]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=_REF)
    known = dict(zip((*types, Problem), schemas, strict=True))
    written = _hoisted(workflow, components)
    bodies = {
        "add_workflow": written,
        "change_settings": _part_of("Settings", components),
        "change_privacy": _part_of("PrivacyRules", components),
    }
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        operation = _operation(route, known, components, bodies.get(route.name, _FREE_BODY))
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    _fields_of_body(paths[f"{WORKFLOWS}/{{id}}"]["put"])["document"] = written
    for path, kinds in (*STREAMS.items(), (RUN_OUTPUT, ("output", "run"))):
        paths[path] = {"get": _stream(path, kinds, known[Problem])}
    paths[HEALTH] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Understudy",
            "version": __version__,
            "description": ABOUT,
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


def _part_of(name: str, components: Schema) -> Schema:
    """Return the schema of any of the fields of a value; of a value in it, too."""
    given = {
        field: _part_of("PrivacyRules", components) if field == "privacy" else _without_default(schema)
        for field, schema in components[name]["properties"].items()
        if field not in READ_ONLY
    }
    return {"type": "object", "properties": given, "additionalProperties": False}


def _without_default(schema: Schema) -> Schema:
    """What is left out of a change stays as it is."""
    return {name: value for name, value in schema.items() if name != "default"}


def _fields_of_body(operation: Schema) -> Schema:
    fields: Schema = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    return fields


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
    begun = {"202": _begun(good)} if route.goes_on_at else {}
    return {"200": good, **begun, "default": problem}


def _begun(good: Schema) -> Schema:
    """Return the answer to somebody who does not wait."""
    where = {"description": "Where to look for what comes of it.", "schema": {"type": "string"}}
    return {**good, "description": "It has begun, or waits for its turn.", "headers": {"Location": where}}


def _problem(schema: Schema) -> Schema:
    return {MEDIA_TYPE: {"schema": schema}}


def _stream(path: str, kinds: tuple[str, ...], problem: Schema) -> Schema:
    return {
        "operationId": "follow_" + re.sub(r"\W+", "_", path.removeprefix("/api/")).strip("_"),
        "summary": f"Live events: {', '.join(kinds)}.",
        "tags": ["live"],
        "parameters": _path_parameters(_PATH_FIELD.findall(path), {"properties": {}}),
        "responses": {
            "200": {
                "description": HEARD.format("; ".join(f"`{kind}`: {TOLD[kind]}" for kind in kinds)),
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
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
