"""Takes secrets out of titles, commands and texts before they are kept. Pure; measured by its tests.

Every secret becomes `{secret}`. What stays readable on purpose: commit hashes (40 hexadecimal digits),
UUIDs, object ids (24), check sums that say so, names of files, e-mail addresses. What cannot be told: a
password with nothing beside it that gives it away.
"""

import re

from understudy.core.secret_commands import redact_commands
from understudy.core.secret_contexts import redact_contexts
from understudy.core.secret_numbers import redact_numbers
from understudy.core.secret_shapes import SECRET, redact_shapes

_DIGITS = re.compile(r"\d\D{0,2}\d\D{0,2}\d")
_OPTIONS = re.compile(r"\s(?:-\S|--\w|/p:|<<<|\||user |use |password |addresses\.)")


def redact(text: str) -> str:
    """Return the text with every secret that is found replaced by `{secret}`; the text is a cleaned one."""
    text = redact_contexts(redact_shapes(text))
    if _OPTIONS.search(text):
        text = redact_commands(text)
    return redact_numbers(text) if _DIGITS.search(text) else text


def is_redacted(text: str) -> bool:
    """Whether something was taken out: such a text can be shown, but not opened, run or typed."""
    return SECRET in text
