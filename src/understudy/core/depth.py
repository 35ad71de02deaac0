"""How deep a plain value is: what is nested without end breaks whoever walks through it. Pure."""

from collections.abc import Mapping
from typing import Any

from understudy.errors import InvalidInputError

DEEPEST = 100
"""Levels of what comes in."""


def check_depth(value: Any) -> None:
    """Raise InvalidInputError for a plain value of more than 100 levels."""
    layer, levels = [value], 0
    while layer:
        layer = [inner for outer in layer for inner in _within(outer)]
        levels += 1
        if levels > DEEPEST:
            raise InvalidInputError(
                "The request cannot be used", f"It has more than {DEEPEST} levels", "Nest it less"
            )


def _within(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, list | tuple) else ()
