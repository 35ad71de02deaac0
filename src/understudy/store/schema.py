"""The tables of both databases, as migrations: append-only, never edited once released."""

from understudy.store.database import Database
from understudy.store.migrations import Migration
from understudy.store.schema_2 import captures_2, captures_2_back, journal_2, journal_2_back


def _statements(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _journal_1(database: Database) -> None:
    """What the person decided and what was run, as JSON beside the columns that are searched."""
    for statement in _statements("""
        CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE setting (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
        CREATE TABLE workflow (
          position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
          body TEXT NOT NULL
        ) STRICT;
        CREATE TABLE suggestion (
          position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL,
          offered_at INTEGER NOT NULL, is_waiting INTEGER NOT NULL, body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX suggestion_waiting ON suggestion (offered_at) WHERE is_waiting;
        CREATE INDEX suggestion_time ON suggestion (offered_at);
        CREATE INDEX suggestion_workflow ON suggestion (workflow_id, offered_at);
        CREATE TABLE run (
          position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL,
          created_at INTEGER NOT NULL, started_at INTEGER NOT NULL, is_final INTEGER NOT NULL,
          body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX run_unfinished ON run (created_at) WHERE NOT is_final;
        CREATE INDEX run_time ON run (created_at);
        CREATE INDEX run_start ON run (started_at) WHERE started_at > 0;
        CREATE INDEX run_workflow ON run (workflow_id, created_at);
        CREATE TABLE permission (
          position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL,
          given_at INTEGER NOT NULL, body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX permission_workflow ON permission (workflow_id, given_at);
        CREATE TABLE verdict (
          position INTEGER PRIMARY KEY, pattern_id TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX verdict_pattern ON verdict (pattern_id);
    """):
        database.write(statement)


def _journal_1_back(database: Database) -> None:
    for table in ("mark", "setting", "workflow", "suggestion", "run", "permission", "verdict"):
        database.write(f"DROP TABLE {table}")


def _captures_1(database: Database) -> None:
    """What was seen. Every distinct text is kept once: a million captures are a third of the size so.

    The index that keeps a capture from being stored twice begins with its time, which is part of the
    digest: it grows at its end, where an index of digests alone would be written to all over.
    """
    for statement in _statements("""
        CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE kind (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE source (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE app (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE title (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE url (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE symbol (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE capture (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          at INTEGER NOT NULL,
          digest INTEGER NOT NULL,
          kind INTEGER NOT NULL REFERENCES kind,
          source INTEGER NOT NULL REFERENCES source,
          app INTEGER REFERENCES app,
          title INTEGER REFERENCES title,
          url INTEGER REFERENCES url,
          text INTEGER REFERENCES text,
          symbol INTEGER NOT NULL REFERENCES symbol,
          lasted INTEGER NOT NULL,
          run_id TEXT,
          started_run TEXT
        ) STRICT;
        CREATE UNIQUE INDEX capture_time ON capture (at, digest);
        CREATE INDEX capture_kind ON capture (kind, at);
        CREATE INDEX capture_app ON capture (app, at) WHERE app IS NOT NULL;
        CREATE INDEX capture_title ON capture (title) WHERE title IS NOT NULL;
        CREATE INDEX capture_url ON capture (url) WHERE url IS NOT NULL;
        CREATE INDEX capture_text ON capture (text) WHERE text IS NOT NULL;
        CREATE INDEX capture_symbol ON capture (symbol);
        CREATE TABLE pattern (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    """):
        database.write(statement)


def _captures_1_back(database: Database) -> None:
    for table in (
        "pattern", "capture", "symbol", "text", "url", "title", "app", "source", "kind", "mark"
    ):  # fmt: skip
        database.write(f"DROP TABLE {table}")


JOURNAL = (
    Migration(version=1, name="journal", forward=_journal_1, back=_journal_1_back),
    Migration(version=2, name="workflow engine", forward=journal_2, back=journal_2_back),
)
CAPTURES = (
    Migration(version=1, name="captures", forward=_captures_1, back=_captures_1_back),
    Migration(version=2, name="occurrences", forward=captures_2, back=captures_2_back),
)
