"""The README is tested like code: its commands exist, its example works, its pictures are there."""

import json
import re
from pathlib import Path

import click
import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.adapters.actions.open_url import OpenUrl
from understudy.adapters.open_windows import choose_windows
from understudy.engine.saving import workflow_from
from understudy.interfaces.cli.program import understudy

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS = sorted(set(re.findall(r"(?:^|`)understudy ((?:[a-z-]+ ?)+)", README, flags=re.MULTILINE)))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_in_the_readme_exists(words):
    """What people are told to type is there."""
    command, context = understudy, click.Context(understudy)
    for word in words.split():
        if not isinstance(command, click.Group):
            break
        command = command.get_command(context, word)
        assert command is not None, f"there is no command {word}"


def test_the_example_of_a_workflow_can_be_saved():
    """The JSON in the README is a whole and valid document."""
    (text,) = re.findall(r"```json\n(.*?)```", README, flags=re.DOTALL)
    document = json.loads(text)
    rig = EngineRig(actions={"open_url": OpenUrl(windows=choose_windows({}), environment={})})
    saved = workflow_from(document, rig.context)
    assert saved.triggers[0].cron == "30 16 * * fri"


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_what_the_readme_links_to_is_there(link):
    """Pictures and files."""
    assert (ROOT / link).exists()


@pytest.mark.parametrize("folder", re.findall(r"^\| `(src/[a-z/]+|tests)` \|", README, flags=re.MULTILINE))
def test_the_code_map_names_what_exists(folder):
    """Every row of the map is a folder."""
    assert (ROOT / folder).is_dir()
