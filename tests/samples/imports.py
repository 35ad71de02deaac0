"""Builds a small sample of every format an importer reads, with what it should become."""

import csv
import io
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from understudy.adapters.importers.activitywatch import ActivityWatch
from understudy.adapters.importers.chromium import Chromium
from understudy.adapters.importers.csv import Csv
from understudy.adapters.importers.firefox import Firefox
from understudy.adapters.importers.jsonl import Jsonl, capture_line, header_line
from understudy.adapters.importers.shell_history import ShellHistory
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Importer, ImportOptions

T0 = 1_717_570_941_000
"""2024-06-05 07:02:21 UTC."""
TO_1601 = 11_644_473_600_000
CHAIN_END = 0x2000_0000


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A file of three good records, and how it is read."""

    importer: Importer
    file_name: str
    content: bytes
    bad_content: bytes
    """The same with one bad record more; empty where the format has none."""
    expected: tuple[Capture, ...]
    options: ImportOptions = field(default_factory=ImportOptions)

    def write(self, folder: Path, content: bytes | None = None) -> Path:
        path = folder / self.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content if content is None else content)
        os.utime(path, (T0 // 1000 + 500, T0 // 1000 + 500))
        return path


def samples() -> list[Sample]:
    """One of every importer."""
    return [jsonl(), csv_table(), activitywatch(), bash(), zsh(), fish(), chromium(), firefox()]


def written(folder, content, name):
    """A file whose last change was at T0."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (T0 // 1000, T0 // 1000))
    return path


def focus(at, app, title, lasted=0, source="import:jsonl"):
    return Capture(at=at, kind=CaptureKind.FOCUS, source=source, app=app, title=title, lasted=lasted)


def jsonl():
    captures = (
        focus(T0, "firefox", "Inbox", 1500),
        focus(T0 + 1, "code", "main.py"),
        focus(T0 + 2, "xterm", "läuft"),
    )
    lines = [header_line(), *map(capture_line, captures)]
    bad = [*lines[:2], '{"at": 1, "kind": "focus", "titel": "x"}', *lines[2:]]
    return Sample(
        importer=Jsonl(), file_name="captures.jsonl", expected=captures,
        content="\n".join(lines).encode(), bad_content="\n".join(bad).encode(),
    )  # fmt: skip


def csv_table():
    rows = [
        ("WindowsTerminal.exe", "Prompt", "2024-06-05 07:02:21", "2024-06-05 07:02:36"),
        ("Tockler", "Tockler; x", "2024-06-05 07:02:36", ""),
    ]
    rows.append(("Microsoft Edge", "New Tab", "2024-06-05 07:02:39", ""))
    expected = (
        focus(T0, "windowsterminal", "Prompt", 15_000, "import:csv"),
        focus(T0 + 15_000, "tockler", "Tockler; x", 0, "import:csv"),
        focus(T0 + 18_000, "microsoft-edge", "New Tab", 0, "import:csv"),
    )

    def text(*lines):
        file = io.StringIO()
        csv.writer(file, delimiter=";").writerows([("App", "Title", "Begin", "End"), *lines])
        return file.getvalue().encode()

    return Sample(
        importer=Csv(), file_name="events.csv", expected=expected,
        content=text(*rows), bad_content=text(rows[0], ("App", "Title", "no time", ""), *rows[1:]),
    )  # fmt: skip


def activitywatch():
    def event(seconds, data, duration=0.0):
        stamp = f"2024-06-05T07:02:{21 + seconds:02}.000000+00:00"
        return {"id": 1, "timestamp": stamp, "duration": duration, "data": data}

    window = [
        event(2, {"app": "Code.exe", "title": "main.py"}, 1.25),
        event(0, {"app": "firefox", "title": "Inbox"}, 2.0),
    ]
    afk = [event(1, {"status": "not-afk"}, 60.0)]

    def export(extra=()):
        buckets = {
            "aw-watcher-window_pc": {
                "id": "aw-watcher-window_pc",
                "type": "currentwindow",
                "events": [*window, *extra],
            },
            "aw-watcher-afk_pc": {"id": "aw-watcher-afk_pc", "type": "afkstatus", "events": afk},
        }
        return json.dumps({"buckets": buckets}).encode()

    source = "import:activitywatch"
    expected = (
        focus(T0, "firefox", "Inbox", 2000, source),
        Capture(at=T0 + 1000, kind=CaptureKind.PRESENCE, source=source, text="active", lasted=60_000),
        focus(T0 + 2000, "code", "main.py", 1250, source),
    )
    return Sample(
        importer=ActivityWatch(), file_name="aw-export.json", expected=expected,
        content=export(), bad_content=export([{"timestamp": "soon", "data": {}}]),
    )  # fmt: skip


def command(at, shell, text, lasted=0):
    return Capture(
        at=at, kind=CaptureKind.COMMAND, source="import:shell_history", app=shell, text=text, lasted=lasted
    )


def bash():
    seconds = T0 // 1000
    text = (
        f"#{seconds}\ngit status\n#{seconds + 5}\nfor x in *\ndo echo $x\ndone\n#{seconds + 9}\nls\n".encode()
    )
    expected = (
        command(T0, "bash", "git status"),
        command(T0 + 5000, "bash", "for x in *\ndo echo $x\ndone"),
        command(T0 + 9000, "bash", "ls"),
    )
    bad = text + b"#999999999999\nlost\n"
    return Sample(
        importer=ShellHistory(), file_name=".bash_history", content=text, bad_content=bad, expected=expected
    )


