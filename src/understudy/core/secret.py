"""What a secret may be called, what it may be, and that none stands openly in what is stored."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.core.secret_addresses import by_name, secret_part
from understudy.core.secret_names import Weight, is_reference, looks_secret, weight_of
from understudy.core.secret_shapes import FILLED_IN, holds_known
from understudy.errors import InvalidInputError

LARGEST = 16 << 10
"""Characters; keyrings take no more everywhere."""
_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "private-token"}
)
_ADDRESSES = frozenset({("to",), ("url",), ("inverse", "url")})
"""Parameters that say where a message or a request goes."""
NAMED = "Keep it: understudy secrets set NAME; and write {{ secret.NAME }} in its place"
ELSEWHERE = "Keep it: understudy secrets set NAME; a step that sends something takes it as {{ secret.NAME }}"
Path = tuple[str, ...]
"""Names and places that lead to a text in a plain value."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def check_secret_name(name: str) -> None:
    """Raise InvalidInputError unless it is 1 to 64 letters, digits, `_`, `.` or `-`."""
    if not _NAME.fullmatch(name):
        why = "A name has 1 to 64 letters, digits, dots, dashes or underscores"
        raise InvalidInputError("This is no name for a secret", why, "As in mail_password")


def check_secret(name: str, value: str) -> None:
    """Raise InvalidInputError, without the value in it, for what cannot be kept."""
    check_secret_name(name)
    again = f"Set it again: understudy secrets set {name}"
    if not value or len(value) > LARGEST:
        raise InvalidInputError(
            f"The secret {name} is not kept", f"It must have 1 to {LARGEST} characters", again
        )
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidInputError(
            f"The secret {name} is not kept", "It is not text: NUL or half a character", again
        )


def check_no_plain_secret(given: Mapping[str, Any], secret_in: frozenset[str] = frozenset()) -> None:
    """Raise InvalidInputError, without telling it, for a secret that would be stored with a document.

    `secret_in` names those in which one may stand by name; there more is seen: fields and headers that are called
    like one, and keys in the address of a message or request. Everywhere: what is certain by its shape.
    """
    for path, text in _texts(given):
        what = _written_out(path, by_name(text), may_be_named=path[0] in secret_in)
        if what:
            fix = NAMED if path[0] in secret_in else f"Leave it out. {ELSEWHERE}"
            raise InvalidInputError(
                f"A {what} stands in {'.'.join(path)}", "It would be stored with the rest", fix
            )


def _written_out(path: Path, text: str, *, may_be_named: bool) -> str:
    """Return what kind of secret stands openly in a text, in a word or two; empty = none that is seen."""
    name = path[-1]
    if name.lower() in _HEADERS and _is_plain(text):
        return "password"
    found = secret_part(text) if may_be_named and path in _ADDRESSES else ""
    if found or holds_known(text):
        return found or "password or key"
    if may_be_named and weight_of(name) is Weight.SURE and _is_plain(text):
        return "key" if "headers" in path or looks_secret(text) else ""
    return ""


def _is_plain(text: str) -> bool:
    return bool(text) and FILLED_IN not in text and not is_reference(text)


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield (where, text) for every text in a plain value."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping | list | tuple):
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _texts(inner, (*path, str(name)))
