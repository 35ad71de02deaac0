"""What was seen and found, and what this machine tells, on the command line against a whole agent."""

import json
import re

import msgspec
import pytest

from tests.e2e.waiting import until
from tests.integration.command_line import CommandLine
from tests.integration.live_api import living
from understudy.config import Settings
from understudy.core.privacy_rules import PrivacyRules
from understudy.engine.cases.captures import CountBy
from understudy.interfaces.cli.captures import COUNTED_BY
from understudy.interfaces.cli.exit_codes import ExitCode
from understudy.interfaces.cli.show_settings import GROUPS, NOT_SET


@pytest.fixture
def live():
    """An agent that has seen three windows."""
    with living() as one:
        for app, title in (("notes", "Plan"), ("crm", "Customers"), ("notes", "List")):
            one.see(app, title=title)
        until(lambda: len(one.ask("GET", "/api/captures")[1]) == 3, what="three captures")
        yield one


@pytest.fixture
def cli(live):
    """Somebody who types commands to it."""
    return CommandLine(live.file)


def golden(out):
    """The lines with times made the same for every day."""
    return re.sub(r"\b(yesterday|today|tomorrow) \d+:\d\d", "WHEN", out).splitlines()


# ---------------------------------------------------------------- captures


def test_captures_are_listed_newest_last_and_in_pages(cli):
    """By app, text, kind, time and number; each with the number under which it is shown and deleted."""
    assert golden(cli("captures").out) == [
        "1  WHEN  focus  notes  Plan",
        "2  WHEN  focus  crm    Customers",
        "3  WHEN  focus  notes  List",
    ]
    assert golden(cli("captures", "--limit", "2").out)[1:] == [
        "3  WHEN  focus  notes  List",
        "More: the same with --before 2",
    ]
    assert golden(cli("captures", "--before", "2").out) == ["1  WHEN  focus  notes  Plan"]
    assert golden(cli("captures", "--app", "crm").out) == ["2  WHEN  focus  crm  Customers"]
    assert cli("captures", "--text", "nothing like it").out.startswith(
        "Nothing fits --text 'nothing like it'."
    )
    assert len(cli("captures", "--since", "2023-01-01", "--kind", "focus", "--json").json) == 3
    assert cli("captures", "--before", "99").code == ExitCode.NOT_FOUND


def test_captures_are_counted(cli):
    """By app, or by time with the days named."""
    rows = [line.split() for line in cli("captures", "stats").out.splitlines()]
    assert [(row[0], row[-1]) for row in rows] == [("2", "notes"), ("1", "crm")]
    by_day = cli("captures", "stats", "--by", "weekday").out
    assert re.fullmatch(r"3 .*(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\n", by_day)
    assert {*COUNTED_BY} == {by.value for by in CountBy}
    assert cli("captures", "stats", "--by", "colour").code == ExitCode.USAGE


def test_one_capture_is_shown_and_deleted_for_good(cli):
    """After asking."""
    out = cli("captures", "show", "2").out
    assert golden(out)[0] == "Customers  2"
    assert "  counts as  app:crm" in out
    assert cli("captures", "delete", "2", typed="n\n").code == ExitCode.FAILED
    assert (
        cli("captures", "delete", "2", typed="y\n")
        .out.splitlines()[-1]
        .startswith("✓ Deleted for good: 1 capture")
    )
    assert cli("captures", "show", "2").code == ExitCode.NOT_FOUND
    assert cli("captures", "delete", "1", "--yes", "--json").json["captures"] == 1


# ---------------------------------------------------------------- patterns


def test_patterns_are_listed_and_shown(cli, live):
    """With how often they came true, and what became of them."""
    live.learn()
    assert re.fullmatch(
        r"p-1  \d+ times, \d+ days?  right 4 of 4  .+  After Mail, you open it\n", cli("patterns").out
    )
    assert cli("patterns", "--kind", "habit").out.startswith("Nothing fits --kind habit.")
    assert cli("patterns", "--tier", "auto", "--json").json == []
    out = cli("patterns", "show", "p-1").out
    assert out.splitlines()[0] == "After Mail, you open it  p-1"
    assert "  foreseen  right 4 of 4" in out
    assert cli("patterns", "show", "p-9").code == ExitCode.NOT_FOUND


