"""The README is tested like code: its commands exist, its example works, its pictures are there."""

import csv
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from tests.e2e import draw_timeline
from tests.fakes.engine_rig import EngineRig
from tests.integration.command_line import in_a_process, take_apart
from tests.integration.live_api import living
from understudy.adapters.actions.notify import Notify
from understudy.adapters.actions.open_url import OpenUrl
from understudy.adapters.open_windows import choose_windows
from understudy.core.capture import CaptureKind
from understudy.core.fortnight import CRM, NAMES, fortnight
from understudy.engine.saving import workflow_from
from understudy.engine.yaml_text import read_yaml
from understudy.interfaces.cli.program import understudy

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
TYPED = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    for line in block.splitlines()
    if line.startswith("understudy ")
]
MENTIONED = [" ".join(each.split()) for each in re.findall(r"`(understudy [^`]+)`", README)]
COMMANDS = sorted(set(re.findall(r"(?:^|`)understudy ((?:[a-z-]+ ?)+)", README, flags=re.MULTILINE)))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_in_the_readme_exists(words):
    """What people are told to type is there."""
    command, context = understudy, click.Context(understudy, **understudy.context_settings)
    for word in words.split():
        if not isinstance(command, click.Group):
            break
        command = command.get_command(context, word)
        assert command is not None, f"there is no command {word}"


def _has_values(line):
    """Whether more than the name of a command is written."""
    return re.search(r"[^a-z -]", line) is not None


@pytest.mark.parametrize("line", [*TYPED, *filter(_has_values, MENTIONED)])
def test_what_the_readme_says_to_type_can_be_typed(line):
    """With all that the command needs, and no option that it does not have."""
    take_apart(line)


def test_the_example_of_a_workflow_can_be_saved():
    """The YAML in the README is a whole and valid document, as short as it is said to be."""
    (text,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    acts = {"open_url": OpenUrl(windows=choose_windows({}), environment={}), "notify": Notify(notifier=None)}
    saved = workflow_from(read_yaml(text), EngineRig(actions=acts).context)
    assert saved.triggers[0].cron == "30 16 * * fri"
    assert [type(step).__name__ for step in saved.steps] == ["Step", "DelayStep", "Step"]
    assert len(text.splitlines()) == 12


def test_the_program_in_the_readme_talks_to_an_agent(tmp_path):
    """As it stands there, with nothing but Python."""
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    folder = tmp_path / ".local/share/understudy"
    folder.mkdir(parents=True)
    with living() as live:
        shutil.copy(live.file, folder)
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={"HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (run.stdout, run.stderr) == ("Watching.\nred\n", "")


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_what_the_readme_links_to_is_there(link):
    """Pictures and files."""
    assert (ROOT / link).exists()


@pytest.mark.parametrize("folder", re.findall(r"^\| `(src/[a-z/]+|tests)` \|", README, flags=re.MULTILINE))
def test_the_code_map_names_what_exists(folder):
    """Every row of the map is a folder."""
    assert (ROOT / folder).is_dir()


def test_the_code_map_names_every_file_of_the_detectors():
    """No more, and no less, than is there."""
    there = {path.stem for path in (ROOT / "src/understudy/detectors").glob("[a-z]*.py")}
    (listed,) = re.findall(
        r"In `detectors`, each file does one thing:\n(.*?)\n\nMining", README, flags=re.DOTALL
    )
    assert set(re.findall(r"`(\w+)`", listed)) == there


@pytest.fixture(scope="module")
def tale():
    """The made-up fortnight, lived through once."""
    return draw_timeline.story()


def test_the_picture_is_what_is_drawn_today(tale):
    """When it is not: `python -m tests.e2e.draw_timeline`, and look at it."""
    assert draw_timeline.PICTURE.read_text(encoding="utf-8") == draw_timeline.drawn(tale)


def test_the_picture_is_the_same_each_time(tale):
    """Living through the fortnight again changes nothing of it; and it is small."""
    picture = draw_timeline.drawn(draw_timeline.story())
    assert picture == draw_timeline.drawn(tale)
    assert len(picture.encode()) < 40 * 1024


def test_the_picture_shows_every_outcome_once(tale):
    """In its day, and in the line of trust; and one of each in the legend."""
    picture = draw_timeline.drawn(tale)
    hits = sum(hit for _, hit in tale.outcomes)
    assert hits > len(tale.outcomes) - hits > 0
    assert picture.count('<circle class="hit"') == 2 * hits + 1
    assert picture.count('<circle class="miss"') == 2 * (len(tale.outcomes) - hits) + 1
    assert picture.count('<circle class="seen"') == len(tale.before) + 1


def test_the_replay_in_the_readme_is_what_it_says(tmp_path):
    """The same history gives the same answer; only how long it takes may differ."""
    with (tmp_path / "history.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(_history())
    said = in_a_process(
        tmp_path,
        "replay",
        str(tmp_path / "history.csv"),
        *("--zone", draw_timeline.ZONE),
        HOME=str(tmp_path),
        XDG_DATA_HOME=str(tmp_path),
        XDG_DATA_DIRS=str(tmp_path),
    )
    (block,) = re.findall(r"```text\n(.*?)```", README, flags=re.DOTALL)
    assert _without_seconds(said.out) == _without_seconds(block)


def _history():
    """The made-up fortnight as a table, without commands and without the habit."""
    yield "time", "kind", "app", "title", "url", "text"
    start = int(draw_timeline.START.timestamp() * 1000)
    for each in fortnight(draw_timeline.SEED, start, draw_timeline.ZONE, draw_timeline.DAYS):
        if each.kind is not CaptureKind.COMMAND and each.url != CRM:
            at = datetime.fromtimestamp(each.at / 1000, UTC).isoformat(timespec="milliseconds")
            yield at, each.kind.value, NAMES.get(each.app, each.app), each.title, each.url, each.text


def _without_seconds(text):
    return re.sub(r"read in [\d.]+ s", "read", text)
