"""The values that version 1 of the store kept, as that program had them; unknown fields are refused as it did."""

from typing import Any

import msgspec


class Old(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value of that time."""


class CaptureTrigger(Old, tag="capture", tag_field="type"):
    symbols: tuple[str, ...]
    within: int = 300_000


class TimeTrigger(Old, tag="time", tag_field="type"):
    cron: str
    timezone: str
    window: int = 900_000
    misfire: str = "once"


class ManualTrigger(Old, tag="manual", tag_field="type"):
    pass


Trigger = CaptureTrigger | TimeTrigger | ManualTrigger
OWN_STATUSES = ("queued", "running", "completed", "failed", "cancelled", "timed_out", "skipped", "unknown")
STEP_STATUSES = ("pending", "intent", "done", "failed", "cancelled", "timed_out", "unknown")


class Step(Old):
    action: str
    parameters: dict[str, Any] = {}
    timeout: int = 30_000


class Workflow(Old):
    id: str
    name: str
    triggers: tuple[Trigger, ...]
    steps: tuple[Step, ...]
    origin: str = "written"
    tier: str = "observe"
    lifecycle: str = "draft"
    pattern_id: str = ""
    note: str = ""
    created_at: int = 0
    changed_at: int = 0
    timeout: int = 300_000


class Cause(Old):
    kind: str
    ref: str = ""
    text: str = ""
    chain: tuple[str, ...] = ()


class StepRecord(Old):
    index: int
    action: str
    status: str = "pending"
    text: str = ""
    output: str = ""
    before: dict[str, Any] = {}
    undo: dict[str, Any] | None = None
    undo_status: str = "none"
    started_at: int = 0
    ended_at: int = 0

    def __post_init__(self) -> None:
        """Refuse what that program did not know."""
        if self.status not in STEP_STATUSES:
            raise ValueError(self.status)


class Run(Old):
    id: str
    workflow: Workflow
    cause: Cause
    status: str
    created_at: int
    started_at: int = 0
    ended_at: int = 0
    text: str = ""
    reason: str = ""
    steps: tuple[StepRecord, ...] = ()
    undo_status: str = "none"
    undo_text: str = ""

    def __post_init__(self) -> None:
        """Refuse what that program did not know."""
        if self.status not in OWN_STATUSES:
            raise ValueError(self.status)


class Suggestion(Old):
    id: str
    workflow_id: str
    title: str
    body: str
    offered_at: int
    answers: tuple[str, ...]
    is_offer: bool = True
    status: str = "waiting"
    shown_at: int = 0
    cause_id: str = ""
    answered_at: int = 0
    answered_by: str = ""
    run_id: str = ""


class Evidence(Old):
    hits: int = 0
    misses: int = 0


class Occurrence(Old):
    start: int
    end: int
    first: int
    last: int


class Pattern(Old):
    id: str
    kind: str
    summary: str
    symbols: tuple[str, ...]
    trigger: Trigger
    expects: tuple[str, ...]
    horizon: int
    steps: tuple[Step, ...]
    support: int
    days: int
    flows: tuple[tuple[int, int], ...] = ()
    sessions: int = 0
    weekdays: tuple[int, ...] = ()
    saves_per_week: float = 0.0
    score: float = 0.0
    found_at: int = 0
    last_seen: int = 0
    occurrences: tuple[Occurrence, ...] = ()


class PatternState(Old):
    pattern: Pattern
    evidence: Evidence = Evidence()
    outcomes: tuple[tuple[int, bool], ...] = ()
    is_decided: bool = False


class Settings(Old):
    privacy: dict[str, Any] = {}
    retention_days: int = 90
    suggestions_per_day: int = 3
    quiet_from: str = "21:00"
    quiet_until: str = "07:30"
    watchers_off: tuple[str, ...] = ()


class Grant(Old):
    id: str
    workflow_id: str
    digest: str
    scope: str
    given_at: int
    given_by: str
    used_at: int = 0


BODIES = {
    "workflow": Workflow,
    "run": Run,
    "suggestion": Suggestion,
    "permission": Grant,
    "pattern": PatternState,
}
"""What stands in the column `body` of each table."""
