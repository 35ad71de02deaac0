"""One thread with an event loop, started when it is first needed; it sleeps while nothing happens."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from understudy.errors import StoppedError

Answer = TypeVar("Answer")

_STOP_TIME = 1.0


class LoopThread:
    """Runs coroutines for other threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False

    def run(self, work: Coroutine[Any, Any, Answer], seconds: float) -> Answer:
        """Return what the coroutine returns. Raises TimeoutError, and cancels it, after `seconds`.

        Raises StoppedError once the thread was stopped.
        """
        try:
            future = asyncio.run_coroutine_threadsafe(work, self._started())
        except StoppedError:
            work.close()
            raise
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the thread for good; safe to call twice, or when it never ran."""
        with self._lock:
            self._stopped = True
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_STOP_TIME)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._stopped:
                raise StoppedError("Nothing new is shown", "Understudy is ending")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_serve, args=(self._loop,), name=self._name, daemon=True
                )
                self._thread.start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    finally:
        loop.close()
