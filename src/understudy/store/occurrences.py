"""The occurrences of patterns in captures.db: times and captures, no texts."""

import json
from collections.abc import Iterable

from understudy.core.pattern import Occurrence
from understudy.core.value import Millis
from understudy.store.database import Database
from understudy.store.paging import MOST, bounded
from understudy.store.purge import owe_vacuum

_RECORD = """
    INSERT OR IGNORE INTO occurrence (pattern_id, first, last, start, "end")
    SELECT ?, json_extract(value, '$[0]'), json_extract(value, '$[1]'),
      json_extract(value, '$[2]'), json_extract(value, '$[3]')
    FROM json_each(?) ORDER BY key
"""


class SqliteOccurrences:
    """The port `Occurrences`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, pattern_id: str, occurrences: Iterable[Occurrence]) -> int:
        """Keep those not known yet (by first and last capture); returns how many were new."""
        rows = [(one.first, one.last, one.start, one.end) for one in occurrences]
        return self._database.write(_RECORD, (pattern_id, json.dumps(rows))) if rows else 0

    def of(self, pattern_id: str, limit: int = 100, before: Millis = 0) -> list[Occurrence]:
        """Newest first; `before` = only those that began earlier."""
        found = self._database.rows(
            """
            SELECT start, "end", first, last FROM occurrence WHERE pattern_id = ? AND start <= ?
            ORDER BY start DESC, position DESC LIMIT ?
            """,
            (pattern_id, before - 1 if before else MOST, bounded(limit)),
        )
        return [Occurrence(start=start, end=end, first=first, last=last) for start, end, first, last in found]

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""
        with self._database.transaction():
            if self._database.write("DELETE FROM occurrence WHERE pattern_id = ?", (pattern_id,)):
                owe_vacuum(self._database)
