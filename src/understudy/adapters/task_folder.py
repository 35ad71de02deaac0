"""The folder whose files become tasks: each is read once, then moved to `taken`, or to `refused` with the reason."""

import hashlib
import json
import logging
import os
import queue
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from understudy.adapters.folder_events import Folders, choose_folders
from understudy.core.ports import Capability, Clock
from understudy.core.task import Task
from understudy.core.task_document import task_of_document, task_of_text
from understudy.core.value import stable_id
from understudy.errors import ConflictError, InvalidInputError, NotFoundError, UnderstudyError

LARGEST = 256 << 10
"""Bytes of one file."""
TEXTS, DOCUMENTS = (".txt", ".md"), (".json", ".yaml", ".yml")
SETTLED = 1.0
"""Seconds for which a file must not have changed."""
AGAIN = 30.0
"""Seconds until what could not be stored is tried again."""
TAKEN, REFUSED = "taken", "refused"
STOP_TIME = 1.0

_log = logging.getLogger(__name__)
_State = tuple[int, int, int, int]
"""(inode, size, when its content changed, when its place or content changed); times in ns."""


class TaskFolder:
    """Watches one folder at a time; asleep as long as nothing comes in."""

    def __init__(self, clock: Clock, add: Callable[[Task], object], settled: float = SETTLED) -> None:
        self._clock = clock
        self._add = add
        """Puts a task into the inbox once for each id. Raises UnderstudyErrors."""
        self._settled = settled
        self._folder: Path | None = None
        self._trouble = ""
        self._turn = threading.RLock()
        self._folders: Folders | None = None
        self._news: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def use(self, folder: str) -> None:
        """Watch this folder from now on, and take in what lies there; empty = none. The same again is fine."""
        with self._turn:
            wanted = Path(folder) if folder else None
            if wanted == self._folder:
                return
            self.stop()
            self._folder = wanted
            if wanted is not None:
                self._try_start(wanted)

    def stop(self) -> None:
        """End; safe to call twice, or without start."""
        with self._turn:
            folders, self._folders = self._folders, None
            thread, self._thread = self._thread, None
            self._folder, self._trouble = None, ""
        if folders is not None:
            folders.stop()
        if thread is not None:
            self._news.put(None)
            if thread is not threading.current_thread():
                thread.join(STOP_TIME)

    def availability(self) -> tuple[Capability, ...]:
        """Say which folder is watched, or why it is not; nothing when none is set."""
        if self._trouble:
            fix = "Choose another: understudy settings set task_folder PATH"
            return (Capability(name="task_folder", state="missing", text=self._trouble, fix=fix),)
        if self._folder is None:
            return ()
        text = f"Files in {self._folder} become tasks"
        return (Capability(name="task_folder", state="ready", text=text),)

    def _try_start(self, wanted: Path) -> None:
        try:
            wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._start(wanted)
        except OSError as error:  # no permission, or the limit of watches is reached
            self._trouble = f"{wanted} is not watched: {error.strerror or error}"
            _log.warning("task folder: %s", self._trouble)

    def _start(self, folder: Path) -> None:
        news: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        folders = choose_folders(lambda path, is_folder: None if is_folder else news.put(path))
        folders.start()
        try:
            folders.watch(folder)
        except OSError:
            folders.stop()
            raise
        self._folders, self._news = folders, news
        self._thread = threading.Thread(
            target=self._work, args=(folder, news), name="task folder", daemon=True
        )
        self._thread.start()

    # --- the thread ------------------------------------------------------------------------------

    def _work(self, folder: Path, news: "queue.SimpleQueue[Path | None]") -> None:
        """Take in each file once it has been the same for a while."""
        waiting: dict[Path, tuple[float, _State | None]] = dict.fromkeys(_files_in(folder), (0.0, None))
        while True:
            timeout = max(0.0, min(at for at, _ in waiting.values()) - time.monotonic()) if waiting else None
            try:
                path = news.get(timeout=timeout)
            except queue.Empty:
                waiting = self._look(waiting)
                continue
            if path is None:
                return
            if path.parent == folder and _is_wanted(path):
                waiting.setdefault(path, (time.monotonic() + self._settled, _state_of(path)))

    def _look(
        self, waiting: "dict[Path, tuple[float, _State | None]]"
    ) -> "dict[Path, tuple[float, _State | None]]":
        """Take in what has not changed since the last look; return what is still to be looked at, and when."""
        left: dict[Path, tuple[float, _State | None]] = {}
        now = time.monotonic()
        for path, (at, before) in waiting.items():
            state = _state_of(path)
            if state is None:
                continue  # it is gone
            if at > now:
                left[path] = (at, before)
            elif state != before:
                left[path] = (now + self._settled, state)
            elif not self._take(path, state):
                left[path] = (now + AGAIN, state)
        return left

    def _take(self, path: Path, state: _State) -> bool:
        """Make a task of a file and move it away; False = later, the inbox could not be written."""
        try:
            self._add(self._task_of(path, state))
        except (InvalidInputError, NotFoundError, ConflictError) as error:
            _move(path, REFUSED, str(error))
        except UnderstudyError as error:
            _log.warning("%s waits: %s", path.name, error)
            return False
        except OSError as error:
            _move(path, REFUSED, f"It cannot be read: {error.strerror or error}")
        else:
            _move(path, TAKEN)
        return True

    def _task_of(self, path: Path, state: _State) -> Task:
        raw = read_plain_file(path)
        task_id = stable_id("t", "folder", path.name, state, hashlib.sha256(raw).hexdigest())
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"{path.name} is not text", "It is not UTF-8") from error
        source = f"folder:{path.name}"
        if path.suffix.lower() in TEXTS:
            return task_of_text(task_id, text, source)
        document = _parsed(text, path)
        return task_of_document(task_id, document, source, self._clock.now(), self._clock.zone())


