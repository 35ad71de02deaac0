"""Reads the `History` database of Chromium, Chrome, Edge, Brave, Opera, Vivaldi; also while it is in use."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from understudy.adapters.importers.reading.browser_history import pages
from understudy.adapters.importers.reading.database_copy import MAGIC, has_tables
from understudy.adapters.importers.reading.times import Times
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions
from understudy.core.value import Millis

_TABLES = frozenset({"urls", "visits"})
_TO_1970 = 11_644_473_600_000
"""Milliseconds from 1601, where Chromium starts to count."""
_QUERY = """
    SELECT visits.id, visits.visit_time, urls.url, urls.title, visits.visit_duration
    FROM visits JOIN urls ON urls.id = visits.url
    WHERE (visits.transition & 255) NOT IN (3, 4) AND (visits.transition & 536870912) != 0
    ORDER BY visits.visit_time, visits.id
"""
"""Without frames (3, 4) and the pages that only sent on to others (not the end of a chain, bit 29)."""
_BROWSERS = (
    ("brave", "brave-browser"),
    ("edge", "microsoft-edge"),
    ("vivaldi", "vivaldi-stable"),
    ("opera", "opera"),
    ("yandex", "yandex-browser"),
    ("chromium", "chromium"),
    ("chrome", "google-chrome"),
)


class Chromium:
    """Pages from Chromium and its kin."""

    name: ClassVar[str] = "chromium"
    title: ClassVar[str] = "The history of Chromium, Chrome, Edge, Brave, Opera or Vivaldi (file History)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is a database with Chromium's tables."""
        return head.startswith(MAGIC) and has_tables(path, _TABLES)

    def read(self, path: Path, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield the pages opened, oldest first; `app` is told by the folder."""
        Times(options.zone)
        return pages(path, "a history of Chromium", _QUERY, _browser(path), _millis)


def _millis(stamp: int) -> Millis:
    return stamp // 1000 - _TO_1970


def _browser(path: Path) -> str:
    """Tell the browser by the folders the file lies in, the nearest first."""
    for folder in reversed(path.absolute().parts[:-1]):
        for mark, identity in _BROWSERS:
            if mark in folder.lower():
                return identity
    return "chromium"


PLUGIN = Chromium
