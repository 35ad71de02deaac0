"""The commands that look, decide and act, against a whole agent: what they show, change, and how they end."""

import json

import pytest

from tests.e2e.waiting import until
from tests.integration.command_line import CommandLine, Found
from tests.integration.live_api import living
from understudy.core.trust import Tier
from understudy.core.value import MINUTE
from understudy.core.workflow import ManualTrigger, Step
from understudy.errors import AlreadyRunningError
from understudy.interfaces.cli.exit_codes import ExitCode

MANUAL = (ManualTrigger(),)


@pytest.fixture
def live():
    """An agent that runs, with a capture, a suggestion, a workflow of one's own and a run."""
    with living() as one:
        one.learn()
        one.see("mail", title="Inbox \x1b]0;gone\x07 \u202eevil")
        until(lambda: one.ask("GET", "/api/suggestions")[1], what="a suggestion")
        one.save(id="w-mine", name="Morning Prep", triggers=MANUAL)
        one.ask("POST", "/api/workflows/w-mine/execute", {})
        yield one


@pytest.fixture
def cli(live):
    """Somebody who types commands to it."""
    return CommandLine(live.file)


def offered(cli):
    """The id of the suggestion."""
    return cli("suggestions", "--json").json[0]["suggestion"]["id"]


def done(cli):
    """The id of the latest run."""
    return cli("runs", "--json").json[0]["run"]["id"]


# ---------------------------------------------------------------- looking


def test_status_says_how_the_agent_is_doing(cli):
    """Its state first, then the figures, then what waits."""
    result = cli("status")
    lines = result.out.splitlines()
    assert (result.code, lines[0]) == (0, "● Watching. 1 suggestion waits.")
    assert "  captures       1 today, 1 kept" in lines
    assert lines[-1] == "  1 suggestion waiting. See: understudy suggestions"


def test_suggestions_show_every_literal_and_how_to_say_yes(cli):
    """What would be done is read before it is approved."""
    lines = cli("suggestions").out
    assert "1. open it" in lines
    assert f"understudy approve {offered(cli)}, or refuse" in lines


SHOWN = (
    ("captures",),
    ("suggestions",),
    ("runs",),
    ("workflows",),
    ("runs", "show", "r-"),
    ("watch", "--help"),
)


@pytest.mark.parametrize("words", SHOWN)
def test_nothing_shown_can_steer_the_terminal(cli, words):
    """No escape, no direction mark, whatever a title holds."""
    out = cli(*words).out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert out


