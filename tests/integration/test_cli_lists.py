"""Lists on the command line: what no filter fits is said so, names that are not there are told, no end is silent."""

import shlex

import pytest

from tests.e2e.waiting import until
from tests.integration.command_line import CommandLine, in_a_process, on_a_terminal
from tests.integration.live_api import living
from understudy.core.workflow import ManualTrigger
from understudy.interfaces.cli.exit_codes import ExitCode


@pytest.fixture
def cli():
    """Somebody who types commands to an agent with two workflows, a run, a task, a capture and a pattern."""
    with living() as live:
        live.learn()
        live.see("mail", title="Inbox")
        until(lambda: live.ask("GET", "/api/suggestions")[1], what="a suggestion")
        for name in ("Morning Prep", "Evening Tidy"):
            live.save(id=f"w-{name.split()[0].lower()}", name=name, triggers=(ManualTrigger(),))
        typing = CommandLine(live.file)
        typing("workflows", "run", "w-morning")
        typing("task", "add", "Tidy the desk")
        yield typing


FILTERS = {
    "workflows list nothing": "nothing",
    "workflows --state archived": "--state archived",
    "workflows --category nothing": "--category nothing",
    "runs --status failed --status skipped": "--status failed --status skipped",
    "runs --workflow w-evening --since 1h": "--workflow w-evening --since 1h",
    "captures --app nothing": "--app nothing",
    "captures --text 'no such words'": "--text 'no such words'",
    "captures --before 1 --limit 5": "--before 1",
    "captures stats --by kind --since 2999-01-01": "--since 2999-01-01",
    "patterns --kind habit": "--kind habit",
    "patterns occurrences p-1 --before 1": "--before 1",
    "grants --workflow w-evening": "--workflow w-evening",
    "task list --all --status failed": "--status failed",
}
"""What is typed -> the part of it that restricts the list."""


@pytest.mark.parametrize("line, restricting", FILTERS.items())
def test_a_list_that_a_filter_empties_says_so(cli, line, restricting):
    """Not that there is nothing; it names what was asked for, and how all are seen."""
    words = shlex.split(line)
    said = cli(*words)
    assert said.out.startswith(f"Nothing fits {restricting}. For all: understudy {words[0]} ")
    assert (said.code, cli(*words, "--json").out) == (0, "[]\n")


def test_a_filter_keeps_its_words_when_all_are_named(cli):
    """What a list is about is no filter: the way to all of it names it."""
    said = cli("patterns", "occurrences", "p-1", "--before", "1").out
    assert said == "Nothing fits --before 1. For all: understudy patterns occurrences p-1\n"


@pytest.mark.parametrize("verb", ["runs", "grants"])
@pytest.mark.parametrize(
    "given, fix", [("w-mornin", "Did you mean w-morning"), ("Morning Prap", "Did you mean Morning Prep")]
)
def test_a_filter_by_a_workflow_that_is_not_there_is_an_error(cli, verb, given, fix):
    """An empty list would say that it has done nothing; the one that was meant is named."""
    said = cli(verb, "--workflow", f"{given}x")
    assert (said.code, said.err.splitlines()[-1].strip()) == (ExitCode.NOT_FOUND, fix)


def test_the_runs_of_a_workflow_that_was_removed_are_still_found(cli):
    """By its id; the workflow itself is gone."""
    cli("workflows", "remove", "w-morning", "--yes")
    assert len(cli("runs", "--workflow", "w-morning", "--json").json) == 1
    assert cli("workflows", "show", "w-morning").code == ExitCode.NOT_FOUND


@pytest.mark.parametrize(
    "words", [("task", "add", "Tidy", "--workflow", "Mornin"), ("tier", "morninx", "auto")]
)
def test_wherever_a_workflow_is_named_the_nearest_is_told(cli, words):
    """By its id or its name."""
    assert "Did you mean " in cli(*words).err


PAGES = (("workflows", "list"), ("task", "list"))


@pytest.mark.parametrize("words", PAGES)
def test_a_list_does_not_end_silently(cli, words):
    """It says how the rest is seen, and the rest is what comes then."""
    cli("task", "add", "Tidy the shelf")
    noun = "workflow" if words[0] == "workflows" else "task"
    ids = [card[noun]["id"] for card in cli(*words, "--json").json]
    assert cli(*words, "--limit", "1").out.splitlines()[-1] == f"More: the same with --after {ids[0]}"
    rest = cli(*words, "--after", ids[0])
    assert ids[1] in rest.out
    assert (ids[0] in rest.out, "More:" in rest.out) == (False, False)


def test_beside_json_the_rest_is_told_on_stderr(cli):
    """Only where nobody had said how many: the list itself stays JSON alone."""
    for number in range(31):
        cli("signal", "count", str(number))
    whole = cli("captures", "--json")
    assert len(whole.json) == 30
    assert whole.err.startswith("More: the same with --before ")
    assert cli("captures", "--limit", "30", "--json").err == ""


def test_a_list_fits_the_terminal_and_is_whole_in_a_pipe(cli):
    """A long title is cut where it would break the table; programs that look for words get all of it."""
    title = "Tidy the desk, the shelf and whatever else has been lying around since the move"
    cli("task", "add", title, "--workflow", "w-evening")
    home = cli.programs.endpoint.parent
    shown = on_a_terminal(home, "task", NO_COLOR="1", COLUMNS="80").splitlines()
    assert max(map(len, shown)) <= 80
    assert any("Tidy the desk" in line and line.endswith("…") for line in shown)
    assert title in in_a_process(home, "task").out
