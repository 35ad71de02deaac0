"""Reads the `places.sqlite` database of Firefox and its kin, also while the browser runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from understudy.adapters.importers.reading.browser_history import pages
from understudy.adapters.importers.reading.database_copy import MAGIC, has_tables
from understudy.adapters.importers.reading.times import Times
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions
from understudy.core.value import Millis

_TABLES = frozenset({"moz_places", "moz_historyvisits"})
_QUERY = """
    SELECT visits.id, visits.visit_date, places.url, places.title, 0
    FROM moz_historyvisits AS visits JOIN moz_places AS places ON places.id = visits.place_id
    WHERE visits.visit_type NOT IN (4, 7, 8) AND coalesce(places.hidden, 0) = 0
    ORDER BY visits.visit_date, visits.id
"""
"""Without embedded contents (4), downloads (7), frames (8), and pages that only sent on (hidden)."""
_BROWSERS = ("librewolf", "waterfox", "floorp", "zen")


class Firefox:
    """Pages from Firefox and its kin."""

    name: ClassVar[str] = "firefox"
    title: ClassVar[str] = "The history of Firefox (file places.sqlite)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is a database with Firefox's tables."""
        return head.startswith(MAGIC) and has_tables(path, _TABLES)

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the pages opened, oldest first; how long they stayed open is not known."""
        Times(options.zone)
        return pages(path, "a history of Firefox", _QUERY, _browser(path), _millis)


def _millis(stamp: int) -> Millis:
    return stamp // 1000


def _browser(path: Path) -> str:
    folders = {folder.lower().lstrip(".") for folder in path.absolute().parts[:-1]}
    return next((browser for browser in _BROWSERS if browser in folders), "firefox")


PLUGIN = Firefox
