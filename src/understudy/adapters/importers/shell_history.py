"""Reads the histories of bash, zsh and fish, line by line.

Kept as they are: times of zsh (`: 1700000000:0;ls`), fish (`when:`) and bash with HISTTIMEFORMAT
(`#1700000000`). A history without times has an order, but no clock: its commands are placed one minute
apart, so that the last one falls on the file's last change, and one bad record says so. Importing such a
file again after it has grown counts its commands again.
"""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from understudy.adapters.importers.reading.files import check_file, read_head, read_lines, unreadable
from understudy.adapters.importers.reading.times import LATEST, Times
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord, ImportOptions
from understudy.core.value import DAY, MINUTE, SECOND, Millis
from understudy.errors import InvalidInputError

_ZSH = re.compile(rb": (\d{1,12}):(\d{1,9});(.*)", re.DOTALL)
_BASH = re.compile(rb"#(\d{9,12})\s*")
_FISH_COMMAND = re.compile(rb"- cmd: ?(.*)", re.DOTALL)
_FISH_TIME = re.compile(rb"\s+when: (\d{1,12})\s*")
_FISH_OTHER = re.compile(rb"\s+(?:paths:|- .*)\s*")
_META = re.compile(rb"\x83(.)", re.DOTALL)
_NAMES = re.compile(r"^[._]?(?:(?:ba|z|fi)?sh_?hist(?:ory|file)|histfile|history|.*_history)(?:\.txt)?$")
_MOST_LINES = 1000
"""Lines of one command; more are a damaged file."""
_MOST_UNTIMED = 100_000
"""Commands without a time that are kept: the last ones."""
_NEVER = -1
"""The time of commands whose time is out of range."""
_Found = tuple[int, Millis, Millis, bytes] | tuple[int, str]
"""(line, time or 0, length, command), or (line, what is wrong)."""


class ShellHistory:
    """What was typed into a shell."""

    name: ClassVar[str] = "shell_history"
    title: ClassVar[str] = "The history of bash, zsh or fish"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a line of one of the shells stands at the start, or the name is that of a history."""
        if b"\x00" in head or head.lstrip()[:1] in (b"{", b"["):
            return False
        if _ZSH.match(head) or _BASH.match(head) or head.startswith(b"- cmd:"):
            return True
        return _NAMES.match(path.name) is not None

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the commands of the file, oldest first; `app` is the shell."""
        Times(options.zone)
        check_file(path)
        head = read_head(path)
        if b"\x00" in head:
            raise InvalidInputError(
                f"{path.name} is no history of a shell",
                "It holds binary data",
                "Name the right file or format",
            )
        shell = _shell(path, head)
        return _captures(path, shell, _READERS[shell](path))


def _shell(path: Path, head: bytes) -> str:
    """Tell the shell by the content, then by the name."""
    if head.startswith(b"- cmd:") or "fish" in path.name:
        return "fish"
    if re.search(rb"^: \d+:\d+;", head, re.MULTILINE) or "zsh" in path.name or path.name == ".histfile":
        return "zsh"
    return "bash"


def _captures(path: Path, shell: str, found: Iterator[_Found]) -> Iterator[Capture | BadRecord]:
    """Give every command its time; those before the first known time wait for it."""
    waiting: deque[str] = deque(maxlen=_MOST_UNTIMED)
    for entry in found:
        if len(entry) == 2:  # noqa: PLR2004 - a pair is (line, what is wrong)
            yield BadRecord(where=f"{path.name}, line {entry[0]}", why=entry[1])
            continue
        _, at, lasted, raw = entry
        command = raw.decode("utf-8", "replace").strip("\n")
        if not command.strip():
            continue
        if at:
            yield from _placed(path, shell, waiting, at - MINUTE)
            yield _command(shell, command, at, lasted)
        else:
            waiting.append(command)
    yield from _placed(path, shell, waiting, _changed(path))


