"""The border where the errors of SQLite and of the file system become ours, in words."""

import sqlite3
from pathlib import Path

from understudy.errors import InvalidInputError, StoreError, UnderstudyError


class DamagedError(StoreError):
    """The file is not a sound database; the next start repairs it."""


_FREE = "Free some space; nothing is lost, and Understudy goes on by itself"
_RESTART = "Restart Understudy: it keeps the file, restores the newest backup and rescues what can be read"
_WORDS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("The disk is full", _FREE),
    sqlite3.SQLITE_READONLY: (
        "The folder is read-only",
        "Make it writable for you; nothing is lost, and Understudy goes on by itself",
    ),
    sqlite3.SQLITE_BUSY: ("Another program is using the database", "Close that program and try again"),
    sqlite3.SQLITE_LOCKED: ("Another program is using the database", "Close that program and try again"),
    sqlite3.SQLITE_CANTOPEN: (
        "The file cannot be opened",
        "Check that the folder exists and belongs to you",
    ),
    sqlite3.SQLITE_PERM: ("Access was denied", "Check that the file belongs to you"),
    sqlite3.SQLITE_AUTH: ("Access was denied", "Check that the file belongs to you"),
    sqlite3.SQLITE_NOMEM: ("There is not enough memory", "Close some programs and try again"),
    sqlite3.SQLITE_IOERR: (
        "The disk reported an error",
        "Check the disk and its free space; the next write tries again",
    ),
    sqlite3.SQLITE_PROTOCOL: ("The file could not be locked", "Keep the folder on a local disk"),
}
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_INPUT = (sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_CONSTRAINT)

FOREIGN_ERRORS = (sqlite3.Error, OverflowError)
"""What sqlite3 raises: its own errors, and OverflowError for whole numbers of more than 64 bits."""


def in_words(error: Exception, path: Path) -> UnderstudyError:
    """Return the error as the person should read it."""
    if isinstance(error, OverflowError | sqlite3.DataError):
        return _unusable(error)
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    title = f"{path.name} could not be read or written"
    if code in _INPUT:
        return _unusable(error)
    if code in _DAMAGE or "Could not decode" in str(error):
        return DamagedError(f"{path.name} is damaged", str(error), _RESTART)
    why, fix = _WORDS.get(code, (str(error), "Restart Understudy; if it stays so, look into understudy.log"))
    return StoreError(title, f"{why} ({error})" if code in _WORDS else why, fix)


def file_in_words(error: OSError, path: Path) -> StoreError:
    """Return an error of the file system as the person should read it."""
    return StoreError(
        f"{path.name} could not be read or written",
        error.strerror or str(error),
        "Check that the folder is yours, writable, and has free space",
    )


def _unusable(error: Exception) -> InvalidInputError:
    return InvalidInputError(
        "This cannot be stored", str(error), "Use numbers of at most 64 bits and text under 1 GB"
    )
