"""A task as a file: a plain text for a note or a prompt, or a document with fields. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from understudy.core.durations import read_duration
from understudy.core.nearest import nearest
from understudy.core.task import Task, TaskKind
from understudy.core.value import Millis, Value
from understudy.errors import InvalidInputError

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HEADING = re.compile(r"\s*#{0,6}\s*")
_EXAMPLE = 'As in {"title": "Report"}'


class TaskDocument(Value):
    """The fields of a task as a person writes them."""

    title: str
    kind: TaskKind | None = None
    """Found out when left out."""
    workflow: str = ""
    """Id or name."""
    prompt: str = ""
    priority: int = 0
    not_before: int | str = 0
    """Milliseconds since 1970, or as in "18:30", "2 h", "2026-12-01 09:00"."""


def task_of_text(task_id: str, text: str, source: str) -> Task:
    """Return a note, or where more than the title is written, a prompt; the first line is the title."""
    lines = text.strip().splitlines() or [""]
    has_more = any(line.strip() for line in lines[1:])
    return Task(
        id=task_id,
        title=_HEADING.sub("", lines[0], count=1),
        prompt=text.strip() if has_more else "",
        source=source,
    )


def task_of_document(task_id: str, document: Any, source: str, now: Millis, zone: str) -> Task:
    """Return the task that a document describes. Raises InvalidInputError."""
    written = _read(document)
    found = _kind_of(written)
    if written.kind not in (None, found):
        why = f"Its kind is {written.kind}, but it is written as a {found.value}"
        raise InvalidInputError("The task is not clear", why, "Leave kind out, or change what it names")
    return Task(
        id=task_id,
        title=written.title,
        workflow_id=written.workflow.strip(),
        prompt=written.prompt,
        priority=written.priority,
        not_before=read_due(written.not_before, now, ZoneInfo(zone)),
        source=source,
    )


def read_due(given: int | str, now: Millis, zone: tzinfo | None = None) -> Millis:
    """Return when something is due: "18:30" (the next one), "2 h" (from now), "2026-12-01", "2026-12-01 09:00".

    A number is taken as it is. `zone` None = the zone of this machine. Raises InvalidInputError.
    """
    text = given.strip() if isinstance(given, str) else str(given)
    if text.isascii() and text.isdigit():
        return int(text)
    clock = _CLOCK.fullmatch(text)
    if clock:
        return _next_clock(int(clock[1]), int(clock[2]), now, zone)
    try:
        moment = datetime.fromisoformat(text)
        return _millis(moment if moment.tzinfo else _aware(moment, zone))
    except (ValueError, OverflowError):
        pass
    try:
        return now + read_duration(text)
    except InvalidInputError as error:
        fix = "Write it as 18:30, 2 h, or 2026-12-01 09:00"
        raise InvalidInputError(f"{given!r} is no time", fix=fix) from error


def _next_clock(hour: int, minute: int, now: Millis, zone: tzinfo | None) -> Millis:
    """Return the next time the clock on the wall shows this."""
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).replace(tzinfo=None)
    due = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return _millis(_aware(due if due > today else due + timedelta(days=1), zone))


def _aware(wall: datetime, zone: tzinfo | None) -> datetime:
    return wall.replace(tzinfo=zone) if zone else wall.astimezone()


def _millis(moment: datetime) -> Millis:
    return round(moment.timestamp() * 1000)


def _read(document: Any) -> TaskDocument:
    if not isinstance(document, Mapping):
        raise InvalidInputError("This is not a task", "It is not a set of fields", _EXAMPLE)
    known = TaskDocument.__struct_fields__
    for field in document:
        if field not in known:
            raise InvalidInputError(f"A task has no field {field}", fix=nearest(str(field), known))
    try:
        return msgspec.convert(document, TaskDocument, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError("The task is not valid", str(error), _EXAMPLE) from error


def _kind_of(written: TaskDocument) -> TaskKind:
    if written.workflow.strip() and written.prompt:
        raise InvalidInputError("The task has both a workflow and a prompt", fix="Give one of them")
    if written.workflow.strip():
        return TaskKind.WORKFLOW
    return TaskKind.PROMPT if written.prompt else TaskKind.NOTE
