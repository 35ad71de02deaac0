"""Wakes the engine at given times, over APScheduler; sleeps without looking until the next one."""

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.core.ports import Clock
from understudy.core.value import SECOND, Millis

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

CLOCK_SET = "clock"
"""Called back with when the clock was set: whoever waits by it looks again, and calls `refresh`."""
_FARTHEST = timedelta(days=3650)


class ApsScheduler:
    """Keeps the `Scheduler` port. Wake-ups live in memory only: the engine sets them again at its start.

    The library is given the earliest of them alone: a thousand cost it a second, and a dictionary nothing.
    """

    def __init__(self, clock: Clock, callback: Callable[[str], None]) -> None:
        self._clock = clock
        self._callback = callback
        self._due: dict[str, Millis] = {}
        self._planned: _Planned | None = None
        self._numbers = itertools.count()
        # Never held while the library is called: it calls us back with locks of its own held.
        self._lock = threading.Lock()
        self._scheduler: BackgroundScheduler | None = None
        self._ahead: Millis | None = None
        """How far the wall clock was ahead of the time that has passed, when the library woke up last."""

    def start(self) -> None:
        """Begin; wake-ups set before are kept. Safe to call twice."""
        if self._scheduler is None:
            self._scheduler = _new_scheduler(self._look)
            self._scheduler.start()
            self.refresh()

    def stop(self) -> None:
        """End; nothing is called back afterwards. Safe to call twice, or without start."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown()

    def wake(self, key: str, at: Millis) -> None:
        """Call back with `key` at that wall-clock time, at once when it is past; replaces an earlier one."""
        with self._lock:
            self._due[key] = at
            is_first = self._planned is None or at < self._planned.at
        if is_first:
            self._plan()

    def cancel(self, key: str) -> None:
        """Forget a wake-up; unknown keys are fine."""
        with self._lock:
            self._due.pop(key, None)

    def refresh(self) -> None:
        """Look at the clock again: to be called when the machine wakes up, or its clock was set."""
        with self._lock:
            old, self._planned = self._planned, None
        self._forget(old)
        self._plan()

    def _look(self) -> None:
        """Tell when the clock was set: back, the library would sleep on for as long as that, and nobody would know."""
        ahead = self._clock.now() - int(self._clock.elapsed() * SECOND)
        before, self._ahead = self._ahead, ahead
        if before is not None and abs(ahead - before) >= SECOND:
            self._callback(CLOCK_SET)

    def _plan(self) -> None:
        """Let the library wake us for the earliest, unless it will be no later than that anyway."""
        scheduler = self._scheduler
        if scheduler is None:
            return
        with self._lock:
            at, old = min(self._due.values(), default=None), self._planned
            if at is None or (old is not None and old.at <= at):
                return
            self._planned = planned = _Planned(at, str(next(self._numbers)))
        left = min(timedelta(milliseconds=at - self._clock.now()), _FARTHEST)
        when = datetime.now(UTC) + left
        scheduler.add_job(self._fire, "date", id=planned.job, args=(planned,), run_date=when)
        self._forget(old)

    def _forget(self, planned: "_Planned | None") -> None:
        scheduler = self._scheduler
        if planned is not None and scheduler is not None:
            with contextlib.suppress(
                LookupError
            ):  # it has just fired, and `_fire` saw that it no longer counts
                scheduler.remove_job(planned.job)

    def _fire(self, planned: "_Planned") -> None:
        """Call back for all that is due, the earliest first."""
        with self._lock:
            if self._planned is not planned:
                return
            self._planned, now = None, self._clock.now()
            ripe = sorted((at, key) for key, at in self._due.items() if at <= now)
        try:
            for at, key in ripe:
                if self._take(key, at):
                    self._callback(key)
        finally:
            self._plan()

    def _take(self, key: str, at: Millis) -> bool:
        """Whether this wake-up still counts; it is over then."""
        with self._lock:
            counts = self._scheduler is not None and self._due.get(key) == at
            if counts:
                del self._due[key]
        return counts


class _Planned(NamedTuple):
    """The one moment for which the library wakes us."""

    at: Millis
    job: str
    """Its name in the library; never used twice, since the library removes a job by name after it ran."""


def _new_scheduler(look: Callable[[], None]) -> "BackgroundScheduler":
    """Return the library's scheduler; it looks whenever it wakes up, before anything is done."""
    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    class Looking(BackgroundScheduler):  # type: ignore[misc]  # it has no types
        def _process_jobs(self) -> Any:
            look()
            return super()._process_jobs()

    # The library logs every wake-up as it comes and goes.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return Looking(
        timezone=UTC,
        # It calls back on its own thread; the engine's callback only puts a message.
        executors={"default": DebugExecutor()},
        # However late: whether a late wake-up still counts is for the engine to decide.
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )
