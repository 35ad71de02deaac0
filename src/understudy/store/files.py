"""Private files: folders only the person may enter, files only they may read, moves that last."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from understudy.store.faults import file_in_words

COMPANIONS = ("", "-wal", "-shm")
"""What SQLite keeps beside a database file, the file itself first."""


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn errors of the file system into StoreError."""
    try:
        yield
    except OSError as error:
        raise file_in_words(error, path) from error


def make_folder(path: Path) -> None:
    """Make the folder, and closed to others, also where it was there already."""
    with file_errors(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)


def make_file(path: Path) -> None:
    """Make an empty file unless there is one; close it and its companions to others.

    Not for a database that this process has open: closing any handle drops SQLite's locks on it (POSIX).
    """
    with file_errors(path):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        for companion in companions(path):
            companion.chmod(0o600)
        sync_folder(path.parent)


def companions(path: Path) -> list[Path]:
    """Return those of the database's files that are there."""
    every = (path.with_name(path.name + suffix) for suffix in COMPANIONS)
    return [companion for companion in every if companion.exists()]


def move_database(path: Path, target: Path) -> None:
    """Rename a closed database with its companions, the file itself last."""
    with file_errors(path):
        for companion in reversed(companions(path)):
            companion.replace(target.with_name(target.name + companion.name.removeprefix(path.name)))
        sync_folder(path.parent)


def remove_database(path: Path) -> None:
    """Remove a closed database with its companions, if it is there."""
    with file_errors(path):
        for companion in companions(path):
            companion.unlink()


def sync_file(path: Path) -> None:
    """Make what was written to the file survive a power cut."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make new names in the folder survive a power cut, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