def _placed(path: Path, shell: str, waiting: deque[str], last: Millis) -> Iterator[Capture | BadRecord]:
    """Yield the commands without a time, one minute apart, the last one at `last`."""
    if waiting:
        why = f"{len(waiting)} commands have no time; they are placed one minute apart"
        yield BadRecord(where=path.name, why=why)
    while waiting:
        yield _command(shell, waiting.popleft(), max(1, last - len(waiting) * MINUTE), 0)


def _command(shell: str, command: str, at: Millis, lasted: Millis) -> Capture:
    return Capture(
        at=at, kind=CaptureKind.COMMAND, source="import:shell_history", app=shell, text=command, lasted=lasted
    )


def _changed(path: Path) -> Millis:
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError as error:
        raise unreadable(path, error) from error


def _bash(path: Path) -> Iterator[_Found]:
    """Lines are commands; `#seconds` lines give the time of all lines up to the next one."""
    at, first, lines = 0, 0, list[bytes]()
    for number, line in read_lines(path):
        if line is None:
            yield number, "the line is longer than 1 MiB"
        elif stamp := _BASH.fullmatch(line):
            yield from _finished(first, at, lines)
            at, first, lines = _seconds(stamp[1]) or _NEVER, number, []
            if at == _NEVER:
                yield number, "the time is out of range"
        elif at == 0:
            yield number, 0, 0, line
        elif len(lines) < _MOST_LINES:
            lines.append(line)
    yield from _finished(first, at, lines)


def _finished(first: int, at: Millis, lines: list[bytes]) -> Iterator[_Found]:
    if at > 0 and lines:
        yield first, at, 0, b"\n".join(lines)


def _zsh(path: Path) -> Iterator[_Found]:
    """A backslash at the end of a line continues the command; bytes are stored "metafied"."""
    first, lines = 0, list[bytes]()
    for number, line in read_lines(path):
        if line is None:
            yield number, "the line is longer than 1 MiB"
            continue
        first = first or number
        if _continues(line) and len(lines) < _MOST_LINES:
            lines.append(line[:-1])
            continue
        yield _zsh_entry(first, b"\n".join([*lines, line]))
        first, lines = 0, []
    if lines:
        yield _zsh_entry(first, b"\n".join(lines))


def _continues(line: bytes) -> bool:
    """Whether the line ends in an odd number of backslashes."""
    return (len(line) - len(line.rstrip(b"\\"))) % 2 == 1


def _zsh_entry(number: int, raw: bytes) -> _Found:
    plain = _META.sub(lambda match: bytes([match[1][0] ^ 32]), raw)
    match = _ZSH.match(plain)
    if match is None:
        return number, 0, 0, plain
    at, lasted = _seconds(match[1]), int(match[2]) * SECOND
    if not at:
        return number, "the time is out of range"
    return number, at, lasted if lasted <= 3660 * DAY else 0, match[3]


def _fish(path: Path) -> Iterator[_Found]:
    """`- cmd: COMMAND`, then `  when: SECONDS` and perhaps `  paths:`; line ends in a command are escaped."""
    command, first, at = b"", 0, 0
    for number, line in read_lines(path):
        if line is None:
            yield number, "the line is longer than 1 MiB"
            continue
        start, time = _FISH_COMMAND.fullmatch(line), _FISH_TIME.fullmatch(line)
        if start:
            if first:
                yield first, at, 0, command
            command, first, at = _fish_text(start[1]), number, 0
        elif time and first:
            at = _seconds(time[1])
        elif line.strip() and not (first and _FISH_OTHER.fullmatch(line)):
            yield number, "it belongs to no command"
    if first:
        yield first, at, 0, command


_FISH_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)


def _fish_text(raw: bytes) -> bytes:
    return _FISH_ESCAPE.sub(
        lambda match: b"\n" if match[1] == b"n" else match[1] if match[1] == b"\\" else match[0], raw
    )


def _seconds(digits: bytes) -> Millis:
    """Return milliseconds; 0 = out of range."""
    at = int(digits) * SECOND
    return at if at <= LATEST else 0


_READERS = {"bash": _bash, "zsh": _zsh, "fish": _fish}

PLUGIN = ShellHistory
