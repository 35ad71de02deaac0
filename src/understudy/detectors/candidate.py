"""A candidate: what a detector proposes, before the gates; and what a detector is."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from understudy.core.pattern import PatternKind
from understudy.core.value import Millis, Value
from understudy.core.workflow import Trigger
from understudy.detectors.stream import Event

PASSIVE = ("app:", "url:", "file:", "state:")
"""Templates of these can set something off; commands and phrases are acts, and belong among the steps."""


class Candidate(Value):
    """Something repeated, with the places in the events where it was seen."""

    kind: PatternKind
    symbols: tuple[str, ...]
    """In order, trigger first."""
    trigger: Trigger
    expects: tuple[str, ...]
    horizon: Millis
    score: float
    """Bits against chance."""
    places: tuple[tuple[int, ...], ...]
    """For each occurrence the places of its symbols in the events, oldest first."""
    identity: tuple[object, ...] = ()
    """What the identity depends on besides kind, trigger templates and what is expected."""
    typical: int = 0
    """For habits: the usual minute of the day."""
    weekdays: tuple[int, ...] = ()
    """For habits: the weekdays it is a habit of, 0 = Monday."""


class Detector(Protocol):
    """Asks one question of the events. One file each in detectors, ending with `PLUGIN = TheClass`."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The question, for people."""

    def find(self, events: Sequence[Event], zone: str) -> list[Candidate]:
        """Return what passes this detector's own tests, best first; equal events give equal candidates."""


def is_passive(template: str) -> bool:
    """Whether it can set something off."""
    return template.startswith(PASSIVE)


def is_act(template: str) -> bool:
    """Whether the person did it; what the machine reports by itself can be no step."""
    return bool(template) and not template.startswith("state:")
