"""The tally of captures: their number without counting them, which takes a second for ten million."""

from contextlib import suppress

from understudy.errors import StoreError
from understudy.store.database import Database
from understudy.store.marks import Marks

_NAME = "gaps"
"""The mark of how many numbers were given to captures that are gone; none = it has to be counted."""


def count_captures(database: Database) -> int:
    """Return how many captures there are: the last number given, less those that are gone."""
    gaps = Marks(database).get(_NAME)
    return _last_number(database) - int(gaps) if gaps else _count(database)


def tally_deleted(database: Database, count: int) -> None:
    """Take note, in the transaction that deletes them, of captures that are gone."""
    marks = Marks(database)
    gaps = marks.get(_NAME)
    if gaps:
        marks.put(_NAME, str(int(gaps) + count))


def _count(database: Database) -> int:
    ((count,),) = database.rows("SELECT count(*) FROM capture")
    with suppress(StoreError):  # on a full disk it is counted again the next time
        Marks(database).put(_NAME, str(_last_number(database) - count))
    return int(count)


def _last_number(database: Database) -> int:
    found = database.row("SELECT seq FROM sqlite_sequence WHERE name = 'capture'")
    return int(found[0]) if found else 0
