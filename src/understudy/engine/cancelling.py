"""Ending a run because the person says so, whether it waits for its turn, for them, or is at work."""

from typing import TYPE_CHECKING, Any

from understudy.core.run import RunStatus
from understudy.engine.active import Outcome
from understudy.engine.closing import close
from understudy.engine.context import Context
from understudy.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from concurrent.futures import Future


def by(whom: str) -> Outcome:
    """Return the outcome of a run that somebody cancelled."""
    return Outcome(
        status=RunStatus.CANCELLED,
        reason="cancelled",
        text=f"You cancelled it before it was finished ({whom}).",
    )


def cancel(run_id: str, whom: str, context: Context, reply: "Future[Any]") -> None:
    """End a run; `reply` gets it once it has ended. Raises NotFoundError or ConflictError."""
    active = context.active.get(run_id)
    if active is None:
        if context.store.runs.get(run_id) is None:
            raise NotFoundError(f"There is no run {run_id}", fix="See: understudy runs")
        raise ConflictError(f"{run_id} has ended already", fix=f"To take it back: understudy undo {run_id}")
    active.replies.append(reply)
    close(active, by(whom), context, stop=True)
