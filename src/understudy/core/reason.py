"""Why something was or was not done: a stable code, the words for it, and the values seen."""

from understudy.core.value import Value


class Reason(Value):
    """One reason, for people and for programs."""

    code: str
    """Stable name, as `evidence_too_thin`; never renamed."""
    text: str
    """One calm sentence."""
    seen: dict[str, str | int | float | bool | None] = {}
    """The values the code was decided on."""
