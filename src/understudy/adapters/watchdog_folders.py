"""Tells of changes in folders through watchdog: for Windows and macOS."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from understudy.adapters.inotify import STOP_TIME, Happened

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent


class WatchdogFolders:
    """The same as `Inotify`, on threads of the library."""

    def __init__(self, happened: Happened) -> None:
        self._happened = happened
        self._observer: Any = None

    def start(self) -> None:
        """Begin."""
        from watchdog.observers import Observer

        self._observer = Observer()
        self._observer.start()

    def watch(self, folder: Path) -> None:
        """Tell of this folder, too, not of those in it. Raises OSError."""
        from watchdog.events import DirCreatedEvent, FileCreatedEvent, FileModifiedEvent, FileMovedEvent

        kinds = [FileModifiedEvent, FileCreatedEvent, FileMovedEvent, DirCreatedEvent]
        self._observer.schedule(self, str(folder), event_filter=kinds)

    def stop(self) -> None:
        """End; safe to call twice, or without start."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            if observer is not threading.current_thread():
                observer.join(STOP_TIME)

    def dispatch(self, event: "FileSystemEvent") -> None:
        """Take in an event of the library, on its thread."""
        for place in filter(None, {event.src_path, event.dest_path}):
            self._happened(Path(str(place)), event.is_directory)
