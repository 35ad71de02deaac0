"""The captures in captures.db: adding each once, finding them, and the history that is mined."""

from collections.abc import Iterable
from typing import Any

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.value import Millis
from understudy.store.codec import decode, encode, scrubbed, scrubbed_capture
from understudy.store.database import Database, Row
from understudy.store.lookups import LookUp
from understudy.store.matching import has_part, is_same
from understudy.store.purge import delete_captures
from understudy.store.snapshots import forget_snapshot, keep_snapshot, read_snapshot

_COLUMNS = "id, at, kind, source, app, title, url, text, symbol, lasted, run_id, started_run"
_INSERT = """
    INSERT INTO capture (digest, at, kind, source, app, title, url, text, symbol, lasted, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_HISTORY = f"""
    SELECT {_COLUMNS} FROM capture WHERE run_id IS NULL AND started_run IS NULL
    ORDER BY at DESC, id DESC LIMIT ?
"""  # noqa: S608 (the pieces are constants of this file)
_LOOK_UPS = ("kind", "source", "app", "title", "url", "text", "symbol")
_MOST = 2**63 - 1


class SqliteCaptures:
    """The port `Captures` over captures.db."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._look_ups = {name: LookUp(database, name) for name in _LOOK_UPS}
        database.define("has_part", has_part)
        database.define("is_same", is_same)

    # --- adding ----------------------------------------------------------------------------------

    def add(self, capture: Capture, symbol: Symbol) -> int | None:
        """Store one and return its id; None = it was there already."""
        capture = scrubbed_capture(capture)
        digest = capture.digest
        if self._knows(capture.at, digest):
            return None
        try:
            with self._database.transaction():
                return self._insert(digest, capture, symbol)
        except BaseException:
            self._forget()
            raise

    def add_many(self, pairs: Iterable[tuple[Capture, Symbol]]) -> tuple[int, int]:
        """Store many in one transaction; returns (added, known before)."""
        added = known = 0
        try:
            with self._database.large_cache(), self._database.transaction():
                for given, symbol in pairs:
                    capture = scrubbed_capture(given)
                    digest = capture.digest
                    if self._knows(capture.at, digest):
                        known += 1
                    else:
                        self._insert(digest, capture, symbol)
                        added += 1
                forget_snapshot(self._database)
        except BaseException:
            self._forget()
            raise
        return added, known

    def _knows(self, at: Millis, digest: int) -> bool:
        known = self._database.row("SELECT 1 FROM capture WHERE at = ? AND digest = ?", (at, digest))
        return known is not None

    def _insert(self, digest: int, capture: Capture, symbol: Symbol) -> int:
        tables = self._look_ups
        ((capture_id,),) = self._database.rows(
            _INSERT,
            (
                digest,
                capture.at,
                tables["kind"].id_of(capture.kind.value),
                tables["source"].id_of(capture.source),
                tables["app"].optional_id_of(capture.app),
                tables["title"].optional_id_of(capture.title),
                tables["url"].optional_id_of(capture.url),
                tables["text"].optional_id_of(capture.text),
                tables["symbol"].id_of(_packed(symbol)),
                capture.lasted,
                capture.run_id or None,
            ),
        )
        return int(capture_id)

    def mark_started(self, capture_id: int, run_id: str) -> None:
        """Remember that this capture set off a run; one that was deleted meanwhile needs no mark."""
        with self._database.transaction():
            self._database.write(
                "UPDATE capture SET started_run = ? WHERE id = ?", (run_id or None, capture_id)
            )
            forget_snapshot(self._database)

    def keep_snapshot(self, snapshot: bytes) -> None:
        """Keep what a learner goes on from, until a capture in it is deleted or starts a run, or old ones are added."""
        keep_snapshot(self._database, snapshot)

    def snapshot(self) -> bytes:
        """What was kept last, or nothing."""
        return read_snapshot(self._database)

    # --- looking ---------------------------------------------------------------------------------

    def find(self, query: CaptureQuery) -> list[StoredCapture]:
        """Newest first; a limit of 0 or less = all."""
        where, parameters = _where(query)
        limit = min(query.limit, _MOST) if query.limit > 0 else -1
        sql = f"SELECT {_COLUMNS} FROM capture WHERE {where} ORDER BY at DESC, id DESC LIMIT ?"  # noqa: S608 (constants)
        return self._read(self._database.rows(sql, (*parameters, limit)))

    def get(self, capture_id: int) -> StoredCapture | None:
        """One of them."""
        sql = f"SELECT {_COLUMNS} FROM capture WHERE id = ?"  # noqa: S608 (a constant)
        found = self._read(self._database.rows(sql, (capture_id,)))
        return found[0] if found else None

    def history(self, limit: int) -> list[StoredCapture]:
        """The latest `limit` captures that may be mined, oldest first (by time, then id)."""
        rows = self._database.rows(_HISTORY, (max(0, min(limit, _MOST)),))
        rows.reverse()
        return self._read(rows)

    def count(self, since: Millis = 0) -> int:
        """How many there are, from this time on."""
        ((count,),) = self._database.rows(
            "SELECT count(*) FROM capture WHERE at >= ?" if since else "SELECT count(*) FROM capture",
            (since,) if since else (),
        )
        return int(count)

    def _read(self, rows: list[Row]) -> list[StoredCapture]:
        """Put captures together; equal texts and symbols are one object, however many captures have them."""
        columns = list(zip(*rows, strict=True)) or [()] * 12
        tables = self._look_ups
        kinds = {
            number: CaptureKind(text) for number, text in tables["kind"].texts_of(columns[2]).items() if text
        }
        sources, apps, titles, urls, texts = (
            tables[name].texts_of(columns[place]) for place, name in enumerate(_LOOK_UPS[1:6], start=3)
        )
        symbols = {
            number: unpacked(text) for number, text in tables["symbol"].texts_of(columns[8]).items() if text
        }
        return [
            StoredCapture(
                id=number,
                capture=Capture(
                    at=at,
                    kind=kinds[kind],
                    source=sources[source],
                    app=apps[app],
                    title=titles[title],
                    url=urls[url],
                    text=texts[text],
                    lasted=lasted,
                    run_id=run_id or "",
                ),
                symbol=symbols[symbol],
                started_run=started_run or "",
            )
            for number, at, kind, source, app, title, url, text, symbol, lasted, run_id, started_run in rows
        ]

    # --- deleting --------------------------------------------------------------------------------

    def delete(self, query: CaptureQuery) -> int:
        """Delete for good, whatever the query's limit; returns how many. `vacuum` removes their bytes."""
        where, parameters = _where(query)
        try:
            with self._database.large_cache():
                return delete_captures(self._database, where, parameters)
        finally:
            self._forget()

    def _forget(self) -> None:
        for table in self._look_ups.values():
            table.forget()


