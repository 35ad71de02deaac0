"""What can be planted into a life, and what became of it. Acts are written as templates: app:NAME, url:HOST/PATH, ...

In an act `#` stands for a number and `*` for a word, drawn anew each time.
"""

from dataclasses import dataclass, field

from understudy.core.pattern import PatternKind

WORKDAYS = (0, 1, 2, 3, 4)
_ALWAYS = (0, 99)


@dataclass(frozen=True, kw_only=True)
class Habit:
    """Something done at a certain time on certain days."""

    act: str
    minute: int
    """Local minute of the day; over 1440 = after midnight of a night shift."""
    weekdays: tuple[int, ...] = WORKDAYS
    """0 = Monday."""
    jitter: float = 4.0
    """Standard deviation in minutes."""
    kept: float = 0.93
    weeks: tuple[int, int] = _ALWAYS
    """From the first, up to but not including the second; counted from 0."""
    moved: tuple[int, int] = (99, 0)
    """From this week on it is done so many minutes later."""
    kind = PatternKind.HABIT

    def minute_in(self, week: int) -> int:
        """When it is done in that week."""
        return self.minute + (self.moved[1] if week >= self.moved[0] else 0)


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """Something done soon after something else; the latter is a meeting when it is a state."""

    after: str
    then: str
    per_day: float = 2.0
    kept: float = 0.9
    delay: tuple[int, int] = (5, 90)
    """Seconds."""
    weeks: tuple[int, int] = _ALWAYS
    kind = PatternKind.FOLLOW_UP


@dataclass(frozen=True, kw_only=True)
class Routine:
    """Steps in a fixed order, with other things in between."""

    steps: tuple[str, ...]
    per_day: float = 1.5
    optional: tuple[int, ...] = ()
    """Places of the steps that are left out two times of five."""
    weeks: tuple[int, int] = _ALWAYS
    kind = PatternKind.ROUTINE


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """A command or phrase that is typed again and again."""

    act: str
    per_day: float = 3.0
    weeks: tuple[int, int] = _ALWAYS
    kind = PatternKind.REPETITION


Plant = Habit | FollowUp | Routine | Repetition


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody, and what they do without any order."""

    name: str
    things: tuple[str, ...]
    """What they switch between."""
    plants: tuple[Plant, ...]
    strays: tuple[str, ...] = ()
    """Done about once a day at any time, without what was planted around it."""
    zone: str = "Europe/Berlin"
    hours: tuple[int, int] = (8 * 60 + 30, 17 * 60)
    """Local minutes of the day; over 1440 = the next day."""
    workdays: tuple[int, ...] = WORKDAYS
    tells_length: bool = True
    """Whether the watcher says how long each window was in front."""
    bursts: float = 12.0
    """Switches before the topic changes, on average."""
    pace: float = 22.0
    """Median seconds on one thing."""
    weeks: int = 6


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A plant with every time it came up."""

    plant: Plant
    kind: PatternKind
    symbols: tuple[str, ...]
    """Templates in order, trigger first; one for habits and repetitions."""
    text: str = ""
    """What is typed, for repetitions."""
    times: list[tuple[int, int]] = field(default_factory=list)
    """(start, end) of each occurrence, milliseconds."""
    minutes: list[int] = field(default_factory=list)
    """For habits: the planned minute of the day of each occurrence."""

    def around(self, at: int, within: int) -> list[int]:
        """Return the indexes of the occurrences at most so many milliseconds away."""
        return [index for index, (start, _) in enumerate(self.times) if abs(start - at) <= within]
