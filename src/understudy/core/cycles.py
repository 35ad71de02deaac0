"""Cycles: which workflows can start each other, so that saving can warn of it. Pure.

What a run opens or types never fires a trigger, so only the ends of runs, unanswered questions and tasks count.
"""

from collections.abc import Iterable, Mapping, Sequence

from understudy.core.trust import Tier
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    ApprovalStep,
    EscalationTrigger,
    RunTrigger,
    Step,
    Trigger,
    Workflow,
)

_TASK_FIELDS = ("workflow", "workflow_id")
"""Where a `create_task` step names the workflow that will do it."""

Edges = Mapping[str, tuple[str, ...]]
"""Workflow -> those it can start, by id."""


def edges_of(workflows: Sequence[Workflow]) -> Edges:
    """Return who can start whom."""
    known = {each.id for each in workflows}
    return {one.id: tuple(_started_by(one, workflows, known)) for one in workflows}


def _started_by(one: Workflow, workflows: Iterable[Workflow], known: set[str]) -> list[str]:
    tasks = {
        str(step.parameters.get(field))
        for step in one.actions
        if step.action == "create_task"
        for field in _TASK_FIELDS
    }
    heard = [
        other.id for other in workflows if any(_hears(trigger, other, one) for trigger in other.triggers)
    ]
    return list(dict.fromkeys((*heard, *sorted(tasks & known))))


def _hears(trigger: Trigger, owner: Workflow, other: Workflow) -> bool:
    """Whether a trigger of `owner` can fire because of a run of `other`."""
    if isinstance(trigger, RunTrigger):
        return trigger.workflow == other.id
    if isinstance(trigger, EscalationTrigger):
        return asks(other) and (trigger.workflow or other.id) == other.id and other.id != owner.id
    if isinstance(trigger, AgeTrigger) and trigger.of is AgedThing.APPROVAL:
        return asks(other) or other.tier is Tier.SUGGEST
    return False


def asks(workflow: Workflow) -> bool:
    """Whether a run of it can wait for the person's approval."""
    return any(
        isinstance(step, ApprovalStep) or (isinstance(step, Step) and step.requires_approval)
        for step in workflow.steps
    )


def cycles_of(workflows: Sequence[Workflow]) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which workflows can come back to themselves: ids in order, the smallest first.

    For each workflow the shortest way back, every way once.
    """
    edges = edges_of(workflows)
    found = {_from_smallest(way) for each in edges if (way := _way_back(each, edges))}
    return tuple(sorted(found))


def _way_back(start: str, edges: Edges) -> tuple[str, ...]:
    """Return the shortest way from a workflow to itself, without its end; nothing where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        longer: list[tuple[str, ...]] = []
        for way in ways:
            for to in edges[way[-1]]:
                if to == start:
                    return way
                if to not in seen:
                    seen.add(to)
                    longer.append((*way, to))
        ways = longer
    return ()


def _from_smallest(way: tuple[str, ...]) -> tuple[str, ...]:
    start = way.index(min(way))
    return way[start:] + way[:start]


def warnings(workflow: Workflow, others: Iterable[Workflow]) -> tuple[str, ...]:
    """Return, in words, how a workflow that is about to be saved could come back to itself."""
    every = [workflow, *(other for other in others if other.id != workflow.id)]
    name_of = {each.id: each.name for each in every}
    return tuple(
        _warning([name_of[each] for each in (*cycle, cycle[0])])
        for cycle in cycles_of(every)
        if workflow.id in cycle
    )


def _warning(names: Sequence[str]) -> str:
    way = " > ".join(f'"{name}"' for name in names)
    return f"These can start each other in a circle: {way}. Understudy stops it before any of them runs twice"
