"""Conditions: dotted fields, operators, and what is said when one does not hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.conditions import MISSING, in_words, look_up, unmet, unmet_one
from understudy.core.workflow import Condition, Operator

DATA = {
    "trigger": {"title": "Invoice 42", "app": "mail", "count": 3, "none": None, "tags": ["a", "B"]},
    "state": {"battery": "15", "disk.home": "9.5", "network": "Home", "a": {"b": "inner"}, "a.b": "outer"},
    "steps": {"fetch": {"output": "ok"}},
    "latest_output": "done",
    "is_new": True,
    "rows": [{"id": 7}],
}


def check(field, operator, value=""):
    return unmet_one(Condition(field=field, operator=Operator(operator), value=value), DATA)


HOLD = [
    ("state.battery", "lt", 20.0),
    ("state.battery", "lt", "15.5"),
    ("state.battery", "gt", 14),
    ("trigger.count", "gt", 2),
    ("trigger.count", "eq", 3.0),
    ("trigger.count", "eq", "3"),
    ("state.battery", "eq", 15.0),
    ("state.network", "eq", "home"),
    ("state.network", "ne", "office"),
    ("trigger.count", "ne", 4),
    ("trigger.title", "contains", "INVOICE"),
    ("trigger.tags", "contains", "b"),
    ("trigger.title", "matches", "*voice ??"),
    ("trigger.title", "exists", ""),
    ("trigger.title", "exists", True),
    ("trigger.none", "exists", ""),
    ("trigger.absent", "exists", False),
    ("is_new", "eq", True),
    ("is_new", "eq", "TRUE"),
    ("latest_output", "eq", "done"),
    ("steps.fetch.output", "eq", "ok"),
    ("state.disk.home", "lt", 10),
    ("rows.0.id", "eq", 7),
    ("trigger.tags.1", "eq", "b"),
    ("trigger.none", "eq", ""),
]


@pytest.mark.parametrize("field, operator, value", HOLD)
def test_a_condition_that_holds_stands_in_no_way(field, operator, value):
    """Numbers from numeric text, texts without case, names with dots, places in lists."""
    assert check(field, operator, value) is None


FAIL = [
    ("state.battery", "lt", 15.0, 'state.battery is "15", which is not below "15"'),
    ("state.battery", "gt", 15.0, 'state.battery is "15", which is not above "15"'),
    ("state.network", "lt", 5.0, 'state.network is "Home", not a number'),
    ("state.battery", "lt", "low", 'state.battery is "15", which is not below "low"'),
    ("state.network", "eq", "office", 'state.network is "Home", which is not "office"'),
    ("state.network", "ne", "HOME", 'state.network is "Home", which is "HOME"'),
    ("trigger.title", "contains", "x", 'trigger.title is "Invoice 42", which does not contain "x"'),
    ("trigger.tags", "contains", "c", "trigger.tags is \"['a', 'B']\", which does not contain \"c\""),
    ("trigger.title", "matches", "Inv", 'trigger.title is "Invoice 42", which does not look like "Inv"'),
    ("trigger.title", "exists", False, "trigger.title is there"),
    ("is_new", "gt", 0, 'is_new is "true", not a number'),
]


@pytest.mark.parametrize("field, operator, value, text", FAIL)
def test_a_condition_that_fails_says_what_is_and_what_was_wanted(field, operator, value, text):
    """With the values seen, for programs too."""
    reason = check(field, operator, value)
    assert (reason.code, reason.text, reason.seen["field"]) == ("condition_not_met", text, field)


@pytest.mark.parametrize("operator", list(Operator))
@pytest.mark.parametrize(
    "field", ["trigger.absent", "absent", "trigger.title.more", "rows.1.id", "rows.x", ""]
)
def test_a_missing_field_is_not_met_whatever_is_compared(field, operator):
    """Also for "is not": nothing is known, so nothing happens; the reason names the field."""
    reason = check(field, operator, "x")
    assert (reason.code, reason.text, reason.seen) == (
        "field_missing",
        f"There is no {field}",
        {"field": field},
    )


def test_of_several_conditions_the_first_that_fails_is_named():
    """All must hold; none at all hold always."""
    holds = Condition(field="is_new", operator=Operator.EQ, value=True)
    fails = [
        Condition(field=name, operator=Operator.EQ, value="x") for name in ("trigger.app", "latest_output")
    ]
    assert unmet((holds, *fails), DATA).seen["field"] == "trigger.app"
    assert (unmet((holds,), DATA), unmet((), {})) == (None, None)


def test_the_longest_name_wins_where_names_hold_dots():
    """A value called a.b is found before b within a."""
    assert look_up("state.a.b", DATA) == "outer"
    assert look_up("state.a.c", DATA) is MISSING


def test_long_values_are_cut_in_the_reason():
    """A reason is read by people."""
    reason = unmet((Condition(field="x", operator=Operator.EQ, value="y"),), {"x": "z" * 5000})
    assert len(reason.seen["value"]) == 200


@given(
    st.sampled_from(list(Operator)),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())),
    st.one_of(st.booleans(), st.floats(), st.text(max_size=20)),
)
def test_any_value_can_be_compared(operator, actual, wanted):
    """Whatever comes in, an answer comes out."""
    condition = Condition(field="x", operator=operator, value=wanted)
    reason = unmet_one(condition, {"x": actual})
    assert reason is None or reason.code == "condition_not_met"


@pytest.mark.parametrize(
    "operator, value, words",
    [
        (Operator.LT, 5.0, "x.y is below 5"),
        (Operator.GT, 0.5, "x.y is above 0.5"),
        (Operator.EQ, True, "x.y is true"),
        (Operator.NE, "", "x.y is not"),
        (Operator.CONTAINS, "files", "x.y contains files"),
        (Operator.MATCHES, "*.pdf", "x.y looks like *.pdf"),
        (Operator.EXISTS, True, "x.y is there"),
        (Operator.EXISTS, False, "x.y is not there"),
    ],
)
def test_a_condition_in_words(operator, value, words):
    """As it stands in the plan of a workflow."""
    assert in_words(Condition(field="x.y", operator=operator, value=value)) == words
