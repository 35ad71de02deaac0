"""Wakes the engine at given times, over APScheduler; sleeps without looking until the next one."""

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from understudy.core.ports import Clock
from understudy.core.value import Millis

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

_FARTHEST = timedelta(days=3650)


class ApsScheduler:
    """Keeps the `Scheduler` port. Wake-ups live in memory only: the engine sets them again at its start."""

    def __init__(self, clock: Clock, callback: Callable[[str], None]) -> None:
        self._clock = clock
        self._callback = callback
        self._due: dict[str, _WakeUp] = {}
        self._numbers = itertools.count()
        # Never held while the library is called: it calls us back with locks of its own held.
        self._lock = threading.Lock()
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin; wake-ups set before are kept. Safe to call twice."""
        if self._scheduler is None:
            self._scheduler = _new_scheduler()
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
            replaced = self._due.get(key)
            wake_up = self._due[key] = _WakeUp(at, str(next(self._numbers)))
        self._plan(key, wake_up)
        self._forget(replaced)

    def cancel(self, key: str) -> None:
        """Forget a wake-up; unknown keys are fine."""
        with self._lock:
            wake_up = self._due.pop(key, None)
        self._forget(wake_up)

    def refresh(self) -> None:
        """Look at the clock again: to be called when the machine wakes up, or its clock was set."""
        for key, old in list(self._due.items()):
            with self._lock:
                if self._due.get(key) != old:
                    continue
                wake_up = self._due[key] = _WakeUp(old.at, str(next(self._numbers)))
            self._plan(key, wake_up)
            self._forget(old)

    def _plan(self, key: str, wake_up: "_WakeUp") -> None:
        scheduler = self._scheduler
        if scheduler is not None:
            left = min(timedelta(milliseconds=wake_up.at - self._clock.now()), _FARTHEST)
            when = datetime.now(UTC) + left
            scheduler.add_job(self._fire, "date", id=wake_up.job, args=(key, wake_up), run_date=when)

    def _forget(self, wake_up: "_WakeUp | None") -> None:
        scheduler = self._scheduler
        if wake_up is not None and scheduler is not None:
            with contextlib.suppress(
                LookupError
            ):  # it has just fired, and `_fire` saw that it no longer counts
                scheduler.remove_job(wake_up.job)

    def _fire(self, key: str, wake_up: "_WakeUp") -> None:
        with self._lock:
            if self._scheduler is None or self._due.get(key) != wake_up:
                return
            del self._due[key]
        self._callback(key)


class _WakeUp(NamedTuple):
    at: Millis
    job: str
    """Its name in the library; never used twice, since the library removes a job by name after it ran."""


def _new_scheduler() -> "BackgroundScheduler":
    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    # The library logs every wake-up as it comes and goes.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return BackgroundScheduler(
        timezone=UTC,
        # It calls back on its own thread; the engine's callback only puts a message.
        executors={"default": DebugExecutor()},
        # However late: whether a late wake-up still counts is for the engine to decide.
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )
