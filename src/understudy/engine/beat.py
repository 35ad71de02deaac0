"""Heartbeats: clients of ActivityWatch say again and again what lasts; equal ones in time are one event."""

from dataclasses import dataclass

from understudy.core.capture import Capture
from understudy.core.value import Millis


@dataclass(kw_only=True, slots=True)
class Beat:
    """The latest event of a bucket."""

    capture: Capture
    """As it is kept."""
    lasted: Millis
    id: int | None = None
    """None = it is on its way to the store."""


def prolonged(beat: Beat, capture: Capture, pulse: Millis) -> Millis | None:
    """Return how long the event lasts with this heartbeat in it; None = that begins another one.

    `pulse`: the longest gap between the end of the event and the heartbeat, in milliseconds.
    """
    began = beat.capture.at
    if not is_same(beat.capture, capture) or not began <= capture.at <= began + beat.lasted + pulse:
        return None
    return max(beat.lasted, capture.at - began + capture.lasted)


def is_same(one: Capture, other: Capture) -> bool:
    """Whether two captures show the same, whenever that was."""
    return _shown(one) == _shown(other)


def _shown(capture: Capture) -> tuple[str, ...]:
    return (capture.kind.value, capture.app, capture.title, capture.url, capture.text)
