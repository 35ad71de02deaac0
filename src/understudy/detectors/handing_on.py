"""Handing on: a step that is done with another value each time, where that value came with its trigger."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from understudy.core.blanks import Blanks, named, names_of
from understudy.core.pattern import Carry
from understudy.core.template import escaped
from understudy.detectors.addresses import address_blanks, path_template
from understudy.detectors.command_lines import command_blanks
from understudy.detectors.log import Ints, Log

LEAST = 3
"""Occurrences in which the value must have been that of the trigger."""
SHARE = 0.9
"""Part of the occurrences, of which both are known, in which it must have been."""
DIFFERENT = 2
"""Values that it must have had: a single one is no parameter."""
LOOKED_AT = 100
"""Occurrences that are looked at, the latest."""
FILTERS = {"url": "urlencode", "cmd": "word"}
"""Kinds of steps that can be filled in, and what keeps a value there from being more than a value."""


class HandedOn(NamedTuple):
    """A step that is filled in when its trigger has fired."""

    text: str
    """The address or command line as a template."""
    carries: tuple[Carry, ...]
    spoken: str
    """As it is told: `url:review.example/pr/{id}`."""


class _Pair(NamedTuple):
    """One occurrence."""

    given: dict[str, str]
    """What came with the trigger."""
    used: Blanks
    """The step."""
    values: dict[str, str]
    """What stands in its blanks."""

    @property
    def shape(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What must not vary."""
        return self.used.text, names_of(kind for kind, _ in self.used.parameters)


class _Filling(NamedTuple):
    """Where the text in one blank of a step comes from."""

    name: str
    source: str
    """Name of a blank of the trigger; empty = it is always the literal."""
    literal: str

    def holds(self, pair: _Pair, at: int) -> bool:
        """Whether it was so this time; `at`: which of the blanks it is."""
        if not self.source:
            return pair.used.parameters[at][1] == self.literal
        return pair.values.get(self.name, "") == pair.given.get(self.source)


def handed_on(log: Log, triggers: Ints, steps: Ints, kind: str, place: int) -> HandedOn | None:
    """Return the step with the values that it has from its trigger; None = it varies in another way.

    triggers, steps: places in the log, by occurrence; kind: of the step, `url` or `cmd`; place: of the step among
    those that are expected.
    """
    pairs = list(_pairs(log, triggers[-LOOKED_AT:], steps[-LOOKED_AT:]))
    needed = max(LEAST, SHARE * len(pairs))
    if len(pairs) < needed:
        return None
    (text, names), _ = Counter(pair.shape for pair in pairs).most_common(1)[0]
    alike = [pair for pair in pairs if pair.shape == (text, names)]
    fillings = [_filling(alike, name, at, needed) for at, name in enumerate(names)]
    right = [pair for pair in alike if all(one.holds(pair, at) for at, one in enumerate(fillings))]
    if len(right) < needed or not any(one.source for one in fillings):
        return None
    return _made(kind, text, fillings, place)


def _pairs(log: Log, triggers: Ints, steps: Ints) -> Iterator[_Pair]:
    """Yield the occurrences of which both ends are known."""
    for trigger, step in zip(triggers.tolist(), steps.tolist(), strict=True):
        if min(trigger, step) < 0:
            continue
        before, used = _read(log, trigger), _read(log, step)
        if before is not None and used is not None:
            given = named(log.templates[log.symbol[trigger]], before.parameters)
            yield _Pair(given, used, named(log.templates[log.symbol[step]], used.parameters))


def _read(log: Log, place: int) -> Blanks | None:
    """Return what was seen there, taken apart; None = nothing is known of it."""
    template = log.templates[log.symbol[place]]
    literal = log.literals.get(int(log.literal[place]), "")
    read = _READERS.get(template.partition(":")[0])
    return read(template, literal) if read and literal else None


_READERS: dict[str, Callable[[str, str], Blanks]] = {
    "url": address_blanks,
    "cmd": lambda _, line: command_blanks(line),
    "file": lambda _, path: Blanks((path,), path_template(path)[1]),
}


def _filling(alike: Sequence[_Pair], name: str, at: int, needed: float) -> _Filling:
    """Return where the value comes from, that is from where it came most often."""
    equal = [
        (source, value)
        for pair in alike
        for source, value in pair.given.items()
        if value == pair.values.get(name)
    ]
    literal, _ = Counter(pair.used.parameters[at][1] for pair in alike).most_common(1)[0]
    for source, count in Counter(source for source, _ in equal).most_common(1):
        if count >= needed and len({value for each, value in equal if each == source}) >= DIFFERENT:
            return _Filling(name, source, literal)
    return _Filling(name, "", literal)


def _made(kind: str, text: Sequence[str], fillings: Sequence[_Filling], place: int) -> HandedOn:
    """Put the step together: what varies as a template, all else as it was seen."""
    line, spoken = escaped(text[0]), text[0]
    for after, one in zip(text[1:], fillings, strict=True):
        filled = f"{{{{ trigger.parameters.{one.source} | {FILTERS[kind]} }}}}"
        line += (filled if one.source else escaped(one.literal)) + escaped(after)
        spoken += (f"{{{one.source}}}" if one.source else one.literal) + after
    carries = tuple(Carry(place=place, source=one.source, target=one.name) for one in fillings if one.source)
    told = spoken.partition("://")[2].removeprefix("www.") if kind == "url" else spoken
    return HandedOn(line, carries, f"{kind}:{told}")
