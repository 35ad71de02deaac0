"""Makes text fit for a notification: short, plain, nothing invisible. Pure."""

import unicodedata

LONGEST_TITLE = 80
LONGEST_BODY = 240
MOST_LINES = 8
LONGEST_LABEL = 40
"""Longer texts push the buttons off the screen, or the notification is not shown at all."""

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_BREAKS = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}


def plain(text: str, longest: int, lines: int = 1) -> str:
    """Return at most so many characters and lines, without control and formatting characters (Cc, Cf)."""
    text = text[: longest * 8]
    for separator, instead in _BREAKS.items():
        text = text.replace(separator, instead)
    visible = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _HIDDEN)
    kept = visible.strip().split("\n")
    shown = "\n".join(kept[:lines]) if lines > 1 else " ".join(kept)
    if 1 < lines < len(kept):
        shown += "…"
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def escaped(text: str, *, is_markup: bool) -> str:
    """Return the text so that a body that is read as markup shows it literally."""
    if not is_markup:
        return text
    # (the library's html.escape brings its table of entities along, 0.4 MiB)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
