"""What mining needs to know besides the events; asked beforehand, as mining may run in another process.

Imports no numpy: this lives in the agent all day.
"""

from understudy.core.value import Value


class Setting(Value):
    """The person's zone, names and wishes."""

    zone: str
    names: dict[str, str] = {}
    """Application identity -> display name."""
    undoable: frozenset[str] = frozenset()
    """Templates and typed texts (`cmd:LINE`, `phrase:TEXT`) that cannot be done for the person."""
    never: frozenset[str] = frozenset()
    """Those that must not be part of a pattern."""
    occurrences: int | None = 50
    """How many of the latest occurrences are kept with a pattern; None = all."""
