"""Reads and writes Understudy's own format of captures: JSON, one object a line, UTF-8.

The first line may be `{"format": "understudy.captures/1"}`. Every other line is one capture:

    {"at": "2024-06-05T08:22:21.120Z", "kind": "focus", "app": "firefox", "title": "Inbox", "lasted": 12.5}

`at`      required: ISO 8601 (without an offset: in the zone given), or an integer of milliseconds since
          1970 UTC
`kind`    required: focus, url, command, phrase, file, state, presence or foreign
`app`     the program; the shell of a command; the name of a state; the kind of a foreign record
`title`, `url`, `text`   as the kind needs them: `text` is a command line, a phrase, a path, a value
`lasted`  seconds it went on; whole or with a fraction, down to milliseconds
`source`  who reported it; `import:jsonl` where it is not given
`run`     the run of ours that caused it; such captures are never learned from

All but `at` are strings, `lasted` is a number. Fields that do not apply are left out. Any other field makes
the line a bad record. Empty lines are skipped. The file is read line by line.
"""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from understudy.adapters.importers.reading.files import check_file, read_head, read_lines
from understudy.adapters.importers.reading.times import LATEST, Times, iso_text
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord, ImportOptions
from understudy.core.value import DAY, Millis
from understudy.errors import InvalidInputError

FORMAT = "understudy.captures/1"
_TEXTS = ("app", "title", "url", "text", "source", "run")
_FIELDS = ("at", "kind", "lasted", *_TEXTS)
_KINDS = tuple(kind.value for kind in CaptureKind)
_LONGEST: Millis = 3660 * DAY
_BOM = b"\xef\xbb\xbf"


class Jsonl:
    """Captures as JSON lines."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "Understudy's own format: one JSON object a line"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the first line is our header, or an object with `at` and `kind`."""
        del path
        line = head.removeprefix(_BOM).lstrip().partition(b"\n")[0].strip()
        try:
            first = msgspec.json.decode(line)
        except (ValueError, RecursionError):
            return False
        return isinstance(first, dict) and (first.get("format") == FORMAT or {"at", "kind"} <= first.keys())

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the captures of the file, in its order."""
        times = Times(options.zone)
        check_file(path)
        _check_header(path)
        return self._records(path, times)

    def _records(self, path: Path, times: Times) -> Iterator[Capture | BadRecord]:
        for number, line in read_lines(path):
            where = f"{path.name}, line {number}"
            if line is None:
                yield BadRecord(where=where, why="the line is longer than 1 MiB")
            elif line.strip() and not _is_header(line):
                try:
                    yield _capture(line.removeprefix(_BOM), times)
                except ValueError as error:
                    yield BadRecord(where=where, why=str(error))


def capture_line(capture: Capture) -> str:
    """Return the capture as one line of the format, without the line end; reading it gives it back."""
    fields: dict[str, Any] = {
        "at": iso_text(capture.at) if 0 < capture.at <= LATEST else capture.at,
        "kind": capture.kind.value,
        "app": capture.app,
        "title": capture.title,
        "url": capture.url,
        "text": capture.text,
        "lasted": capture.lasted / 1000 if capture.lasted % 1000 else capture.lasted // 1000,
        "source": capture.source,
        "run": capture.run_id,
    }
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=True)


def header_line() -> str:
    """Return the first line of an export, without the line end."""
    return json.dumps({"format": FORMAT})


def _check_header(path: Path) -> None:
    """Refuse a later version of the format, and a file whose first line is no JSON object at all."""
    first = read_head(path).removeprefix(_BOM).lstrip().partition(b"\n")[0]
    if not first:
        return
    if not first.startswith(b"{"):
        raise InvalidInputError(
            f"{path.name} is not in the format jsonl",
            "Its first line is no JSON object",
            "Name the right format",
        )
    found = _header(first)
    if found not in ("", FORMAT):
        raise InvalidInputError(
            f"{path.name} is in the format {found[:60]}", f"This version reads {FORMAT}", "Update Understudy"
        )


def _is_header(line: bytes) -> bool:
    return b'"format"' in line and _header(line.removeprefix(_BOM)) == FORMAT


def _header(line: bytes) -> str:
    try:
        value = msgspec.json.decode(line.strip())
    except (ValueError, RecursionError):
        return ""
    found = value.get("format", "") if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""


def _capture(line: bytes, times: Times) -> Capture:
    """Read one line. Raises ValueError with what is wrong."""
    try:
        record = msgspec.json.decode(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - bad records are ValueErrors here
    _check_fields(record)
    texts = {name: record.get(name, "") for name in _TEXTS}
    return Capture(
        at=_at(record["at"], times),
        kind=_kind(record["kind"]),
        source=texts["source"] or "import:jsonl",
        app=texts["app"],
        title=texts["title"],
        url=texts["url"],
        text=texts["text"],
        lasted=_lasted(record.get("lasted", 0)),
        run_id=texts["run"],
    )


def _check_fields(record: dict[str, Any]) -> None:
    for name in record:
        if name not in _FIELDS:
            near = difflib.get_close_matches(name[:60], _FIELDS, n=1, cutoff=0.4)
            hint = f"did you mean “{near[0]}”?" if near else f"there are: {', '.join(_FIELDS)}"
            raise ValueError(f"there is no field “{name[:60]}”; {hint}")
    missing = [name for name in ("at", "kind") if name not in record]
    if missing:
        raise ValueError(f"the field “{missing[0]}” is missing")
    for name in _TEXTS:
        if not isinstance(record.get(name, ""), str):
            raise ValueError(f"the field “{name}” must be a text")  # noqa: TRY004 - bad records are ValueErrors here


def _at(value: object, times: Times) -> Millis:
    if isinstance(value, str):
        return times.read(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("the field “at” must be a time or milliseconds")  # noqa: TRY004 - as above
    if not 0 < value <= LATEST:
        raise ValueError(f"the time {value} is out of range")
    return value


def _kind(value: object) -> CaptureKind:
    try:
        return CaptureKind(value)  # type: ignore[arg-type]  # anything else is refused right here
    except ValueError as error:
        raise ValueError(f"there is no kind “{str(value)[:40]}”; there are: {', '.join(_KINDS)}") from error


def _lasted(value: object) -> Millis:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("the field “lasted” must be seconds")  # noqa: TRY004 - as above
    if not 0 <= value * 1000 <= _LONGEST:
        raise ValueError(f"the length {value} is out of range")
    return round(value * 1000)


PLUGIN = Jsonl
