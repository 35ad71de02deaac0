"""What the store is asked for, and how it answers where that is no noun of its own."""

from understudy.core.pattern import PatternKind
from understudy.core.run import RunStatus
from understudy.core.task import TaskStatus
from understudy.core.trust import Tier
from understudy.core.value import Millis, Value


class PatternQuery(Value):
    """Which patterns to find; empty fields do not restrict."""

    kind: PatternKind | None = None
    tier: Tier | None = None
    """The tier its evidence has earned."""
    active_since: Millis = 0
    """Seen at or after this time."""
    limit: int = 1000
    after: str = ""
    """Id of the last one of the page before."""


class PatternStats(Value):
    """How a pattern does."""

    occurrences: int
    first_seen: Millis
    last_seen: Millis
    per_week: float
    """Occurrences a week over the time it was seen; 0 with fewer than two."""
    success_rate: float | None
    """Hits of all outcomes since it was found; None without any."""


class Count(Value):
    """Captures counted by something."""

    key: str
    """What they have in common: an app, a kind, a day, ..."""
    captures: int
    lasted: Millis
    """How long they went on in all, in milliseconds."""


class RunQuery(Value):
    """Which runs to find, newest first; empty fields do not restrict."""

    workflow_id: str = ""
    statuses: tuple[RunStatus, ...] = ()
    since: Millis = 0
    """Created at or after this time."""
    until: Millis = 0
    """Created before this time; 0 = now."""
    before: str = ""
    """Id of the last run of the page before."""
    limit: int = 50


class TaskQuery(Value):
    """Which tasks to find, by priority (highest first), then age; empty fields do not restrict."""

    statuses: tuple[TaskStatus, ...] = ()
    after: str = ""
    """Id of the last one of the page before."""
    limit: int = 200
