"""What a secret may be called, what it may be, and that none stands openly in a workflow."""

import re
from collections.abc import Mapping
from typing import Any

from understudy.core.template import is_templated
from understudy.errors import InvalidInputError

LARGEST = 16 << 10
"""Characters; keyrings take no more everywhere."""
_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "private-token"}
)
_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s:]*:([^/?#@]+)@", re.IGNORECASE)
"""scheme://name:password@"""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def check_secret_name(name: str) -> None:
    """Raise InvalidInputError unless it is 1 to 64 letters, digits, `_`, `.` or `-`."""
    if not _NAME.fullmatch(name):
        why = "A name has 1 to 64 letters, digits, dots, dashes or underscores"
        raise InvalidInputError("This is no name for a secret", why, "As in mail_password")


def check_secret(name: str, value: str) -> None:
    """Raise InvalidInputError, without the value in it, for what cannot be kept."""
    check_secret_name(name)
    if not value or len(value) > LARGEST:
        raise InvalidInputError(f"The secret {name} is not kept", f"It must have 1 to {LARGEST} characters")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidInputError(f"The secret {name} is not kept", "It is not text: NUL or half a character")


def check_no_plain_secret(parameters: Mapping[str, Any], place: str = "") -> None:
    """Raise InvalidInputError, without telling it, for a password that would be stored with a workflow.

    What is seen: passwords in addresses, and headers that are made for them; at any depth. By name they may be there.
    """
    for name, value in parameters.items():
        where = f"{place}{name}"
        if isinstance(value, Mapping):
            check_no_plain_secret(value, f"{where}.")
        elif isinstance(value, list | tuple):
            check_no_plain_secret({str(at): each for at, each in enumerate(value)}, f"{where}.")
        elif isinstance(value, str) and _is_plain_secret(name, value):
            raise InvalidInputError(
                f"A password stands in {where}",
                "It would be stored with the workflow",
                "Keep it: understudy secrets set NAME; and write {{ secret.NAME }} in its place",
            )


def _is_plain_secret(name: str, value: str) -> bool:
    found = _PASSWORD.match(value)
    in_address = found is not None and not is_templated(found[1])
    return in_address or (name.lower() in _HEADERS and bool(value) and not is_templated(value))
