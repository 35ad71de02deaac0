"""What was noticed, in plain words."""

from collections.abc import Callable, Sequence

from understudy.core.pattern import PatternKind
from understudy.core.workflow import CaptureTrigger
from understudy.detectors.candidate import Candidate

NameOf = Callable[[str], str]
"""Application identity -> what the desktop calls it."""

_LONGEST = 60
"""Characters of a command or phrase that are shown."""
_DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_ROW = 3
_VERBS = {"app": "open", "url": "open", "file": "open", "cmd": "run", "phrase": "type"}


def summary(candidate: Candidate, name_of: NameOf) -> str:
    """Return one sentence without a full stop: "After Zoom, you open Obsidian"."""
    acts = _joined([_act(template, name_of) for template in candidate.expects])
    if candidate.kind is PatternKind.HABIT:
        return f"{_days(candidate.weekdays)} around {_clock(candidate.typical)}, you {acts}"
    if isinstance(candidate.trigger, CaptureTrigger):
        first = " and then ".join(thing(template, name_of) for template in candidate.trigger.symbols)
        return f"After {first}, you {acts}"
    return f"You often {acts}"


def thing(template: str, name_of: NameOf) -> str:
    """Return what a template stands for: "Obsidian", "crm.example/dashboard", "`git pull`"."""
    kind, _, rest = template.partition(":")
    if kind == "app":
        return name_of(rest)
    if kind == "cmd":
        return f"`{_short(rest)}`"
    if kind == "phrase":
        return f"\u201c{_short(rest)}\u201d"
    if kind == "state":
        name, _, value = rest.rpartition("=")
        if value == "closed":
            return f"{name_of(name)} was closed"
        return f"the {name} {value}" if value.endswith("ed") else f"the {name} is {value}"
    return _short(rest)


def _act(template: str, name_of: NameOf) -> str:
    kind = template.partition(":")[0]
    return f"{_VERBS.get(kind, kind)} {thing(template, name_of)}"


def _joined(acts: Sequence[str]) -> str:
    *first, last = acts
    return f"{', '.join(first)} and {last}" if first else last


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}\u2026"


def _clock(minute: int) -> str:
    rounded = min(round(minute / 5) * 5, 24 * 60 - 5)
    return f"{rounded // 60:02d}:{rounded % 60:02d}"


def _days(weekdays: tuple[int, ...]) -> str:
    named = {(0, 1, 2, 3, 4): "On weekdays", (5, 6): "On weekends", tuple(range(7)): "Every day"}
    return named.get(weekdays) or f"On {_listed(weekdays)}"


def _listed(weekdays: tuple[int, ...]) -> str:
    """Say three days in a row or more by the first and the last."""
    first, last = weekdays[0], weekdays[-1]
    if len(weekdays) >= _ROW and last - first == len(weekdays) - 1:
        return f"{_DAY_NAMES[first]} to {_DAY_NAMES[last]}"
    return _joined([_DAY_NAMES[day] for day in weekdays])
