"""The output of a script: taken as it comes, within a limit; the beginning and the end of it are kept."""

# mypy: disable-error-code="attr-defined"
# (not on Windows: `os.set_blocking` for pipes)

import codecs
import os
from collections.abc import Callable
from typing import Self

CHUNK = 65_536


class Output:
    """A pipe, and what is kept of what came through it; each piece is told to `emit` as text when it comes."""

    def __init__(self, most: int, kept: int, emit: Callable[[str], None]) -> None:
        """`most` = bytes read before it is too much; `kept` = bytes kept of the beginning, and of the end."""
        self._most = most
        self._kept = kept
        self._emit = emit
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._first = b""
        self._last = b""
        self._count = 0
        self.is_open = True

    def __enter__(self) -> Self:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.reader)
        self.close_writer()

    def close_writer(self) -> None:
        """Leave the writing end to the script alone."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def read(self) -> bool:
        """Take what is there; False = that was more than may be read."""
        try:
            piece = os.read(self.reader, min(CHUNK, self._most + 1 - self._count))
        except BlockingIOError:
            return True
        self.is_open = bool(piece)
        if text := self._decoder.decode(piece, final=not piece):
            self._emit(text)
        self._count += len(piece)
        room = self._kept - len(self._first)
        self._first += piece[:room]
        self._last = (self._last + piece[max(0, room) :])[-self._kept :]
        return self._count <= self._most

    def read_rest(self) -> None:
        """Take what is left in the pipe, within the limit."""
        while self.is_open and self._count <= self._most:
            before = self._count
            self.read()
            if self._count == before:
                return

    @property
    def text(self) -> str:
        """What was kept, with a note where something was left out."""
        missing = self._count - len(self._first) - len(self._last)
        gap = f"\n[{missing} bytes left out]\n".encode() if missing else b""
        return (self._first + gap + self._last).decode("utf-8", "replace")
