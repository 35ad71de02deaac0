"""What this machine offers and tells, as lines for people. Pure; the time comes in."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from understudy.core.value import Millis
from understudy.engine.cases.looking import ActionCard
from understudy.engine.cases.triggers import WatchedValue
from understudy.engine.views import Doctor
from understudy.interfaces.cli.layout import Line, bad, good, plain, quiet, strong, table, warning
from understudy.interfaces.plain import wrapped
from understudy.interfaces.words import moment

WIDTH = 76
"""Columns of a list that goes over several lines."""

BESIDE = 68
"""Columns for what is said of a capability, and for its name."""

STATES = {"ready": good, "degraded": warning, "missing": bad, "untested": quiet}


def doctor(answer: Doctor, now: Millis) -> Iterator[Line]:
    """What this machine offers, and what to do about the rest."""
    del now
    width = max((len(one.name) for one in answer.capabilities), default=0)
    for one in answer.capabilities:
        state = STATES.get(one.state, plain)(one.state) + " " * (8 - len(one.state))
        first, *rest = textwrap.wrap(plain(one.text), BESIDE - width, break_long_words=False) or [""]
        yield f"{state}  {plain(one.name).ljust(width)}  {first}".rstrip()
        told = [*rest, quiet(f"→ {one.fix}")] if one.fix else rest  # (a command in it stays in one piece)
        yield from (" " * (width + 12) + line for line in told)
    yield ""
    yield good("Everything needed works.") if answer.healthy else bad("Something needed is missing.")


def actions(answer: Iterable[ActionCard], now: Millis) -> Iterator[Line]:
    """What a step can do, with the names of what it takes."""
    del now
    for one in answer:
        marks = [
            "can be undone" if one.reversible else "",
            "asks for your permission" if one.needs_consent else "",
        ]
        notes = ", ".join(mark for mark in marks if mark)
        yield f"{strong(one.name)}  {plain(one.title)}{'  ' if notes else ''}{quiet(notes)}"
        yield from (f"  {plain(line)}" for line in wrapped(f"takes {', '.join(_parameters(one))}", WIDTH))


def _parameters(card: ActionCard) -> Iterator[str]:
    """Yield the names of what an action takes, those that must be given without brackets."""
    schema = card.parameters
    name = schema.get("$ref", "").rpartition("/")[2]
    described = schema.get("$defs", {}).get(name, schema)
    required = described.get("required", ())
    for each in described.get("properties", {}):
        yield each if each in required else f"[{each}]"


def watched(answer: Mapping[str, WatchedValue], now: Millis) -> Iterator[Line]:
    """Every watched value as it is now."""
    rows = [(name, one.value, f"since {moment(one.since, now)}") for name, one in answer.items()]
    yield from table(rows, "Nothing is watched yet.")
