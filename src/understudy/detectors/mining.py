"""Mining: every detector over one frozen stretch of history, and the gates from candidate to pattern."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import understudy.detectors
from understudy.core.pattern import Occurrence, Pattern, PatternKind
from understudy.core.redaction import is_redacted
from understudy.core.value import Value, stable_id
from understudy.core.workflow import CaptureTrigger, Step, Trigger
from understudy.detectors.candidate import Candidate, Detector
from understudy.detectors.routines import is_part
from understudy.detectors.stream import Event, Record, clean
from understudy.detectors.words import summary

LEAST, DAYS = 3, 3
"""Occurrences, and local days among them."""
SAVES = 30.0
"""Seconds a week below which it is not worth anyone's attention."""
OCCURRENCES = 50
"""The most recent ones are kept with the pattern."""
_RECENT = 28
_SHORTEST_HISTORY = 5
"""Days; a shorter history is taken for so many when a week is estimated."""
_OPEN = {"app": 4.0, "url": 8.0, "file": 6.0}
"""Seconds by hand to find and bring up a program, a page, a file; anything unknown counts as a program."""
_KEY = 0.25
"""Seconds for one character."""
_HEAD_START = 4.0
"""Seconds that the person does not wait when a habit is ready before they come to it."""


class Setting(Value):
    """What mining needs to know besides the events; asked beforehand, as mining may run on another thread."""

    zone: str
    names: dict[str, str]
    """Application identity -> display name."""
    undoable: frozenset[str]
    """Templates that cannot be done for the person."""
    never: frozenset[str]
    """Templates that must not be part of a pattern."""


@cache
def detectors() -> tuple[Detector, ...]:
    """Return every detector: each file of this folder that ends with `PLUGIN = TheClass`."""
    names = sorted(module.name for module in iter_modules(understudy.detectors.__path__))
    modules = [import_module(f"{understudy.detectors.__name__}.{name}") for name in names]
    return tuple(module.PLUGIN() for module in modules if hasattr(module, "PLUGIN"))


def mine(records: Iterable[Record], setting: Setting, using: Sequence[Detector]) -> tuple[Pattern, ...]:
    """Return what is repeated in these records, by kind and then best first. Equal input, equal patterns."""
    events = clean(records, setting.zone)
    candidates = [
        candidate
        for detector in using
        for candidate in detector.find(events, setting.zone)
        if not setting.never.intersection(candidate.symbols)
    ]
    patterns = [_pattern(candidate, events, setting) for candidate in _without_parts(candidates)]
    return tuple(pattern for pattern in patterns if _passes(pattern))


def _without_parts(candidates: list[Candidate]) -> list[Candidate]:
    """Drop follow-ups that are a piece of a routine."""
    routines = [candidate.symbols for candidate in candidates if candidate.kind is PatternKind.ROUTINE]
    return [
        candidate
        for candidate in candidates
        if candidate.kind is not PatternKind.FOLLOW_UP
        or not any(is_part(candidate.symbols, symbols) for symbols in routines)
    ]


def _passes(pattern: Pattern) -> bool:
    return pattern.support >= LEAST and pattern.days >= DAYS and pattern.saves_per_week >= SAVES


def _pattern(candidate: Candidate, events: Sequence[Event], setting: Setting) -> Pattern:
    occurrences = [_occurrence(places, events) for places in candidate.places]
    firsts = [events[places[0]] for places in candidate.places]
    literals = _literals(candidate, events)
    return Pattern(
        id=stable_id(
            "p", candidate.kind.value, _templates(candidate.trigger), candidate.expects, *candidate.identity
        ),
        kind=candidate.kind,
        summary=summary(candidate, lambda app: setting.names.get(app, app)),
        symbols=candidate.symbols,
        trigger=candidate.trigger,
        expects=candidate.expects,
        horizon=candidate.horizon,
        steps=_steps(candidate.expects, literals, setting.undoable),
        support=len(occurrences),
        days=len({event.day for event in firsts}),
        weekdays=tuple(sorted({(event.day - 1) % 7 for event in firsts})),
        saves_per_week=_saves(candidate, events, literals),
        score=candidate.score,
        last_seen=occurrences[-1].end,
        occurrences=tuple(occurrences[-OCCURRENCES:]),
    )


def _templates(trigger: Trigger) -> tuple[str, ...]:
    return trigger.symbols if isinstance(trigger, CaptureTrigger) else ()


def _occurrence(places: Sequence[int], events: Sequence[Event]) -> Occurrence:
    first, last = events[places[0]], events[places[-1]]
    return Occurrence(start=first.at, end=last.at, first=first.position, last=last.position)


def _literals(candidate: Candidate, events: Sequence[Event]) -> tuple[str, ...]:
    """Return for each expected template the literal that was the same every time, else nothing."""
    start = len(candidate.places[0]) - len(candidate.expects)
    columns = [
        {events[places[start + index]].literal for places in candidate.places}
        for index in range(len(candidate.expects))
    ]
    return tuple(column.pop() if len(column) == 1 else "" for column in columns)


def _steps(expects: Sequence[str], literals: Sequence[str], undoable: frozenset[str]) -> tuple[Step, ...]:
    """Return what can be done for the person, up to the first thing that cannot; nothing is skipped."""
    steps = []
    for template, literal in zip(expects, literals, strict=True):
        make = _MAKERS.get(template.partition(":")[0])
        if make is None or not literal or is_redacted(literal) or template in undoable:
            break
        steps.append(make(literal))
    return tuple(steps)


_MAKERS: dict[str, Callable[[str], Step]] = {
    "app": lambda literal: Step(action="open_app", parameters={"app": literal}),
    "url": lambda literal: Step(action="open_url", parameters={"url": literal}),
    "cmd": lambda literal: Step(action="run_script", parameters={"script": f"{literal}\n"}),
    "phrase": lambda literal: Step(action="type_text", parameters={"text": literal}),
}


def _saves(candidate: Candidate, events: Sequence[Event], literals: Sequence[str]) -> float:
    """Return the seconds a week it takes by hand, from the last four weeks."""
    by_hand = sum(
        _seconds(template, literal) for template, literal in zip(candidate.expects, literals, strict=True)
    )
    if candidate.kind is PatternKind.HABIT:
        by_hand += _HEAD_START
    today = events[-1].day
    recent = sum(events[places[-1]].day > today - _RECENT for places in candidate.places)
    days = min(_RECENT, max(_SHORTEST_HISTORY, today - events[0].day + 1))
    return recent * 7 / days * by_hand


def _seconds(template: str, literal: str) -> float:
    kind, _, rest = template.partition(":")
    if kind in ("cmd", "phrase"):
        return len(literal or rest) * _KEY
    return _OPEN.get(kind, _OPEN["app"])
