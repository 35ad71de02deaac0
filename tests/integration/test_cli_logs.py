"""The commands that read a log without an agent: replay, symbols, predict; in this process and in their own."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from tests.integration.command_line import CommandLine, in_a_process, on_a_terminal
from understudy.interfaces.cli.exit_codes import ExitCode

MONDAY = datetime(2024, 6, 3, 8, 30, tzinfo=UTC)


@pytest.fixture
def cli(tmp_path):
    """Somebody who types commands on a machine where no agent runs."""
    return CommandLine(tmp_path / "agent.json")


def written(folder, rows, name="log.csv"):
    path = folder / name
    path.write_text("time,app,title\n" + "".join(f"{at:%Y-%m-%dT%H:%M:%SZ},{app},\n" for at, app in rows))
    return str(path)


def work(days=20):
    """The inbox, then notes within a minute, four times a day among other things."""
    for day in range(days):
        for hour in range(0, 8, 2):
            start = MONDAY + timedelta(days=day, hours=hour)
            others = (
                f"editor-{(day * 7 + hour) % 5}",
                f"shop-{(day * 3 + hour) % 7}",
                f"chat-{(day + hour) % 3}",
            )
            for minute, name in enumerate((others[0], "inbox", "notes", *others[1:])):
                yield start + timedelta(minutes=2 * minute), name


# ---------------------------------------------------------------- replay


def test_a_replay_finds_what_is_repeated_and_says_when_it_would_have_been_suggested(cli, tmp_path):
    """Each occurrence names the rows of the file."""
    rows = list(work())
    found = cli("replay", written(tmp_path, rows), "--all", "--json").json
    assert (found["format"], found["captures"]) == ("understudy.replay/1", len(rows))
    assert (found["first"], found["days"]) == ("2024-06-03T08:30:00.000Z", 19.256)
    pattern = next(one for one in found["patterns"] if one["symbols"][:2] == ["app:inbox", "app:notes"])
    assert pattern["steps"][0] == {"action": "open_app", "symbol": "app:notes", "target": "notes"}
    assert pattern["evidence"]["hits"] > 10 > pattern["evidence"]["misses"]
    for one in pattern["occurrences"]:
        assert rows[one["first"]][1] == "inbox"


def test_a_replay_is_told_to_people_with_what_would_have_been_done(cli, tmp_path):
    """And that nothing was."""
    told = cli("replay", written(tmp_path, work()), "--zone", "Europe/Berlin")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("400 captures from 3 Jun 2024 to 22 Jun 2024, read in ")
    assert told.out.endswith("Nothing was run, and nothing was kept.\n")


def test_several_files_are_one_log(cli, tmp_path):
    """Halves in the wrong order are merged by time; rows are counted over the files as they are given."""
    rows = list(work())
    late, early = written(tmp_path, rows[200:], "late.csv"), written(tmp_path, rows[:200], "early.csv")
    whole = cli("replay", written(tmp_path, rows), "--all", "--json").json
    halves = cli("replay", late, early, "--all", "--json").json

    def places(found, moved=lambda place: place):
        return {one["id"]: [moved(each["first"]) for each in one["occurrences"]] for one in found["patterns"]}

    assert places(halves) == places(whole, lambda place: (place + 200) % 400)


def test_a_replay_keeps_nothing_and_needs_no_agent(tmp_path):
    """A process of its own, with a home that stays empty."""
    home = tmp_path / "home"
    home.mkdir()
    result = in_a_process(home, "replay", written(tmp_path, work(3)), HOME=str(home))
    assert (result.code, result.err) == (0, "")
    assert "Understudy would not have suggested anything yet." in result.out
    assert list(home.iterdir()) == []


# ---------------------------------------------------------------- symbols and predict


def test_symbols_shows_how_a_log_is_read(cli, tmp_path):
    """Most frequent first; with --json every template."""
    path = written(tmp_path, work(2))
    told = cli("symbols", path)
    assert told.out.splitlines()[0] == "40 captures in 8 sessions: 16 different things."
    assert told.out.splitlines()[4].split() == ["8", "app:inbox", "app:inbox"]
    found = cli("symbols", path, "--json").json
    assert (found["format"], found["templates"][1]["template"]) == ("understudy.symbols/1", "app:notes")
    assert len(found["templates"]) == 16


def test_predict_measures_foresight(cli, tmp_path):
    """What always follows is foreseen; what follows by chance is not."""
    path = written(tmp_path, work())
    found = cli("predict", path, "--json").json
    assert (found["format"], found["events"]) == ("understudy.predict/1", 400)
    assert 0.15 < found["hit_1"] < found["hit_5"] <= 1
    assert cli("predict", path).out.startswith("400 events.")


# ---------------------------------------------------------------- what cannot be read

MISTAKES = {
    "no file is named": (("replay",), ExitCode.USAGE, "Missing argument 'FILE...'"),
    "the file is not there": (("replay", "none.csv"), ExitCode.INVALID_INPUT, "There is no none.csv"),
    "a column is not there": (("symbols", "{log}", "--columns", "time=when,app=app"), 7, "no column “when”"),
    "the columns are not clear": (("predict", "{log}", "--columns", "time"), 7, "--columns is not clear"),
    "the zone is none": (("replay", "{log}", "--zone", "Mars/Base"), 7, "no time zone"),
    "the format is none": (("replay", "{log}", "--format", "excel"), 7, "no format “excel”"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_an_exit_code_that_names_it(cli, tmp_path, mistake):
    """As by every command."""
    words, code, told = MISTAKES[mistake]
    path = written(tmp_path, work(1))
    result = cli(*(word.format(log=path) for word in words))
    assert (result.code, result.out) == (code, "")
    assert told in result.err


def test_an_error_is_json_where_json_is_wanted(cli):
    """On stderr, so that stdout stays empty."""
    result = cli("replay", "none.csv", "--json")
    assert (result.out, '"type": "invalid_input"' in result.err) == ("", True)


# ---------------------------------------------------------------- progress


def test_progress_is_shown_on_a_terminal_alone(tmp_path):
    """A bar that is gone in the end; nothing of it where the output goes to a file."""
    path = written(tmp_path, work(250))
    shown = on_a_terminal(tmp_path, "symbols", path)
    assert "[#########################.....] 82%, up to 24 Dec 2024" in shown
    assert shown.index("82%") < shown.rindex("\r\x1b[K") < shown.index("5,000 captures")
    assert in_a_process(tmp_path, "symbols", path).err == ""


def test_progress_stays_on_one_line_of_a_narrow_terminal(tmp_path):
    """What would go over its edge could not be cleared."""
    shown = on_a_terminal(tmp_path, "symbols", written(tmp_path, work(250)), width=24)
    progress = click.unstyle(shown.split("\r\x1b[K")[1])
    assert progress == "82%, up to 24 Dec 2024"


def test_progress_of_several_files_is_that_of_all(tmp_path):
    """They are read as one."""
    paths = [written(tmp_path, work(250), name) for name in ("one.csv", "two.csv")]
    assert " 41%, up to 13 Sep 2024" in on_a_terminal(tmp_path, "symbols", *paths)
