"""A workflow: triggers and steps under a tier, learned or written by hand."""

from enum import StrEnum
from typing import Any

import msgspec

from understudy.core.capture import CaptureKind
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, Millis, Value


class CaptureTrigger(Value, tag="capture", tag_field="type"):
    """Fires on a capture: the end of a learned row of templates, or whatever the patterns below describe.

    Either `symbols` or at least one pattern is given. A pattern is compared without case; `*` stands for any
    text, `?` for one character: `*invoice*`.
    """

    symbols: tuple[str, ...] = ()
    """Templates, in order: the last is seen now, the earlier ones came before it."""
    within: Millis = 5 * MINUTE
    """Longest time from the first to the last of them, in milliseconds."""
    kind: CaptureKind | None = None
    app: str = ""
    title: str = ""
    url: str = ""
    text: str = ""


class Misfire(StrEnum):
    """What becomes of a time that passed while the machine was off or asleep."""

    SKIP = "skip"
    ONCE = "once"
    """One run, at most an hour late."""


class TimeTrigger(Value, tag="time", tag_field="type"):
    """Fires at the times of a cron expression in a zone."""

    cron: str
    """Five fields: minute hour day-of-month month day-of-week (0 or 7 = Sunday, names allowed)."""
    timezone: str
    """IANA name, as Europe/Berlin."""
    window: Millis = 15 * MINUTE
    """How long after the time the person may still be expected to do it themselves, in milliseconds."""
    misfire: Misfire = Misfire.ONCE
    jitter: Millis = 0
    """It fires at a moment of its own up to so much later, in milliseconds; the same one for the same time."""


class Operator(StrEnum):
    """How a value is compared. lt and gt compare numbers; the others text, without case."""

    LT = "lt"
    GT = "gt"
    EQ = "eq"
    NE = "ne"
    CONTAINS = "contains"
    MATCHES = "matches"
    """A pattern with * and ?."""
    EXISTS = "exists"


class ConditionTrigger(Value, tag="condition", tag_field="type"):
    """Fires when a watched value comes to meet the comparison: on the edge, not as long as it lasts."""

    watch: str
    """Name of the watched value: battery, power, network, presence, idle_minutes, disk_free_percent, ..."""
    operator: Operator
    value: float | str
    hysteresis: float = 0.0
    """For lt and gt: the value must first move back this far beyond the limit before it can fire again."""


class StateTrigger(Value, tag="state", tag_field="type"):
    """Fires when a watched value changes from one text to another."""

    watch: str
    to: str = ""
    """Empty = any."""
    before: str = msgspec.field(name="from", default="")
    """Empty = any. Written `from`."""


class AgedThing(StrEnum):
    """What can become too old."""

    STATE = "state"
    """A watched value has been the same, `value`, for so long: idle, on battery, offline."""
    FOCUS = "focus"
    """The same program has been in front for so long."""
    APPROVAL = "approval"
    """A question of ours has waited for so long."""


class AgeTrigger(Value, tag="age", tag_field="type"):
    """Fires when something has lasted longer than a time, once for each time it begins."""

    of: AgedThing
    longer_than: Millis
    """In milliseconds."""
    watch: str = ""
    """For `state`: the watched value."""
    value: str = ""
    """For `state`: the text it has; for `focus`: the program. Patterns as in a capture trigger; empty = any."""


class EscalationTrigger(Value, tag="escalation", tag_field="type"):
    """Fires when a run has waited so long for its approval and nobody has answered."""

    after: Millis
    """In milliseconds."""
    workflow: str = ""
    """Id of the workflow whose runs are meant; empty = any other one."""


class RunTrigger(Value, tag="run", tag_field="type"):
    """Fires when a run of another workflow has ended."""

    workflow: str
    """Id of that workflow."""
    statuses: tuple[str, ...] = ("completed",)
    """Run statuses that count."""


class ManualTrigger(Value, tag="manual", tag_field="type"):
    """Fires when the person says so: tray, CLI, API, or a hotkey."""

    hotkey: str = ""
    """As ctrl+alt+m, pressed in whatever window; empty = none."""


Trigger = (
    CaptureTrigger
    | TimeTrigger
    | ConditionTrigger
    | StateTrigger
    | AgeTrigger
    | EscalationTrigger
    | RunTrigger
    | ManualTrigger
)


class Condition(Value):
    """A comparison on a dotted field of what is known when a workflow fires; a missing field is "not met"."""

    field: str
    """trigger.title, state.battery, time.hour, steps.fetch.output, latest_output, ..."""
    operator: Operator
    value: float | str | bool = ""


