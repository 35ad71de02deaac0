"""Conditions: a dotted field, an operator, a value. All must hold; a missing field is "not met". Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from understudy.core.matching import is_like
from understudy.core.reason import Reason
from understudy.core.workflow import Condition, Operator

Wanted = float | str | bool
"""What a value may be compared with."""

MISSING = object()
"""What `look_up` returns where there is no such field."""
_SHOWN = 200
"""Characters of a value that a reason shows."""

_HOLDS = {
    Operator.LT: "is below",
    Operator.GT: "is above",
    Operator.EQ: "is",
    Operator.NE: "is not",
    Operator.CONTAINS: "contains",
    Operator.MATCHES: "looks like",
}
_WORDS = {
    Operator.LT: "is not below",
    Operator.GT: "is not above",
    Operator.EQ: "is not",
    Operator.NE: "is",
    Operator.CONTAINS: "does not contain",
    Operator.MATCHES: "does not look like",
    Operator.EXISTS: "is there, unlike",
}


def in_words(condition: Condition) -> str:
    """Return what must hold: "steps.count.output is above 0"."""
    if condition.operator is Operator.EXISTS:
        return f"{condition.field} is {'not ' if condition.value is False else ''}there"
    return f"{condition.field} {_HOLDS[condition.operator]} {as_text(condition.value)}".strip()


def unmet(conditions: Sequence[Condition], data: Mapping[str, Any]) -> Reason | None:
    """Return why the first condition that does not hold fails; None = all hold. `data` is nested by name."""
    return next((reason for each in conditions if (reason := unmet_one(each, data)) is not None), None)


def unmet_one(condition: Condition, data: Mapping[str, Any]) -> Reason | None:
    """Return why this condition does not hold, or None. `exists` with false holds where the field is missing."""
    actual = look_up(condition.field, data)
    wants_none = condition.operator is Operator.EXISTS and condition.value is False
    if actual is MISSING:
        return None if wants_none else _missing(condition.field)
    if compare(condition.operator, actual, condition.value):
        return None
    shown, wanted = as_text(actual)[:_SHOWN], as_text(condition.value)[:_SHOWN]
    said = f"{condition.field} is there" if wants_none else _said(condition, shown, wanted)
    seen: dict[str, str | int | float | bool | None] = {
        "field": condition.field,
        "value": shown,
        "wanted": wanted,
    }
    return Reason(code="condition_not_met", text=said, seen=seen)


def _missing(field: str) -> Reason:
    return Reason(code="field_missing", text=f"There is no {field}", seen={"field": field})


def _said(condition: Condition, shown: str, wanted: str) -> str:
    if condition.operator in (Operator.LT, Operator.GT) and number(shown) is None:
        return f'{condition.field} is "{shown}", not a number'
    return f'{condition.field} is "{shown}", which {_WORDS[condition.operator]} "{wanted}"'


def look_up(field: str, data: Any) -> Any:
    """Return what a dotted field names, or MISSING. Names may hold dots themselves: the longest one wins."""
    if isinstance(data, Mapping):
        return _in_mapping(field, data)
    if isinstance(data, (list, tuple)):
        first, _, rest = field.partition(".")
        if not first.isdecimal() or int(first) >= len(data):
            return MISSING
        return look_up(rest, data[int(first)]) if rest else data[int(first)]
    return MISSING


def _in_mapping(field: str, data: Mapping[str, Any]) -> Any:
    if field in data:
        return data[field]
    end = field.rfind(".")
    while end > 0:
        if field[:end] in data:
            return look_up(field[end + 1 :], data[field[:end]])
        end = field.rfind(".", 0, end)
    return MISSING


def compare(operator: Operator, actual: Any, wanted: Wanted) -> bool:
    """Whether a value that is there stands in this relation to the wanted one."""
    if operator is Operator.EXISTS:
        return wanted is not False
    if operator in (Operator.LT, Operator.GT):
        return _is_beyond(operator, number(actual), number(wanted))
    if operator in (Operator.EQ, Operator.NE):
        return _is_equal(actual, wanted) is (operator is Operator.EQ)
    if operator is Operator.CONTAINS:
        return _contains(actual, wanted)
    return is_like(as_text(wanted), as_text(actual))


def _is_beyond(operator: Operator, actual: float | None, limit: float | None) -> bool:
    if actual is None or limit is None:
        return False
    return actual < limit if operator is Operator.LT else actual > limit


def _is_equal(actual: Any, wanted: Wanted) -> bool:
    one, other = number(actual), number(wanted)
    if one is not None and other is not None:
        return one == other
    return as_text(actual).casefold() == as_text(wanted).casefold()


def _contains(actual: Any, wanted: Wanted) -> bool:
    if isinstance(actual, (list, tuple)):
        return any(_is_equal(each, wanted) for each in actual)
    return as_text(wanted).casefold() in as_text(actual).casefold()


def number(value: Any) -> float | None:
    """Return the number that a value is or reads as ("12 %" and "1,5" do not); None = none, nor is NaN."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(found) else found


def as_text(value: Any) -> str:
    """Return a value as people write it: true, false, 5 rather than 5.0."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
