"""Errors as the API tells them: problem+json with what failed, why, and what to do."""

import msgspec

from understudy.core.value import Value
from understudy.errors import UnderstudyError

MEDIA_TYPE = "application/problem+json"

STATUS_OF = {
    "invalid_input": 400,
    "too_long": 413,
    "refused": 403,
    "not_found": 404,
    "conflict": 409,
    "stopped": 409,
    "already_running": 409,
    "capability_missing": 501,
    "action_failed": 502,
    "store": 503,
    "not_running": 503,
    "timed_out": 504,
}
"""Code of an error -> HTTP status; anything else is 500."""


class Problem(Value):
    """An error on its way to a client."""

    type: str
    """Stable code, as in `errors`."""
    title: str
    status: int
    why: str = ""
    fix: str = ""

    @property
    def body(self) -> bytes:
        """The problem as JSON."""
        return msgspec.json.encode(self)


def problem_of(error: UnderstudyError) -> Problem:
    """Return the problem that tells of this error."""
    status = STATUS_OF.get(error.code, 500)
    return Problem(type=error.code, title=error.title, status=status, why=error.why, fix=error.fix)


OUR_MISTAKE = Problem(
    type="error",
    title="Understudy made a mistake",
    status=500,
    why="Something unexpected went wrong; it is written in the log",
    fix="Try again; if it stays, look at the log",
)