LISTS = (
    "status",
    "doctor",
    "actions",
    "watched",
    "captures",
    "patterns",
    "suggestions",
    "approvals",
    "workflows",
    "templates",
    "runs",
    "dead-letters",
    "grants",
    "task",
    "secrets",
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


def test_doctor_says_what_there_is(cli):
    """Each part in a line, and a verdict."""
    out = cli("doctor").out
    assert out.startswith("ready     focus")
    assert out.endswith("Everything needed works.\n")


def test_why_gives_the_reasons_and_their_values(cli):
    """What it was decided on can be checked."""
    out = cli("why", offered(cli)).out
    assert "Foreseen in silence since: 4 times right, 0 times wrong" in out
    assert "hits 4, misses 0" in out
    assert "already waits for your answer" in cli("why-not", "p-1").out


# ---------------------------------------------------------------- deciding


def test_approve_runs_and_says_how_to_take_it_back(cli):
    """The command waits for what comes of it."""
    asked = offered(cli)
    result = cli("approve", asked)
    assert (result.code, result.out.splitlines()[0]) == (0, "✓ Done: open it")
    assert f"understudy undo {done(cli)}" in result.out
    card = next(one for one in cli("suggestions", "--all", "--json").json if one["suggestion"]["id"] == asked)
    assert card["suggestion"]["answered_by"] == "cli"
    assert "you said yes (cli)" in cli("suggestions", "--all").out


def test_approving_twice_is_a_conflict_in_short_lines(cli):
    """What, and why; on stderr; with a code of its own."""
    asked = offered(cli)
    cli("approve", asked)
    result = cli("approve", asked)
    assert (result.code, result.out) == (ExitCode.CONFLICT, "")
    assert result.err.splitlines() == [
        f"{asked} is settled already.",
        "  It was answered: approved.",
        "  See: understudy suggestions --all",
    ]


@pytest.mark.parametrize("words, status", [((), "not_now"), (("--never",), "never")])
def test_refuse_says_no(cli, words, status):
    """For now, or for good."""
    asked = offered(cli)
    assert cli("refuse", asked, *words).code == 0
    cards = cli("suggestions", "--all", "--json").json
    assert [one["suggestion"]["status"] for one in cards] == [status]


def test_a_tier_that_is_not_earned_is_refused(cli):
    """And nothing is changed."""
    learned = next(
        card["workflow"]["id"] for card in cli("workflows", "--json").json if card["workflow"]["pattern_id"]
    )
    assert cli("tier", learned, "auto").code in (ExitCode.REFUSED, ExitCode.CONFLICT)
    assert cli("tier", learned, "suggest", "--json").json["workflow"]["tier"] == "suggest"


def test_a_run_is_taken_back_and_seen_to_be(cli, live):
    """Undo looks at what came of it."""
    run = done(cli)
    assert cli("undo", run).out.startswith("✓ Morning Prep: taken back.")
    assert live.actions["open"].undone == ["it"]
    assert cli("undo", run).code == ExitCode.CONFLICT


def test_scripts_run_only_with_the_word_for_it(cli, live):
    """Consent is an option of its own, and the refusal names it."""
    live.save(steps=(Step(action="script"),), id="w-script", name="Script", triggers=MANUAL, tier=Tier.AUTO)
    refused = cli("workflows", "run", "w-script")
    assert refused.code == ExitCode.REFUSED
    assert "understudy workflows run w-script --allow-script" in refused.err
    assert cli("workflows", "run", "w-script", "--allow-script").code == 0


def test_pause_resume_and_stop(cli):
    """For some minutes, or until resumed."""
    paused = cli("pause", "15", "--json").json
    assert paused["paused"] is True
    assert 14 * MINUTE < paused["paused_until"] - paused["started_at"] < 16 * MINUTE
    assert cli("resume", "--json").json["paused"] is False
    assert "Paused." in cli("stop").out


# ---------------------------------------------------------------- ids


def test_ids_may_be_shortened(cli):
    """From the start, or from after the dash; what is not clear is not guessed, and the candidates are named."""
    for given in ("w-mine", "w-m", "mine", "mi"):
        assert cli("workflows", "show", given).code == 0, given
    unclear = cli("workflows", "show", "w-")
    assert unclear.code == ExitCode.INVALID_INPUT
    assert "w-mine" in unclear.err


def test_an_unknown_id_is_not_found(cli):
    """Also one that would be a path."""
    assert cli("undo", "r-nothing").code == ExitCode.NOT_FOUND
    assert cli("workflows", "show", "../status").code in (ExitCode.NOT_FOUND, ExitCode.INVALID_INPUT)


# ---------------------------------------------------------------- setting up


def test_autostart_is_shown_and_switched(cli):
    """On, off, or just asked for."""
    assert cli("autostart").out == "Understudy does not start at login.\n"
    assert cli("autostart", "on").out == "Understudy starts at login.\n"
    assert cli("autostart", "status", "--json").json == {"enabled": True}


def test_quit_ends_the_agent(cli, live):
    """Asked for over the API, like everything else."""
    assert (cli("quit").code, live.machine.has_quit) == (0, True)


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


def test_the_demo_shows_what_was_found_and_why(live):
    """Formatted like the real thing, and nothing is kept."""
    cards = live.agent.ask(lambda use: use.suggestions())
    whys = [live.agent.ask(lambda use: use.why("p-1"))]

    def demo(report):
        report("Reading three weeks of work")
        return Found(suggestions=tuple(cards), whys=tuple(whys), watched=tuple(whys))

    cli = CommandLine(live.file, demo=demo)
    out = cli("demo").out
    assert "Still watched in silence" in out
    assert "would do   open it" in out
    assert cli("demo", "--json").json["whys"][0]["reasons"]


# ---------------------------------------------------------------- nobody there


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("approve", "s-1"),
        ("watch",),
        ("export",),
        ("quit",),
        ("runs",),
        ("grants", "revoke", "g-1"),
    ],
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
