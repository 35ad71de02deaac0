"""Blanks: what a template leaves out, by names under which it can be handed on from one thing to the next. Pure."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import unquote

from understudy.core.redaction import is_redacted
from understudy.core.template_filters import is_plain_word

Parameters = tuple[tuple[str, str], ...]
"""What a template leaves out: (type, literal) in order."""
_NO_NAME = re.compile(r"\W+", re.ASCII)
_QUOTES = ('"', "'")


class Blanks(NamedTuple):
    """An address or a command line, taken apart at its blanks."""

    text: tuple[str, ...]
    """What stands around the blanks as it was seen: one more than there are blanks."""
    parameters: Parameters


def named(template: str, parameters: Parameters) -> dict[str, str]:
    """Return the plain text in each blank of an address, a command or a path by its name, as `{"id": "OPS-12"}`.

    What was redacted is not among them, nor a word of a command that a shell might read as anything else.
    """
    plain = _PLAIN.get(template.partition(":")[0])
    if plain is None:
        return {}
    names = names_of(kind for kind, _ in parameters)
    plain_texts = (plain(literal) for _, literal in parameters)
    return {name: text for name, text in zip(names, plain_texts, strict=True) if text}


def names_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return names for blanks of these types: `id`, the second one `id2`; only letters, digits and `_`."""
    found: list[str] = []
    for kind in kinds:
        name = _NO_NAME.sub("_", kind).strip("_")
        name = name if name[:1].isalpha() else f"part{name}"
        count, free = 1, name
        while free in found:
            count += 1
            free = f"{name}{count}"
        found.append(free)
    return tuple(found)


def _of_address(literal: str) -> str:
    return "" if is_redacted(literal) else unquote(literal)


def _of_command(literal: str) -> str:
    word = literal[1:-1] if literal[:1] in _QUOTES else literal
    return word if is_plain_word(word) else ""


def _of_path(literal: str) -> str:
    return "" if is_redacted(literal) else literal


_PLAIN: dict[str, Callable[[str], str]] = {"url": _of_address, "cmd": _of_command, "file": _of_path}