def _where(query: CaptureQuery) -> tuple[str, list[Any]]:
    """Return what `matching.matches` says as a condition, and its parameters."""
    part = "IN (SELECT id FROM {0} WHERE has_part(value, ?))"
    conditions: list[tuple[bool, str, tuple[Any, ...]]] = [
        (query.since != 0, "at >= ?", (query.since,)),
        (query.until != 0, "at < ?", (query.until,)),
        (query.kind is not None, "kind = (SELECT id FROM kind WHERE value = ?)", (query.kind,)),
        (query.app != "", "app IN (SELECT id FROM app WHERE is_same(value, ?))", (scrubbed(query.app),)),
        (
            query.text != "",
            "(" + " OR ".join(f"{table} {part.format(table)}" for table in ("title", "url", "text")) + ")",
            (scrubbed(query.text),) * 3,
        ),
    ]
    used = [(condition, values) for applies, condition, values in conditions if applies]
    where = " AND ".join(condition for condition, _ in used) or "TRUE"
    return where, [value for _, values in used for value in values]


def _packed(symbol: Symbol) -> str:
    """Return a symbol as JSON without the names of its fields."""
    return encode((symbol.template, symbol.exact, symbol.coarse, symbol.parameters))


def unpacked(text: str) -> Symbol:
    """Read a packed symbol. Raises StoreError."""
    template, exact, coarse, parameters = decode(text, tuple[str, str, str, tuple[tuple[str, str], ...]])
    return Symbol(exact=exact, template=template, coarse=coarse, parameters=parameters)
