"""Notices, at every message, that the machine's clock was set: times to come are then counted anew."""

from understudy.core.value import MINUTE, SECOND, Millis
from understudy.engine.context import Context, log
from understudy.engine.decide import next_due, set_alarm

JUMP: Millis = MINUTE
"""Wall-clock and monotonic time drift apart by less while nobody sets the clock."""


def look(context: Context) -> None:
    """Bring the alarms nearer that were set while the clock was ahead. What was heard already is not heard again."""
    ahead = context.now - int(context.clock.monotonic() * SECOND)
    before, context.ahead = context.ahead, ahead
    if before is None or abs(ahead - before) < JUMP:
        return
    log.info("the clock was moved by %d s", (ahead - before) // SECOND)
    for workflow in context.armed.workflows.values():
        due, fresh = context.due.get(workflow.id), next_due(workflow, context.now)
        if due is not None and fresh is not None and fresh < due:
            set_alarm(workflow.id, fresh, context)
    context.scheduler.refresh()
