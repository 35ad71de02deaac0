"""Makes text from elsewhere fit to be shown: one line, no control or direction characters, not too long."""

import re
import unicodedata

ELLIPSIS = "…"

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode categories that draw nothing, or change how their neighbours are drawn."""

_LONGEST_READ = 4096
"""Characters looked at; a title can be a megabyte."""

_PLAIN = re.compile(r"[ -~]*")


def clean(text: str, longest: int = 0) -> str:
    """Return the text as one line without hidden characters, cut to `longest` characters, 0 = not cut."""
    text = text[:_LONGEST_READ]
    if not _PLAIN.fullmatch(text):
        text = "".join(
            " " if char.isspace() else char for char in text if char.isspace() or not _is_hidden(char)
        )
    return cut(" ".join(text.split()), longest)


def visible(text: str) -> str:
    """Return the text without hidden characters; every space stays."""
    return text if _PLAIN.fullmatch(text) else "".join(char for char in text if not _is_hidden(char))


def literal(text: str) -> str:
    """Return the text with every hidden character written out as its code: what is shown is what is meant."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_escaped(char) if char != " " and _is_hidden(char) else char for char in text)


def cut(text: str, longest: int) -> str:
    """Return the text with at most `longest` characters, the last one … where some are missing; 0 = all."""
    if not longest or len(text) <= longest:
        return text
    return text[: longest - 1].rstrip() + ELLIPSIS


def narrowed(text: str, width: int) -> str:
    """Return the text in at most `width` columns, the last one … where some of it is missing."""
    if columns(text) <= width:
        return text
    text = text[: width - 1]
    while columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrapped(text: str, width: int) -> list[str]:
    """Return the whole text in lines of at most `width` characters, broken at spaces where there are any."""
    lines = []
    while len(text) > width:
        at = text.rfind(" ", 1, width + 1)
        at = at if at > width // 2 else width
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes: wide characters take two, combining ones none."""
    if _PLAIN.fullmatch(text):
        return len(text)
    return sum(_columns_of(char) for char in text)


def _columns_of(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN or char in "\u2028\u2029"


def _escaped(char: str) -> str:
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    code = ord(char)
    return named.get(char) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")  # noqa: PLR2004 - 4 digits