def read_plain_file(path: Path) -> bytes:
    """Return what a plain file of at most 256 KiB holds. Raises InvalidInputError or OSError; never blocks."""
    if path.is_symlink():
        raise InvalidInputError(
            f"{path.name} is a link", "Only plain files are taken", "Copy the file itself"
        )
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(path, flags)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InvalidInputError(f"{path.name} is not a plain file", "Only plain files are taken")
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise InvalidInputError(f"{path.name} is too large", f"A task may have {LARGEST >> 10} KiB")
    return raw


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text) if path.suffix.lower() == ".json" else _yaml(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{path.name} cannot be read", f"It is not valid: {error}") from error


def _yaml(text: str) -> Any:
    import yaml  # its import takes time, and most people never put such a file there

    try:
        return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts, lists, dictionaries
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _is_wanted(path))
    except OSError as error:
        _log.warning("%s cannot be read: %s", folder, error)
        return []


def _is_wanted(path: Path) -> bool:
    """Whether it is ours to take; hidden files and other endings are left alone, as unfinished downloads."""
    return not path.name.startswith(".") and path.suffix.lower() in TEXTS + DOCUMENTS


def _state_of(path: Path) -> _State | None:
    """Return what tells whether a file has changed; None = it is gone, or a folder."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if stat.S_ISDIR(found.st_mode):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _move(path: Path, name: str, why: str = "") -> None:
    """Move a file beside, under a name that is free, with the reason in a text of its own."""
    folder = path.parent / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink():
            raise NotADirectoryError(f"{folder} is a link")
        place = _free_place(folder, path)
        path.rename(place)
        if why:
            place.with_name(f"{place.name}.why.txt").write_text(f"{why}\n", "utf-8")
    except OSError as error:
        _log.warning("%s stays where it is: %s", path.name, error)


def _free_place(folder: Path, path: Path) -> Path:
    place, number = folder / path.name, 1
    while os.path.lexists(place):
        number += 1
        place = folder / f"{path.stem}-{number}{path.suffix}"
    return place
