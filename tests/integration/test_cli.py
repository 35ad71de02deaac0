"""Every command against a real API: what it shows, what it changes, how it ends."""

import json

import click
import pytest

from tests.fakes.service import NOW
from tests.integration.api_server import serving
from tests.integration.command_line import CommandLine, Found
from understudy import errors
from understudy.core.trust import Tier
from understudy.errors import AlreadyRunningError
from understudy.interfaces.cli.exit_codes import ExitCode, exit_code_of
from understudy.interfaces.cli.group import MODULES, SECTIONS
from understudy.interfaces.cli.program import understudy


@pytest.fixture
def served():
    """An agent that runs, with a capture, a suggestion and a run."""
    with serving() as one:
        one.service.see("org.xfce.mousepad", "notes \x1b]0;gone\x07 \u202eevil")
        one.service.offer(1, always=True)
        written = one.service.add_workflow({"name": "Morning Prep", "steps": [{"action": "open_app"}]})
        one.service.run_now(written.workflow.id, "test")
        yield one


@pytest.fixture
def cli(served):
    """Somebody who types commands to it."""
    return CommandLine(served.file)


# ---------------------------------------------------------------- looking


def test_status_says_how_the_agent_is_doing(cli):
    """Its state first, then the figures."""
    result = cli("status")
    lines = result.out.splitlines()
    assert (result.code, lines[0]) == (0, "● Watching. 1 suggestions wait.")
    assert "  captures       1 today, 1 kept" in lines
    assert lines[-1] == "  1 suggestion waiting. See: understudy suggestions"


def test_suggestions_show_every_literal_and_how_to_say_yes(cli):
    """What would be done is read before it is approved."""
    lines = cli("suggestions").out
    assert "1. open_app: Obsidian" in lines
    assert "understudy approve s-0000000001" in lines


@pytest.mark.parametrize(
    "words", [("captures",), ("suggestions",), ("runs",), ("workflows",), ("watch", "--help")]
)
def test_nothing_shown_can_steer_the_terminal(cli, words):
    """No escape, no direction mark, whatever a title holds."""
    out = cli(*words).out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert out


def test_captures_can_be_narrowed_down(cli, served):
    """By app, text, kind, time and number."""
    served.service.see("mail", "Inbox")
    assert [line.split()[-1] for line in cli("captures", "--app", "mail").out.splitlines()] == ["Inbox"]
    assert cli("captures", "--text", "nothing like it").out == "Nothing has been seen yet.\n"
    assert len(cli("captures", "--limit", "1", "--kind", "focus", "--json").json) == 1
    assert cli("captures", "--since", "2023-01-01", "--json").json[0]["capture"]["app"] == "mail"


LISTS = (
    "status",
    "doctor",
    "captures",
    "patterns",
    "suggestions",
    "workflows",
    "runs",
    "settings",
    "privacy",
)


@pytest.mark.parametrize("name", LISTS)
def test_every_look_is_there_as_json_too(cli, name):
    """The same answer as the API's own, for programs."""
    result = cli(name, "--json")
    assert (result.code, result.err) == (0, "")
    assert result.json is not None


@pytest.mark.parametrize("name", LISTS)
def test_every_look_is_there_for_people(cli, name):
    """Lines, not data structures."""
    result = cli(name)
    assert result.code == 0
    assert "{" not in result.out
    assert max(map(len, result.out.splitlines())) <= 120


def test_doctor_says_what_is_missing_and_what_adds_it(cli):
    """Each missing part with its fix."""
    out = cli("doctor").out
    assert "missing   tray   No panel" in out
    assert "→ Add a panel with a tray" in out
    assert out.endswith("Everything needed works.\n")


def test_why_gives_the_reasons_and_their_values(cli):
    """What it was decided on can be checked."""
    assert cli("why", "s-0000000001").out.splitlines()[1:] == [
        "  • Seen 12 times on 6 days.",
        "    support 12, days 6",
    ]
    assert "not been seen often enough" in cli("why-not", "p-0000000001").out


def test_a_run_is_shown_with_its_cause_and_its_steps(cli):
    """The whole trace."""
    out = cli("runs", "show", "r-0000000001").out
    assert "cause    You asked (manual)" in out
    assert "1. done: Open Obsidian" in out
    assert cli("runs", "--workflow", "w-0000000002", "--json").json[0]["run"]["id"] == "r-0000000001"


# ---------------------------------------------------------------- deciding and acting


