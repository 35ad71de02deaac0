"""Notices, at every message, that the machine's clock was set or that it slept: times to come are counted anew."""

from understudy.core.ports import Clock
from understudy.core.value import SECOND, Millis
from understudy.engine.alarms import clock_was_set
from understudy.engine.context import Context, log
from understudy.engine.decide import next_due, set_alarm

JUMP: Millis = SECOND
"""The clocks drift apart by less while nobody sets one of them."""
AT_ONCE = 0.1
"""Seconds within which all of them must be read."""


def look(context: Context) -> None:
    """Bring the alarms to where they belong by the clock of now. What was heard already is not heard again."""
    before, ahead = context.ahead, _ahead(context.clock)
    if before is None or ahead is None:
        context.ahead = before or ahead
        return
    moved, slept = ahead[0] - before[0], ahead[1] - before[1]
    if abs(moved) < JUMP and slept < JUMP:
        return
    context.ahead = ahead
    if abs(moved) >= JUMP:
        log.info("the clock was moved by %d s", moved // SECOND)
        _bring_nearer(context)
        clock_was_set(moved, context)
    context.scheduler.refresh()


def _ahead(clock: Clock) -> tuple[Millis, Millis] | None:
    """Return how far each clock is ahead of the next one; None where we were held up between two looks at them."""
    began = clock.elapsed()
    now, awake, elapsed = clock.now(), clock.monotonic(), clock.elapsed()
    if elapsed - began > AT_ONCE:
        return None
    return now - int(elapsed * SECOND), int((elapsed - awake) * SECOND)


def _bring_nearer(context: Context) -> None:
    """Wake earlier for times whose alarm was set while the clock was ahead."""
    for workflow in context.armed.workflows.values():
        due, fresh = context.due.get(workflow.id), next_due(workflow, context.now)
        if due is not None and fresh is not None and fresh < due:
            set_alarm(workflow.id, fresh, context)
