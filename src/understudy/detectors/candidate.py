"""A candidate: what a detector proposes, before the gates; and what a detector is."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from understudy.core.pattern import PatternKind
from understudy.core.value import Millis
from understudy.core.workflow import Trigger
from understudy.detectors.log import Ints, Log

PASSIVE = ("app:", "url:", "file:", "cmd:", "state:")
"""Templates of these can set something off; a phrase is only ever a step."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Candidate:
    """Something repeated, with the places in the log where it was seen."""

    kind: PatternKind
    symbols: tuple[str, ...]
    """In order, trigger first."""
    trigger: Trigger
    expects: tuple[str, ...]
    horizon: Millis
    score: float
    """Bits against chance, on the conservative side: what the decoys are compared by."""
    places: Ints
    """Occurrences x symbols: where each is in the log, oldest first; NOWHERE where one is missing."""
    identity: tuple[object, ...] = ()
    """What the identity depends on besides kind, trigger templates and what is expected."""
    typical: int = 0
    """For habits: the usual minute of the day."""
    weekdays: tuple[int, ...] = ()
    """For habits: the weekdays it is a habit of, 0 = Monday."""

    @property
    def firsts(self) -> Ints:
        """The first place of each occurrence."""
        return np.asarray(np.where(self.places < 0, np.iinfo(np.int64).max, self.places).min(axis=1))

    @property
    def lasts(self) -> Ints:
        """The last place of each occurrence."""
        return np.asarray(self.places.max(axis=1))


class Detector(Protocol):
    """Asks one question of the log. One file each in detectors, ending with `PLUGIN = TheClass`."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The question, for people."""
    decoys: ClassVar[int]
    """Surrogate logs that its candidates must beat; 0 = it counts what needs no statistics."""

    def find(self, log: Log) -> list[Candidate]:
        """Return what passes this detector's own tests, best first; equal logs give equal candidates.

        Pure. Called for the log and for surrogates of it, so that its own noise is known. A detector that is not
        about order says what its surrogates are by a method `surrogate(log, rng) -> Log`.
        """


def is_passive(template: str) -> bool:
    """Whether it can set something off."""
    return template.startswith(PASSIVE)


def is_act(template: str) -> bool:
    """Whether the person did it; what the machine reports by itself can be no step."""
    return bool(template) and not template.startswith("state:")
