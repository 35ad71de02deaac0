"""Opens the files an import reads, and says in words why one cannot be read. Reads only."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from understudy.errors import InvalidInputError

HEAD = 4096
"""Bytes by which a format is recognised."""
LONGEST_LINE = 1024 * 1024
"""Bytes; a longer line is not read but counted as bad."""
_GENERAL = "The file cannot be imported"


def check_file(path: Path) -> None:
    """Raise InvalidInputError unless there is a file at the path that may be read."""
    read_head(path)


def read_head(path: Path) -> bytes:
    """Return the first 4 KiB. Raises InvalidInputError where there is no file, or none that may be read."""
    try:
        if path.is_dir():
            raise InvalidInputError(_GENERAL, f"{path} is a folder", "Name a file in it")
        if not path.exists():
            raise InvalidInputError(_GENERAL, f"There is no {path}", "Check the path")
        if not path.is_file():
            raise InvalidInputError(_GENERAL, f"{path} is a device or a pipe", "Save it to a file first")
        with path.open("rb") as file:
            return file.read(HEAD)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def read_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, its bytes without the line end), or (number, None) for a line over 1 MiB."""
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                    _skip_line(file)
                    yield number, None
                else:
                    yield number, line.rstrip(b"\r\n")
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def unreadable(path: Path, error: Exception) -> InvalidInputError:
    """Return a refusal by the system in our words."""
    why = getattr(error, "strerror", None) or str(error)
    return InvalidInputError(_GENERAL, f"{path} cannot be read: {why}", "Check who may read it")
