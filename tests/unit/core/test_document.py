"""Documents: what a person writes becomes a workflow, comes back equal, and mistakes are told where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.document import CONTENT, FORMAT, read_document, write_document
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    ApprovalStep,
    CaptureTrigger,
    Condition,
    ConditionStep,
    ConditionTrigger,
    DelayStep,
    EscalationTrigger,
    ManualTrigger,
    Metadata,
    Mode,
    OnFailure,
    Operator,
    Rates,
    Retry,
    RunTrigger,
    StateTrigger,
    Step,
    TimeTrigger,
    Workflow,
)
from understudy.errors import InvalidInputError

ZONE = "Europe/Berlin"
STEP = {"action": "notify", "parameters": {"title": "x"}}

RICH = {
    "understudy": "workflow/1",
    "name": "All of it",
    "metadata": {"description": "d", "category": "c", "icon": "🌅", "colour": "#2f6fed"},
    "triggers": [
        {
            "cron": "0 6 * * mon-fri",
            "timezone": ZONE,
            "window": "30 min",
            "jitter": "5 min",
            "misfire": "skip",
        },
        {"symbols": ["app:mail"], "within": "10 min"},
        {"type": "capture", "kind": "focus", "title": "*invoice*"},
        {"type": "condition", "watch": "battery", "operator": "lt", "value": 20, "hysteresis": 2.5},
        {"type": "state", "watch": "power", "to": "battery", "from": "mains"},
        {"type": "age", "of": "state", "longer_than": "1 h 30 min", "watch": "presence", "value": "active"},
        {"type": "escalation", "after": "2 h", "workflow": "w-2"},
        {"type": "run", "workflow": "w-3", "statuses": ["failed"]},
        {"type": "manual"},
        {"hotkey": "ctrl+alt+m"},
    ],
    "conditions": [{"field": "state.power", "operator": "eq", "value": "mains"}],
    "steps": [
        {
            "id": "one",
            "action": "notify",
            "parameters": {"title": "x", "figure": 1.0},
            "timeout": "10 s",
            "on_failure": "retry",
            "retry": {"attempts": 5, "delay": "2 s"},
            "requires_approval": True,
        },
        {"id": "two", "if": [{"field": "latest_output", "operator": "exists"}]},
        {"after": ["two.true"], "lasts": "1 h"},
        {"after": [], "question": "Go on?"},
    ],
    "mode": "queued",
    "most": 3,
    "priority": 5,
    "timeout": "15 min",
    "rates": {"per_minute": 2},
    "tier": "observe",
}


def a_workflow(document):
    written = read_document(document, ZONE)
    return Workflow(id="w-1", **{name: getattr(written, name) for name in (*CONTENT, "tier")})


def test_everything_that_can_be_written_is_read():
    """Every trigger and step, with lengths of time as texts and types left out where they are obvious."""
    workflow = a_workflow(RICH)
    assert workflow.triggers == (
        TimeTrigger(
            cron="0 6 * * mon-fri", timezone=ZONE, window=30 * MINUTE, jitter=5 * MINUTE, misfire="skip"
        ),
        CaptureTrigger(symbols=("app:mail",), within=10 * MINUTE),
        CaptureTrigger(kind="focus", title="*invoice*"),
        ConditionTrigger(watch="battery", operator=Operator.LT, value=20.0, hysteresis=2.5),
        StateTrigger(watch="power", to="battery", before="mains"),
        AgeTrigger(of=AgedThing.STATE, longer_than=90 * MINUTE, watch="presence", value="active"),
        EscalationTrigger(after=2 * HOUR, workflow="w-2"),
        RunTrigger(workflow="w-3", statuses=("failed",)),
        ManualTrigger(),
        ManualTrigger(hotkey="ctrl+alt+m"),
    )
    assert workflow.steps == (
        Step(
            id="one",
            action="notify",
            parameters={"title": "x", "figure": 1.0},
            timeout=10_000,
            on_failure=OnFailure.RETRY,
            retry=Retry(attempts=5, delay=2000),
            requires_approval=True,
        ),
        ConditionStep(id="two", all=(Condition(field="latest_output", operator=Operator.EXISTS),)),
        DelayStep(after=("two.true",), lasts=HOUR),
        ApprovalStep(after=(), question="Go on?"),
    )
    assert workflow.conditions == (Condition(field="state.power", operator=Operator.EQ, value="mains"),)
    assert (workflow.mode, workflow.most, workflow.priority) == (Mode.QUEUED, 3, 5)
    assert (workflow.timeout, workflow.rates, workflow.tier) == (
        15 * MINUTE,
        Rates(per_minute=2),
        Tier.OBSERVE,
    )
    assert workflow.metadata == Metadata(description="d", category="c", icon="🌅", colour="#2f6fed")


def test_what_was_read_is_written_back_the_same():
    """Export, import, export: the same document, in the same order."""
    written = write_document(a_workflow(RICH))
    assert written == RICH
    assert list(written) == ["understudy", *CONTENT, "tier"]


def test_a_plain_list_stays_plain():
    """What goes without saying is not written."""
    assert write_document(a_workflow({"name": "Small", "steps": [STEP]})) == {
        "understudy": FORMAT,
        "name": "Small",
        "steps": [STEP],
    }


def test_a_time_without_a_zone_is_in_the_zone_of_the_person():
    """Six o'clock is six o'clock here."""
    read = read_document({"name": "x", "steps": [STEP], "triggers": [{"cron": "0 6 * * *"}]}, ZONE)
    assert read.triggers == (TimeTrigger(cron="0 6 * * *", timezone=ZONE),)


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"nmae": "x"}, "A workflow has no field nmae. Did you mean name."),
        ({"qqqq": "x"}, "Known are: conditions"),
        (
            {"triggers": [{"hotkey": "ctrl+paus"}]},
            "triggers[0].hotkey: 'ctrl+paus' is no hotkey. There is no key paus. Did you mean pause.",
        ),
        (
            {"steps": [{"action": "x", "retry": {"dealy": 3}}]},
            "steps[0].retry has no field dealy. Did you mean delay.",
        ),
        ({"steps": [STEP, {"actoin": "x"}]}, "steps[1] has no field actoin. Did you mean action."),
        (
            {"steps": [{"action": "x", "title": "Hi"}]},
            "steps[0] has no field title. What the action takes stands below parameters. Known are:",
        ),
        (
            {"triggers": [{"type": "condition", "watch": "x", "operator": "<", "value": 1}]},
            "triggers[0].operator cannot be '<'. Did you mean lt.",
        ),
        (
            {"steps": [{"id": "x"}]},
            "steps[0] does not say what it is. Give it a type (action, condition, delay",
        ),
        (
            {"steps": [{"type": "acton", "action": "x"}]},
            "steps[0] has no valid type: 'acton'. Did you mean action.",
        ),
        ({"steps": [{"type": 3}]}, "steps[0] has no valid type: 3"),
        ({"steps": [{"if": [{"feild": "x"}]}]}, "steps[0].if[0] has no field feild. Did you mean field."),
        ({"steps": [{"if": [{"field": "x", "operator": "gtt"}]}]}, "steps[0].if[0].operator cannot be 'gtt'"),
        (
            {"steps": [{"action": "x", "on_failure": "sotp"}]},
            "on_failure cannot be 'sotp'. Did you mean stop.",
        ),
        (
            {"steps": [{"action": "x", "timeout": "long"}]},
            "steps[0].timeout: 'long' is no length of time. Write it",
        ),
        ({"steps": [{"action": "x", "timeout": True}]}, "True is no length of time"),
        ({"steps": [{"action": 3}]}, "steps[0].action is not valid. It must be text, not a whole number."),
        (
            {"steps": [{"action": "x", "after": "s1"}]},
            "steps[0].after is not valid. It must be a list or nothing",
        ),
        ({"steps": [{"all": [], "if": []}]}, "steps[0] has all twice"),
        ({"steps": [{"if": [], "all": []}]}, "steps[0] has all twice"),
        ({"steps": ["x"]}, "steps[0] is not valid. It must be a group of named fields."),
        ({"steps": {"action": "x"}}, "steps is not valid. It must be a list, not a group of fields."),
        ({"steps": None}, "steps is not valid. It must be a list, not nothing."),
        (
            {"triggers": [{"type": "capture", "kind": "fokus"}]},
            "triggers[0].kind cannot be 'fokus'. Did you mean focus.",
        ),
        (
            {"triggers": [{"type": "state", "watch": "x", "form": "y"}]},
            "triggers[0] has no field form. Did you mean from",
        ),
        (
            {"triggers": [{"type": "age", "of": "state"}]},
            "triggers[0] is not complete. It needs the field longer_than.",
        ),
        ({"understudy": "workflow/2"}, "understudy cannot be 'workflow/2'. Did you mean workflow/1."),
        ({"understudy": 1}, "understudy is not valid"),
        ({"metadata": {"color": "#fff"}}, "metadata has no field color. Did you mean colour."),
        ({"tier": "autoo"}, "tier cannot be 'autoo'. Did you mean auto."),
        (
            {"steps": [{"if": [{"field": "x", "operator": "gt", "value": 10**400}]}]},
            "is not valid. Number out of range",
        ),
        (
            {"steps": [{"action": "x", "parameters": {3: 1}}]},
            "steps[0].parameters is not valid. It must be text",
        ),
        ({"most": "3"}, "most is not valid. It must be a whole number, not text."),
        ({3: "x"}, "The workflow is not valid. It must be a group of named fields."),
    ],
)
def test_a_mistake_is_told_where_it_is_with_what_was_meant(changes, said):
    """Also deep inside; the nearest valid name is in the error."""
    with pytest.raises(InvalidInputError) as error:
        read_document({"name": "x", "steps": [STEP], **changes}, ZONE)
    assert said in str(error.value)


@pytest.mark.parametrize("given", [[], "x", None, 3])
def test_what_is_no_group_of_fields_is_no_workflow(given):
    """A list or a text is refused in words."""
    with pytest.raises(InvalidInputError, match="The workflow is not valid"):
        read_document(given, ZONE)


def test_a_missing_field_is_named():
    """What is needed and not there."""
    with pytest.raises(InvalidInputError, match=r"The workflow is not complete\. It needs the field name"):
        read_document({"steps": [STEP]}, ZONE)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["action", "5 min", "lt"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "steps", "triggers", "action", "type", "if", "lasts", "cron", "retry", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_anything_is_read_or_refused_in_words(given):
    """No exception but ours, whatever stands in the document; and what is read comes back the same."""
    try:
        read = read_document(given, ZONE)
    except InvalidInputError:
        return
    workflow = Workflow(id="w", **{name: getattr(read, name) for name in (*CONTENT, "tier")})
    assert read_document(write_document(workflow), "UTC") == read
