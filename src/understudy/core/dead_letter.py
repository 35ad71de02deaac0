"""A dead letter: a run that came to nothing after all tries, kept until the person has seen to it."""

from enum import StrEnum

from understudy.core.value import Millis, Value


class DeadLetterStatus(StrEnum):
    """What became of it."""

    OPEN = "open"
    RETRIED = "retried"
    DISMISSED = "dismissed"


class DeadLetter(Value):
    """What failed, with all that is needed to look at it, mend it and run it again."""

    id: str
    run_id: str
    """The run; it holds the definition, the parameters and the outputs so far."""
    workflow_id: str
    step: int
    """Index of the step that failed; -1 = the run as a whole."""
    title: str
    """What failed, in words."""
    error: str
    """Why, and what to do."""
    attempts: int
    created_at: Millis
    status: DeadLetterStatus = DeadLetterStatus.OPEN
    settled_at: Millis = 0
    retried_by: str = ""
    """The run that tried again."""
    task_id: str = ""
    """The task it came from."""
