"""The commands `workflows` and `templates`, against a real API over a real engine with acts for a desktop."""

import json
import threading

import pytest

from tests.fakes.acts import Act, all_acts
from tests.fakes.engine_rig import EngineRig
from tests.integration.command_line import CommandLine
from understudy.core.value import Value
from understudy.engine.execute import halt
from understudy.interfaces.api.server import LocalApi
from understudy.interfaces.cli.documents import parse_document
from understudy.interfaces.cli.exit_codes import ExitCode

YAML = """\
name: Mine
triggers:
  - cron: 0 6 * * 1-5
    timezone: Europe/Berlin
steps:
  - action: open
    parameters:
      what: 'no'
  - lasts: 5 min
tier: observe
"""


class Words(Value):
    """What a notification says."""

    title: str
    body: str = ""


class RigAgent:
    """Keeps what the API needs of an agent; whoever asks lets the engine work."""

    def __init__(self):
        notify = Act("notify")
        notify.parameters, notify.preview = Words, lambda parameters: parameters.title
        self.rig = EngineRig(actions={**all_acts(), "notify": notify}).begin()
        self._lock = threading.Lock()

    def ask(self, call):
        with self._lock:
            return self.rig.ask(call)

    def halt(self):
        halt(self.rig.context)

    def subscribe(self, callback):
        return lambda: None


@pytest.fixture
def cli(tmp_path):
    api = LocalApi(RigAgent(), tmp_path / "agent.json")
    api.start()
    yield CommandLine(tmp_path / "agent.json")
    api.stop()


@pytest.fixture
def mine(cli, tmp_path):
    """The id of a workflow that was added from a file."""
    file = tmp_path / "mine.yaml"
    file.write_text(YAML)
    return cli("workflows", "add", str(file), "--json").json["workflow"]["id"]


def test_a_workflow_goes_out_and_comes_in_again(cli, mine, tmp_path):
    """As YAML and as JSON, on screen and into a file; what comes in again is the same."""
    shown = cli("workflows", "export", mine).out
    assert shown == f"understudy: workflow/1\n{YAML}"
    file = tmp_path / "out.json"
    assert cli("workflows", "export", mine, "--format", "json", "--output", str(file)).code == ExitCode.OK
    assert json.loads(file.read_text()) == parse_document(shown, "")
    again = cli("workflows", "import", str(file), "--json").json["workflow"]
    assert cli("workflows", "export", again["id"]).out == shown
    assert cli("workflows", "export", mine, "--output", str(file)).code == ExitCode.INVALID_INPUT
    assert (
        cli("workflows", "export", mine, "--output", str(tmp_path / "no" / "x")).code
        == ExitCode.INVALID_INPUT
    )


def test_a_change_is_a_version_and_can_be_taken_back(cli, mine, tmp_path):
    """Edit from standard input, look at the versions, restore."""
    changed = cli("workflows", "edit", mine, "-", "--json", typed=YAML.replace("Mine", "Other")).json
    assert (changed["workflow"]["name"], changed["workflow"]["version"]) == ("Other", 2)
    lines = cli("workflows", "versions", mine).out.splitlines()
    assert [line.split()[:2] for line in lines] == [["version", "2"], ["version", "1"]]
    assert lines[0].endswith("now  changed: name")
    assert cli("workflows", "restore", mine, "1", "--json").json["workflow"]["name"] == "Mine"
    assert cli("workflows", "restore", mine, "9").code == ExitCode.NOT_FOUND


def test_an_editor_opens_where_no_file_is_given(cli, mine, monkeypatch):
    """What it saves is taken; leaving it without saving changes nothing."""
    monkeypatch.setenv("EDITOR", "sed -i s/Mine/Edited/")
    assert cli("workflows", "edit", mine, "--json").json["workflow"]["name"] == "Edited"
    monkeypatch.setenv("EDITOR", "true")
    result = cli("workflows", "edit", mine)
    assert (result.code, "Nothing was changed" in result.err) == (ExitCode.FAILED, True)


@pytest.mark.parametrize("slip", ["s/action:/actoin:/", "s/name:/name/"])
def test_what_was_typed_is_not_lost_over_a_mistake(cli, mine, monkeypatch, tmp_path, slip):
    """It is kept in a file of its own that can be mended and given again."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("EDITOR", f"sed -i {slip}")
    result = cli("workflows", "edit", mine)
    (kept,) = tmp_path.glob("workflow-*.yaml")
    assert (result.code, kept.stat().st_mode & 0o777) == (ExitCode.INVALID_INPUT, 0o600)
    assert f"understudy workflows edit {mine} {kept}" in result.err
    document = kept.read_text().replace("actoin:", "action:").replace("name ", "name: ")
    kept.write_text(document.replace("Mine", "Mended"))
    assert cli("workflows", "edit", mine, str(kept), "--json").json["workflow"]["name"] == "Mended"


def test_what_somebody_else_changed_meanwhile_is_not_lost(cli, mine, monkeypatch, tmp_path):
    """While the editor is open: the second to save is told, and what was typed is kept."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def edit(text, **_):
        cli("workflows", "edit", mine, "-", typed=YAML.replace("5 min", "6 min"))
        return text.replace("Mine", "Edited")

    monkeypatch.setattr("click.edit", edit)
    result = cli("workflows", "edit", mine)
    assert (result.code, "Mine has changed meanwhile" in result.err) == (ExitCode.CONFLICT, True)
    (kept,) = tmp_path.glob("workflow-*.yaml")
    assert ("Edited" in kept.read_text(), str(kept) in result.err) == (True, True)
    assert "6 min" in cli("workflows", "export", mine).out


