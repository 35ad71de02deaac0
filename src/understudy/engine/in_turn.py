"""Jobs that must follow one another though many workers take them: one queue a key. From any thread."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from understudy.core.ports import Workers

log = logging.getLogger("understudy.engine")

Job = Callable[[], None]


class InTurn:
    """Hands in jobs; those of one key are done by one worker at a time, in the order they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Job]] = {}
        """Key -> what comes after the job at work; a key stands here while a worker has it."""

    def submit(self, workers: Workers, key: str, job: Job) -> None:
        """Do the job once all earlier ones of its key are done; other keys wait for nothing here."""
        with self._lock:
            if key in self._waiting:
                self._waiting[key].append(job)
                return
            self._waiting[key] = deque([job])
        try:
            workers.submit(lambda: self._work(key))
        except BaseException:
            with self._lock:
                del self._waiting[key]
            raise

    def _work(self, key: str) -> None:
        while (job := self._next(key)) is not None:
            try:
                job()
            except Exception:  # whatever a job raises, the next of its key must have its turn
                log.exception("a job for %s failed", key)

    def _next(self, key: str) -> Job | None:
        with self._lock:
            if self._waiting[key]:
                return self._waiting[key].popleft()
            del self._waiting[key]
            return None
