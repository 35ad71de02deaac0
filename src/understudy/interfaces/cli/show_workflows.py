"""Versions, templates and rehearsals as lines for people. Pure; the time comes in."""

from collections.abc import Iterable, Iterator

from understudy.core.value import Millis
from understudy.engine.cases.triggers import Evaluated
from understudy.engine.cases.workflows import WorkflowVersion
from understudy.engine.gallery import Template
from understudy.engine.rehearsing import Rehearsal
from understudy.interfaces.cli.layout import Line, facts, good, plain, quiet, strong, table
from understudy.interfaces.plain import clean, literal, wrapped
from understudy.interfaces.words import moment

WIDTH = 76
"""Columns of a text that goes over several lines."""
SHOWN = 20
"""Times of a rehearsal that are listed."""


def versions(answer: Iterable[WorkflowVersion], now: Millis) -> Iterator[Line]:
    """What a workflow was like, a line a version."""
    rows = [
        (
            f"version {one.version}",
            moment(one.saved_at, now),
            "now" if one.is_current else "",
            f"changed: {', '.join(one.changed)}" if one.changed else "",
        )
        for one in answer
    ]
    yield from table(rows, "There is no version.")


def templates(answer: Iterable[Template], now: Millis) -> Iterator[Line]:
    """Every template with what it is for."""
    del now
    for one in answer:
        yield f"{strong(one.name)}  {quiet(one.category)}"
        yield from (f"  {plain(line)}" for line in wrapped(clean(one.description), WIDTH))


def template(one: Template, now: Millis) -> Iterator[Line]:
    """One template: what it asks, and the whole document with every script."""
    del now
    from understudy.engine.yaml_text import write_yaml

    yield f"{strong(one.title)}  {quiet(one.name)}"
    yield from (f"  {line}" for line in wrapped(clean(one.description), WIDTH))
    yield ""
    yield from facts(
        (each.name, each.question if each.default == "" else f"{each.question} ({each.default})")
        for each in one.questions
    )
    yield ""
    yield from (f"  {literal(line)}" for line in write_yaml(one.workflow).splitlines())
    yield ""
    yield quiet(f"→ understudy templates use {one.name}" + " --set NAME=VALUE" * bool(one.questions))


def evaluated(answer: Evaluated, now: Millis) -> Iterator[Line]:
    """What a workflow would make of an event, and why."""
    del now
    yield good(answer.text) if answer.fires else plain(answer.text)
    for trigger in answer.triggers:
        yield f"  • {plain(trigger.reason.text)}"
    for condition in answer.conditions:
        if condition.reason is not None:
            yield f"  • {plain(condition.reason.text)}"
    if answer.fires:
        yield from (f"  {number}. {plain(step)}" for number, step in enumerate(answer.plan, start=1))


def rehearsal(answer: Rehearsal, now: Millis) -> Iterator[Line]:
    """When a workflow would have run, the latest last."""
    yield strong(answer.text)
    rows = [
        (moment(one.at, now), "as you did yourself" if one.yourself else "", one.why)
        for one in answer.times[-SHOWN:]
    ]
    yield from table(rows, "", indent="  ") if rows else ()
