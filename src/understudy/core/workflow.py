"""A workflow: triggers and steps under a tier, learned or written by hand."""

from enum import StrEnum
from typing import Any

from understudy.core.trust import Tier
from understudy.core.value import MINUTE, Millis, Value


class CaptureTrigger(Value, tag="capture", tag_field="type"):
    """Fires when the last of these templates is seen and the earlier ones came before it, in order."""

    symbols: tuple[str, ...]
    """Templates, in order; at least one."""
    within: Millis = 5 * MINUTE
    """Longest time from the first to the last, in milliseconds."""


class TimeTrigger(Value, tag="time", tag_field="type"):
    """Fires at the times of a cron expression in a zone."""

    cron: str
    """Five fields: minute hour day-of-month month day-of-week (0 or 7 = Sunday, names allowed)."""
    timezone: str
    """IANA name, as Europe/Berlin."""
    window: Millis = 15 * MINUTE
    """How long after the time the person may still be expected to do it themselves, in milliseconds."""
    misfire: str = "once"
    """When the machine was off or asleep: `once` (at most an hour late) or `skip`."""


class ManualTrigger(Value, tag="manual", tag_field="type"):
    """Fires when the person says so: tray, CLI, API."""


Trigger = CaptureTrigger | TimeTrigger | ManualTrigger


class Step(Value):
    """One action with literal parameters."""

    action: str
    """Name of the action plug-in, as `open_app`."""
    parameters: dict[str, Any] = {}
    timeout: Millis = 30_000
    """Longest time for this step, in milliseconds."""


class Lifecycle(StrEnum):
    """Where a workflow stands in its life; says nothing about trust."""

    DRAFT = "draft"
    """Known, not yet offered or accepted."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """Switched off by the person or by the breaker, with a reason; nothing fires."""
    STALE = "stale"
    """The pattern behind it has not been seen for long."""
    ARCHIVED = "archived"
    """Never: kept only so that it is not offered again."""


class Origin(StrEnum):
    """Who wrote a workflow."""

    LEARNED = "learned"
    WRITTEN = "written"


class Workflow(Value):
    """What may be run, when, and with how much trust."""

    id: str
    name: str
    """In plain words: "After Zoom Meeting, open Obsidian"."""
    triggers: tuple[Trigger, ...]
    steps: tuple[Step, ...]
    origin: Origin = Origin.WRITTEN
    tier: Tier = Tier.OBSERVE
    lifecycle: Lifecycle = Lifecycle.DRAFT
    pattern_id: str = ""
    """The pattern it was learned from; empty when written by hand."""
    note: str = ""
    """Why it is suspended or stale, in words."""
    created_at: Millis = 0
    changed_at: Millis = 0
    timeout: Millis = 5 * MINUTE
    """Longest time for a whole run, in milliseconds."""

    @property
    def is_manual_only(self) -> bool:
        """Whether nothing but the person can start it."""
        return all(isinstance(trigger, ManualTrigger) for trigger in self.triggers)
