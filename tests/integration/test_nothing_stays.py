"""What must not be kept never reaches the data folder, and what was deleted is gone from it, byte for byte."""

from pathlib import Path

import pytest

from tests.e2e.live import LiveAgent, office_days, repeated_days
from understudy.core.ports import CaptureQuery

CANARY = "canary-3f9c1d77-words-nobody-else-writes"
SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


class NoDesktop:
    """A session without display and bus."""

    def __init__(self, home):
        self.env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}


@pytest.fixture
def live(tmp_path):
    """An agent with real files and no desktop."""
    (tmp_path / "home").mkdir()
    agent = LiveAgent(NoDesktop(tmp_path / "home"), tmp_path / "understudy")
    try:
        yield agent
    finally:
        agent.stop()


def found(live, text):
    """The files of the data folder in which the text stands, log included."""
    files = [path for path in Path(live.home.folder).rglob("*") if path.is_file()]
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_typed_text_and_secrets_never_reach_the_data_folder(live, tmp_path):
    """Typed text is off unless switched on; a token in a command is blanked before it is written."""
    phrases = repeated_days(live, 14, kind="phrase", text=CANARY)
    commands = repeated_days(
        live, 14, kind="command", text=f"curl -H 'Authorization: Bearer {SECRET}' api.example"
    )
    brought = live.take_in(tmp_path, phrases + commands)
    assert brought.private > 0
    assert (found(live, CANARY), found(live, SECRET)) == ([], [])
    assert found(live, "curl -H") != []


def test_what_was_purged_is_gone_with_all_that_was_learned_from_it(live, tmp_path):
    """Captures, patterns, workflows and backups hold no byte of it; the rest stays."""
    live.take_in(tmp_path, office_days(live, 3, 14, first=CANARY, then="other-program"))
    assert found(live, CANARY) != []
    assert any(
        CANARY in card.state.pattern.symbols[0] for card in live.ask(lambda service: service.patterns())
    )
    purged = live.ask(lambda service: service.purge(CaptureQuery(app=CANARY)))
    assert purged.captures > 0
    assert found(live, CANARY) == []
    assert live.captures(1) != []
