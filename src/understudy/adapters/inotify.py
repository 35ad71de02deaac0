"""Tells of changes in folders through Linux's inotify: one sleeping thread, where watchdog starts two a folder."""

import ctypes
import os
import select
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

CLOSED_AFTER_WRITING, MOVED_HERE, CREATED = 0x8, 0x80, 0x100
WATCH_ENDED, IS_FOLDER, FOLDERS_ONLY = 0x8000, 0x4000_0000, 0x100_0000
NOT_FOR_CHILDREN = 0o2000000
WANTED = CLOSED_AFTER_WRITING | MOVED_HERE | CREATED | FOLDERS_ONLY
"""Not each single write: a log in the home folder that a program holds open would wake us all day."""

STOP_TIME = 0.9
"""Longest wait for the thread when stopping, in seconds."""

Happened = Callable[[Path, bool], None]
"""(path, whether it is a folder): it was created, moved there, or written and closed; or a watched folder went."""

_HEAD = struct.Struct("iIII")
_ROOM = 64 * 1024


class Inotify:
    """Calls back on a thread of its own. Folders may be added at any time between start and stop."""

    def __init__(self, happened: Happened) -> None:
        self._happened = happened
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._folders: dict[int, Path] = {}
        self._handle = -1
        self._wake_up = -1
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin. Raises OSError where the system gives no more of these."""
        self._handle = self._checked(self._libc.inotify_init1(NOT_FOR_CHILDREN))
        read, self._wake_up = os.pipe()
        self._thread = threading.Thread(
            target=self._run, args=(self._handle, read), name="watch folders", daemon=True
        )
        self._thread.start()

    def watch(self, folder: Path) -> None:
        """Tell of this folder, too, not of those in it. Raises OSError."""
        number = self._checked(self._libc.inotify_add_watch(self._handle, os.fsencode(folder), WANTED))
        self._folders[number] = folder

    def stop(self) -> None:
        """End; safe to call twice, or without start."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        os.close(self._wake_up)  # the thread sees the end of its pipe, and closes the rest
        if thread is not threading.current_thread():
            thread.join(STOP_TIME)

    def _run(self, handle: int, wake_up: int) -> None:
        try:
            while wake_up not in select.select([handle, wake_up], [], [])[0]:
                for number, mask, name in _events(os.read(handle, _ROOM)):
                    self._tell(number, mask, name)
        finally:
            os.close(handle)
            os.close(wake_up)

    def _tell(self, number: int, mask: int, name: str) -> None:
        folder = self._folders.get(number)
        if folder is None:
            return
        if mask & WATCH_ENDED:
            del self._folders[number]
            self._happened(folder, True)  # noqa: FBT003 - the type says what it is
        else:
            self._happened(folder / name, bool(mask & IS_FOLDER))

    def _checked(self, result: int) -> int:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return result


def _events(raw: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield (watch, mask, name) of each event in what was read."""
    place = 0
    while place < len(raw):
        number, mask, _, length = _HEAD.unpack_from(raw, place)
        place += _HEAD.size
        yield number, mask, os.fsdecode(raw[place : place + length].rstrip(b"\0"))
        place += length