def test_approve_runs_and_says_how_to_take_it_back(cli, served):
    """The command waits for what comes of it."""
    result = cli("approve", "s-0000000001")
    assert (result.code, result.out.splitlines()[0]) == (0, "✓ Opened Obsidian")
    assert "understudy undo r-0000000002" in result.out
    assert served.service.suggestions(every=True)[0].suggestion.answered_by == "cli"


def test_approving_twice_is_a_conflict_in_three_lines(cli):
    """What, why, what to do; on stderr; with a code of its own."""
    cli("approve", "s-0000000001", "--always")
    result = cli("approve", "s-0000000001")
    assert (result.code, result.out) == (ExitCode.CONFLICT, "")
    assert result.err.splitlines() == [
        "This suggestion was answered already.",
        "  It is approved.",
        "  Nothing to do",
    ]


@pytest.mark.parametrize("words, status", [((), "not_now"), (("--never",), "never")])
def test_dismiss_says_no(cli, served, words, status):
    """For today, or for good."""
    assert cli("dismiss", "s-0000000001", *words).code == 0
    assert served.service.suggestions(every=True)[0].suggestion.status.value == status


def test_a_tier_that_is_not_earned_is_refused(cli, served):
    """And nothing is changed."""
    result = cli("tier", "w-0000000001", "auto")
    assert (result.code, "not earned" in result.err) == (ExitCode.REFUSED, True)
    assert cli("tier", "w-0000000001", "suggest").code == 0
    assert served.service.workflow("w-0000000001").workflow.tier is Tier.SUGGEST


def test_a_run_is_taken_back_and_seen_to_be(cli, served):
    """Undo looks at what came of it."""
    assert cli("undo", "r-0000000001").out == "✓ Morning Prep: taken back. Obsidian was closed.\n"
    assert cli("undo", "r-0000000001").code == ExitCode.CONFLICT


def test_scripts_run_only_with_the_word_for_it(cli, served):
    """Consent is an option of its own."""
    served.service.learn(9, action="run_script", path="x")
    assert cli("run-now", "w-0000000009").code == ExitCode.REFUSED
    assert cli("run-now", "w-0000000009", "--allow-script").code == 0


def test_pause_resume_and_stop(cli, served):
    """For some minutes, or until resumed."""
    cli("pause", "15")
    assert (served.service.paused, served.service.paused_until) == (True, NOW + 15 * 60_000)
    cli("resume")
    assert served.service.paused is False
    assert "Paused." in cli("stop").out


# ---------------------------------------------------------------- ids


def test_ids_may_be_shortened(cli):
    """From the start, or from after the dash."""
    for given in ("w-0000000001", "w-0000000001"[:12], "0000000001", "w-00"):
        result = cli("workflows", "show", given)
        assert result.code == (0 if given != "w-00" else ExitCode.INVALID_INPUT), given


def test_a_shortened_id_that_is_not_clear_is_not_guessed(cli):
    """The candidates are named."""
    result = cli("why", "0000000001")
    assert result.code == ExitCode.INVALID_INPUT
    assert "p-0000000001, r-0000000001, s-0000000001, w-0000000001" in result.err


def test_an_unknown_id_is_not_found(cli):
    """Also one that would be a path."""
    assert cli("undo", "r-nothing").code == ExitCode.NOT_FOUND
    assert cli("workflows", "show", "../status").code in (ExitCode.NOT_FOUND, ExitCode.INVALID_INPUT)


# ---------------------------------------------------------------- workflows


def test_a_workflow_is_added_from_a_file_and_removed_after_asking(cli, served, tmp_path):
    """A no leaves it where it is."""
    file = tmp_path / "w.json"
    file.write_text(
        json.dumps({"name": "Mail", "steps": [{"action": "open_app", "parameters": {"app": "Mail"}}]})
    )
    added = cli("workflows", "add", str(file), "--json").json["workflow"]["id"]
    assert cli("workflows", "disable", added).out.splitlines()[3] == "  state   suspended"
    assert cli("workflows", "enable", added, "--json").json["workflow"]["lifecycle"] == "active"
    assert cli("workflows", "remove", added, typed="n\n").code == ExitCode.FAILED
    assert (
        cli("workflows", "remove", added, typed="y\n")
        .out.splitlines()[-1]
        .endswith("understudy runs")
    )
    assert cli("workflows", "show", added).code == ExitCode.NOT_FOUND


def test_a_workflow_can_be_piped_in(cli):
    """A dash stands for standard input."""
    result = cli("workflows", "add", "-", typed='{"name":"M","steps":[{"action":"open_app"}]}')
    assert (result.code, result.out.splitlines()[0].split()[0]) == (0, "M")


