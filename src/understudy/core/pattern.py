"""A pattern: something repeated, with its occurrences and the evidence gathered since it was found."""

from enum import StrEnum

from understudy.core.trust import Evidence
from understudy.core.value import Millis, Value
from understudy.core.workflow import Step, Trigger


class PatternKind(StrEnum):
    """The four questions the detectors ask."""

    ROUTINE = "routine"
    """What is done in the same order, with noise in between?"""
    FOLLOW_UP = "follow_up"
    """After A, is B soon done?"""
    HABIT = "habit"
    """What is done at a certain time on certain days?"""
    REPETITION = "repetition"
    """What is typed or run again and again?"""


class Occurrence(Value):
    """One time the pattern was seen."""

    start: Millis
    end: Millis
    first: int
    """Position of its first capture: the capture's id in the store, or the zero-based record in a replay."""
    last: int


class Carry(Value):
    """A value that goes from what sets a pattern off into one of its steps, by the names of `blanks`."""

    place: int
    """Of the step in `expects`, and in `steps`."""
    source: str
    """Name of the blank in the last template of the trigger, as `id`."""
    target: str
    """Name of the blank in the template of the step that has the same value."""


class Pattern(Value):
    """Something the person repeats."""

    id: str
    """Equal for the same kind, trigger and steps, so that mining again finds the same pattern again."""
    kind: PatternKind
    summary: str
    """What was noticed, one sentence in plain words: "After Zoom, you open Obsidian"."""
    symbols: tuple[str, ...]
    """The whole pattern as templates, in order, trigger first."""
    trigger: Trigger
    expects: tuple[str, ...]
    """Templates that show, after the trigger, that the person did it themselves; in order."""
    horizon: Millis
    """How long after the trigger they are waited for, in milliseconds."""
    steps: tuple[Step, ...]
    """What would be done; empty when nothing of it can be done by us: such patterns are evidence only."""
    support: int
    """Occurrences counted when last mined."""
    days: int
    """Distinct local days among them."""
    flows: tuple[tuple[int, int], ...] = ()
    """(from, to) places in `symbols`: what is used there is what was seen here, as with copy and paste."""
    carries: tuple[Carry, ...] = ()
    """Values that vary and come from the trigger. These steps are templates, as of a workflow written by hand, and
    done by the person only if they are done with that value; all other steps are literals."""
    sessions: int = 0
    """Distinct stretches at work among them."""
    weekdays: tuple[int, ...] = ()
    """Local weekdays on which it was seen, 0 = Monday, in order."""
    saves_per_week: float = 0.0
    """Seconds a week that doing it for the person would save, an estimate."""
    score: float = 0.0
    """Bits of evidence against chance; orders patterns of one kind."""
    found_at: Millis = 0
    """When it was first accepted; only outcomes after this are evidence."""
    last_seen: Millis = 0
    occurrences: tuple[Occurrence, ...] = ()
    """The most recent ones, oldest first, at most 50."""


class PatternState(Value):
    """A pattern with its track record, as the learner keeps it."""

    pattern: Pattern
    evidence: Evidence = Evidence()
    outcomes: tuple[tuple[Millis, bool], ...] = ()
    """The latest outcomes (time, hit), oldest first, at most 64: what the 14-day bound is taken over."""
    is_decided: bool = False
    """Whether the person has said a word about it: such a pattern is never given up by itself."""
