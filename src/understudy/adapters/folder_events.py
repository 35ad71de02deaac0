"""Says when certain files may have changed; asleep until the system reports it. Reads no file."""

import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

_log = logging.getLogger(__name__)


class Folders(Protocol):
    """What the system tells of folders."""

    def start(self) -> None:
        """Begin."""

    def watch(self, folder: Path) -> None:
        """Tell of this folder, too. Raises OSError."""

    def stop(self) -> None:
        """End."""


class FolderEvents:
    """Watches files by their folders: programs replace files rather than change them."""

    def __init__(self, files: Sequence[Path], changed: Callable[[Path], None]) -> None:
        # A file that is a link changes where it leads to.
        self._files = {place: path for path in files for place in (path.absolute(), path.resolve())}
        self._changed = changed
        self._folders: Folders | None = None
        self._watched: set[Path] = set()

    def start(self) -> None:
        """Begin; folders that do not exist yet are awaited. Safe to call twice."""
        if self._folders is not None:
            return
        folders = choose_folders(self._happened)
        try:
            folders.start()
        except OSError as error:  # the limit of such watches for one person is reached
            _log.warning("no file is watched: %s", error)
            return
        self._folders, self._watched = folders, set()
        self._watch_folders()

    def stop(self) -> None:
        """End; safe to call twice, or without start."""
        folders, self._folders = self._folders, None
        if folders is not None:
            folders.stop()

    def _happened(self, path: Path, is_folder: bool) -> None:  # noqa: FBT001 - as the type `Happened` says
        """Take in what the system tells, on its thread."""
        if is_folder:
            self._watched.discard(path)  # it is new, or it went: in both cases nobody watches it now
            for file in self._watch_folders():
                self._changed(file)
        elif path in self._files:
            self._changed(self._files[path])

    def _watch_folders(self) -> list[Path]:
        """Watch each folder, or the nearest one above that exists; return the files in those new to us."""
        appeared = []
        for place, path in self._files.items():
            folder, folders = _nearest(place.parent), self._folders
            if folder in self._watched or folders is None:
                continue
            self._watched.add(folder)
            try:
                folders.watch(folder)
            except OSError as error:  # no permission, or the limit of watches is reached
                _log.warning("%s cannot be watched: %s", folder, error)
            if place.exists():
                appeared.append(path)
        return appeared


def choose_folders(happened: Callable[[Path, bool], None]) -> Folders:
    """Return what this system has for it; `happened` gets (path, whether it is a folder)."""
    if sys.platform == "linux":
        from understudy.adapters.inotify import Inotify

        return Inotify(happened)
    from understudy.adapters.watchdog_folders import WatchdogFolders

    return WatchdogFolders(happened)


def _nearest(folder: Path) -> Path:
    return next((place for place in (folder, *folder.parents) if place.is_dir()), folder)
