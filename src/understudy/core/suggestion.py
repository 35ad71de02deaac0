"""A suggestion: a workflow offered to the person, and their answer."""

from enum import StrEnum
from typing import Any

from understudy.core.value import DAY, Millis, Value

ANSWER_TIME: Millis = DAY
"""No answer for this long: the suggestion expires and never runs by itself."""


class Answer(StrEnum):
    """What the person may say; the keys behind the buttons."""

    DO = "do"
    NOT_NOW = "not_now"
    NEVER = "never"
    ALWAYS = "always"
    """Do it, and from now on without asking; offered only once auto is earned."""


class SuggestionStatus(StrEnum):
    """Where a suggestion stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    NOT_NOW = "not_now"
    NEVER = "never"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The person did it themselves meanwhile, or the workflow changed."""


class Suggestion(Value):
    """A question to the person."""

    id: str
    workflow_id: str
    title: str
    """What would be done, short: "Open Obsidian now?"."""
    body: str
    """What was noticed, how often, on which days, how to undo it."""
    offered_at: Millis
    answers: tuple[Answer, ...]
    """The choices shown, in order."""
    is_offer: bool = True
    """True = a workflow new to the person (counts against the day's budget); False = an accepted one asks again."""
    status: SuggestionStatus = SuggestionStatus.WAITING
    shown_at: Millis = 0
    """When it was put on screen; 0 = it waits in the tray menu and the list only."""
    cause_id: str = ""
    """The capture or tick that fired the trigger, as `capture:12`."""
    event: dict[str, Any] = {}
    """What fired it, as `trigger.NAME` for the run that a yes starts."""
    chain: tuple[str, ...] = ()
    """Workflows that led to the question."""
    answered_at: Millis = 0
    answered_by: str = ""
    """notification, tray, cli or api."""
    run_id: str = ""
    """The run that the answer started; for an approval the run that waits for it."""
    step: int = -1
    """For an approval: index of the step that waits; -1 = it offers a whole workflow."""

    @property
    def is_approval(self) -> bool:
        """Whether a run that is going on waits for the answer."""
        return self.step >= 0
