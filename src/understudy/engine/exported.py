"""Everything kept, as it leaves: one list a table, values as they are."""

from understudy.config import Settings
from understudy.core.bucket import Bucket
from understudy.core.dead_letter import DeadLetter
from understudy.core.grant import Grant
from understudy.core.pattern import Occurrence, PatternState
from understudy.core.ports import StoredCapture, Verdict
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion
from understudy.core.task import Task
from understudy.core.value import Value
from understudy.core.workflow import Workflow


class SeenOnce(Occurrence):
    """One time a pattern was seen."""

    pattern_id: str


class Export(Value):
    """Everything kept, but secrets: those have no way out."""

    captures: list[StoredCapture]
    """Oldest first."""
    buckets: list[Bucket]
    patterns: list[PatternState]
    occurrences: list[SeenOnce]
    verdicts: list[Verdict]
    workflows: list[Workflow]
    versions: list[Workflow]
    """What the workflows were like, newest first."""
    grants: list[Grant]
    suggestions: list[Suggestion]
    runs: list[Run]
    tasks: list[Task]
    dead_letters: list[DeadLetter]
    settings: Settings
