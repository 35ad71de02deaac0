"""The tree of commands: one screen of help, JSON everywhere, a verb for every route, completion, exit codes."""

import re
from pathlib import Path

import click
import pytest

from tests.integration.command_line import ROOT, CommandLine, in_a_process, take_apart
from understudy import errors
from understudy.interfaces.api.routes import ROUTES, RUN_OUTPUT, STREAMS
from understudy.interfaces.cli.examples import EXAMPLES
from understudy.interfaces.cli.exit_codes import ExitCode, exit_code_of
from understudy.interfaces.cli.group import MODULES, SECTIONS
from understudy.interfaces.cli.program import understudy

SCREEN = 45
"""Lines of a usual terminal that are left for one answer."""

VERBS = {
    "status": "status",
    "doctor": "doctor",
    "list_actions": "actions",
    "why": "why",
    "why_not": "why-not",
    "pause": "pause",
    "resume": "resume",
    "stop": "stop",
    "quit": "quit",
    "show_autostart": "autostart",
    "set_autostart": "autostart",
    "openapi": "openapi",
    "list_suggestions": "suggestions",
    "answer_suggestion": "approve",
    "list_approvals": "approvals",
    "list_workflows": "workflows list",
    "add_workflow": "workflows add",
    "show_workflow": "workflows show",
    "change_workflow": "workflows edit",
    "remove_workflow": "workflows remove",
    "export_workflow": "workflows export",
    "clone_workflow": "workflows clone",
    "set_tier": "tier",
    "set_enabled": "workflows enable",
    "snooze_workflow": "workflows snooze",
    "execute_workflow": "workflows run",
    "evaluate_workflow": "workflows evaluate",
    "rehearse_workflow": "workflows rehearse",
    "list_versions": "workflows versions",
    "restore_version": "workflows restore",
    "workflow_schema": "workflows schema",
    "list_templates": "templates list",
    "show_template": "templates show",
    "use_template": "templates use",
    "list_runs": "runs list",
    "show_run": "runs show",
    "trace_run": "runs trace",
    "run_output": "runs output",
    "cancel_run": "runs cancel",
    "undo_run": "undo",
    "give_feedback": "runs feedback",
    "list_dead_letters": "dead-letters list",
    "show_dead_letter": "dead-letters show",
    "retry_dead_letter": "dead-letters retry",
    "dismiss_dead_letter": "dead-letters dismiss",
    "list_tasks": "task list",
    "add_task": "task add",
    "show_task": "task show",
    "change_task": "task change",
    "remove_task": "task remove",
    "plan_task": "task plan",
    "start_task": "task start",
    "cancel_task": "task cancel",
    "retry_task": "task retry",
    "show_executor": "task executor",
    "set_executor": "task executor",
    "list_patterns": "patterns list",
    "show_pattern": "patterns show",
    "list_occurrences": "patterns occurrences",
    "execute_pattern": "patterns run",
    "list_captures": "captures list",
    "capture_statistics": "captures stats",
    "show_capture": "captures show",
    "delete_capture": "captures delete",
    "import_source": "import",
    "export_everything": "export",
    "purge": "purge",
    "list_watched": "watched",
    "signal": "signal",
    "list_grants": "grants list",
    "revoke_grant": "grants revoke",
    "list_secrets": "secrets list",
    "set_secret": "secrets set",
    "delete_secret": "secrets remove",
    "show_privacy": "privacy show",
    "change_privacy": "privacy exclude",
    "test_privacy": "privacy test",
    "show_settings": "settings show",
    "change_settings": "settings set",
}
"""Name of a route -> the command that asks for it."""

WITHOUT = {
    "show_version": "`workflows versions` shows them all, with --json whole",
    "/api/events": "for programs that draw; people have `watch`, `status` and `runs output --follow`",
}
"""Route -> why no command asks for it."""

STREAM_VERBS = {"/api/captures/stream": "watch", RUN_OUTPUT: "runs output"}


def leaves(group, path=()):
    """Every command that does something, with its words."""
    context = click.Context(group, **understudy.context_settings)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(leaves(understudy))


@pytest.fixture
def cli(tmp_path):
    """Somebody who types commands; no agent runs."""
    return CommandLine(tmp_path / "agent.json")