@pytest.mark.parametrize("text", ["{", "[]", '{"name": 1}'])
def test_a_file_that_holds_no_workflow_is_refused(cli, tmp_path, text):
    """Before or after it was sent, with the reason."""
    (tmp_path / "w.json").write_text(text)
    assert cli("workflows", "add", str(tmp_path / "w.json")).code == ExitCode.INVALID_INPUT
    assert cli("workflows", "add", str(tmp_path / "none.json")).code == ExitCode.INVALID_INPUT


# ---------------------------------------------------------------- setting up


def test_autostart_is_shown_and_switched(cli):
    """On, off, or just asked for."""
    assert cli("autostart").out == "Understudy does not start at login.\n"
    assert cli("autostart", "on").out == "Understudy starts at login.\n"
    assert cli("autostart", "status", "--json").json == {"enabled": True}


def test_quit_ends_the_agent(cli, served):
    """Asked for over the API, like everything else."""
    assert (cli("quit").code, served.service.quit_asked.is_set()) == (0, True)


@pytest.mark.parametrize("words", [(), ("run",), ("run", "--headless")])
def test_run_starts_the_agent_and_ends_as_it_ends(tmp_path, words):
    """Without a command too."""
    started = []
    result = CommandLine(tmp_path / "agent.json", run=lambda headless: started.append(headless) or 7)(*words)
    assert (result.code, started) == (7, ["--headless" in words])


def test_a_second_agent_is_told_apart_by_its_exit_code(tmp_path):
    """Scripts can see that one was there already."""

    def run(_):
        raise AlreadyRunningError("Understudy is running already", "Process 12 has the lock", "Use that one")

    assert CommandLine(tmp_path / "agent.json", run=run)("run").code == ExitCode.ALREADY_RUNNING


def test_the_demo_shows_what_was_found_and_why(served):
    """Formatted like the real thing, and nothing is kept."""
    cards, whys = served.service.suggestions(), [served.service.why("s-0000000001")]

    def demo(report):
        report("Reading three weeks of work")
        return Found(suggestions=tuple(cards), whys=tuple(whys), watched=tuple(whys))

    cli = CommandLine(served.file, demo=demo)
    result = cli("demo")
    assert "Still watched in silence" in result.out
    assert "open_app: Obsidian" in result.out
    assert cli("demo", "--json").json["whys"][0]["verdict"] == "It was seen often enough."


# ---------------------------------------------------------------- nobody there


@pytest.mark.parametrize(
    "words", [("status",), ("approve", "s-1"), ("watch",), ("export",), ("quit",), ("pause",)]
)
def test_without_an_agent_every_command_says_how_to_start_it(tmp_path, words):
    """Exit code 3, and the command."""
    result = CommandLine(tmp_path / "agent.json")(*words)
    assert (result.code, result.out) == (ExitCode.NOT_RUNNING, "")
    assert result.err.splitlines() == [
        "Understudy is not running.",
        "  No agent has left its address.",
        "  Start it with: understudy run",
    ]


def test_errors_are_json_where_the_answer_would_be(tmp_path):
    """For programs."""
    result = CommandLine(tmp_path / "agent.json")("status", "--json")
    assert (result.code, json.loads(result.err)["type"]) == (ExitCode.NOT_RUNNING, "not_running")


# ---------------------------------------------------------------- the tree of commands


def leaves(group, path=()):
    """Every command with its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        yield (*path, name), command


COMMANDS = dict(leaves(understudy))


def test_help_lists_every_command_under_its_heading(cli):
    """In the order of what a person wants to do, each with a whole sentence."""
    out = cli("--help").out
    headings = [line.rstrip(":") for line in out.splitlines() if line.rstrip(":") in SECTIONS]
    assert headings == list(SECTIONS)
    assert set(MODULES) == set(" ".join(SECTIONS.values()).split())
    assert [line for line in out.splitlines() if line.startswith("  ") and line.endswith("...")] == []


def test_every_command_explains_itself(cli):
    """One sentence each, with a full stop."""
    assert [words for words, command in COMMANDS.items() if not (command.help or "").endswith(".")] == []


def test_every_answer_can_be_had_as_json():
    """But for what starts something or prints a script."""
    without = {
        " ".join(words)
        for words, command in COMMANDS.items()
        if not any("--json" in option.opts for option in command.params)
    }
    assert without == {"run", "completion"}


def test_an_unknown_command_is_a_usage_error(cli):
    """As everywhere."""
    assert (cli("nothing").code, cli("tier", "w-1", "maximum").code) == (ExitCode.USAGE, ExitCode.USAGE)


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
