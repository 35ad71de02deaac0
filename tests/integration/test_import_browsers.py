"""Histories of browsers: from real databases, also while they are open and being written."""

import sqlite3
import time
from contextlib import closing

import pytest

from tests.samples.imports import CHAIN_END, T0, TO_1601, chromium_database, firefox_database
from understudy.adapters.importers.chromium import Chromium
from understudy.adapters.importers.firefox import Firefox
from understudy.core.capture import Capture
from understudy.core.ports import ImportOptions
from understudy.errors import InvalidInputError

OPTIONS = ImportOptions()
VISIT = (T0, "https://example.org/a", "A", CHAIN_END, 0)


def test_what_an_open_browser_has_just_written_is_read(tmp_path):
    """From the write-ahead log, while the browser is in a transaction; nothing of it changes."""
    path = tmp_path / "History"
    chromium_database(path, [VISIT], wal=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as browser:
        browser.execute("PRAGMA wal_autocheckpoint = 0")
        browser.execute("INSERT INTO urls (id, url, title) VALUES (2, 'https://example.org/new', 'New')")
        browser.execute("INSERT INTO visits VALUES (2, 2, ?, ?, 0)", ((T0 + 5 + TO_1601) * 1000, CHAIN_END))
        browser.execute("BEGIN IMMEDIATE")
        before = {
            found.name: found.read_bytes()
            for found in tmp_path.iterdir()
            if found.suffix != ".db-shm" and "shm" not in found.name
        }
        records = list(Chromium().read(path, OPTIONS))
        after = {name: (tmp_path / name).read_bytes() for name in before}
        browser.execute("ROLLBACK")
    assert [record.url for record in records] == ["https://example.org/a", "https://example.org/new"]
    assert before == after


@pytest.mark.parametrize(
    "folder, app",
    [
        ("BraveSoftware/Brave-Browser/Default", "brave-browser"),
        ("microsoft-edge/Default", "microsoft-edge"),
        ("google-chrome/Profile 1", "google-chrome"),
        ("chromium/Default", "chromium"),
        ("vivaldi/Default", "vivaldi-stable"),
        ("somewhere", "chromium"),
    ],
)
def test_the_browser_is_told_by_its_folder(tmp_path, folder, app):
    """As the focus watcher would call it."""
    path = tmp_path / "home" / folder / "History"
    path.parent.mkdir(parents=True)
    chromium_database(path, [VISIT])
    (capture,) = Chromium().read(path, OPTIONS)
    assert capture.app == app


def test_kin_of_firefox_are_told_by_their_folder(tmp_path):
    """LibreWolf keeps its own."""
    path = tmp_path / ".librewolf" / "places.sqlite"
    path.parent.mkdir()
    firefox_database(path, [(T0, "https://example.org/a", "A", 1, 0)])
    (capture,) = Firefox().read(path, OPTIONS)
    assert capture.app == "librewolf"


@pytest.mark.parametrize("importer", [Chromium(), Firefox()])
def test_another_database_is_refused(tmp_path, importer):
    """At once, with what the database says; and it is not recognised."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE notes (text)")
    with pytest.raises(InvalidInputError, match="no such table"):
        importer.read(path, OPTIONS)
    assert not importer.recognises(path, path.read_bytes()[:4096])


@pytest.mark.parametrize("importer", [Chromium(), Firefox()])
def test_a_file_that_is_no_database_is_refused(tmp_path, importer):
    """Also one that only starts like a database."""
    for content in (b"hello", b"SQLite format 3\x00" + b"\x07" * 5000):
        path = tmp_path / "x.db"
        path.write_bytes(content)
        with pytest.raises(InvalidInputError):
            importer.read(path, OPTIONS)
        assert not importer.recognises(path, content)


def test_the_private_copy_is_gone_afterwards(tmp_path, monkeypatch):
    """Also when the reader stops early, or the database is refused."""
    import tempfile

    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    path = tmp_path / "History"
    chromium_database(path, [VISIT] * 50)
    records = Chromium().read(path, OPTIONS)
    assert len(list(copies.iterdir())) == 1
    next(records)
    records.close()
    with pytest.raises(InvalidInputError):
        Firefox().read(path, OPTIONS)
    assert list(copies.iterdir()) == []


@pytest.mark.benchmark
@pytest.mark.parametrize("importer, write", [(Chromium(), chromium_database), (Firefox(), firefox_database)])
def test_prints_visits_a_second(tmp_path, importer, write):
    """The copy included."""
    path = tmp_path / "x"
    kind = CHAIN_END if write is chromium_database else 1
    write(
        path, [(T0 + number, f"https://example.org/{number}", "A title", kind, 0) for number in range(20_000)]
    )
    start = time.perf_counter()
    number = sum(isinstance(record, Capture) for record in importer.read(path, OPTIONS))
    print(f"\n{importer.name}: {number / (time.perf_counter() - start):,.0f} records/s")
    assert number == 20_000
