"""Logs made by hand for the detectors, through the same history and reading as in the agent."""

from dataclasses import replace

from understudy.core.capture import Capture, CaptureKind
from understudy.core.dice import Dice
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.history import History
from understudy.detectors.log import Log, read_log

MONDAY = 1_760_313_600_000
"""2025-10-13 00:00 UTC."""


def moment(day: int, hour: float = 9, minute: float = 0, second: float = 0) -> int:
    """A time after that Monday, in UTC."""
    return int(MONDAY + day * DAY + hour * HOUR + minute * MINUTE + second * SECOND)


def seen(at: int, app: str) -> Capture:
    """A window that came to the front."""
    return Capture(at=at, kind=CaptureKind.FOCUS, source="focus", app=app)


def page(at: int, url: str) -> Capture:
    """A page that was opened."""
    return Capture(at=at, kind=CaptureKind.URL, source="browser", app="firefox", url=url)


def typed(at: int, line: str) -> Capture:
    """A command line."""
    return Capture(at=at, kind=CaptureKind.COMMAND, source="shell", app="zsh", text=line)


def phrase(at: int, text: str) -> Capture:
    """A typed phrase."""
    return Capture(at=at, kind=CaptureKind.PHRASE, source="keys", app="mail", text=text)


def state(at: int, name: str, value: str) -> Capture:
    """A watched value."""
    return Capture(at=at, kind=CaptureKind.STATE, source="state", app=name, text=value)


def log_of(captures: list[Capture], zone: str = "UTC") -> Log:
    """What would be mined of these captures, in order of time."""
    history, abstraction = History(len(captures) + 1), Abstraction()
    for position, capture in enumerate(sorted(captures, key=lambda each: each.at), start=1):
        history.append(position, capture, abstraction.symbol(capture))
    return read_log(history.freeze(), zone)


def bustle(day: int, dice: Dice, until: float = 17, programs: int = 12) -> list[Capture]:
    """A working day of bursts: for a while a few programs at hand, then another few."""
    at, captures = moment(day, dice.between(8.2, 8.7)), []
    while at < moment(day, until):
        at_hand = dice.some_of(range(programs), dice.whole(2, 5))
        for _ in range(dice.whole(4, 20)):
            captures.append(seen(at, f"noise{dice.one_of(at_hand)}"))
            at += int(SECOND * (1 + dice.waiting(70)))
        at += int(dice.waiting(5) * MINUTE)
    return captures


def later(log: Log, weeks: int) -> Log:
    """The same, so many weeks later."""
    return replace(log, at=log.at + weeks * 7 * DAY, day=log.day + weeks * 7)


def renamed(log: Log) -> Log:
    """The same with other names of the same kinds."""
    return replace(log, templates=tuple(f"{each}-new" for each in log.templates))
