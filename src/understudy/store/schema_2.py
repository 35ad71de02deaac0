"""Version 2 of both databases: what the workflow engine keeps. Never edited once released."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from understudy.core.trust import Evidence, earned_tier
from understudy.store.bodies_2 import (
    Body,
    run_1,
    run_2,
    settings_1,
    state_1,
    state_2,
    suggestion_1,
    workflow_1,
    workflow_2,
)
from understudy.store.database import Database, Row

log = logging.getLogger(__name__)

_AT_ONCE = 500
"""Rows held in memory while a table is rewritten."""
_TOLD = 20_000
"""Every so many rows the log says how far it is."""

Columns = dict[str, Any]

_JOURNAL = (
    """
    CREATE TABLE version (
      position INTEGER PRIMARY KEY, workflow_id TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX version_number ON version (workflow_id, number)",
    """
    CREATE TABLE level (
      position INTEGER PRIMARY KEY, workflow_id TEXT NOT NULL, place INTEGER NOT NULL, value TEXT NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX level_place ON level (workflow_id, place)",
    """
    CREATE TABLE task (
      position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
      priority INTEGER NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX task_order ON task (priority DESC, created_at, position, status)",
    "CREATE INDEX task_status ON task (status, priority DESC, created_at, position)",
    """
    CREATE TABLE dead_letter (
      position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL, status TEXT NOT NULL,
      created_at INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX dead_letter_time ON dead_letter (created_at, position, status)",
    "CREATE INDEX dead_letter_workflow ON dead_letter (workflow_id)",
    "ALTER TABLE run ADD COLUMN status TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE run ADD COLUMN cause TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE run ADD COLUMN capture INTEGER NOT NULL DEFAULT 0",
    "INSERT INTO version (workflow_id, number, body) SELECT id, 1, body FROM workflow ORDER BY position",
)
_RUN_INDICES = (
    "CREATE INDEX run_time ON run (created_at, position, status)",
    "CREATE INDEX run_workflow ON run (workflow_id, created_at, position, status)",
    "CREATE INDEX run_status ON run (status, created_at, position)",
    "CREATE INDEX run_start ON run (started_at, position, workflow_id) WHERE started_at > 0",
    "CREATE INDEX run_origin ON run (cause, capture, id) WHERE cause != '' OR capture > 0",
)
"""With all that is asked for: bodies are read of those runs only that are wanted."""
_RUN_INDICES_1 = (
    "CREATE INDEX run_time ON run (created_at)",
    "CREATE INDEX run_workflow ON run (workflow_id, created_at)",
    "CREATE INDEX run_start ON run (started_at) WHERE started_at > 0",
)

_CAPTURES = (
    "CREATE TABLE bucket (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT",
    """
    CREATE TABLE occurrence (
      position INTEGER PRIMARY KEY, pattern_id TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
      start INTEGER NOT NULL, "end" INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX occurrence_captures ON occurrence (pattern_id, first, last)",
    "CREATE INDEX occurrence_time ON occurrence (pattern_id, start, position)",
    "CREATE INDEX capture_source ON capture (source, at)",
    "ALTER TABLE pattern ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE pattern ADD COLUMN tier TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE pattern ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0",
    """
    INSERT OR IGNORE INTO occurrence (pattern_id, first, last, start, "end")
    SELECT pattern.id, json_extract(value, '$.first'), json_extract(value, '$.last'),
      json_extract(value, '$.start'), json_extract(value, '$.end')
    FROM pattern, json_each(CASE WHEN json_valid(pattern.body) THEN pattern.body ELSE '{}' END,
      '$.pattern.occurrences') ORDER BY 1, 4
    """,
)


# --- journal.db -----------------------------------------------------------------------------------


def journal_2(database: Database) -> None:
    """Versions, levels, tasks, dead letters; runs are found by status and by what caused them."""
    for statement in _JOURNAL:
        database.write(statement)
    _rewrite(database, "workflow", lambda body: (workflow_2(body), {}))
    _rewrite(database, "version", lambda body: (workflow_2(body), {}))
    _rewrite(database, "run", _run_row_2)
    _index_runs(database, _RUN_INDICES)


def journal_2_back(database: Database) -> None:
    """Only what version 1 can read and do; see `bodies_2`."""
    _rewrite(database, "workflow", lambda body: (workflow_1(body), {}))
    _rewrite(database, "suggestion", _suggestion_row_1)
    _rewrite(database, "run", _run_row_1)
    _rewrite(database, "setting", lambda body: (settings_1(body), {}), "name = 'settings'")
    database.write("DROP INDEX run_status")
    database.write("DROP INDEX run_origin")
    _index_runs(database, _RUN_INDICES_1)
    for column in ("status", "cause", "capture"):
        database.write(f"ALTER TABLE run DROP COLUMN {column}")
    for table in ("version", "level", "task", "dead_letter"):
        database.write(f"DROP TABLE {table}")


def _index_runs(database: Database, indices: tuple[str, ...]) -> None:
    for name in ("run_time", "run_workflow", "run_start"):
        database.write(f"DROP INDEX {name}")
    for statement in indices:
        database.write(statement)


def _run_row_2(body: Body) -> tuple[Body, Columns]:
    changed = run_2(body)
    return changed, {
        "status": body["status"],
        "cause": body["cause"].get("ref", ""),
        "capture": changed["position"],
    }


def _run_row_1(body: Body) -> tuple[Body, Columns]:
    changed = run_1(body)
    return changed, {"is_final": int(changed["status"] not in ("queued", "running"))}


def _suggestion_row_1(body: Body) -> tuple[Body, Columns]:
    changed = suggestion_1(body)
    return changed, {"is_waiting": int(changed.get("status", "waiting") == "waiting")}


# --- captures.db ----------------------------------------------------------------------------------


def captures_2(database: Database) -> None:
    """Occurrences one by one, buckets, and patterns found by kind, tier and time."""
    for statement in _CAPTURES:
        database.write(statement)
    _rewrite(database, "pattern", _pattern_row_2)


def captures_2_back(database: Database) -> None:
    """Only what version 1 can read; see `bodies_2`."""
    _rewrite(database, "pattern", lambda body: (state_1(body), {}))
    for column in ("kind", "tier", "last_seen"):
        database.write(f"ALTER TABLE pattern DROP COLUMN {column}")
    database.write("DROP INDEX capture_source")
    # what the learner knows may be newer than its reader, and version 1 does not keep the tally
    database.write("DELETE FROM mark WHERE name IN ('learner', 'gaps')")
    for table in ("bucket", "occurrence"):
        database.write(f"DROP TABLE {table}")


def _pattern_row_2(body: Body) -> tuple[Body, Columns]:
    changed = state_2(body)
    pattern, seen = changed["pattern"], body.get("evidence", {})
    evidence = Evidence(hits=seen.get("hits", 0), misses=seen.get("misses", 0))
    return changed, {
        "kind": pattern["kind"],
        "tier": earned_tier(evidence, is_habit=pattern["kind"] == "habit").value,
        "last_seen": pattern.get("last_seen", 0),
    }


# --- rows -----------------------------------------------------------------------------------------

Change = Callable[[Body], tuple[Body | None, Columns]]
"""The new body, None = the row goes; and the columns that change with it."""


def _rewrite(database: Database, table: str, change: Change, where: str = "TRUE") -> None:
    """Change the body of every row; one that is no body of ours stays as it is."""
    last, done = -1, 0
    while rows := database.rows(
        f"SELECT rowid, body FROM {table} WHERE rowid > ? AND {where} ORDER BY rowid LIMIT ?",  # noqa: S608 (names of this file)
        (last, _AT_ONCE),
    ):
        last = rows[-1][0]
        for row in rows:
            _rewrite_row(database, table, change, row)
        done += len(rows)
        if done % _TOLD < len(rows):
            log.info("%s: %s rows of the table %s are rewritten", database.path.name, f"{done:,}", table)


def _rewrite_row(database: Database, table: str, change: Change, row: Row) -> None:
    number, text = row
    try:
        body, columns = change(msgspec.json.decode(text))
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return
    if body is None:
        database.write(f"DELETE FROM {table} WHERE rowid = ?", (number,))  # noqa: S608 (as above)
        return
    columns = {"body": msgspec.json.encode(body).decode(), **columns}
    names = ", ".join(f"{name} = ?" for name in columns)
    database.write(f"UPDATE {table} SET {names} WHERE rowid = ?", (*columns.values(), number))  # noqa: S608 (as above)
