"""Names for new things: short, unguessable enough to type, never reused."""

import secrets


def new_id(prefix: str) -> str:
    """Return `prefix-` and 8 hex digits (32 random bits)."""
    return f"{prefix}-{secrets.token_hex(4)}"