def test_help_is_one_screen_with_every_command_under_its_heading(cli, monkeypatch):
    """In the order of what a person wants to do; each line fits."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("--help").out.splitlines()
    assert [line.rstrip(":") for line in lines if line.rstrip(":") in SECTIONS] == list(SECTIONS)
    named = [
        name
        for line in lines
        if (found := re.match(r"  (\S.*?)  +\S", line))
        for name in found[1].split(", ")
    ]
    assert sorted(name for name in named if name in MODULES) == sorted(MODULES)
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 80


def test_every_route_has_a_command_or_a_reason():
    """What can be asked over HTTP can be typed."""
    assert {route.name for route in ROUTES} == {*VERBS, *WITHOUT} - {*STREAMS, RUN_OUTPUT}
    assert {*STREAMS, RUN_OUTPUT} == {*STREAM_VERBS, *WITHOUT} - {route.name for route in ROUTES}
    assert {*VERBS.values(), *STREAM_VERBS.values()} <= {*COMMANDS}


def test_every_route_that_has_a_command_is_asked_for_somewhere():
    """Its path stands in the code of the command line."""
    code = "".join(path.read_text() for path in Path(ROOT / "src/understudy/interfaces/cli").glob("*.py"))
    code = code.replace("{PATH}", "/api/dead-letters")
    asked = [route.path for route in ROUTES if route.name in VERBS] + [*STREAM_VERBS]
    assert [path for path in asked if not re.search(_mentioned(path), code)] == []


def _mentioned(path):
    """A pattern for the path in a string, whatever fills its places."""
    if path == "/api/dead-letters":
        return f'"{path}"'
    return '["]' + re.sub(r"\\{\w+\\}", r"\\{[^}]+\\}+", re.escape(path)) + r'["?]'


def test_every_command_explains_itself():
    """One sentence each, with a full stop."""
    assert [words for words, command in COMMANDS.items() if not (command.help or "").endswith(".")] == []


def test_every_command_has_an_example_that_works_and_fits():
    """One or two, of that command and no other; written in one place."""
    assert sorted(EXAMPLES) == sorted(COMMANDS)
    assert {len(lines) for lines in EXAMPLES.values()} == {1, 2}
    for words, lines in EXAMPLES.items():
        assert [take_apart(line) for line in lines] == [words] * len(lines)
        assert max(map(len, lines)) <= 76, words


def test_the_help_of_a_command_ends_with_its_examples(cli):
    """As they are typed, each on a line of its own."""
    for words, lines in EXAMPLES.items():
        shown = cli(*words.split(), "-h").out.splitlines()
        assert shown[-len(lines) :] == [f"  {line}" for line in lines]


WRONG = ("runs list --nothing", "tier w-1 higher", "runs show", "pause soon", "quit now", "runs lits")


@pytest.mark.parametrize("line", WRONG)
def test_an_example_that_does_not_work_would_be_found(line):
    """The check above is not one that lets everything pass."""
    with pytest.raises(click.UsageError):
        take_apart(f"understudy {line}")


def test_every_answer_can_be_had_as_json():
    """But for what starts something, or prints a document."""
    without = {
        words
        for words, command in COMMANDS.items()
        if not any("--json" in option.opts for option in command.params)
    }
    assert without == {"run", "completion", "openapi", "workflows schema", "workflows export"}


def test_a_noun_without_a_verb_lists(tmp_path):
    """`runs --limit 3` is `runs list --limit 3`; a wrong verb is still told."""
    cli = CommandLine(tmp_path / "agent.json")
    for words in (("runs",), ("runs", "--limit", "3"), ("runs", "list"), ("captures", "--app", "x")):
        assert cli(*words).code == ExitCode.NOT_RUNNING
    wrong = cli("runs", "shwo")
    assert (wrong.code, "No such command 'shwo'" in wrong.err) == (ExitCode.USAGE, True)
    assert "feedback" in cli("runs", "-h").out


def completed(home, words):
    """What a shell would offer after these words."""
    asked = {
        "_UNDERSTUDY_COMPLETE": "bash_complete",
        "COMP_WORDS": f"understudy {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    return {line.partition(",")[2] for line in in_a_process(home, **asked).out.splitlines()}


def test_a_shell_completes_verbs_and_options(tmp_path):
    """The verbs of a noun; the options of its list once one is begun."""
    assert {"runs", "resume", "refuse", "replay"} <= completed(tmp_path, "r")
    assert {"list", "show", "output", "cancel"} <= completed(tmp_path, "runs ")
    assert "--status" in completed(tmp_path, "runs --limit 3 --s")
    assert {"good", "bad"} <= completed(tmp_path, "runs feedback r-1 ")


def test_an_unknown_command_is_a_usage_error(cli):
    """As everywhere."""
    assert (cli("nothing").code, cli("tier").code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "No such command 'workflow'. Did you mean 'workflows'?" in cli("workflow").err
    assert "Did you mean" not in cli("nothing").err


def test_every_error_has_an_exit_code():
    """Named like the error; only what has no name of its own is a plain failure."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and kind is not errors.UnderstudyError
    ]
    plain = {kind.code for kind in kinds if exit_code_of(kind("x")) is ExitCode.FAILED}
    assert plain <= {"action_failed", "stopped", "too_long"}
    assert len({int(code) for code in ExitCode}) == len(ExitCode)