def test_a_pattern_is_done_now_and_its_times_are_listed(cli, live):
    """It is a run like any other."""
    live.learn()
    assert cli("patterns", "occurrences", "p-1").out == "It has not been seen yet.\n"
    until(lambda: cli("workflows", "--json").json, what="its workflow")
    assert cli("patterns", "run", "p-1").out.splitlines()[0] == "✓ Done: open it"
    assert len(live.actions["open"].effects) == 1


# ---------------------------------------------------------------- this machine


def test_a_value_is_handed_in_and_watched(cli):
    """By a name that workflows can react to."""
    assert cli("watched").out == "Nothing is watched yet.\n"
    assert cli("signal", "build", "red").out == "Taken in: red\n"
    until(lambda: "build" in cli("watched").out)
    assert golden(cli("watched").out) == ["build  red  since WHEN"]
    assert cli("signal", "Bad Name", "1").code == ExitCode.INVALID_INPUT


def test_actions_say_what_they_take_and_what_they_need(cli):
    """Those that must be given stand without brackets."""
    assert cli("actions").out.splitlines()[2:6] == [
        "open  open  can be undone",
        "  takes [what]",
        "script  script  can be undone, asks for your permission",
        "  takes [what]",
    ]


def test_the_description_of_the_api_is_printed(cli, tmp_path):
    """On screen, or into a new file."""
    assert json.loads(cli("openapi").out)["paths"]["/api/status"]
    file = tmp_path / "openapi.json"
    assert cli("openapi", "--output", str(file)).out == f"Written to {file}\n"
    assert json.loads(file.read_text()) == json.loads(cli("openapi").out)


# ---------------------------------------------------------------- settings


def test_every_setting_stands_in_a_group_with_what_it_is_for():
    """None is missing, and each line fits beside its name and a short value."""
    listed = {name: words for group in GROUPS.values() for name, words in group.items()}
    rules = {f"privacy.{name}" for name in PrivacyRules.__struct_fields__}
    there = {*Settings.__struct_fields__} - {"privacy", *NOT_SET}
    assert {*listed} == there | rules
    assert max(map(len, listed.values())) <= 38


def test_settings_are_shown_in_groups(cli):
    """Name, what it is for, and how it is set; within 80 columns."""
    out = cli("settings").out
    lines = out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == list(GROUPS)
    assert "  quiet_from              no new questions from then on          21:00" in lines
    assert max(map(len, lines)) <= 80


def test_what_the_environment_decides_is_marked(cli, live):
    """It cannot be changed until the next start."""
    decided = {"executor_autorun": True, "overridden": ("executor_autorun",)}

    def decide(use):
        use._context.settings = msgspec.structs.replace(use._context.settings, **decided)

    live.agent.ask(decide)
    marked = [line for line in cli("settings").out.splitlines() if "(set by the environment)" in line]
    assert [line.split()[0] for line in marked] == ["executor_autorun"]


def test_a_setting_that_is_changed_is_shown_alone(cli):
    """As it is now; commands as a shell would take them."""
    assert cli("settings", "set", "privacy.apps", "signal, slack").out == "✓ privacy.apps  signal, slack\n"
    assert cli("settings", "set", "assistant_command", "llm -s 'be short'").out == (
        "✓ assistant_command  llm -s 'be short'\n"
    )
    assert (
        cli("settings", "set", "addresses.phone", "ntfy://topic").out == "✓ addresses.phone  ntfy://topic\n"
    )
    assert cli("settings", "set", "addresses.phone", "").out == "✓ addresses.phone  (none)\n"
