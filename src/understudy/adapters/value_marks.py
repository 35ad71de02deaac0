"""Marks of what was copied and pasted, under a key that no one knows and that ends with the process."""

import secrets
from functools import cache

from understudy.core.value_mark import value_mark


def mark_of(text: str) -> str:
    """Return the mark of a value, empty where it is too short to say anything."""
    return value_mark(text, _key())


@cache
def _key() -> bytes:
    return secrets.token_bytes(32)
