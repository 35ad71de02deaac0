"""The command `task` against a whole agent: its API, its engine, its store in memory."""

import pytest

from tests.fakes.engine_rig import EngineRig
from tests.integration.command_line import CommandLine
from understudy.core.trust import Tier
from understudy.core.workflow import ManualTrigger
from understudy.interfaces.api.server import LocalApi
from understudy.interfaces.cli.exit_codes import ExitCode


@pytest.fixture
def cli(tmp_path):
    """Somebody who types commands to an agent that knows one workflow."""
    rig = EngineRig()
    rig.agent.start()
    rig.agent.ask(lambda _: rig.written(Tier.AUTO, name="Tidy up", triggers=(ManualTrigger(),)))
    api = LocalApi(rig.agent, tmp_path / "agent.json")
    api.start()
    yield CommandLine(tmp_path / "agent.json")
    api.stop()
    rig.agent.stop()


def test_a_task_from_noted_to_done(cli):
    """Noted, planned, started; the list has it until it is done, and --all longer."""
    note = cli("task", "add", "Tidy the desk", "--priority", "3", "--at", "2h", "--json").json["task"]
    assert (note["status"], note["priority"], note["source"]) == ("new", 3, "cli")
    assert (
        cli("task", "change", note["id"], "--title", "Tidy", "--at", "0", "--json").json["task"]["not_before"]
        == 0
    )
    assert "Tidy up" in cli("task", "plan", note["id"], "--workflow", "tidy up").out
    cli("task", "start", note["id"])
    assert cli("task", "show", note["id"], "--json").json["task"]["status"] == "done"
    assert cli("task", "list", "--json").json == []
    assert [card["task"]["id"] for card in cli("task", "list", "--all", "--json").json] == [note["id"]]
    assert cli("task", "remove", note["id"]).out == "Removed.\n"
    assert "Nothing is to be done" in cli("task").out


def test_a_task_is_called_off_and_tried_again(cli):
    """And what cannot be is said with its exit code."""
    task = cli("task", "add", "Tidy", "--workflow", "Tidy up", "--json").json["task"]
    assert cli("task", "retry", task["id"]).code == ExitCode.CONFLICT
    assert "cancelled" in cli("task", "cancel", task["id"]).out
    assert cli("task", "retry", task["id"], "--json").json["task"]["status"] == "planned"
    assert cli("task", "add", "Tidy", "--workflow", "nothing").code == ExitCode.NOT_FOUND
    assert cli("task", "add", "Tidy", "--at", "soon").code == ExitCode.INVALID_INPUT
    assert cli("task", "change", task["id"]).code == ExitCode.INVALID_INPUT


def test_the_executor_is_shown_and_set(cli):
    """Off at first."""
    assert cli("task", "executor").out.startswith("Off.")
    card = cli("task", "executor", "on", "--interval", "60", "--kinds", "workflow,prompt", "--json").json
    assert (card["autorun"], card["interval"], card["kinds"]) == (True, 60, ["workflow", "prompt"])
    assert cli("task", "executor", "off").out.startswith("Off.")


def test_addresses_and_the_assistant_are_set_by_name(cli):
    """An address is removed by an empty value; a command is written as in a shell."""
    cli("settings", "set", "addresses.phone", "ntfy://topic")
    settings = cli("settings", "set", "failure_channel", "phone", "--json").json
    assert (settings["addresses"], settings["failure_channel"]) == ({"phone": "ntfy://topic"}, "phone")
    cli("settings", "set", "failure_channel", "")
    assert cli("settings", "set", "addresses.phone", "", "--json").json["addresses"] == {}
    command = cli("settings", "set", "assistant_command", "llm -s 'be short'", "--json").json[
        "assistant_command"
    ]
    assert command == ["llm", "-s", "be short"]
    assert cli("settings", "set", "assistant_command", "llm 'open").code == ExitCode.INVALID_INPUT
