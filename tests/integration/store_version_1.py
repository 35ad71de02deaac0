"""Homes as version 1 of the store left them: its tables, with rows as that program wrote them."""

import json
from contextlib import closing

import msgspec

from tests.fakes import version_1 as old
from tests.fakes.store import NOON
from understudy.store.database import Database
from understudy.store.migrations import migrate
from understudy.store.schema import CAPTURES, JOURNAL

CLOCK = old.TimeTrigger(cron="55 8 * * 1-5", timezone="Europe/Berlin", misfire="now and then")
MAIL = old.CaptureTrigger(symbols=("app:mail", "url:tracker.example/{id}"), within=60_000)
OPEN = old.Step(action="open_app", parameters={"app": "notes", "times": [1, 2.5, None]}, timeout=5000)
FLOW = old.Workflow(
    id="w-1",
    name="After Mail, open Notes",
    triggers=(MAIL, CLOCK, old.ManualTrigger()),
    steps=(OPEN, old.Step(action="notify", parameters={"title": "Büro 🗒"})),
    origin="learned",
    tier="auto",
    lifecycle="active",
    pattern_id="p-1",
    note="",
    created_at=NOON,
    changed_at=NOON + 1,
    timeout=60_000,
)
RUN = old.Run(
    id="r-1",
    workflow=FLOW,
    cause=old.Cause(kind="capture", ref="capture:12", text="Mail came to the front", chain=("w-0",)),
    status="running",
    created_at=NOON,
    started_at=NOON + 5,
    steps=(
        old.StepRecord(
            index=0, action="open_app", status="done", undo={"pids": [7]}, undo_status="available"
        ),
        old.StepRecord(index=1, action="notify", status="intent", before={"tag": "x"}),
    ),
)
RUNS = (
    RUN,
    msgspec.structs.replace(
        RUN,
        id="r-2",
        status="unknown",
        created_at=NOON + 1,
        started_at=0,
        cause=old.Cause(kind="manual", ref="cli"),
    ),
    msgspec.structs.replace(RUN, id="r-3", status="completed", created_at=NOON + 1),
)
SUGGESTION = old.Suggestion(
    id="s-1",
    workflow_id="w-1",
    title="Open Notes now?",
    body="Five times this week.",
    offered_at=NOON,
    answers=("do", "not_now", "never"),
    cause_id="capture:12",
)
GRANT = old.Grant(id="g-1", workflow_id="w-1", digest="0" * 64, scope="always", given_at=NOON, given_by="cli")
SETTINGS = old.Settings(privacy={"apps": ["bank"], "record_titles": False}, retention_days=30)
STATE = old.PatternState(
    pattern=old.Pattern(
        id="p-1",
        kind="habit",
        summary="At nine, you open Notes",
        symbols=("app:mail", "app:notes"),
        trigger=CLOCK,
        expects=("app:notes",),
        horizon=900_000,
        steps=(OPEN,),
        support=5,
        days=4,
        last_seen=NOON,
        occurrences=(
            old.Occurrence(start=NOON - 100, end=NOON - 90, first=3, last=4),
            old.Occurrence(start=NOON, end=NOON + 10, first=8, last=9),
        ),
    ),
    evidence=old.Evidence(hits=30, misses=0),
    outcomes=((NOON, True),),
    is_decided=True,
)


def body(value):
    return msgspec.json.encode(value).decode()


def insert(database, table, **columns):
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    database.write(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(columns.values()))


def old_journal(path, runs=RUNS):
    """Write a journal of version 1."""
    with closing(Database(path, synchronous="FULL")) as database:
        migrate(database, JOURNAL[:1], now=NOON, save=None)
        with database.transaction():
            insert(database, "workflow", id="w-1", created_at=NOON, body=body(FLOW))
            insert(
                database,
                "suggestion",
                id="s-1",
                workflow_id="w-1",
                offered_at=NOON,
                is_waiting=1,
                body=body(SUGGESTION),
            )
            for run in runs:
                insert(
                    database,
                    "run",
                    id=run.id,
                    workflow_id=run.workflow.id,
                    created_at=run.created_at,
                    started_at=run.started_at,
                    is_final=run.status not in ("queued", "running"),
                    body=body(run),
                )
            insert(database, "permission", id="g-1", workflow_id="w-1", given_at=NOON, body=body(GRANT))
            verdict = {"pattern_id": "p-1", "at": NOON, "hit": True, "reason": "approved"}
            insert(database, "verdict", pattern_id="p-1", at=NOON, body=json.dumps(verdict))
            insert(database, "setting", name="settings", body=body(SETTINGS))
            insert(database, "setting", name="paused_until", body="null")


def old_captures(path):
    """Write captures of version 1."""
    with closing(Database(path, synchronous="NORMAL")) as database:
        migrate(database, CAPTURES[:1], now=NOON, save=None)
        for table, value in (("kind", "focus"), ("source", "focus"), ("app", "mail")):
            insert(database, table, id=1, value=value)
        insert(database, "symbol", id=1, value='["app:mail","app:mail","",[]]')
        for at in (1, 2, 3):
            insert(database, "capture", at=at, digest=at, kind=1, source=1, app=1, symbol=1, lasted=0)
        insert(database, "pattern", id="p-1", body=body(STATE))


def old_home(home):
    """Write both databases of version 1."""
    home.path.mkdir(parents=True)
    old_journal(home.journal)
    old_captures(home.captures)


def kept_by(path):
    """Every body of a database, read as version 1 read it: {table: [value]}."""
    with closing(Database(path, synchronous="NORMAL")) as database:
        tables = [name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [
                msgspec.json.decode(text, type=kind)
                for (text,) in database.rows(f"SELECT body FROM {table} ORDER BY rowid")
            ]
            for table, kind in old.BODIES.items()
            if table in tables
        }
