"""Logs written down as words, and working days with routines planted in them."""

from collections.abc import Callable, Iterable

import numpy as np

from understudy.core.capture import CaptureKind
from understudy.core.dice import Dice
from understudy.core.value import HOUR, SECOND
from understudy.detectors.acts import Acts
from understudy.detectors.growing import Sequence
from understudy.detectors.history import KINDS, Frozen
from understudy.detectors.log import NOWHERE, Log

MONDAY = 1_760_313_600_000
"""2025-10-13 00:00 UTC."""
_DAY_MINUTES = 24 * 60
Plant = Callable[[Dice], list[str]]
"""What is done once."""


def written(text: str | Iterable[str], pace: int = 5 * SECOND) -> Log:
    """A log of these words, one every five seconds: `|` begins another session half a day later, `.` has no name.

    Programs unless a kind is said (`cmd:make`); `word=literal` says what it takes to do it again, `_` for a space.
    """
    words = text.split() if isinstance(text, str) else list(text)
    names: dict[str, int] = {}
    literals: dict[str, int] = {}
    rows, at, session = [], MONDAY + 9 * HOUR, 0
    for word in words:
        if word == "|":
            at, session = at + 12 * HOUR, session + 1
            continue
        name, _, literal = word.partition("=")
        template = name if ":" in name else f"app:{name}"
        symbol = NOWHERE if name == "." else names.setdefault(template, len(names))
        number = literals.setdefault(literal.replace("_", " "), len(literals)) if literal else NOWHERE
        rows.append((symbol, at, session, number, _kind(template)))
        at += pace
    return _log(rows, tuple(names), {number: literal for literal, number in literals.items()})


def _kind(template: str) -> int:
    kinds = {"cmd": CaptureKind.COMMAND, "state": CaptureKind.STATE, "url": CaptureKind.URL}
    return KINDS.index(kinds.get(template.partition(":")[0], CaptureKind.FOCUS))


def _log(rows: list[tuple[int, ...]], templates: tuple[str, ...], literals: dict[int, str]) -> Log:
    symbol, at, session, literal, kind = np.array(rows, np.int64).reshape(-1, 5).T
    minutes = at // 60_000
    return Log(
        zone="UTC",
        templates=templates,
        literals=literals,
        symbol=symbol.astype(np.int32),
        at=at,
        time=at,
        position=np.arange(1, len(at) + 1),
        session=session.astype(np.int32),
        day=(minutes // _DAY_MINUTES + 719_163).astype(np.int32),
        minute=(minutes % _DAY_MINUTES).astype(np.int32),
        kind=kind.astype(np.uint8),
        literal=literal.astype(np.int32),
        source=np.full(len(at), NOWHERE, np.int32),
    )


def frozen(log: Log) -> Frozen:
    """The history of which this is the log, for mining; what is seen less than three times loses its name there."""
    columns = {
        "at": log.time,
        "position": log.position,
        "symbol": log.symbol,
        "literal": log.literal,
        "lasted": np.zeros(len(log), np.int32),
        "session": log.session,
        "kind": log.kind,
        "flow": np.zeros(len(log), np.uint8),
    }
    return Frozen(
        columns={name: column.tobytes() for name, column in columns.items()},
        templates=dict(enumerate(log.templates)),
        literals=dict(log.literals),
    )


def topics(dice: Dice, length: int, programs: int = 24) -> list[str]:
    """So much that is done in no order: for a while a few programs at hand, then another few."""
    words: list[str] = []
    while len(words) < length:
        at_hand = dice.some_of(range(programs), dice.whole(3, 6))
        for _ in range(dice.whole(8, 25)):
            word = f"n{dice.one_of(at_hand)}"
            if not words or words[-1] != word:
                words.append(word)
    return words[:length]


def planted(seed: int, *plants: Plant, times: int = 20, apart: int = 25, days: int = 5) -> list[str]:
    """Working days in which each of these is done so many times, with so much of something else around it."""
    dice = Dice(seed)
    turns = [plant for plant in plants for _ in range(times)]
    dice.shuffle(turns)
    words: list[str] = []
    for number, plant in enumerate(turns):
        words += topics(dice, dice.whole(apart // 2, 3 * apart // 2))
        words += plant(dice)
        if (number + 1) * days // len(turns) > number * days // len(turns):
            words += [*topics(dice, apart), "|"]
    return words


def steps(text: str, gap: int = 0, skips: float = 0.0) -> Plant:
    """These steps in order, with up to `gap` other things before each but the first; each is skipped so often."""

    def plant(dice: Dice) -> list[str]:
        words: list[str] = []
        for word in text.split():
            if words:
                words += [f"n{dice.whole(0, 23)}" for _ in range(dice.whole(0, gap))]
            if not dice.chance(skips):
                words.append(word)
        return words

    return plant


def asked(words: str | Iterable[str], text: str) -> tuple[Acts, Sequence]:
    """The acts of these words, and a sequence with its complete occurrences."""
    log = written(words)
    acts = Acts(log)
    symbols = tuple(log.templates.index(f"app:{each}") for each in text.split())
    return acts, Sequence(symbols=symbols, places=acts.chain(symbols))
