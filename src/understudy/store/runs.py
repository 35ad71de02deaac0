"""The runs in journal.db, each with its steps in one record: a run is never half written."""

from understudy.core.run import Run
from understudy.core.store_queries import RunQuery
from understudy.core.value import Millis
from understudy.store.codec import decode, encode
from understudy.store.database import Database, Row
from understudy.store.paging import Filter, bounded
from understudy.store.purge import owe_vacuum

_PUT = """
    INSERT INTO run (id, workflow_id, created_at, started_at, is_final, status, cause, capture, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      workflow_id = excluded.workflow_id, created_at = excluded.created_at, started_at = excluded.started_at,
      is_final = excluded.is_final, status = excluded.status, cause = excluded.cause, capture = excluded.capture,
      body = excluded.body
"""
_NEWEST = "SELECT body FROM run WHERE {} ORDER BY created_at DESC, position DESC LIMIT ?"
"""Chosen and put in order by an index alone: bodies are read only of what was chosen, and nothing is sorted."""


class SqliteRuns:
    """The port `Runs`. Every `put` is durable when it returns, or when the transaction around it has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run: Run) -> None:
        """Insert or replace by id."""
        status, cause = run.status, run.cause.ref
        columns = (run.id, run.workflow.id, run.created_at, run.started_at, status.is_final, status.value)
        self._database.write(_PUT, (*columns, cause, run.position, encode(run)))

    def get(self, run_id: str) -> Run | None:
        """One of them."""
        found = self._database.row("SELECT body FROM run WHERE id = ?", (run_id,))
        return decode(found[0], Run) if found else None

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, in the order in which they came; clocks are set back.

        (The plus keeps to the index of the unfinished, instead of looking through all runs in this order.)
        """
        return _read(self._database.rows("SELECT body FROM run WHERE NOT is_final ORDER BY +position"))

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first; `since` is the earliest time of creation."""
        return self.find(RunQuery(workflow_id=workflow_id, since=since, limit=limit))

    def find(self, query: RunQuery) -> list[Run]:
        """Those that fit, newest first."""
        chosen = Filter()
        chosen.add(query.workflow_id, "workflow_id = ?")
        chosen.add_any(_status_column(query), [status.value for status in query.statuses])
        chosen.add(query.since, "created_at >= ?")
        chosen.add(query.until, "created_at < ?")
        if query.before:
            anchor = self._database.row("SELECT created_at, position FROM run WHERE id = ?", (query.before,))
            if anchor is None:
                return []
            chosen.require("(created_at, position) < (?, ?)", *anchor)
        sql = _NEWEST.format(chosen.where)
        return _read(self._database.rows(sql, (*chosen.values, bounded(query.limit))))

    def origins(self) -> list[tuple[str, str, int]]:
        """(id, reference of the cause, capture that fired it or 0) of every run that has either."""
        found = self._database.rows("SELECT id, cause, capture FROM run WHERE cause != '' OR capture > 0")
        return [(run_id, cause, capture) for run_id, cause, capture in found]

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""
        found = self._database.rows(
            """
            SELECT started_at, workflow_id FROM run WHERE started_at > 0 AND started_at >= ?
            ORDER BY started_at, position
            """,
            (since,),
        )
        return [(at, workflow_id) for at, workflow_id in found]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        with self._database.transaction():
            if self._database.write("DELETE FROM run WHERE workflow_id = ?", (workflow_id,)):
                owe_vacuum(self._database)

    def delete_before(self, until: Millis) -> int:
        """Remove ended ones created before this time; returns how many."""
        with self._database.transaction():
            gone = self._database.write("DELETE FROM run WHERE created_at < ? AND is_final", (until,))
            if gone:
                owe_vacuum(self._database)
        return gone


def _status_column(query: RunQuery) -> str:
    """Return how the status is named: the sign keeps its index out where that would have to be sorted or sieved."""
    is_alone = len(query.statuses) == 1 and not query.workflow_id
    return "status" if is_alone else "+status"


def _read(rows: list[Row]) -> list[Run]:
    return [decode(body, Run) for (body,) in rows]
