"""A table in a dictionary, and the guard that stands before every access."""

from collections.abc import Callable
from typing import TypeVar

from understudy.errors import InvalidInputError, StoreError
from understudy.store.codec import decode, scrubbed

V = TypeVar("V")

_STORABLE = range(-(2**63), 2**63)


class Guard:
    """Says whether the store may be used now; `fail_with` makes it behave like a full disk."""

    def __init__(self) -> None:
        self.is_closed = False
        self.has_deleted = False
        self.fail_with: StoreError | None = None
        """What every write raises; None = writing works."""

    def read(self) -> None:
        """Raise StoreError when the store is closed."""
        if self.is_closed:
            raise StoreError("The store could not be read or written", "It is closed", "Open it again")

    def write(self) -> None:
        """Raise StoreError when nothing can be written now."""
        self.read()
        if self.fail_with:
            raise self.fail_with


class Table:
    """Rows by key, in the order in which the keys came first; JSON, so that nothing is shared by accident."""

    def __init__(self, guard: Guard) -> None:
        self.rows: dict[str, str] = {}
        self._guard = guard

    def _set(self, key: str, body: str, *numbers: int) -> None:
        self._guard.write()
        require_storable(*numbers)
        self.rows[scrubbed(key)] = body

    def _get(self, key: str, kind: type[V]) -> V | None:
        self._guard.read()
        body = self.rows.get(scrubbed(key))
        return None if body is None else decode(body, kind)

    def _every(self, kind: type[V]) -> list[V]:
        self._guard.read()
        return [decode(body, kind) for body in self.rows.values()]

    def _remove(self, kind: type[V], doomed: Callable[[V], bool]) -> int:
        self._guard.read()
        keys = {key for key, body in self.rows.items() if doomed(decode(body, kind))}
        self._drop(keys)
        return len(keys)

    def _drop(self, keys: set[str]) -> None:
        self._guard.write()
        for key in keys:
            del self.rows[key]
        self._guard.has_deleted = self._guard.has_deleted or bool(keys)


def require_storable(*numbers: int) -> None:
    """Raise InvalidInputError for numbers that would not fit into 64 bits."""
    if any(number not in _STORABLE for number in numbers):
        raise InvalidInputError(
            "This cannot be stored", "A number is too large", "Use numbers of at most 64 bits"
        )
