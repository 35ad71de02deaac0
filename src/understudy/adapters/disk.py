"""How much room is left on the disk that holds a folder, looked at every few minutes."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

LOOK_TIME = 300.0
"""Seconds between two looks."""
FREE = "disk_free_percent"
"""Name of the watched value: whole per cent."""

DiskReader = Callable[[], float | None]
"""Returns per cent that are free; None = not known."""


class DiskPoll:
    """Tells how much is free; a failed look tells nothing, and the next one may."""

    def __init__(self, read: DiskReader, tell: Callable[[str, str], None]) -> None:
        self._read = read
        self._tell = tell
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; safe to call twice."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="look at disk", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End within a second; safe to call twice, or without start."""
        self._ended.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(0.9)

    def _run(self) -> None:
        while not self._ended.is_set():
            free = self._read()
            if free is not None:
                self._tell(FREE, str(int(free)))
            self._ended.wait(LOOK_TIME)


def free_at_home() -> float | None:
    """Return how much of the disk under the home folder is free, in per cent as a file manager shows it."""
    try:
        usage = shutil.disk_usage(Path.home())
    except (OSError, RuntimeError):
        return None
    there = usage.used + usage.free  # what is kept back for the system is neither
    return 100 * usage.free / there if there else None
