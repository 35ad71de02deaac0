"""What ActivityWatch's clients report, and how far it moves us: their word comes late, twice, and from anybody.

What our own watchers see as well (the window in front, whether the person is there) is stored and shown when
a client reports it, and that is all: it would count twice. What began over a minute ago is learned from at the
next start, in its place, and fires nothing. Records of types nobody here knows are never learned from.
"""

from enum import Enum

from understudy.core.bucket_event import SOURCE
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.value import MINUTE, Millis
from understudy.engine.context import Context

LATE: Millis = MINUTE
"""What began longer ago fires nothing."""
_OURS = {CaptureKind.FOCUS: "focus", CaptureKind.PRESENCE: "presence"}
"""Kinds that one of our own watchers reports, by its name."""
_NEVER_LEARNED = Symbol(exact="", template="")


class Standing(Enum):
    """What a capture is to us."""

    NEWS = "news"
    """It happens now."""
    ECHO = "echo"
    """One of our own watchers reports the same."""
    LATE = "late"
    """It tells of the past."""


def is_reported(capture: Capture) -> bool:
    """Whether a client reported it, instead of a watcher of ours."""
    return capture.source.startswith(SOURCE)


def standing_of(capture: Capture, context: Context) -> Standing:
    """Return what a capture is to us; a watcher of ours that has spoken since the start is one that works."""
    if not is_reported(capture):
        context.speaking.add(capture.source)
        return Standing.NEWS
    if _OURS.get(capture.kind) in context.speaking:
        return Standing.ECHO
    return Standing.LATE if context.now - capture.at > LATE else Standing.NEWS


def symbol_of(capture: Capture, standing: Standing, context: Context) -> Symbol:
    """Return how a capture is compared. A client names the types of its events itself, also after our own."""
    if standing is Standing.ECHO or (capture.kind is CaptureKind.FOREIGN and is_reported(capture)):
        return _NEVER_LEARNED
    return context.learner.symbol(capture)