# --- steps ----------------------------------------------------------------------------------------


class OnFailure(StrEnum):
    """What follows when a step fails."""

    STOP = "stop"
    """The run ends as failed."""
    SKIP = "skip"
    """The run goes on as if the step had been done."""
    RETRY = "retry"
    """It is tried again, only where nothing happened yet or doing it twice leaves one effect; then stop."""


class Retry(Value):
    """How often and when a failed step is tried again."""

    attempts: int = 3
    """Tries in all, the first included; 2 to 10."""
    delay: Millis = 1_000
    """Before the second try, in milliseconds; doubles each time, at most an hour; jitter is added."""


class _StepBase(Value, kw_only=True):
    """What every step has."""

    id: str = ""
    """Name for others to refer to: letters, digits, `_`; empty = `s1`, `s2`, ... by its place."""
    after: tuple[str, ...] | None = None
    """The steps it comes after, by id; a branch of a condition as `check.true` or `check.false`. None = the
    step before it in the list (of a condition: its true branch); empty = it begins at once.

    A step begins once all of these are settled and at least one of them led here; if none did, it is skipped."""


class Step(_StepBase, tag="action", tag_field="type", kw_only=True):
    """One action. Texts in its parameters may be templates: `{{ trigger.title }}`."""

    action: str
    """Name of the action plug-in, as `open_app`."""
    parameters: dict[str, Any] = {}
    timeout: Millis = 30_000
    """Longest time for one try, in milliseconds; never more than 80 % of what the run has left."""
    on_failure: OnFailure = OnFailure.STOP
    retry: Retry = Retry()
    requires_approval: bool = False
    """Whether the person is asked, with the exact parameters, each time before it is done."""


class ConditionStep(_StepBase, tag="condition", tag_field="type", kw_only=True):
    """Leads to its true or its false branch."""

    all: tuple[Condition, ...]
    """All must hold."""


class DelayStep(_StepBase, tag="delay", tag_field="type", kw_only=True):
    """Waits; survives a restart."""

    lasts: Millis
    """In milliseconds, at most 7 days."""


class ApprovalStep(_StepBase, tag="approval", tag_field="type", kw_only=True):
    """Asks the person whether to go on; no answer in 24 hours ends the run."""

    question: str
    """May be a template."""


AnyStep = Step | ConditionStep | DelayStep | ApprovalStep


class Mode(StrEnum):
    """What happens when a workflow fires while a run of it is going on."""

    SINGLE = "single"
    """Nothing new begins."""
    RESTART = "restart"
    """The one going on is cancelled first."""
    QUEUED = "queued"
    """The new one waits for its turn."""
    PARALLEL = "parallel"
    """Both go on."""


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


class Metadata(Value):
    """What a workflow looks like in lists."""

    description: str = ""
    category: str = ""
    icon: str = ""
    """A single symbol, as an emoji, or the name of an icon of the desktop's theme."""
    colour: str = ""
    """As #2f6fed."""


class Rates(Value):
    """How often one workflow may start; never more than the limits over all."""

    per_minute: int = 6
    per_hour: int = 60


class Workflow(Value):
    """What may be run, when, and with how much trust."""

    id: str
    name: str
    """In plain words: "After Zoom Meeting, open Obsidian"."""
    triggers: tuple[Trigger, ...]
    steps: tuple[AnyStep, ...]
    conditions: tuple[Condition, ...] = ()
    """All must hold when a trigger fires."""
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
    """Longest time a whole run may work, in milliseconds; waiting does not count."""
    mode: Mode = Mode.SINGLE
    most: int = 10
    """For queued and parallel: so many runs may be there at once; more are skipped."""
    priority: int = 0
    """-10 to 10; of several steps that wait, the one of the highest goes first."""
    rates: Rates = Rates()
    snoozed_until: Millis = 0
    """Nothing fires before."""
    metadata: Metadata = Metadata()
    version: int = 1
    """Counts the changes of what it does; trust, snooze and lifecycle do not count."""

    @property
    def is_manual_only(self) -> bool:
        """Whether nothing but the person can start it."""
        return all(isinstance(trigger, ManualTrigger) for trigger in self.triggers)

    @property
    def hotkeys(self) -> tuple[str, ...]:
        """What starts it when it is pressed, each once."""
        found = (trigger.hotkey for trigger in self.triggers if isinstance(trigger, ManualTrigger))
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def actions(self) -> tuple[Step, ...]:
        """Its steps that do something, in the order of the list."""
        return tuple(step for step in self.steps if isinstance(step, Step))
