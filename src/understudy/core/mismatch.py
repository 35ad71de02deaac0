"""What does not fit its type, in words a person can use: made of what msgspec reports. Pure."""

import re

KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a group of fields",
    "null": "nothing",
}
"""A type as msgspec names it -> as people do."""

_RULES = {
    r"Expected `(?:int|float)` >= (-?\d+)": "It must be {} or more",
    r"Expected `(?:int|float)` <= (-?\d+)": "It must be at most {}",
    r"Expected `str` of length >= 1": "It must not be empty",
    r"Expected `str` of length <= (\d+)": "It must have at most {} characters",
    r"Invalid enum value (.+)": "It cannot be {}",
    r"Object missing required field `(\w+)`": "It needs the field {}",
}
"""What msgspec says -> our words for it."""


def mismatch(told: str) -> tuple[str, str]:
    """Return (place, what is wrong there), as ("steps[0].id", "It must be text, not a list"); place "" = all of it."""
    said, _, at = told.partition(" - at ")
    return at.rpartition("$")[2].rstrip("`").removeprefix("."), _in_words(said)


def _in_words(said: str) -> str:
    kinds = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", said)
    if kinds:
        return "It must be {}, not {}".format(*map(_kind, kinds.groups()))
    for pattern, words in _RULES.items():
        found = re.fullmatch(pattern, said)
        if found:
            return words.format(*found.groups())
    return said


def _kind(named: str) -> str:
    return " or ".join(KINDS.get(kind, kind) for kind in named.split(" | "))
