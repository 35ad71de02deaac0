"""Mining: every detector over one frozen stretch of history, its decoys, and the way from candidate to pattern."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

import understudy.detectors
from understudy.core.pattern import Carry, Occurrence, Pattern, PatternKind
from understudy.core.redaction import is_redacted
from understudy.core.value import stable_id
from understudy.core.workflow import CaptureTrigger, Step, Trigger
from understudy.detectors.candidate import Candidate, Detector
from understudy.detectors.data_edges import data_edges
from understudy.detectors.decoys import accepted
from understudy.detectors.handing_on import FILTERS, HandedOn, handed_on
from understudy.detectors.history import Frozen
from understudy.detectors.keeping import is_part
from understudy.detectors.log import NOWHERE, Ints, Log, read_log
from understudy.detectors.setting import Setting
from understudy.detectors.words import summary

MOSTLY = 0.5
"""Share of a follow-up's occurrences from which it belongs to a routine that has it as a piece."""
_RECENT = 28
_SHORTEST_HISTORY = 5
"""Days; a shorter history is taken for so many when a week is estimated."""
_OPEN = {"app": 4.0, "url": 8.0, "file": 6.0}
"""Seconds by hand to find and bring up a program, a page, a file; anything unknown counts as a program."""
_KEY = 0.25
"""Seconds for one character."""
_HEAD_START = 4.0
"""Seconds that the person does not wait when a habit is ready before they come to it."""


@cache
def detectors() -> tuple[Detector, ...]:
    """Return every detector: each file of this folder that ends with `PLUGIN = TheClass`."""
    names = sorted(module.name for module in iter_modules(understudy.detectors.__path__))
    modules = [import_module(f"{understudy.detectors.__name__}.{name}") for name in names]
    return tuple(module.PLUGIN() for module in modules if hasattr(module, "PLUGIN"))


def mine(frozen: Frozen, setting: Setting, using: Sequence[Detector] | None = None) -> tuple[Pattern, ...]:
    """Return what is repeated in a history, by kind and then best first. Equal input, equal patterns."""
    log = read_log(frozen, setting.zone)
    if not len(log):
        return ()
    candidates = [
        candidate
        for detector in (detectors() if using is None else using)
        for candidate in accepted(detector, log)
        if not setting.never.intersection(candidate.symbols)
    ]
    return tuple(_pattern(candidate, log, setting) for candidate in _without_parts(candidates))


def _without_parts(candidates: list[Candidate]) -> list[Candidate]:
    """Say nothing twice: of a routine and a follow-up that is a piece of it one is dropped.

    The routine where it expects no more than the follow-up does, the follow-up where most of it is the routine's.
    """
    routines = [candidate for candidate in candidates if candidate.kind is PatternKind.ROUTINE]
    follow_ups = [candidate for candidate in candidates if candidate.kind is PatternKind.FOLLOW_UP]
    needless = {
        id(routine) for routine in routines if any(_says_as_much(each, routine) for each in follow_ups)
    }
    whole = [routine for routine in routines if id(routine) not in needless]
    needless |= {id(each) for each in follow_ups if any(_is_piece(each, routine) for routine in whole)}
    return [candidate for candidate in candidates if id(candidate) not in needless]


def _says_as_much(follow_up: Candidate, routine: Candidate) -> bool:
    return (
        follow_up.expects == routine.expects
        and _templates(routine.trigger)[-1:] == follow_up.symbols[:1]
        and len(follow_up.places) >= len(routine.places)
    )


def _is_piece(follow_up: Candidate, routine: Candidate) -> bool:
    return is_part(follow_up.symbols, routine.symbols) and len(routine.places) >= MOSTLY * len(
        follow_up.places
    )


