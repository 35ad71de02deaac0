"""Reads tables with a header line, from any recorder: the person says which column is what.

`columns` maps our field to a column, or to several joined by `+`; a constant starts with `=`:

    {"time": "timeStamp", "kind": "eventType", "subject": "targetApp+target.id"}   -> foreign records
    {"time": "Begin", "end": "End", "app": "App", "title": "Title"}                -> focus
    {"time": "when", "text": "line", "app": "=bash", "kind": "=command"}           -> commands

With `subject` every row is a foreign record of that kind; parts that are there are joined by ` / `. Without it,
`kind` holds our kinds, and where that is not given a row with a URL alone is `url`, every other one `focus`.
`value` is what was copied or pasted: it is compared, never kept.
Without `columns`, columns named like our fields (or `begin`, `timestamp`, `window`, `program`, ...) are taken.
The file is read row by row.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import ClassVar, TextIO

from understudy.adapters.importers.reading.files import check_file, read_head, unreadable
from understudy.adapters.importers.reading.times import Times
from understudy.adapters.value_marks import mark_of
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord, ImportOptions
from understudy.core.programs import program_id
from understudy.core.value import DAY, Millis
from understudy.errors import InvalidInputError

FIELDS = ("time", "end", "lasted", "kind", "subject", "app", "title", "url", "text", "value")
_WHAT = ("kind", "app", "title", "url", "text")
_USUAL_NAMES = {
    "time": "time at timestamp begin start starttime start_time when date datetime",
    "end": "end endtime end_time stop until",
    "lasted": "lasted duration seconds",
    "kind": "kind",
    "app": "app application program process",
    "title": "title window windowtitle window_title",
    "url": "url address",
    "text": "text command line",
}
_DELIMITERS = ";,\t|"
_LONGEST: Millis = 3660 * DAY
_JOINT = " / "
_SOURCE = "import:csv"
_SHOWN = 40
"""Columns that are named in a message."""
_REMEMBERED = 4096
"""Joined texts that are kept: most rows repeat one."""
_Value = Callable[[Sequence[str]], str]
_Maker = Callable[[Sequence[str]], Capture]


class Csv:
    """Tables with columns separated by comma, semicolon or tab."""

    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "A table with a header line (CSV, TSV); you say which column is what"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the name says so and the first line has several columns."""
        if path.suffix.lower() not in (".csv", ".tsv"):
            return False
        first = head.decode(_encoding(head), "replace").partition("\n")[0]
        return any(delimiter in first for delimiter in _DELIMITERS)

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the rows of the file, in its order; InvalidInputError names a column that is not there."""
        times = Times(options.zone)
        check_file(path)
        encoding = _encoding(read_head(path))
        with _opened(path, encoding) as file:
            header = file.readline(io.DEFAULT_BUFFER_SIZE * 8)
        if not header.strip():
            return iter(())
        delimiter = _delimiter(header, options.delimiter)
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        capture_of = _maker(_values(names, options.columns), times)
        return _records(path, encoding, delimiter, len(names), capture_of)


def _records(
    path: Path, encoding: str, delimiter: str, width: int, capture_of: _Maker
) -> Iterator[Capture | BadRecord]:
    try:
        with _opened(path, encoding) as file:
            reader = csv.reader(file, delimiter=delimiter)
            next(reader, None)
            while True:
                try:
                    for cells in reader:
                        if len(cells) >= width:
                            yield capture_of(cells)
                        elif cells:
                            yield capture_of([*cells, *[""] * (width - len(cells))])
                except (ValueError, csv.Error) as error:
                    yield BadRecord(where=f"{path.name}, line {reader.line_num}", why=str(error)[:200])
                else:
                    return
    except OSError as error:
        raise unreadable(path, error) from error


def _maker(values: Mapping[str, _Value], times: Times) -> _Maker:
    """Return what turns the cells of a row into a capture, or raises ValueError with what is wrong."""
    return _foreign(values, times) if "subject" in values else _Row(values, times).capture


def _foreign(values: Mapping[str, _Value], times: Times) -> _Maker:
    moment, subject, kind = values["time"], values["subject"], values.get("kind", _nothing)
    value = values.get("value")

    def capture(cells: Sequence[str]) -> Capture:
        at = _at(moment(cells), times)
        app, text = kind(cells), subject(cells)
        if not app and not text:
            raise ValueError("it has neither kind nor subject")
        mark = mark_of(value(cells)) if value else ""
        return Capture(at=at, kind=CaptureKind.FOREIGN, source=_SOURCE, app=app, text=text, value=mark)

    return capture


def _nothing(_: Sequence[str]) -> str:
    return ""


def _at(text: str, times: Times) -> Millis:
    if not text:
        raise ValueError("it has no time")
    return times.read(text)


class _Row:
    """Turns the cells of a row into a capture of one of our kinds."""

    def __init__(self, values: Mapping[str, _Value], times: Times) -> None:
        self._what = tuple(values.get(field, _nothing) for field in _WHAT)
        self._time, self._times = values["time"], times
        self._value = values.get("value")
        self._lasts = {field: values[field] for field in ("lasted", "end") if field in values}
        self._known: dict[tuple[str, ...], Capture] = {}

    def capture(self, cells: Sequence[str]) -> Capture:
        """Return the capture. Raises ValueError with what is wrong."""
        at = _at(self._time(cells), self._times)
        given = tuple([value(cells) for value in self._what])
        seen = self._known.get(given)
        if seen is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            seen = self._known[given] = _seen(given)
        return Capture(
            at=at,
            kind=seen.kind,
            source=_SOURCE,
            app=seen.app,
            title=seen.title,
            url=seen.url,
            text=seen.text,
            lasted=self._lasted(cells, at) if self._lasts else 0,
            value=mark_of(self._value(cells)) if self._value else "",
        )

    def _lasted(self, cells: Sequence[str], at: Millis) -> Millis:
        """From `lasted` in seconds, or `end` minus `time`."""
        found = {field: value(cells) for field, value in self._lasts.items()}
        if found.get("lasted"):
            lasted = float(found["lasted"].replace(",", ".")) * 1000
        elif found.get("end"):
            lasted = self._times.read(found["end"]) - at
        else:
            return 0
        if not 0 <= lasted <= _LONGEST:
            raise ValueError("it ends before it begins, or lasts for ever")
        return round(lasted)


def _seen(given: Sequence[str]) -> Capture:
    """Return what was seen, at no time, from the cells of `_WHAT`."""
    kind, app, title, url, text = given
    return Capture(
        at=0,
        kind=_kind(kind, given[1:]),
        source=_SOURCE,
        app=program_id(app),
        title=title,
        url=url,
        text=text,
    )


def _kind(given: str, others: Sequence[str]) -> CaptureKind:
    if given:
        try:
            return CaptureKind(given.lower())
        except ValueError as error:
            kinds = ", ".join(kind.value for kind in CaptureKind)
            raise ValueError(f"there is no kind “{given[:40]}”; there are: {kinds}") from error
    if not any(others):
        raise ValueError("it is empty")
    _, title, url, _ = others
    return CaptureKind.URL if url and not title else CaptureKind.FOCUS


def _values(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, _Value]:
    """Return how each field is taken from the cells. Raises InvalidInputError for what does not fit."""
    unknown = [field for field in columns if field not in FIELDS]
    if unknown:
        raise InvalidInputError(
            f"“{unknown[0]}” is no field of a capture",
            f"There are: {', '.join(FIELDS)}",
            "Change the columns given",
        )
    chosen = {field: columns[field] for field in FIELDS if columns.get(field)} or _usual(names)
    if "time" not in chosen:
        raise _missing("No column is given for the time", names)
    if chosen.keys() <= {"time", "end", "lasted", "kind", "value"}:
        raise _missing("No column is given for what happened", names)
    return {field: _value(field, chosen[field], names) for field in chosen}


def _usual(names: Sequence[str]) -> dict[str, str]:
    """Guess the columns by their names."""
    by_name = {name.lower(): name for name in reversed(names)}
    chosen = {}
    for field, usual in _USUAL_NAMES.items():
        found = next((by_name[name] for name in usual.split() if name in by_name), "")
        if found:
            chosen[field] = found
    return chosen


def _value(field: str, column: str, names: Sequence[str]) -> _Value:
    if column.startswith("="):
        return lambda _: column[1:]
    wanted = [column] if column in names else [part.strip() for part in column.split("+")]
    for name in wanted:
        if name not in names:
            raise _missing(f"There is no column “{name}” for the field {field}", names)
    places = [names.index(name) for name in wanted]
    if len(places) == 1:
        place = places[0]
        return lambda cells: cells[place].strip()
    return _joined(places)


def _joined(places: Sequence[int]) -> _Value:
    """Return the parts that are there, joined; equal parts give the very same text again."""
    parts_of = itemgetter(*places)
    known: dict[tuple[str, ...], str] = {}

    def value(cells: Sequence[str]) -> str:
        parts = parts_of(cells)
        text = known.get(parts)
        if text is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            text = known[parts] = _JOINT.join(part for part in map(str.strip, parts) if part)
        return text

    return value


def _missing(title: str, names: Sequence[str]) -> InvalidInputError:
    shown = ", ".join(names[:_SHOWN]) + (" and others" if len(names) > _SHOWN else "")
    return InvalidInputError(
        title, f"The columns are: {shown}", "Say which column is what, as in time=NAME app=NAME"
    )


def _delimiter(header: str, given: str) -> str:
    if given:
        plain = {"\\t": "\t", "tab": "\t"}.get(given, given)
        if len(plain) != 1 or plain in '"\r\n' or ord(plain) == 0:
            raise InvalidInputError(
                f"“{given}” cannot separate columns", "One character is needed", "Use ; or ,"
            )
        return plain
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def _encoding(head: bytes) -> str:
    """Tell UTF-16 by its mark; everything else is read as UTF-8."""
    return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _opened(path: Path, encoding: str) -> TextIO:
    try:
        return path.open(encoding=encoding, errors="replace", newline="")
    except OSError as error:
        raise unreadable(path, error) from error


PLUGIN = Csv
