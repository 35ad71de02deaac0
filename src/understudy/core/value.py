"""The base of every value: frozen, keyword-only, strict about unknown fields; and aliases used throughout."""

from typing import Any, dataclass_transform

import msgspec

Millis = int
"""Milliseconds since 1970-01-01 UTC, or a length of time in milliseconds where a field says so."""

SECOND: Millis = 1_000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _ValueMeta(msgspec.StructMeta):
    """Makes every subclass keyword-only and frozen, and lets type checkers know."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        """Build the class; `tag` and other options of msgspec may be added."""
        options = {"frozen": True, "kw_only": True, "forbid_unknown_fields": True, **options}
        return super().__new__(mcs, name, bases, namespace, **options)


class Value(msgspec.Struct, metaclass=_ValueMeta):
    """A frozen value that can be written as JSON and read back equal."""


class Unshown(Value):
    """A value that holds a secret: what it holds stands in no log, error or trace."""

    def __repr__(self) -> str:
        """Tell its kind alone."""
        return f"{type(self).__name__}(...)"


def stable_id(prefix: str, *parts: object) -> str:
    """Return `prefix-` and 10 hex digits, equal for equal parts on every machine and in every process."""
    from hashlib import blake2b  # loads what encrypts: too much for a command that needs no id

    digest = blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=5)
    return f"{prefix}-{digest.hexdigest()}"
