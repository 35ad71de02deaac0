"""Repetitions: what does the person type or run again and again? Ranked by the keys it would save."""

from typing import ClassVar

import numpy as np

from understudy.core.capture import CaptureKind
from understudy.core.pattern import PatternKind
from understudy.core.redaction import is_redacted
from understudy.core.value import DAY
from understudy.core.workflow import ManualTrigger
from understudy.detectors.candidate import Candidate
from understudy.detectors.history import KINDS
from understudy.detectors.log import Ints, Log

SHORTEST = {CaptureKind.COMMAND: 6, CaptureKind.PHRASE: 12}
"""Characters below which asking for it takes longer than typing it."""
PREFIX = {CaptureKind.COMMAND: "cmd:", CaptureKind.PHRASE: "phrase:"}
LEAST = 5
DAYS = 2
WEEK = 7
TRIVIAL = frozenset(
    {
        "bg",
        "cd",
        "clear",
        "date",
        "exit",
        "fg",
        "history",
        "htop",
        "ll",
        "logout",
        "ls",
        "pwd",
        "top",
        "whoami",
    }
)
"""Programs whose calls are not worth keeping at hand."""


class Repetitions:
    """What is typed or run again and again?"""

    name: ClassVar[str] = "repetitions"
    title: ClassVar[str] = "What do you type or run again and again?"
    decoys: ClassVar[int] = 0

    def find(self, log: Log) -> list[Candidate]:
        """Return the same command lines and phrases, those first that save most characters a week."""
        weeks = max(1.0, (int(log.day.max()) - int(log.day.min()) + 1) / WEEK) if len(log) else 1.0
        found = [
            _candidate(kind, text, places, weeks)
            for kind in SHORTEST
            for text, places in _texts(log, kind)
            if _is_worth_keeping(kind, text) and len(np.unique(log.day[places])) >= DAYS
        ]
        return sorted(found, key=lambda each: (-each.score, each.symbols))


def _texts(log: Log, kind: CaptureKind) -> list[tuple[str, Ints]]:
    """Return every text of a kind that is known and came often enough, with its places."""
    typed = np.flatnonzero((log.kind == KINDS.index(kind)) & (log.literal >= 0))
    typed = typed[np.argsort(log.literal[typed], kind="stable")]
    groups = np.split(typed, np.flatnonzero(np.diff(log.literal[typed])) + 1)
    known = (
        (log.literals.get(int(log.literal[places[0]])), places) for places in groups if len(places) >= LEAST
    )
    return [(text, places) for text, places in known if text is not None]


def _is_worth_keeping(kind: CaptureKind, text: str) -> bool:
    if len(text) < SHORTEST[kind] or is_redacted(text):
        return False
    return kind is CaptureKind.PHRASE or text.split(maxsplit=1)[0] not in TRIVIAL


def _candidate(kind: CaptureKind, text: str, places: Ints, weeks: float) -> Candidate:
    exact = f"{PREFIX[kind]}{text}"
    return Candidate(
        kind=PatternKind.REPETITION,
        symbols=(exact,),
        trigger=ManualTrigger(),
        expects=(exact,),
        horizon=DAY,
        score=len(places) * len(text) / weeks,
        places=places[:, None],
    )


PLUGIN = Repetitions
