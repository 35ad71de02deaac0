"""Says when certain files may have changed; asleep until the system reports it. Reads no file."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent

_log = logging.getLogger(__name__)

STOP_TIME = 0.9
"""Longest wait for the threads when stopping, in seconds."""


class FolderEvents:
    """Watches files by their folders: programs replace files rather than change them."""

    def __init__(self, files: Sequence[Path], changed: Callable[[Path], None]) -> None:
        # A file that is a link changes where it leads to.
        self._files = {place: path for path in files for place in (path.absolute(), path.resolve())}
        self._changed = changed
        self._observer: Any = None
        self._watched: set[Path] = set()

    def start(self) -> None:
        """Begin; folders that do not exist yet are awaited. Safe to call twice."""
        from watchdog.observers import Observer

        if self._observer is None:
            self._observer, self._watched = Observer(), set()
            self._watch_folders()
            self._observer.start()

    def stop(self) -> None:
        """End; safe to call twice, or without start."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            if observer is not threading.current_thread():
                observer.join(STOP_TIME)

    def dispatch(self, event: "FileSystemEvent") -> None:
        """Take in an event of the library, on its thread."""
        if event.is_directory:
            for path in self._watch_folders():
                self._changed(path)
            return
        for place in {event.src_path, event.dest_path}:
            if Path(str(place)) in self._files:
                self._changed(self._files[Path(str(place))])

    def _watch_folders(self) -> list[Path]:
        """Watch each folder, or the nearest one above that exists; return the files in those new to us."""
        from watchdog.events import DirCreatedEvent, FileCreatedEvent, FileModifiedEvent, FileMovedEvent

        kinds = [FileModifiedEvent, FileCreatedEvent, FileMovedEvent, DirCreatedEvent]
        observer, appeared = self._observer, []
        for place, path in self._files.items():
            folder = _nearest(place.parent)
            if folder in self._watched or observer is None:
                continue
            self._watched.add(folder)
            try:
                observer.schedule(self, str(folder), event_filter=kinds)
            except OSError as error:  # no permission, or the limit of watches is reached
                _log.warning("%s cannot be watched: %s", folder, error)
            if place.exists():
                appeared.append(path)
        return appeared


def _nearest(folder: Path) -> Path:
    return next((place for place in (folder, *folder.parents) if place.is_dir()), folder)