def _pattern(candidate: Candidate, log: Log, setting: Setting) -> Pattern:
    firsts, lasts = candidate.firsts, candidate.lasts
    literals = _literals(candidate, log)
    steps, carries, spoken = _steps(candidate, log, literals, setting.undoable)
    kept = slice(None if setting.occurrences is None else -setting.occurrences, None)
    return Pattern(
        id=stable_id(
            "p", candidate.kind.value, _templates(candidate.trigger), candidate.expects, *candidate.identity
        ),
        kind=candidate.kind,
        summary=summary(replace(candidate, expects=spoken), lambda app: setting.names.get(app, app)),
        symbols=candidate.symbols,
        trigger=candidate.trigger,
        expects=candidate.expects,
        horizon=candidate.horizon,
        steps=steps,
        carries=carries,
        flows=data_edges(log, candidate.places) if candidate.kind is PatternKind.ROUTINE else (),
        support=len(firsts),
        days=len(np.unique(log.day[firsts])),
        sessions=len(np.unique(log.session[firsts])),
        weekdays=tuple(np.unique((log.day[firsts] - 1) % 7).tolist()),
        saves_per_week=_saves(candidate, log, lasts, literals),
        score=round(candidate.score, 3),
        last_seen=int(log.time[lasts].max()),
        occurrences=tuple(_occurrence(log, *ends) for ends in zip(firsts[kept], lasts[kept], strict=True)),
    )


def _templates(trigger: Trigger) -> tuple[str, ...]:
    return trigger.symbols if isinstance(trigger, CaptureTrigger) else ()


def _occurrence(log: Log, first: int, last: int) -> Occurrence:
    return Occurrence(
        start=int(log.time[first]),
        end=int(log.time[last]),
        first=int(log.position[first]),
        last=int(log.position[last]),
    )


def _literals(candidate: Candidate, log: Log) -> tuple[str, ...]:
    """Return for each expected template the literal that was the same every time, else nothing."""
    start = candidate.places.shape[1] - len(candidate.expects)
    return tuple(
        _constant(candidate.places[:, column], log) for column in range(start, candidate.places.shape[1])
    )


def _constant(places: Ints, log: Log) -> str:
    seen = np.unique(log.literal[places[places != NOWHERE]])
    return log.literals.get(int(seen[0]), "") if len(seen) == 1 else ""


Steps = tuple[tuple[Step, ...], tuple[Carry, ...], tuple[str, ...]]
"""What can be done, what is handed on to it, and what is expected as it is told."""


def _steps(candidate: Candidate, log: Log, literals: Sequence[str], undoable: frozenset[str]) -> Steps:
    """Return what can be done for the person, up to the first thing that cannot; nothing is skipped."""
    steps: list[Step] = []
    carries: list[Carry] = []
    spoken = list(candidate.expects)
    for place, (template, literal) in enumerate(zip(candidate.expects, literals, strict=True)):
        make = _MAKERS.get(template.partition(":")[0])
        if make is None or template in undoable:
            break
        handed = None if literal else _handed_on(candidate, log, place)
        text = handed.text if handed else literal
        if not text or is_redacted(text):
            break
        steps.append(make(text))
        if handed:
            carries += handed.carries
            spoken[place] = handed.spoken
    return tuple(steps), tuple(carries), tuple(spoken)


def _handed_on(candidate: Candidate, log: Log, place: int) -> HandedOn | None:
    """Return the step with what it has from the last thing that sets it off; None = from nothing."""
    kind = candidate.expects[place].partition(":")[0]
    if not _templates(candidate.trigger) or kind not in FILTERS:
        return None
    columns, start = candidate.places.T, candidate.places.shape[1] - len(candidate.expects)
    return handed_on(log, columns[start - 1], columns[start + place], kind, place)


_MAKERS: dict[str, Callable[[str], Step]] = {
    "app": lambda literal: Step(action="open_app", parameters={"app": literal}),
    "url": lambda literal: Step(action="open_url", parameters={"url": literal}),
    "cmd": lambda literal: Step(action="run_script", parameters={"script": f"{literal}\n"}),
    "phrase": lambda literal: Step(action="type_text", parameters={"text": literal}),
}


def _saves(candidate: Candidate, log: Log, lasts: Ints, literals: Sequence[str]) -> float:
    """Return the seconds a week it takes by hand, from the last four weeks."""
    by_hand = sum(
        _seconds(template, literal) for template, literal in zip(candidate.expects, literals, strict=True)
    )
    if candidate.kind is PatternKind.HABIT:
        by_hand += _HEAD_START
    today = int(log.day[-1])
    recent = int(np.count_nonzero(log.day[lasts] > today - _RECENT))
    days = min(_RECENT, max(_SHORTEST_HISTORY, today - int(log.day[0]) + 1))
    return round(recent * 7 / days * by_hand, 3)


def _seconds(template: str, literal: str) -> float:
    kind, _, rest = template.partition(":")
    if kind in ("cmd", "phrase"):
        return len(literal or rest) * _KEY
    return _OPEN.get(kind, _OPEN["app"])
