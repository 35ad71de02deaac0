"""The description of the local API says what a dashboard has to know, and nothing that does not hold."""

import pytest

from tests.fakes.acts import all_acts
from understudy.config import Settings
from understudy.core.document_schema import schema
from understudy.core.privacy_rules import PrivacyRules
from understudy.interfaces.api.openapi import document
from understudy.interfaces.api.routes import RUN_OUTPUT, STREAMS


@pytest.fixture(scope="module")
def described():
    return document(schema(all_acts()))


def body(described, path, method):
    operation = described["paths"][path][method]
    return operation["requestBody"]["content"]["application/json"]["schema"]


def test_a_changed_workflow_is_described_like_a_new_one(described):
    """By the schema of documents, not as any object."""
    new = body(described, "/api/workflows", "post")
    assert body(described, "/api/workflows/{id}", "put")["properties"]["document"] == new
    assert new["$ref"].rpartition("/")[2] in described["components"]["schemas"]


def test_every_setting_that_can_be_changed_is_described_and_none_must_be_given(described):
    """Nor does one that is left out go back to its default; what is read only cannot be sent."""
    settings = body(described, "/api/settings", "patch")
    assert set(settings["properties"]) == {*Settings.__struct_fields__} - {"overridden"}
    rules = body(described, "/api/privacy", "patch")
    assert set(rules["properties"]) == {*PrivacyRules.__struct_fields__}
    assert settings["properties"]["privacy"] == rules
    assert [schema for schema in (settings, rules) if "required" in schema] == []
    assert [name for name, field in settings["properties"].items() if "default" in field] == []


@pytest.mark.parametrize("path", [*STREAMS, RUN_OUTPUT])
def test_a_stream_says_what_its_events_hold(described, path):
    """Every kind of them, what a slow reader gets, and that nothing is sent again."""
    told = described["paths"][path]["get"]["responses"]["200"]["description"]
    assert [kind for kind in STREAMS.get(path, ("output", "run")) if f"`{kind}`: " not in told] == []
    assert ("`dropped` ({events})" in told, "look at the lists" in told) == (True, True)


def test_the_units_of_times_are_said(described):
    """Once for all, and where a time is asked for."""
    assert "milliseconds since 1970" in described["info"]["description"]
    asked = described["paths"]["/api/runs"]["get"]["parameters"]
    (since,) = [each for each in asked if each["name"] == "since"]
    assert since["schema"]["description"].startswith("Milliseconds since 1970")
