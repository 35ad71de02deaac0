"""The published schema says the same as the reader of documents."""

import jsonschema
import pytest

from tests.fakes.acts import Act
from tests.unit.core.test_document import RICH, STEP, ZONE
from understudy.core.document import read_document
from understudy.core.document_schema import schema
from understudy.core.value import Value
from understudy.errors import InvalidInputError


class Inner(Value):
    """A part of parameters."""

    deep: int


class Parameters(Value):
    """What the act below takes."""

    title: str
    figure: float = 0.0
    body: str = ""
    inner: Inner | None = None


def an_act(name, parameters=None):
    act = Act(name)
    act.parameters = parameters or act.parameters
    return act


SCHEMA = schema({"notify": an_act("notify", Parameters), "open": an_act("open")})
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def fits(document):
    return VALIDATOR.is_valid(document)


def test_the_schema_is_one():
    """It is valid itself, in the dialect it names, and knows nothing that only OpenAPI does."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert "discriminator" not in str(SCHEMA)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        RICH,
        {"steps": [{"action": "open"}]},
        {"steps": [{"action": "open", "parameters": {"what": "x"}}]},
        {"steps": [{"action": "notify", "parameters": {"title": "x", "figure": "{{ trigger.n }}"}}]},
        {"steps": [{"action": "notify", "parameters": {"title": "x", "inner": {"deep": 3}}}]},
        {"steps": [{"type": "condition", "all": [{"field": "x", "operator": "exists"}]}]},
        {"triggers": [{"cron": "0 6 * * *"}, {"type": "time", "cron": "0 6 * * *", "timezone": ZONE}]},
        {"timeout": 60000},
        {
            "triggers": [
                {"hotkey": "ctrl+alt+m"},
                {"hotkey": "f5"},
                {"type": "manual", "hotkey": ""},
                {"type": "manual"},
            ]
        },
    ],
)
def test_what_can_be_read_fits_the_schema(changes):
    """Short forms and long ones."""
    document = {"name": "x", "steps": [STEP], **changes}
    read_document(document, ZONE)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"nmae": "x"},
        {"name": None},
        {"steps": [{"id": "x"}]},
        {"steps": [{"action": "notify", "retry": {"dealy": 1}}]},
        {"steps": [{"action": "notify", "parameters": {"title": "x"}, "timeout": "long"}]},
        {"steps": [{"action": "notify", "parameters": {"title": "x"}, "on_failure": "sotp"}]},
        {"steps": [{"if": [], "all": []}, STEP]},
        {"triggers": [{"type": "capture", "kind": "fokus"}]},
        {"triggers": [{"kind": "focus"}]},
        {"triggers": [{"type": "tim", "cron": "x"}]},
        {"understudy": "workflow/2"},
        {"triggers": [{"hotkey": 3}]},
        {"triggers": [{"hotkey": "ctrl+€"}]},
    ],
)
def test_what_cannot_be_read_does_not_fit(changes):
    """An editor that knows the schema finds the mistake first."""
    document = {"name": "x", "steps": [STEP], **changes}
    assert not fits(document)
    with pytest.raises(InvalidInputError):
        read_document(document, ZONE)


@pytest.mark.parametrize(
    "step",
    [
        {"action": "notifi", "parameters": {"title": "x"}},
        {"action": "notify"},
        {"action": "notify", "parameters": {"titel": "x"}},
        {"action": "notify", "parameters": {"title": "x", "figure": "many"}},
        {"action": "notify", "parameters": {"title": "x", "inner": {"deep": "x"}}},
        {"action": "open", "parameters": {"title": "x"}},
    ],
)
def test_the_parameters_of_each_action_are_part_of_it(step):
    """Wrong ones do not fit; whether an action exists is known too."""
    assert not fits({"name": "x", "steps": [step]})
