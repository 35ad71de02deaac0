"""Reads the histories of shells: bash, zsh (plain and extended), fish, PowerShell. Bytes in, values out."""

import re
from collections.abc import Callable, Iterator

from understudy.core.value import SECOND, Millis, Value

LONGEST = 4096
"""Of a longer command line only the beginning is kept, in characters."""

_EXTENDED = re.compile(r": (\d{1,11}):(\d{1,9});(.*)", re.DOTALL)
_STAMP = re.compile(r"#(\d{9,11})")
_META = 0x83
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class HistoryEntry(Value):
    """One command line."""

    text: str
    at: Millis = 0
    """When it was started; 0 = the file does not say."""
    lasted: Millis = 0


Reader = Callable[[bytes], Iterator[HistoryEntry]]


def read_bash(raw: bytes) -> Iterator[HistoryEntry]:
    """Yield each line; a line `#seconds` is the time of the next (HISTTIMEFORMAT)."""
    at = 0
    for line in _lines(raw):
        if stamp := _STAMP.fullmatch(line):
            at = int(stamp[1]) * SECOND
            continue
        yield from _entry(line, at)
        at = 0


def read_zsh(raw: bytes) -> Iterator[HistoryEntry]:
    """Yield each command: plain, or `: seconds:duration;command`; a backslash joins lines."""
    joined = ""
    for line in _lines(unmetafy(raw)):
        if line.endswith("\\") and not line.endswith("\\\\"):
            joined += line[:-1] + "\n"
            continue
        whole, joined = joined + line, ""
        extended = _EXTENDED.fullmatch(whole)
        if extended:
            yield from _entry(extended[3], int(extended[1]) * SECOND, int(extended[2]) * SECOND)
        else:
            yield from _entry(whole)
    yield from _entry(joined)


def read_fish(raw: bytes) -> Iterator[HistoryEntry]:
    """Yield each `- cmd:` with its `when:`."""
    text, at = "", 0
    for line in _lines(raw):
        if line.startswith("- cmd: "):
            yield from _entry(text, at)
            text, at = _ESCAPE.sub(_unescape, line.removeprefix("- cmd: ")), 0
        elif line.startswith("  when: ") and line[8:].isdecimal():
            at = int(line[8:19]) * SECOND
    yield from _entry(text, at)


def read_powershell(raw: bytes) -> Iterator[HistoryEntry]:
    """Yield each line; a backtick joins lines."""
    joined = ""
    for line in _lines(raw):
        if line.endswith("`"):
            joined += line[:-1] + "\n"
            continue
        yield from _entry(joined + line)
        joined = ""
    yield from _entry(joined)


def unmetafy(raw: bytes) -> bytes:
    """Undo the way zsh writes bytes it uses itself: 0x83, then the byte with bit 5 flipped."""
    parts = raw.split(bytes([_META]))
    rest = (bytes([part[0] ^ 32]) + part[1:] if part else b"" for part in parts[1:])
    return parts[0] + b"".join(rest)


def _lines(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def _entry(text: str, at: Millis = 0, lasted: Millis = 0) -> Iterator[HistoryEntry]:
    text = text.strip()[:LONGEST]
    if text:
        yield HistoryEntry(text=text, at=at, lasted=lasted)


def _unescape(match: re.Match[str]) -> str:
    return {"n": "\n", "\\": "\\"}.get(match[1], match[0])
