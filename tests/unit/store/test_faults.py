"""Errors of SQLite and the file system in the person's words."""

import errno
import sqlite3
from pathlib import Path

import pytest

from understudy.errors import InvalidInputError, StoreError
from understudy.store.faults import DamagedError, file_in_words, in_words

JOURNAL = Path("journal.db")


def sqlite_error(code, text="disk"):
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code,why",
    [
        (sqlite3.SQLITE_FULL, "The disk is full"),
        (sqlite3.SQLITE_READONLY, "The folder is read-only"),
        (sqlite3.SQLITE_READONLY | 8 << 8, "The folder is read-only"),
        (sqlite3.SQLITE_BUSY, "Another program is using the database"),
        (sqlite3.SQLITE_LOCKED, "Another program is using the database"),
        (sqlite3.SQLITE_CANTOPEN, "The file cannot be opened"),
        (sqlite3.SQLITE_IOERR | 3 << 8, "The disk reported an error"),
        (sqlite3.SQLITE_PERM, "Access was denied"),
        (sqlite3.SQLITE_NOMEM, "There is not enough memory"),
    ],
)
def test_each_error_says_why_and_what_to_do(code, why):
    """Extended codes are the same to the person."""
    error = in_words(sqlite_error(code), JOURNAL)
    assert (type(error), error.title, error.why) == (
        StoreError,
        "journal.db could not be read or written",
        f"{why} (disk)",
    )
    assert error.fix


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
def test_damage_is_told_apart(code):
    """It is repaired at the next start."""
    error = in_words(sqlite_error(code), JOURNAL)
    assert (type(error), error.title, error.code) == (DamagedError, "journal.db is damaged", "store")


def test_bytes_that_are_no_text_are_damage():
    """Python's own error about them has no code."""
    error = sqlite3.OperationalError("Could not decode to UTF-8 column 'body'")
    assert isinstance(in_words(error, JOURNAL), DamagedError)


@pytest.mark.parametrize(
    "error",
    [OverflowError("int too large"), sqlite3.DataError("too big"), sqlite_error(sqlite3.SQLITE_CONSTRAINT)],
)
def test_values_that_cannot_be_stored_are_the_callers_fault(error):
    """Not the disk's."""
    assert isinstance(in_words(error, JOURNAL), InvalidInputError)


def test_an_error_nobody_foresaw_keeps_its_text():
    """With something to do all the same."""
    error = in_words(sqlite3.OperationalError("no such table: x"), JOURNAL)
    assert (error.why, bool(error.fix)) == ("no such table: x", True)


def test_an_error_of_the_file_system_says_why():
    """In the system's words."""
    error = file_in_words(OSError(errno.ENOSPC, "No space left on device"), JOURNAL)
    assert error.why == "No space left on device"
    assert file_in_words(OSError("strange"), JOURNAL).why == "strange"
