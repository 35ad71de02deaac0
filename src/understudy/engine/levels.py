"""What triggers remember between events: kept in the journal, written only when it changes."""

from collections.abc import Mapping

from understudy.core.event import Event
from understudy.core.triggering import evaluate
from understudy.core.workflow import ConditionTrigger
from understudy.engine.armed import Armed
from understudy.engine.context import Context

Place = tuple[str, int]
"""(workflow, place of the trigger)."""


def keep(levels: Mapping[Place, str], context: Context) -> None:
    """Store what has changed, in one transaction."""
    changed = {place: level for place, level in levels.items() if context.levels.get(place, "") != level}
    if not changed:
        return
    with context.store.transaction():
        for (workflow_id, index), level in changed.items():
            context.store.levels.put(workflow_id, index, level)
    context.levels.update(changed)


def follow(before: Armed, context: Context) -> None:
    """Forget the levels of what is no longer listened to or has other triggers; take the first ones of what is new.

    A value that is known already counts as the first one seen, so that the next one can fire.
    """
    now = context.armed.workflows
    for workflow_id in {each for each, _ in context.levels}:
        old, new = before.workflows.get(workflow_id), now.get(workflow_id)
        if new is None or (old is not None and old.triggers != new.triggers):
            _forget(workflow_id, context)
    keep(_first_levels(context), context)


def _forget(workflow_id: str, context: Context) -> None:
    context.store.levels.delete_of(workflow_id)
    for place in [each for each in context.levels if each[0] == workflow_id]:
        del context.levels[place]


def _first_levels(context: Context) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for watch, all_waiting in context.armed.by_watch.items():
        if watch not in context.states:
            continue
        event = Event(kind="state", at=context.now, data={"watch": watch, "value": context.states[watch]})
        for waiting in all_waiting:
            place = (waiting.workflow.id, waiting.place)
            if isinstance(waiting.trigger, ConditionTrigger) and place not in context.levels:
                found[place] = evaluate(waiting.trigger, event).level
    return found
