"""Where a watcher's captures go while it runs: closed on stop, so that nothing comes afterwards."""

import threading
from collections.abc import Callable

from understudy.core.capture import Capture


class Outlet:
    """Hands captures on until it is closed."""

    def __init__(self, emit: Callable[[Capture], None]) -> None:
        self._emit = emit
        self._is_open = True
        self._lock = threading.RLock()

    def __call__(self, capture: Capture) -> None:
        """Hand the capture on, from any thread; dropped when closed."""
        with self._lock:
            if self._is_open:
                self._emit(capture)

    def close(self) -> None:
        """Hand nothing on any more; when this returns, no call is under way."""
        with self._lock:
            self._is_open = False
