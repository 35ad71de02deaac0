"""The captures in captures.db: adding each once, finding them, and the history that is mined."""

import json
from collections.abc import Iterable
from typing import Any, Literal

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.store_queries import Count
from understudy.core.value import Millis
from understudy.store.codec import decode, encode, scrubbed_capture
from understudy.store.database import Database, Row
from understudy.store.lookups import LookUp
from understudy.store.matching import QUARTER, has_part, is_same
from understudy.store.paging import MOST, Filter, bounded
from understudy.store.purge import delete_captures
from understudy.store.snapshots import forget_snapshot, keep_snapshot, read_snapshot
from understudy.store.tally import count_captures

_COLUMNS = "id, at, kind, source, app, title, url, text, symbol, lasted, run_id, started_run"
_INSERT = """
    INSERT INTO capture (digest, at, kind, source, app, title, url, text, symbol, lasted, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_HISTORY = f"""
    SELECT {_COLUMNS} FROM capture WHERE run_id IS NULL AND started_run IS NULL
    ORDER BY at DESC, id DESC LIMIT ?
"""  # noqa: S608 (the pieces are constants of this file)
_IN_ORDER = f"""
    SELECT {_COLUMNS} FROM capture WHERE at >= ? AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?
"""  # noqa: S608 (as above)
_TOTALS = """
    SELECT ifnull(value, ''), captures, lasted
    FROM (SELECT {0} AS number, count(*) AS captures, CAST(total(lasted) AS INTEGER) AS lasted
      FROM capture WHERE {1} GROUP BY {0}) LEFT JOIN {0} ON id = number
    ORDER BY captures DESC, 1
"""
_QUARTERS = f"""
    SELECT at / {QUARTER} - (at % {QUARTER} < 0) AS number, count(*), CAST(total(lasted) AS INTEGER)
    FROM capture WHERE {{0}} GROUP BY number ORDER BY number
"""  # noqa: S608 (a constant; division goes towards zero, and times before 1970 fall into their quarter too)
_LOOK_UPS = ("kind", "source", "app", "title", "url", "text", "symbol")


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

    def extend(self, capture_id: int, lasted: Millis) -> None:
        """Set how long one went on; unknown ids are fine."""
        self._database.write("UPDATE capture SET lasted = ? WHERE id = ?", (lasted, capture_id))

    # --- looking ---------------------------------------------------------------------------------

    def find(self, query: CaptureQuery) -> list[StoredCapture]:
        """Newest first; a limit of 0 or less = all."""
        where, parameters = _where(query)
        limit = min(query.limit, MOST) if query.limit > 0 else -1
        sql = f"SELECT {_COLUMNS} FROM capture WHERE {where} ORDER BY at DESC, id DESC LIMIT ?"  # noqa: S608 (constants)
        return self._read(self._database.rows(sql, (*parameters, limit)))

    def in_order(self, limit: int, after: StoredCapture | None = None) -> list[StoredCapture]:
        """Oldest first (by time, then id); `after` = the last one of the page before, which may be gone by now."""
        at, number = (after.capture.at, after.id) if after else (-MOST - 1, 0)
        return self._read(self._database.rows(_IN_ORDER, (at, at, number, bounded(limit))))

    def get(self, capture_id: int) -> StoredCapture | None:
        """One of them."""
        sql = f"SELECT {_COLUMNS} FROM capture WHERE id = ?"  # noqa: S608 (a constant)
        found = self._read(self._database.rows(sql, (capture_id,)))
        return found[0] if found else None

    def history(self, limit: int) -> list[StoredCapture]:
        """The latest `limit` captures that may be mined, oldest first (by time, then id)."""
        rows = self._database.rows(_HISTORY, (max(0, min(limit, MOST)),))
        rows.reverse()
        return self._read(rows)

    def count(self, since: Millis = 0) -> int:
        """How many there are, from this time on."""
        if not since:
            return count_captures(self._database)
        ((count,),) = self._database.rows("SELECT count(*) FROM capture WHERE at >= ?", (since,))
        return int(count)

    def missing(self, ids: Iterable[int]) -> set[int]:
        """Those of the ids that are of no capture (any more)."""
        wanted = json.dumps(sorted(set(ids)))
        found = self._database.rows(
            "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM capture WHERE id = value)",
            (wanted,),
        )
        return {number for (number,) in found}

    def totals(self, by: Literal["app", "kind"], since: Millis = 0, until: Millis = 0) -> list[Count]:
        """Captures by app or kind, the most frequent first; those without an app under the empty text."""
        where, parameters = _where(CaptureQuery(since=since, until=until))
        found = self._database.rows(_TOTALS.format(by, where), parameters)
        return [Count(key=key, captures=captures, lasted=lasted) for key, captures, lasted in found]

    def quarters(self, since: Millis = 0, until: Millis = 0) -> list[tuple[Millis, int, Millis]]:
        """(begin, captures, lasted) of every quarter of an hour with captures, oldest first."""
        where, parameters = _where(CaptureQuery(since=since, until=until))
        found = self._database.rows(_QUARTERS.format(where), parameters)
        return [(number * QUARTER, captures, lasted) for number, captures, lasted in found]

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
    chosen = Filter()
    chosen.add(query.since, "at >= ?")
    chosen.add(query.until, "at < ?")
    chosen.add(query.kind and query.kind.value, "kind = (SELECT id FROM kind WHERE value = ?)")
    chosen.add(query.app, "app IN (SELECT id FROM app WHERE is_same(value, ?))")
    chosen.add(query.source, "source = (SELECT id FROM source WHERE value = ?)")
    chosen.add(query.id, "id = ?")
    if query.text:
        part = "{0} IN (SELECT id FROM {0} WHERE has_part(value, ?))"
        either = " OR ".join(part.format(table) for table in ("title", "url", "text"))
        chosen.require(f"({either})", *(query.text,) * 3)
    if query.before_id:
        at = "at <= (SELECT at FROM capture WHERE id = ?)"  # lets the index begin at the right place
        chosen.require(at, query.before_id)
        chosen.require("(at, id) < (SELECT at, id FROM capture WHERE id = ?)", query.before_id)
    return chosen.where, chosen.values


def _packed(symbol: Symbol) -> str:
    """Return a symbol as JSON without the names of its fields."""
    return encode((symbol.template, symbol.exact, symbol.coarse, symbol.parameters))


def unpacked(text: str) -> Symbol:
    """Read a packed symbol. Raises StoreError."""
    template, exact, coarse, parameters = decode(text, tuple[str, str, str, tuple[tuple[str, str], ...]])
    return Symbol(exact=exact, template=template, coarse=coarse, parameters=parameters)
