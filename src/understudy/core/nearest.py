"""What a person may have meant: the valid name nearest to a wrong one, as the words of a hint."""

import difflib
from collections.abc import Iterable

MOST = 12
"""More names than this are not listed."""


def nearest(wrong: str, known: Iterable[str]) -> str:
    """Return "Did you mean X", else the names there are."""
    names = sorted(known)
    close = difflib.get_close_matches(wrong.lower(), {name.lower(): name for name in names}, 1)
    if close:
        return f"Did you mean {next(name for name in names if name.lower() == close[0])}"
    if not names:
        return "There are none"
    return f"Known are: {', '.join(names[:MOST])}" + (", ..." if len(names) > MOST else "")
