"""Matching: does the newest event complete a trigger, does a text fit a pattern? Pure."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from understudy.core.value import Millis
from understudy.core.workflow import CaptureTrigger


def fires(trigger: CaptureTrigger, recent: Sequence[tuple[Millis, str]]) -> bool:
    """Say whether the newest of `recent` (time, template; oldest first) completes the trigger.

    The newest template must be the trigger's last one, newly arrived: the same template twice in a row is one
    event. The earlier ones must have come before it, in order, other events between them or not, none of
    them longer ago than `within`. The same answer for the shadow and for the engine.
    """
    wanted = trigger.symbols
    if not wanted or not recent or recent[-1][1] != wanted[-1]:
        return False
    if len(recent) > 1 and recent[-2][1] == wanted[-1]:
        return False
    return _came_before(wanted[:-1], recent, recent[-1][0] - trigger.within)


def _came_before(wanted: Sequence[str], recent: Sequence[tuple[Millis, str]], earliest: Millis) -> bool:
    """Look backwards and take each template at its latest place: if any order fits in time, this one does."""
    missing = len(wanted)
    for index in range(len(recent) - 2, -1, -1):
        at, template = recent[index]
        if not missing or at < earliest:
            break
        if template == wanted[missing - 1]:
            missing -= 1
    return not missing


def is_like(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern, without case: `*` stands for any text, `?` for one character."""
    return _matcher(pattern)(text.casefold())


def literals_of(pattern: str) -> tuple[str, ...]:
    """Return the texts, in lower case, that whatever fits the pattern must hold; the longest first."""
    parts = (part for part in re.split(r"[*?]", pattern.casefold()) if part)
    return tuple(sorted(parts, key=len, reverse=True))


@lru_cache(maxsize=8192)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Return the test for a text in lower case. Each part is looked for once: no pattern is slow on any text."""
    first, *rest = pattern.casefold().split("*")
    if not rest:
        whole = _part(first)
        return lambda text: whole.fullmatch(text) is not None
    start, middle, end = _part(first), [_part(part) for part in rest[:-1] if part], _part(rest[-1])
    tail = len(rest[-1])

    def fits(text: str) -> bool:
        if len(text) < len(first) + tail or not start.match(text):
            return False
        place = len(first)
        for part in middle:
            found = part.search(text, place)
            if found is None:
                return False
            place = found.end()
        return len(text) - tail >= place and end.fullmatch(text, len(text) - tail) is not None

    return fits


def _part(text: str) -> re.Pattern[str]:
    return re.compile("".join("." if each == "?" else re.escape(each) for each in text), re.DOTALL)
