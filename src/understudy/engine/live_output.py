"""What a step says while it works: kept for its end, told to those who follow, never with a secret in it."""

import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Protocol

from understudy.core.template import conceal, forms

KEPT = 64 << 10
"""Characters kept of what one step says; the latest."""
PERIOD = 0.1
"""Seconds at least between two tellings; what comes meanwhile is told together."""


class Pending(Protocol):
    """Something that will be done later."""

    def cancel(self) -> None:
        """Do not do it."""


Later = Callable[[float, Callable[[], None]], Pending]
"""(seconds, what to do then) -> a way to call it off."""


def later(seconds: float, act: Callable[[], None]) -> Pending:
    """Do it on a thread of its own."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


class LiveOutput:
    """Takes text from the worker of one step; safe to use from any thread."""

    def __init__(
        self,
        tell: Callable[[str, int], None],
        later: Later = later,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`tell` gets each text, and how many characters were told up to its end."""
        self._tell = tell
        self._later = later
        self._clock = clock
        self._told = 0
        self._told_at = float("-inf")
        self._secrets: Mapping[str, str] = {}
        self._forms: tuple[str, ...] = ()
        self._held = ""
        self._waiting: list[str] = []
        self._pending: Pending | None = None
        self._text = ""
        self._lock = threading.Lock()

    def hide(self, secrets: Mapping[str, str]) -> None:
        """Keep these secrets, by name, out of all that follows."""
        with self._lock:
            self._secrets, self._forms = secrets, forms(secrets)

    def write(self, text: str) -> None:
        """Take a text; an end that may be the beginning of a secret waits for what comes next."""
        with self._lock:
            whole = str(conceal(self._held + text, self._secrets))
            cut = len(whole) - _begun(whole, self._forms)
            self._held = whole[cut:]
            self._take(whole[:cut])

    @property
    def so_far(self) -> tuple[str, int]:
        """What was told up to now, as far as it is kept; and how many characters it was in all."""
        with self._lock:
            self._tell_all()
            return self._text, self._told

    def finish(self) -> str:
        """Return all that was said, as far as it is kept; nothing is held back any more."""
        with self._lock:
            held, self._held = self._held, ""
            self._waiting.append(held)
            self._tell_all()
            return self._text

    def _take(self, text: str) -> None:
        """Tell at once what comes after a silence, and the rest when its time has come."""
        self._waiting.append(text)
        wait = self._told_at + PERIOD - self._clock()
        if wait <= 0:
            self._tell_all()
        elif self._pending is None:
            self._pending = self._later(wait, self._come_back)

    def _come_back(self) -> None:
        with self._lock:
            self._tell_all()

    def _tell_all(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        text = "".join(self._waiting)
        self._waiting.clear()
        if text:
            self._text = (self._text + text)[-KEPT:]
            self._told += len(text)
            self._told_at = self._clock()
            self._tell(text, self._told)


def _begun(text: str, hidden: tuple[str, ...]) -> int:
    """Return how many of the last characters may be the beginning of what is hidden."""
    longest = max(map(len, hidden), default=0)
    for count in range(min(longest - 1, len(text)), 0, -1):
        if any(each.startswith(text[-count:]) for each in hidden):
            return count
    return 0
