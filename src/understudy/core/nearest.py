"""What a person may have meant: the valid name nearest to a wrong one, as the words of a hint."""

import difflib
from collections.abc import Iterable

MOST = 12
"""More names than this are not listed."""


def meant(wrong: str, known: Iterable[str]) -> str:
    """Return "Did you mean X", or nothing where no name is near."""
    names = {name.casefold(): name for name in sorted(known)}
    close = difflib.get_close_matches(wrong.casefold(), names, 1)
    return f"Did you mean {names[close[0]]}" if close else ""


def nearest(wrong: str, known: Iterable[str]) -> str:
    """Return "Did you mean X", else the names there are."""
    names = sorted(known)
    found = meant(wrong, names)
    if found:
        return found
    if not names:
        return "There are none"
    return f"Known are: {', '.join(names[:MOST])}" + (", ..." if len(names) > MOST else "")
