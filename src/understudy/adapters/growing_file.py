"""Reads what is added to a file, also when programs cut, rewrite or replace it; nothing old counts as new."""

import logging
from pathlib import Path

_log = logging.getLogger(__name__)

MEMORY = 4096
"""So many bytes before the place reached are remembered, to find it again after a rewrite."""


class GrowingFile:
    """One file and the place in it up to which it has been read. Begins at its present end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._place = 0
        self._memory = b""
        """What stands before the place."""
        content, start = self._read(-MEMORY)
        self._move_to(content, start, _end_of_lines(content))

    def read_new(self) -> bytes:
        """Return the complete lines added since the last call; empty = none.

        After a rewrite it goes on behind what is remembered; where none of that is left, all counts as old.
        """
        content, start = self._read(self._place - len(self._memory))
        found = 0 if content.startswith(self._memory) else -1
        if not content or found < 0:
            content, start = self._read(0)
        if not content:  # perhaps about to be written again: the memory is kept
            return b""
        behind = len(self._memory) if found == 0 else _find_behind(content, self._memory)
        end = _end_of_lines(content)
        new = content[behind:end]
        self._move_to(content, start, end)
        return new

    def _move_to(self, content: bytes, start: int, end: int) -> None:
        """Remember the place `end` of what was read from `start` on."""
        self._place = start + end
        self._memory = content[max(0, end - MEMORY) : end]

    def _read(self, start: int) -> tuple[bytes, int]:
        """Return what stands from `start` on (from the end if negative) and its place; empty = nothing."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                place = max(0, size + start) if start < 0 else start
                file.seek(place)
                return file.read(), place
        except FileNotFoundError:
            return b"", 0
        except OSError as error:
            _log.warning("%s cannot be read: %s", self.path, error)
            return b"", 0


def _find_behind(content: bytes, memory: bytes) -> int:
    """Return the place behind what is remembered, or behind as much of its end as is left; else the end.

    The last such place counts: rather lose a line than report an old one.
    """
    while memory:
        found = content.rfind(memory)
        if found >= 0:
            return found + len(memory)
        memory = memory[len(memory) // 2 + 1 :]
        memory = memory[memory.find(b"\n") + 1 :]
    return len(content)


def _end_of_lines(content: bytes) -> int:
    """Return the length of the complete lines."""
    return content.rfind(b"\n") + 1
