"""The conditions of a query, put together from the fields that restrict."""

from collections.abc import Sequence
from typing import Any

from understudy.store.codec import scrubbed

MOST = 2**63 - 1


class Filter:
    """Conditions that must all hold, with their values. The texts of conditions are constants of this program."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.values: list[Any] = []

    def require(self, condition: str, *values: Any) -> None:
        """Add a condition."""
        self._conditions.append(condition)
        self.values.extend(scrubbed(value) if isinstance(value, str) else value for value in values)

    def add(self, value: object, condition: str) -> None:
        """Add a condition on a value, unless it is empty, zero or None."""
        if value:
            self.require(condition, value)

    def add_any(self, column: str, values: Sequence[str]) -> None:
        """Demand that the column be one of the values, unless there are none."""
        if values:
            self.require(f"{column} IN ({', '.join('?' * len(values))})", *values)

    @property
    def where(self) -> str:
        """All of them."""
        return " AND ".join(self._conditions) or "TRUE"


def bounded(limit: int) -> int:
    """Return a limit as SQLite takes it."""
    return max(0, min(limit, MOST))
