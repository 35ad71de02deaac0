"""What triggers remember between events: kept in the journal, written only when it changes."""

from collections.abc import Mapping
from itertools import chain

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

    A value that is known when a workflow begins to listen fires nothing by itself, even where it is past the limit:
    saving, enabling and the end of a snooze start nothing. What is heard later counts, also as the first value ever.
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


def level_of(trigger: ConditionTrigger, context: Context) -> str:
    """Return what a condition that begins to listen now has to remember; empty = its value is not known."""
    if trigger.watch not in context.states:
        return ""
    data = {"watch": trigger.watch, "value": context.states[trigger.watch]}
    return evaluate(trigger, Event(kind="state", at=context.now, data=data)).level


def _first_levels(context: Context) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for waiting in chain.from_iterable(context.armed.by_watch.values()):
        place = (waiting.workflow.id, waiting.place)
        if isinstance(waiting.trigger, ConditionTrigger) and place not in context.levels:
            found[place] = level_of(waiting.trigger, context)
    return found
