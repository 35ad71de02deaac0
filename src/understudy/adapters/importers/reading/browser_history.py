"""Turns the rows of a browser's history into captures of opened pages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from understudy.adapters.importers.reading.database_copy import opened_copy, translated
from understudy.adapters.importers.reading.times import LATEST
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord
from understudy.core.value import DAY, Millis

_LONGEST: Millis = 3660 * DAY
Cells = tuple[Any, Any, Any, Any, Any]
"""Row number, time, address, title, length."""


def pages(
    path: Path, kind: str, query: str, app: str, time: Callable[[int], Millis]
) -> Iterator[Capture | BadRecord]:
    """Yield the rows of the query (`Cells`) as captures; `time` turns a browser's time into ours.

    The first row is fetched before this returns, so that a wrong database is refused at once; `kind` is
    what messages call it.
    """
    rows = _rows(path, kind, query)
    first = next(rows, None)

    def found() -> Iterator[Capture | BadRecord]:
        if first is not None:
            yield _page(path, first, app, time)
        for row in rows:
            yield _page(path, row, app, time)

    return found()


def _rows(path: Path, kind: str, query: str) -> Iterator[Cells]:
    with opened_copy(path, kind) as database, translated(path, kind):
        yield from database.execute(query)


def _page(path: Path, cells: Cells, app: str, time: Callable[[int], Millis]) -> Capture | BadRecord:
    number, stamp, url, title, microseconds = cells
    where = f"{path.name}, visit {number}"
    if not isinstance(stamp, int) or not 0 < time(stamp) <= LATEST:
        return BadRecord(where=where, why=f"the time {str(stamp)[:40]} is out of range")
    if not isinstance(url, str) or not url:
        return BadRecord(where=where, why="it has no address")
    lasted = microseconds // 1000 if isinstance(microseconds, int) else 0
    return Capture(
        at=time(stamp),
        kind=CaptureKind.URL,
        source="import:history",
        app=app,
        title=title if isinstance(title, str) else "",
        url=url,
        lasted=lasted if 0 <= lasted <= _LONGEST else 0,
    )
