"""Threads for work that waits, started when there is work. A job that fails is logged; its thread goes on."""

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from understudy.errors import StoppedError

_log = logging.getLogger(__name__)

STOP_TIME = 1.0
"""Longest wait for running jobs when stopping, in seconds; daemon threads hold up nothing."""


class ThreadWorkers:
    """Keeps the `Workers` port with at most `count` daemon threads."""

    def __init__(self, count: int = 8) -> None:
        self._count = count
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0
        self._stopped = False
        self._lock = threading.Lock()

    def submit(self, job: Callable[[], None]) -> None:
        """Run the job soon, on some other thread. Raises StoppedError after `stop`."""
        with self._lock:
            if self._stopped:
                raise StoppedError("Nothing new is started", "Understudy is ending")
            self._unfinished += 1
            self._jobs.put(job)
            if len(self._threads) < min(self._unfinished, self._count):
                self._start_thread()

    def stop(self) -> None:
        """Let waiting jobs go, and wait at most a second for those that run; safe to call twice."""
        with self._lock:
            self._stopped = True
            self._forget_waiting()
            for _ in self._threads:
                self._jobs.put(None)
        deadline = time.monotonic() + STOP_TIME
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _forget_waiting(self) -> None:
        while True:
            try:
                self._jobs.get_nowait()
            except Empty:
                return

    def _start_thread(self) -> None:
        name = f"worker {len(self._threads) + 1}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # noqa: BLE001 - whatever a job raises, the next one must find its thread
                _log.exception("a job on %s failed", threading.current_thread().name)
            with self._lock:
                self._unfinished -= 1
