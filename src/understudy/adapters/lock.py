"""One agent per person: a file the agent holds locked while it lives; the system frees it at its end."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from understudy.errors import AlreadyRunningError, StoreError

_FAR = 1 << 30
"""On Windows a locked byte cannot be read by others: this one is behind anything that is written."""


@contextlib.contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock while the block runs; the file keeps our process id and is left behind.

    Raises AlreadyRunningError, naming the process that holds it, or StoreError when the file cannot be used.
    """
    descriptor = _open(path)
    try:
        if not _try_lock(descriptor):
            raise AlreadyRunningError(
                "Understudy is already running",
                f"Process {_read_pid(descriptor) or 'of another session'} holds {path}",
                "Use that one, or end it with: understudy quit",
            )
        _write_pid(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        "The data folder cannot be used",
        f"{path} could not be written: {error.strerror}",
        "Make the folder writable, or choose another with UNDERSTUDY_HOME",
    )


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _read_pid(descriptor: int) -> int:
    """Return the process id in the file; 0 = none written yet, or something else."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, 20).strip()
    return int(text) if text.isdigit() else 0


def _write_pid(descriptor: int, path: Path) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, b"%d\n" % os.getpid())
    except OSError as error:
        raise _unusable(path, error) from error
