"""A grant: a permission given by the person, tied to exact parameter values."""

from enum import StrEnum

from understudy.core.value import Millis, Value


class Scope(StrEnum):
    """How far a grant reaches."""

    ONCE = "once"
    """For one run."""
    SESSION = "session"
    """Until the agent ends."""
    ALWAYS = "always"
    NEVER = "never"
    """Refused for good."""


class Grant(Value):
    """One permission."""

    id: str
    workflow_id: str
    digest: str
    """`action_digest` of the exact action allowed."""
    scope: Scope
    given_at: Millis
    given_by: str
    """notification, tray, cli or api."""
    used_at: Millis = 0
    """For scope once: when it was used up; 0 = not yet."""
