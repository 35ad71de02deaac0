"""Repetitions: what does the person type or run again and again? Ranked by the keys it would save."""

from collections.abc import Sequence
from typing import ClassVar

from understudy.core.capture import CaptureKind
from understudy.core.pattern import PatternKind
from understudy.core.value import DAY
from understudy.core.workflow import ManualTrigger
from understudy.detectors.candidate import Candidate
from understudy.detectors.stream import Event

SHORTEST = {CaptureKind.COMMAND: 6, CaptureKind.PHRASE: 12}
"""Characters below which asking for it takes longer than typing it."""
LEAST = 5
DAYS = 3
TRIVIAL = frozenset(
    {
        "ls",
        "cd",
        "clear",
        "exit",
        "pwd",
        "logout",
        "history",
        "whoami",
        "date",
        "fg",
        "bg",
        "top",
        "htop",
        "ll",
    }
)
"""Programs whose calls are not worth keeping at hand."""


class Repetitions:
    """What is typed or run again and again?"""

    name: ClassVar[str] = "repetitions"
    title: ClassVar[str] = "What do you type or run again and again?"

    def find(self, events: Sequence[Event], zone: str) -> list[Candidate]:  # noqa: ARG002 - events know their day
        """Return the same command lines and phrases, most characters saved first."""
        places: dict[str, list[int]] = {}
        for index, event in enumerate(events):
            if _is_worth_keeping(event):
                places.setdefault(event.exact, []).append(index)
        found = [
            _candidate(exact, where, events[where[0]])
            for exact, where in places.items()
            if len(where) >= LEAST and len({events[place].day for place in where}) >= DAYS
        ]
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.places))


def _is_worth_keeping(event: Event) -> bool:
    if event.kind not in SHORTEST or len(event.literal) < SHORTEST[event.kind]:
        return False
    return event.kind is CaptureKind.PHRASE or event.literal.split()[0] not in TRIVIAL


def _candidate(exact: str, where: list[int], event: Event) -> Candidate:
    return Candidate(
        kind=PatternKind.REPETITION,
        symbols=(exact,),
        trigger=ManualTrigger(),
        expects=(exact,),
        horizon=DAY,
        score=float(len(where) * len(event.literal)),
        places=tuple((place,) for place in where),
    )


PLUGIN = Repetitions
