"""An export over the real API: every table is in it, as JSON that reads back and as tables of a SQLite file."""

import sqlite3
from contextlib import closing

import msgspec
import pytest

from tests.e2e.waiting import until
from tests.fakes.exported import gathered
from tests.integration.command_line import CommandLine
from tests.integration.live_api import living
from understudy.core.pattern import Occurrence
from understudy.engine.exported import Export
from understudy.errors import StoreError
from understudy.interfaces.cli.exit_codes import ExitCode

SECRET = "hunter2-very-secret"


@pytest.fixture(scope="module")
def live():
    """An agent that has seen, learned, been told and done something."""
    with living() as one:
        one.learn()
        one.agent.ask(
            lambda use: use._context.store.occurrences.record(
                "p-1", [Occurrence(start=1, end=2, first=1, last=2)]
            )
        )
        one.see("mail", title="Inbox")
        one.ask("PUT", "/api/secrets/mail", {"value": SECRET})
        _, card = one.ask("POST", "/api/workflows", {"name": "Tidy", "steps": [{"action": "open"}]})
        one.ask("POST", f"/api/workflows/{card['workflow']['id']}/execute", {})
        one.ask("POST", "/api/tasks", {"title": "Call back"})
        until(lambda: one.ask("GET", "/api/captures")[1], what="the capture")
        yield one


def test_what_is_exported_reads_back_as_what_is_kept(live):
    """Every field is a list of values, secrets are in none of them."""
    _, _, text = live.fetch("GET", "/api/export")
    kept = msgspec.json.decode(text, type=Export)
    assert kept == live.agent.ask(lambda use: gathered(use.export()))
    assert (kept.tasks[0].title, kept.occurrences[0].pattern_id) == ("Call back", "p-1")
    assert {run.workflow.name for run in kept.runs} <= {each.name for each in kept.workflows}
    assert SECRET.encode() not in text


def test_every_list_becomes_a_table_that_any_program_can_read(live, tmp_path):
    """With as many rows as there are values; empty ones are left out."""
    file = tmp_path / "out.db"
    assert CommandLine(live.file)("export", str(file)).code == 0
    kept = msgspec.to_builtins(live.agent.ask(lambda use: gathered(use.export())))
    expected = {name: len(rows) for name, rows in kept.items() if rows and name != "settings"}
    with closing(sqlite3.connect(file)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        found = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
        days = database.execute("SELECT retention_days FROM settings").fetchall()
    assert found == {**expected, "settings": 1}
    assert {"captures", "occurrences", "workflows", "versions", "runs", "tasks"} <= names
    assert days == [(kept["settings"]["retention_days"],)]


def test_an_export_that_breaks_off_leaves_no_file(live, tmp_path, monkeypatch):
    """Half of what is kept must not pass for all of it."""

    def breaking():
        yield "captures", []
        raise StoreError("captures.db could not be read", "The disk reported an error")

    monkeypatch.setattr(live.agent.service, "export", breaking)
    file = tmp_path / "out.json"
    result = CommandLine(live.file)("export", str(file))
    assert (result.code, file.exists()) == (ExitCode.FAILED, False)
    assert result.err.startswith("The answer is not whole.")


def test_others_are_answered_while_an_export_is_read(live):
    """Between two parts the agent does what else is asked of it."""
    parts = live.agent.ask(lambda use: use.export())
    live.agent.ask(lambda _: next(parts))
    assert live.ask("GET", "/api/status")[0] == 200
    assert [name for name, _ in live.agent.ask(lambda _: list(parts))][-1] == "settings"
