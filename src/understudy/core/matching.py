"""Matching: does the newest event complete a trigger? The same answer for the shadow and for the engine."""

from collections.abc import Sequence

from understudy.core.value import Millis
from understudy.core.workflow import CaptureTrigger


def fires(trigger: CaptureTrigger, recent: Sequence[tuple[Millis, str]]) -> bool:
    """Say whether the newest of `recent` (time, template; oldest first) completes the trigger.

    The newest template must be the trigger's last one, newly arrived: the same template twice in a row is one
    event. The earlier ones must have come before it, in order, other events between them or not, none of
    them longer ago than `within`.
    """
    wanted = trigger.symbols
    if not recent or recent[-1][1] != wanted[-1]:
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
