"""Logs of other recorders, read without an agent: replayed, shown as symbols, foreseen. Nothing is kept."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from understudy.adapters.applications import Applications
from understudy.adapters.clock import SystemClock
from understudy.adapters.importers.intake import FileIntake
from understudy.adapters.plugins import discover
from understudy.core.pattern import Occurrence
from understudy.core.privacy_rules import PrivacyRules
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.history import LEAST
from understudy.detectors.learner import PatternLearner
from understudy.detectors.predictor import score
from understudy.detectors.sessions import Sessions
from understudy.engine import replaying
from understudy.engine.merging import LogSource, Merged
from understudy.engine.reading import Reading, read_symbols
from understudy.engine.replaying import Replayed
from understudy.engine.screening import Screening
from understudy.engine.sieve import Progress, Report, Sieve

if TYPE_CHECKING:
    from understudy.core.ports import Importer
    from understudy.interfaces.cli.command import Foreseen

HISTORY = 300_000
"""Events that are mined, many more than the agent holds: a long log is looked at as a whole, in less than 200 MiB."""
OCCURRENCES = 1_000
"""The most recent ones that a mining tells of; the replay remembers the earlier ones."""
_BY_LINE = ("csv", "jsonl", "shell_history")
"""Formats with a line for each record: before one is read to its end it is known how many there are."""
_CHUNK = 1 << 20


def replay(log: LogSource, report: Report) -> Replayed:
    """Let a fresh learner live through the log. Raises InvalidInputError when it cannot be read."""
    started = time.monotonic()
    merged, zone, lines = _opened(log)
    names = Applications(os.environ, _person_home())
    found = replaying.replay(
        merged,
        PatternLearner(zone, name_of=names.named, capacity=HISTORY, occurrences=OCCURRENCES),
        screen=_screen(),
        on_progress=_telling(report, lines),
    )
    return msgspec.structs.replace(
        _indexed(found, merged.index), seconds=round(time.monotonic() - started, 3)
    )


def symbols(log: LogSource, report: Report) -> Reading:
    """Say how the captures of the log are read. Raises InvalidInputError when it cannot be read."""
    merged, _, lines = _opened(log)
    return read_symbols(
        Sieve(merged, _screen(), _telling(report, lines)),
        symbol_of=Abstraction().symbol,
        session_of=Sessions().take,
        least=LEAST,
    )


def predict(log: LogSource, report: Report) -> "Foreseen":
    """Say how well each event was foreseen from those before it. Raises InvalidInputError when it cannot be read."""
    merged, _, lines = _opened(log)
    return score(_events(Sieve(merged, _screen(), _telling(report, lines))))


def _events(sieve: Sieve) -> Iterator[tuple[str, int]]:
    """Yield (template, session) of what was done."""
    symbol_of, session_of = Abstraction().symbol, Sessions().take
    for _, capture in sieve:
        template, session = symbol_of(capture).template, session_of(capture)
        if template:
            yield template, session


def _opened(log: LogSource) -> tuple[Merged, str, int]:
    """Return the records, their time zone (this machine's, if none is given), and how many there are, 0 = unknown."""
    zone = log.options.zone or SystemClock().zone()
    options = msgspec.structs.replace(log.options, zone=zone)
    intake = FileIntake(_importers())
    opened = [intake.open(file, log.format_name, options) for file in log.files]
    is_known = all(name in _BY_LINE for name, _ in opened)
    lines = sum(_lines(Path(file).expanduser()) for file in log.files) if is_known else 0
    return Merged([records for _, records in opened]), zone, lines


def _lines(path: Path) -> int:
    """Return how many line ends are in a file; none where it cannot be read: reading it will say why."""
    try:
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
    except OSError:
        return 0


def _telling(report: Report, lines: int) -> Progress:
    return lambda count, at: report(count, at, lines)


def _importers() -> "Mapping[str, Importer]":
    services: dict[str, object] = {
        "clock": SystemClock(),
        "environment": os.environ,
        "home_folder": _person_home(),
    }
    found = discover("understudy.adapters.importers", "understudy.importers", services)
    return cast("Mapping[str, Importer]", found)


def _person_home() -> Path:
    return Path(os.environ.get("HOME") or Path.home())


def _screen() -> Screening:
    """Return the screen as it is before the person has excluded anything: the agent alone reads their settings."""
    return Screening(PrivacyRules())


def _indexed(found: Replayed, index_of: Callable[[int], int]) -> Replayed:
    """Return the same with places in the files, one after the other, for places in the merged log."""

    def _moved(each: Occurrence) -> Occurrence:
        return msgspec.structs.replace(each, first=index_of(each.first), last=index_of(each.last))

    return msgspec.structs.replace(
        found,
        patterns=tuple(
            msgspec.structs.replace(each, occurrences=tuple(map(_moved, each.occurrences)))
            for each in found.patterns
        ),
    )
