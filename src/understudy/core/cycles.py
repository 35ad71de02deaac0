"""Cycles: which workflows can start each other, so that saving can warn of it. Pure.

What a run opens or types never fires a trigger, so only the ends of runs, unanswered questions and tasks count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

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

Asks = Callable[[Workflow], bool]
"""Whether a run of it can wait for the person's approval."""


class _Listening(NamedTuple):
    """Who listens to what becomes of others."""

    known: frozenset[str]
    by_run: dict[str, list[str]]
    """Workflow -> those that wait for the end of its runs."""
    to_questions: list[tuple[str, Trigger]]
    """(workflow, trigger) of those that look at how long questions wait."""


def _listening(workflows: Iterable[Workflow]) -> _Listening:
    found = _Listening(frozenset(each.id for each in workflows), {}, [])
    for owner in workflows:
        for trigger in owner.triggers:
            if isinstance(trigger, RunTrigger):
                found.by_run.setdefault(trigger.workflow, []).append(owner.id)
            elif isinstance(trigger, EscalationTrigger) or (
                isinstance(trigger, AgeTrigger) and trigger.of is AgedThing.APPROVAL
            ):
                found.to_questions.append((owner.id, trigger))
    return found


def _started_by(one: Workflow, listening: _Listening, may_ask: Asks) -> tuple[str, ...]:
    """Return those that a run of this one can start."""
    tasks = {
        str(step.parameters.get(field))
        for step in one.actions
        if step.action == "create_task"
        for field in _TASK_FIELDS
    }
    heard = (
        *listening.by_run.get(one.id, ()),
        *(
            owner
            for owner, trigger in listening.to_questions
            if owner != one.id and _hears(trigger, one, may_ask)
        ),
    )
    return tuple(dict.fromkeys((*heard, *sorted(tasks & listening.known))))


def _hears(trigger: Trigger, other: Workflow, may_ask: Asks) -> bool:
    """Whether a trigger on questions can fire because of a run of `other`."""
    if isinstance(trigger, EscalationTrigger):
        return trigger.workflow in ("", other.id) and may_ask(other)
    return other.tier is Tier.SUGGEST or may_ask(other)


def asks(workflow: Workflow) -> bool:
    """Whether a run of it can wait for the person's approval."""
    return any(
        isinstance(step, ApprovalStep) or (isinstance(step, Step) and step.requires_approval)
        for step in workflow.steps
    )


def cycle_of(start: str, workflows: Sequence[Workflow], may_ask: Asks = asks) -> tuple[str, ...]:
    """Return the shortest way on which a workflow can start itself again: ids, itself first; () = none."""
    by_id, listening = {each.id: each for each in workflows}, _listening(workflows)
    came_from = {start: ""}
    layer = [start]
    while layer:
        reached: list[str] = []
        for one in layer:
            for to in _started_by(by_id[one], listening, may_ask):
                if to == start:
                    return _way(one, came_from)
                if to not in came_from:
                    came_from[to] = one
                    reached.append(to)
        layer = reached
    return ()


def _way(end: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    way = [end]
    while before := came_from[way[-1]]:
        way.append(before)
    return tuple(reversed(way))


def warnings(workflow: Workflow, others: Iterable[Workflow], may_ask: Asks = asks) -> tuple[str, ...]:
    """Return, in words, how a workflow that is about to be saved could come back to itself, by the shortest way."""
    every = [workflow, *(other for other in others if other.id != workflow.id)]
    cycle = cycle_of(workflow.id, every, may_ask)
    name_of = {each.id: each.name for each in every}
    return (_warning([name_of[each] for each in (*cycle, workflow.id)]),) if cycle else ()


def _warning(names: Sequence[str]) -> str:
    way = " > ".join(f'"{name}"' for name in names)
    return f"These can start each other in a circle: {way}. Understudy stops it before any of them runs twice"