def zsh():
    seconds = T0 // 1000
    umlaut = "echo grün".encode().replace("ü".encode(), b"\xc3\x83\x9c")
    text = b": %d:3;git status\n: %d:0;for x in *\\\ndo echo $x; done\n: %d:0;%s\n" % (
        seconds,
        seconds + 5,
        seconds + 9,
        umlaut,
    )
    expected = (
        command(T0, "zsh", "git status", 3000),
        command(T0 + 5000, "zsh", "for x in *\ndo echo $x; done"),
        command(T0 + 9000, "zsh", "echo grün"),
    )
    bad = text + b": 999999999999:0;lost\n"
    return Sample(
        importer=ShellHistory(), file_name=".zsh_history", content=text, bad_content=bad, expected=expected
    )


def fish():
    seconds = T0 // 1000
    text = (
        f"- cmd: git status\n  when: {seconds}\n"
        f"- cmd: echo a\\nb \\\\x\n  when: {seconds + 5}\n  paths:\n    - src/a b\n"
        f"- cmd: ls\n  when: {seconds + 9}\n"
    ).encode()
    expected = (
        command(T0, "fish", "git status"),
        command(T0 + 5000, "fish", "echo a\nb \\x"),
        command(T0 + 9000, "fish", "ls"),
    )
    return Sample(
        importer=ShellHistory(),
        file_name="fish_history",
        content=text,
        bad_content=text + b"stray\n",
        expected=expected,
    )


def page(at, app, url, title, lasted=0):
    return Capture(
        at=at, kind=CaptureKind.URL, source="import:history", app=app, url=url, title=title, lasted=lasted
    )


def chromium_database(path, visits, *, wal=False):
    """Write a history: visits are (time in ms or anything, url, title, transition, microseconds)."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        if wal:
            database.execute("PRAGMA journal_mode = WAL")
        database.execute("BEGIN")
        database.execute(
            "CREATE TABLE urls (id INTEGER PRIMARY KEY, url TEXT, title TEXT, hidden INTEGER DEFAULT 0)"
        )
        database.execute(
            "CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER, transition "
            "INTEGER, visit_duration INTEGER)"
        )
        for number, (at, url, title, transition, lasted) in enumerate(visits, start=1):
            stamp = (at + TO_1601) * 1000 if isinstance(at, int) else at
            database.execute("INSERT INTO urls (id, url, title) VALUES (?, ?, ?)", (number, url, title))
            database.execute(
                "INSERT INTO visits VALUES (?, ?, ?, ?, ?)", (number, number, stamp, transition, lasted)
            )
        database.execute("COMMIT")


def firefox_database(path, visits):
    """Write a history: visits are (time in ms or anything, url, title, type, hidden)."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN")
        database.execute(
            "CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT, title TEXT, hidden INTEGER)"
        )
        database.execute(
            "CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, place_id INTEGER, visit_date "
            "INTEGER, visit_type INTEGER)"
        )
        for number, (at, url, title, kind, hidden) in enumerate(visits, start=1):
            stamp = at * 1000 if isinstance(at, int) else at
            database.execute("INSERT INTO moz_places VALUES (?, ?, ?, ?)", (number, url, title, hidden))
            database.execute(
                "INSERT INTO moz_historyvisits VALUES (?, ?, ?, ?)", (number, number, stamp, kind)
            )
        database.execute("COMMIT")


def _database(write, visits):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        write(path, visits)
        return path.read_bytes()


def chromium():
    visits = [
        (T0, "https://example.org/a", "A", CHAIN_END, 2_500_000),
        (T0 + 10, "https://ads.example/frame", "", CHAIN_END | 3, 0),
        (T0 + 20, "https://example.org/moved", "", 0, 0),
        (T0 + 30, "https://example.org/b", "B", CHAIN_END | 1, 0),
        (T0 + 40, "https://example.org/c", None, CHAIN_END, None),
    ]
    expected = (
        page(T0, "google-chrome", "https://example.org/a", "A", 2500),
        page(T0 + 30, "google-chrome", "https://example.org/b", "B"),
        page(T0 + 40, "google-chrome", "https://example.org/c", ""),
    )
    bad = [*visits, ("never", "https://example.org/d", "D", CHAIN_END, 0)]
    return Sample(
        importer=Chromium(), file_name="google-chrome/Default/History", expected=expected,
        content=_database(chromium_database, visits), bad_content=_database(chromium_database, bad),
    )  # fmt: skip


def firefox():
    visits = [
        (T0, "https://example.org/a", "A", 1, 0),
        (T0 + 10, "https://ads.example/frame", "", 8, 0),
        (T0 + 20, "https://example.org/moved", "", 1, 1),
        (T0 + 30, "https://example.org/b", "B", 2, 0),
        (T0 + 40, "https://example.org/c", None, 1, None),
    ]
    expected = (
        page(T0, "firefox", "https://example.org/a", "A"),
        page(T0 + 30, "firefox", "https://example.org/b", "B"),
        page(T0 + 40, "firefox", "https://example.org/c", ""),
    )
    bad = [*visits, (T0 + 50, None, "D", 1, 0)]
    return Sample(
        importer=Firefox(), file_name="profile/places.sqlite", expected=expected,
        content=_database(firefox_database, visits), bad_content=_database(firefox_database, bad),
    )  # fmt: skip