def test_an_editor_that_does_not_open_is_told(cli, mine, monkeypatch):
    """With what to do about it."""
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    result = cli("workflows", "edit", mine)
    assert (result.code, "Set EDITOR" in result.err) == (ExitCode.INVALID_INPUT, True)


def test_a_name_stands_for_an_id(cli, mine):
    """Whole and whatever its case; one that means nothing, or several things, is told."""
    assert cli("workflows", "show", "mINE", "--json").json["workflow"]["id"] == mine
    assert cli("workflows", "show", "My own").code == ExitCode.NOT_FOUND
    cli("workflows", "clone", mine, "--name", "Mine")
    result = cli("workflows", "show", "Mine")
    assert (result.code, "2 are called so" in result.err) == (ExitCode.INVALID_INPUT, True)


def test_a_mistake_in_a_document_is_told_with_what_was_meant(cli):
    """In three lines, with an exit code of its own."""
    result = cli("workflows", "add", "-", typed=YAML.replace("action: open", "action: opne"))
    assert result.code == ExitCode.INVALID_INPUT
    assert result.err.splitlines() == ["steps[0]: There is no action called opne.", "  Did you mean open"]
    for text in ("- a", "a: [", "a: 1\na: 2"):
        assert cli("workflows", "add", "-", typed=text).code == ExitCode.INVALID_INPUT
    assert cli("workflows", "add", "no-such-file.yaml").code == ExitCode.INVALID_INPUT


def test_workflows_are_listed_copied_switched_and_removed(cli, mine):
    """Everything that can be done with one."""
    copy = cli("workflows", "clone", mine, "--name", "Copy", "--json").json["workflow"]
    assert (copy["name"], copy["lifecycle"]) == ("Copy", "suspended")
    assert [line.split()[-1] for line in cli("workflows").out.splitlines()] == ["Mine", "Copy"]
    assert cli("workflows", "list", "cop", "--tier", "observe", "--origin", "written").out.count("\n") == 1
    assert cli("workflows", "list", "--state", "archived").out.startswith("Nothing fits --state archived.")
    assert "  next    Fri 06:00" in cli("workflows", "show", mine).out
    assert cli("workflows", "snooze", mine, "60", "--json").json["workflow"]["snoozed_until"] > 0
    assert cli("workflows", "enable", copy["id"], "--json").json["workflow"]["lifecycle"] == "active"
    assert "Removed." in cli("workflows", "remove", copy["id"], "--yes").out
    assert cli("workflows", "show", copy["id"]).code == ExitCode.NOT_FOUND


def test_a_workflow_is_tried_out_without_being_run(cli, mine, tmp_path):
    """An event of one's own, and the last fortnight."""
    event = tmp_path / "event.json"
    event.write_text('{"kind": "manual", "data": {}}')
    answer = cli("workflows", "evaluate", mine, str(event), "--json").json
    assert answer["fires"] is False
    assert "•" in cli("workflows", "evaluate", mine, str(event)).out
    assert cli("workflows", "rehearse", mine, "--days", "3", "--json").json["workflow_id"] == mine
    assert cli("workflows", "rehearse", mine).code == ExitCode.OK


def test_the_schema_is_shown_or_written(cli, tmp_path):
    """For editors: one JSON document."""
    assert json.loads(cli("workflows", "schema").out)["$defs"]["Step"]
    file = tmp_path / "schema.json"
    assert cli("workflows", "schema", "--output", str(file)).out == f"Written to {file}\n"
    assert json.loads(file.read_text())["$schema"].endswith("2020-12/schema")


def test_templates_are_listed_shown_and_used(cli):
    """A template becomes a workflow with the answers that were given."""
    assert cli("templates").out == cli("templates", "list").out
    assert "focus-hour" in cli("templates").out
    shown = cli("templates", "show", "focus-hour").out
    assert "How long is a round? (50 min)" in shown
    assert "understudy templates use focus-hour" in shown
    assert cli("templates", "show", "focus-our").code == ExitCode.NOT_FOUND
    used = cli(
        "templates", "use", "stretch-break", "--set", "after=45 min", "--set", "name=Up", "--json"
    ).json
    assert (used["workflow"]["name"], used["workflow"]["triggers"][0]["longer_than"]) == ("Up", 2_700_000)
    assert cli("templates", "use", "stretch-break", "--set", "after").code == ExitCode.INVALID_INPUT
