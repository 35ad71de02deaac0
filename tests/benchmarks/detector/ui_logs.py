"""Logs that others published, read as a person would import them; absent ones are skipped by name.

They are looked for in the folder UNDERSTUDY_DATA, else in `../shared/data` beside the project.
"""

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.source_tree import ROOT
from understudy.adapters.importers.csv import Csv
from understudy.core.capture import Capture
from understudy.core.ports import ImportOptions
from understudy.core.value import SECOND

SIMULATED = (1, 2, 3, 4)
LABELS = {"time": "timeStamp", "kind": "eventType", "subject": "source+Label+Url+FileName"}
"""The columns of the simulated logs that say what was done, without the values."""
SIMULATED_COLUMNS: Mapping[str, dict[str, str]] = {
    "labels": LABELS,
    "labels and cells": {**LABELS, "subject": "source+Label+Url+FileName+Column"},
    "bare labels": {**LABELS, "subject": "Label"},
}
TARGETS = {"time": "timeStamp", "kind": "eventType", "subject": "targetApp+target.id"}
NOISY_COLUMNS: Mapping[str, dict[str, str]] = {
    "app, id": TARGETS,
    "app, name": {**TARGETS, "subject": "targetApp+target.name"},
    "app, page, name": {**TARGETS, "subject": "targetApp+url+target.workbookName+target.name"},
    "app": {**TARGETS, "subject": "targetApp"},
}
WINDOWS = {"time": "Begin", "end": "End", "app": "App", "title": "Title"}


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One time a routine was really done."""

    first: int
    """Zero-based record."""
    last: int
    """Included."""
    kind: str


@dataclass(frozen=True, kw_only=True)
class UiLog:
    """A log with what is true of it; the captures know nothing of the truth."""

    name: str
    captures: Sequence[Capture]
    instances: tuple[Instance, ...] = ()

    def variants(self) -> tuple[tuple[str, ...], ...]:
        """Return the distinct sequences of templates that instances have, the most frequent first."""
        counts: dict[tuple[str, ...], int] = {}
        for each in self.instances:
            steps = tuple(template(capture) for capture in self.captures[each.first : each.last + 1])
            counts[steps] = counts.get(steps, 0) + 1
        return tuple(sorted(counts, key=lambda steps: -counts[steps]))


def template(capture: Capture) -> str:
    """Return the symbol of a record of an imported log."""
    return f"{capture.app}:{capture.text}"


def folder() -> Path:
    """Return where the logs are, if anywhere."""
    given = os.environ.get("UNDERSTUDY_DATA")
    return Path(given) if given else ROOT.parent / "shared" / "data"


def is_there(name: str) -> bool:
    """Whether this log is there to be measured on."""
    return (folder() / name).is_dir()


def imported(path: Path, columns: Mapping[str, str]) -> list[Capture]:
    """Read a table with the product's own importer, in the order of the file; every row must be readable."""
    records = list(Csv().read(path, ImportOptions(columns=dict(columns))))
    bad = [record for record in records if not isinstance(record, Capture)]
    if bad:
        raise ValueError(f"{len(bad)} unreadable rows, the first: {bad[0]}")
    return records


def simulated(number: int, columns: Mapping[str, str] = LABELS) -> UiLog:
    """Return one of the simulated logs. Instances follow each other in it without a gap."""
    path = folder() / "uilogs_simulated" / f"log{number}.csv"
    cases = [row["caseID"] for row in _rows(path, ",")]
    starts = [place for place in range(len(cases)) if not place or cases[place] != cases[place - 1]]
    if len(starts) != len(set(cases)):
        raise ValueError(f"{path.name}: instances are interleaved")
    lasts = [*(start - 1 for start in starts[1:]), len(cases) - 1]
    return UiLog(
        name=f"log{number}",
        captures=imported(path, columns),
        instances=tuple(
            Instance(first=first, last=last, kind="") for first, last in zip(starts, lasts, strict=True)
        ),
    )


def noisy(columns: Mapping[str, str] = TARGETS, *, in_order: bool = False) -> UiLog:
    """Return the log with 50 random events between any two instances.

    The random events have random times, months away from their neighbours in the file. `in_order` replaces the
    times by one event a second in the order of the file, which is what the published figures were measured on.
    """
    path = folder() / "uilog_noisy"
    captures = imported(path / "events.csv", columns)
    if in_order:
        captures = retimed(captures)
    instances = (
        (int(row["start_index"]), int(row["length"]), row["motif"])
        for row in _rows(path / "instances.csv", ";")
    )
    return UiLog(
        name="noisy",
        captures=captures,
        instances=tuple(
            Instance(first=first, last=first + length - 1, kind=kind) for first, length, kind in instances
        ),
    )


def retimed(captures: Sequence[Capture]) -> list[Capture]:
    """Put one second between events, in the order given."""
    first = min((capture.at for capture in captures), default=0)
    return [
        msgspec.structs.replace(capture, at=first + place * SECOND) for place, capture in enumerate(captures)
    ]


def windows() -> UiLog:
    """Return a clerk's active windows. Nothing is known to be true of them, but shuffled they hold nothing."""
    return UiLog(
        name="windows", captures=imported(folder() / "active_windows" / "events.csv", WINDOWS), instances=()
    )


def _rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
