"""The graph of a workflow's steps: whether it is sound, in which order it goes, and what is to begin next. Pure."""

import re
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from understudy.core.nearest import nearest
from understudy.core.run import StepRecord, StepStatus
from understudy.core.workflow import AnyStep, ConditionStep, Step
from understudy.errors import InvalidInputError

NOT_REACHED = "not_reached"
"""Reason code of a step that no branch led to."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_BRANCHES = {"true": True, "false": False}


class Edge(NamedTuple):
    """One step comes after another."""

    before: int
    """Place of the earlier one in the list."""
    branch: bool | None = None
    """Of a condition: the branch that leads here; None = whichever."""


def ids(steps: Sequence[AnyStep]) -> tuple[str, ...]:
    """Return the name of every step: its own, or `s1`, `s2`, ... by its place."""
    return tuple(step.id or f"s{place}" for place, step in enumerate(steps, 1))


def kind_of(step: AnyStep) -> str:
    """Return the name of its action; for other steps condition, delay or approval."""
    return step.action if isinstance(step, Step) else str(step.__struct_config__.tag)


def edges(steps: Sequence[AnyStep]) -> tuple[tuple[Edge, ...], ...]:
    """Return for every step what it comes after. Raises InvalidInputError for a name that is not there."""
    places = {name: place for place, name in enumerate(ids(steps))}
    return tuple(_edges_of(index, steps, places) for index in range(len(steps)))


def _edges_of(index: int, steps: Sequence[AnyStep], places: dict[str, int]) -> tuple[Edge, ...]:
    after = steps[index].after
    if after is not None:
        return tuple(_edge(text, index, steps, places) for text in after)
    if index == 0:
        return ()
    return (Edge(index - 1, True if isinstance(steps[index - 1], ConditionStep) else None),)


def _edge(text: str, index: int, steps: Sequence[AnyStep], places: dict[str, int]) -> Edge:
    name, dot, branch = text.partition(".")
    if name not in places:
        raise InvalidInputError(
            f"Step {ids(steps)[index]} comes after {text}, but there is no step {name}",
            fix=nearest(name, places),
        )
    if not dot:
        return Edge(places[name])
    if branch not in _BRANCHES:
        raise InvalidInputError(f"{text} is no branch of {name}", fix=f"It is {name}.true or {name}.false")
    if not isinstance(steps[places[name]], ConditionStep):
        raise InvalidInputError(
            f"{name} has no branches", "Only a condition leads to one of two branches", f"Write {name}"
        )
    return Edge(places[name], _BRANCHES[branch])


def check(steps: Sequence[AnyStep]) -> None:
    """Raise InvalidInputError unless names are well formed and used once, edges lead somewhere, and nothing circles."""
    seen: dict[str, int] = {}
    for place, name in enumerate(ids(steps), 1):
        if not _NAME.fullmatch(name):
            raise InvalidInputError(
                f"{name!r} cannot be the id of a step",
                "It begins with a letter and has at most 64 letters, digits and _",
                f"Leave it out, and it is s{place}",
            )
        if name in seen:
            raise InvalidInputError(
                f"Steps {seen[name]} and {place} are both called {name}", fix="Give one of them another id"
            )
        seen[name] = place
    order(steps)


def order(steps: Sequence[AnyStep]) -> tuple[int, ...]:
    """Return the places of all steps so that each comes after what it waits for. Raises InvalidInputError."""
    before = edges(steps)
    if all(edge.before < index for index, of in enumerate(before) for edge in of):
        return tuple(range(len(steps)))
    sorter = TopologicalSorter({index: [edge.before for edge in of] for index, of in enumerate(before)})
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        names = ids(steps)
        circle = " -> ".join(names[index] for index in error.args[1])
        raise InvalidInputError(
            "The steps wait for each other in a circle", circle, "Take one of them out of `after`"
        ) from error


def ancestors(steps: Sequence[AnyStep]) -> tuple[frozenset[int], ...]:
    """Return for every step the places of all that may come before it, however far."""
    before = edges(steps)
    found: dict[int, frozenset[int]] = {}
    for index in order(steps):
        direct = frozenset(edge.before for edge in before[index])
        found[index] = direct.union(*(found[each] for each in direct))
    return tuple(found[index] for index in range(len(steps)))


def advance(
    steps: Sequence[AnyStep], records: Sequence[StepRecord]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the steps that may begin now, and of those that no branch can lead to any more."""
    before = edges(steps)
    begin: list[int] = []
    skip: set[int] = set()
    for index in order(steps):
        if records[index].status is not StepStatus.PENDING:
            continue
        if not all(edge.before in skip or records[edge.before].status.is_settled for edge in before[index]):
            continue
        leads = not before[index] or any(
            edge.before not in skip and _leads(records[edge.before], edge) for edge in before[index]
        )
        if leads:
            begin.append(index)
        else:
            skip.add(index)
    return tuple(begin), tuple(sorted(skip))


def _leads(record: StepRecord, edge: Edge) -> bool:
    """Whether a settled step leads on: it was done and took this branch, or it failed and may."""
    if record.status is StepStatus.DONE:
        return edge.branch is None or record.branch is edge.branch
    return record.status is StepStatus.SKIPPED and record.reason != NOT_REACHED
