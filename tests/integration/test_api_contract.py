"""The OpenAPI document against the real server with a real agent: nothing breaks, nothing is undocumented."""

import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.integration.live_api import living
from understudy.core.document_schema import schema as workflow_schema
from understudy.interfaces.api.openapi import document
from understudy.interfaces.api.routes import ROUTES, RUN_OUTPUT, STREAMS

load_all_checks()
from schemathesis.specs.openapi.checks import (  # noqa: E402  (registered by the line before)
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

LEFT_OUT = ("/api/quit", "/api/events", "/api/captures/stream", "/api/runs/{id}/output/stream")
"""Ends the agent, or an answer that does not end: these have tests of their own."""


@pytest.fixture(scope="module")
def live():
    """An agent with something of everything."""
    with living() as one:
        one.save()
        one.learn()
        one.see("mail", title="Inbox")
        one.ask("POST", "/api/workflows/w-1/execute", {})
        one.ask("POST", "/api/tasks", {"title": "Call back"})
        yield one


def described(live):
    found = document(workflow_schema(live.actions))
    found["paths"] = {path: item for path, item in found["paths"].items() if path not in LEFT_OUT}
    return json.loads(json.dumps(found))


def faults_of(operation, live, examples):
    """Call one operation with so many made-up requests, well-formed ones and others; return what broke."""
    headers = {"Authorization": f"Bearer {live.endpoint.token}"}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case):
        response = case.call(base_url=f"http://127.0.0.1:{live.port}", headers=headers)
        case.validate_response(response, checks=CHECKS)

    try:
        call()
    except Exception as error:  # noqa: BLE001  (every fault is told, not only the first)
        return [f"{operation.label}: {error}"]
    return []


def all_faults(live, examples):
    api = schemathesis.openapi.from_dict(described(live))
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) > 70
    return [fault for operation in operations for fault in faults_of(operation, live, examples)]


def test_the_document_is_openapi_and_describes_every_route(live):
    """As the specification has it, with nothing pointing nowhere; made once, then served as it is."""
    _, _, text = live.fetch("GET", "/api/openapi.json")
    found = json.loads(text)
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(found)] == []
    operations = {
        (method.upper(), path): operation
        for path, item in found["paths"].items()
        for method, operation in item.items()
    }
    others = {("GET", path) for path in (*STREAMS, RUN_OUTPUT, "/health")}
    assert set(operations) == {(route.method, route.path) for route in ROUTES} | others
    assert len({operation["operationId"] for operation in operations.values()}) == len(operations)
    pointed = set(re.findall(r'"#/components/schemas/([^"]+)"', text.decode()))
    assert pointed <= set(found["components"]["schemas"])
    assert live.fetch("GET", "/api/openapi.json")[2] == text


def test_no_request_breaks_the_agent_and_every_answer_is_as_described(live):
    """No 500, no answer that breaks its schema, no status or media type that is not in the document."""
    faults = all_faults(live, examples=8)
    assert not faults, "\n\n".join(faults)


@pytest.mark.slow
def test_many_requests_neither(live):
    """The same with ten times as many."""
    faults = all_faults(live, examples=100)
    assert not faults, "\n\n".join(faults)
