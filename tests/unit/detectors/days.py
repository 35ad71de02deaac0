"""Days made by hand for the detectors, and a learner taken through them as the engine would."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from understudy.core.capture import Capture, CaptureKind
from understudy.core.dice import Dice
from understudy.core.fortnight import NAMES, fortnight
from understudy.core.offers import offered_tier
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.ports import Learned
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.history import History
from understudy.detectors.learner import PatternLearner
from understudy.detectors.log import Log, read_log
from understudy.detectors.setting import Setting
from understudy.detectors.value_flow import ValueFlow

MONDAY = 1_760_313_600_000
"""2025-10-13 00:00 UTC."""
BERLIN = "Europe/Berlin"


def moment(day: int, hour: float = 9, minute: float = 0, second: float = 0) -> int:
    """A time after that Monday, in UTC."""
    return int(MONDAY + day * DAY + hour * HOUR + minute * MINUTE + second * SECOND)


def seen(at: int, app: str, title: str = "", **fields) -> Capture:
    """A window that came to the front."""
    return Capture(at=at, kind=CaptureKind.FOCUS, source="focus", app=app, title=title, **fields)


def typed(at: int, line: str) -> Capture:
    """A command line."""
    return Capture(at=at, kind=CaptureKind.COMMAND, source="shell", app="zsh", text=line)


def phrase(at: int, text: str) -> Capture:
    """A typed phrase."""
    return Capture(at=at, kind=CaptureKind.PHRASE, source="keys", app="mail", text=text)


def state(at: int, name: str, value: str) -> Capture:
    """A watched value."""
    return Capture(at=at, kind=CaptureKind.STATE, source="state", app=name, text=value)


def presence(at: int, word: str) -> Capture:
    """The person came or went."""
    return Capture(at=at, kind=CaptureKind.PRESENCE, source="presence", text=word)


def history_of(captures: Iterable[Capture], capacity: int = 100_000) -> History:
    """What a learner would keep of these captures; positions from 1."""
    abstraction, history, flow = Abstraction(), History(capacity), ValueFlow()
    for position, capture in enumerate(captures, start=1):
        symbol = abstraction.symbol(capture)
        history.append(position, capture, symbol, flow.see(capture.value) if symbol.template else 0)
    return history


def log_of(captures: Iterable[Capture], zone: str = "UTC") -> Log:
    """What would be mined of these captures."""
    return read_log(history_of(captures).freeze(), zone)


def templates_of(log: Log) -> list[str]:
    """The template of each event, empty where it is too rare."""
    return [log.templates[symbol] if symbol >= 0 else "" for symbol in log.symbol.tolist()]


def patterns_of(captures: Iterable[Capture], zone: str = "UTC", *, never=frozenset(), undoable=frozenset()):
    """What one mining finds in these captures."""
    from understudy.detectors.mining import mine

    setting = Setting(zone=zone, undoable=undoable, never=never)
    return mine(history_of(captures).freeze(), setting)


@dataclass(kw_only=True)
class Trial:
    """What came of taking a learner through a log."""

    learner: PatternLearner
    found: list[tuple[int, Pattern]] = field(default_factory=list)
    """(when, pattern as first accepted)."""
    offered: dict[str, tuple[int, PatternState]] = field(default_factory=dict)
    """Pattern -> (when, its state) as it first reached the tier suggest."""
    observing: list[float] = field(default_factory=list)
    """Seconds each `observe` took."""
    mining: list[float] = field(default_factory=list)
    """Seconds each mining took."""

    def take_in(self, learned: Learned, at: int) -> None:
        """Note what was found, and what has earned to be offered."""
        self.found += [(at, pattern) for pattern in learned.found]
        for each in learned.changed:
            if offered_tier(each) is not Tier.OBSERVE:
                self.offered.setdefault(each.pattern.id, (at, each))

    def offers(self) -> list[Pattern]:
        """The patterns that were offered, except repetitions: those need no order and no time."""
        return [
            each.pattern
            for _, each in self.offered.values()
            if each.pattern.kind is not PatternKind.REPETITION
        ]


def learn(captures: Iterable[Capture], zone: str = BERLIN) -> Trial:
    """Take a learner through a log just as the engine would."""
    trial = Trial(learner=PatternLearner(zone, name_of=lambda app: NAMES.get(app, app)))
    go_on(trial, enumerate(captures, start=1))
    return trial


def go_on(trial: Trial, numbered: Iterable[tuple[int, Capture]]) -> None:
    """Take the learner through more."""
    learner = trial.learner
    for position, capture in numbered:
        at, symbol = capture.at, learner.symbol(capture)
        due = learner.next_tick()
        if due is not None and due <= at:
            trial.take_in(learner.tick(at), at)
        began = time.perf_counter()
        learned = learner.observe(position, capture, symbol)
        trial.observing.append(time.perf_counter() - began)
        trial.take_in(learned, at)
        mining = learner.mining(at)
        if mining is not None:
            began = time.perf_counter()
            patterns = mining()
            trial.mining.append(time.perf_counter() - began)
            trial.take_in(learner.accept(patterns, at), at)


def worker(seed: int, days: int = 28) -> list[Capture]:
    """The invented office worker in Berlin."""
    return list(fortnight(seed, MONDAY, BERLIN, days))


def shuffled(captures: list[Capture], block: int, seed: int) -> list[Capture]:
    """The same things at the same times, but in another order within blocks of so many; 0 = within all."""
    places = [i for i, capture in enumerate(captures) if capture.kind is not CaptureKind.PRESENCE]
    dice, mixed = Dice(seed), list(captures)
    for start in range(0, len(places), block or len(places)):
        part = places[start : start + (block or len(places))]
        order = list(part)
        dice.shuffle(order)
        for place, source in zip(part, order, strict=True):
            mixed[place] = msgspec.structs.replace(captures[source], at=captures[place].at)
    return mixed
