"""The commands about what is kept: privacy, settings, import, export, purge."""

import json
import stat

import pytest

from tests.e2e.waiting import until
from tests.integration.command_line import CommandLine
from tests.integration.live_api import living
from understudy.core.capture import Capture, CaptureKind
from understudy.interfaces.cli.exit_codes import ExitCode


@pytest.fixture
def live():
    """An agent that runs, with a capture and a workflow."""
    with living() as one:
        one.see("org.xfce.mousepad", title="notes")
        one.save()
        until(lambda: one.ask("GET", "/api/captures")[1], what="the capture")
        yield one


@pytest.fixture
def cli(live):
    """Somebody who types commands to it."""
    return CommandLine(live.file)


def test_what_is_excluded_is_not_stored_until_it_is_included_again(cli):
    """Each list for itself; the rest of the rules stays."""
    cli("privacy", "titles", "off")
    assert cli("privacy", "exclude", "app", "slack", "--json").json["apps"] == ["slack"]
    cli("privacy", "exclude", "app", "slack")
    assert cli("privacy", "test", "Slack", "hello").out.startswith("Not stored.")
    rules = cli("privacy", "include", "app", "slack", "--json").json
    assert (rules["apps"], rules["record_titles"]) == ([], False)
    assert cli("privacy", "test", "Slack", "hello").out.startswith("Stored.")
    assert cli("privacy", "include", "app", "slack").code == ExitCode.NOT_FOUND
    assert cli("privacy", "phrases", "on", "--json").json["record_phrases"] is True
    assert "typed phrases  on" in cli("privacy", "show").out


CHANGES = {
    "retention_days": ("30", 30),
    "quiet_from": ("22:00", "22:00"),
    "watchers_off": ("keys, files", ["keys", "files"]),
}


@pytest.mark.parametrize("name, value, expected", [(n, v, e) for n, (v, e) in CHANGES.items()])
def test_a_setting_is_set_by_the_name_that_is_listed(cli, live, name, value, expected):
    """Numbers, times and lists as people write them."""
    live.agent.context.watchers = frozenset({"files", "keys"})
    assert name in cli("settings").out
    assert cli("settings", "set", name, value, "--json").json[name] == expected


def test_a_setting_below_another_is_named_with_a_dot(cli):
    """The rest of the group stays."""
    cli("settings", "set", "privacy.apps", "slack")
    privacy = cli("settings", "set", "privacy.record_titles", "off", "--json").json["privacy"]
    assert (privacy["apps"], privacy["record_titles"]) == (["slack"], False)


@pytest.mark.parametrize(
    "words",
    [
        ("nothing", "1"),
        ("privacy", "x"),
        ("retention_days.x", "1"),
        ("retention_days", "many"),
        ("privacy.record_titles", "maybe"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused(cli, words):
    """Unknown names and wrong values."""
    assert cli("settings", "set", *words).code == ExitCode.INVALID_INPUT


@pytest.mark.parametrize(
    "wrong, meant",
    [
        ("quiet_form", "Did you mean quiet_from"),
        ("privacy.app", "Did you mean apps"),
        ("zzz", "See: understudy settings"),
    ],
)
def test_a_setting_that_is_not_there_is_told_with_the_one_that_was_meant(cli, wrong, meant):
    """Or where they are listed."""
    assert cli("settings", "set", wrong, "x").err.splitlines()[-1].strip() == meant


def test_an_import_says_what_it_brought(cli, live):
    """Added, known, and patterns now."""
    live.intake.records = [
        Capture(at=at * 1000, kind=CaptureKind.FOCUS, source="list", app="mail", title=f"Mail {at}")
        for at in (1, 2, 3)
    ]
    result = cli("import", "log.csv", "--columns", "time=start+date,app=program", "--zone", "Europe/Berlin")
    assert result.out.splitlines()[0] == "✓ 3 captures added from list"
    live.intake.records = []
    assert cli("import", "log.missing").code == ExitCode.INVALID_INPUT
    assert cli("import", "log.csv", "--columns", "time").code == ExitCode.INVALID_INPUT


def test_an_export_is_one_document_for_its_owner_alone(cli, tmp_path):
    """And never written over something else."""
    file = tmp_path / "export.json"
    assert cli("export", str(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == cli("export").json
    assert cli("export", str(file), "--json").code == ExitCode.STORE


def test_purge_asks_names_what_goes_and_takes_no_for_an_answer(cli, live):
    """Nothing is deleted by accident."""
    kept = cli("purge", "--app", "org.xfce.mousepad", "--before", "1d", typed="n\n")
    assert (kept.code, live.store.captures.count()) == (ExitCode.FAILED, 1)
    assert "Delete the captures of org.xfce.mousepad before 1d for good?" in kept.err + kept.out
    assert cli("purge", "--app", "org.xfce.mousepad", "--yes").out.startswith(
        "✓ Deleted for good: 1 capture,"
    )
    assert "seen, learned and done for good?" in cli("purge", "--all", typed="n\n").err
    assert cli("purge", "--all", "--yes", "--json").json["workflows"] == 0
    assert len(cli("workflows", "--json").json) == 1  # what the person wrote stays


@pytest.mark.parametrize("words", [(), ("--all", "--app", "x"), ("--before", "soon")])
def test_purge_does_not_guess(cli, live, words):
    """Neither nothing nor a contradiction deletes anything."""
    assert (cli("purge", "--yes", *words).code, live.store.captures.count()) == (ExitCode.INVALID_INPUT, 1)
