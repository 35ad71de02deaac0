"""What must not be kept never reaches the data folder, and what was deleted is gone from it, byte for byte."""

from pathlib import Path

import pytest

from tests.e2e.live import LiveAgent, office_days, repeated_days
from tests.integration.local_servers import Site, as_json
from understudy.adapters.secrets import KeptSecrets, Keyring
from understudy.core.ports import CaptureQuery
from understudy.core.run import RunStatus
from understudy.errors import CapabilityMissingError, InvalidInputError

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


@pytest.fixture
def site():
    """A service that repeats the key it was asked with."""
    site = Site()
    site.answers[f"/hooks/{CANARY}"] = as_json({"echo": f"asked at /hooks/{CANARY}"})
    yield site
    site.close()


def document(address):
    return {
        "name": "Ask",
        "steps": [{"action": "http_request", "parameters": {"url": address, "method": "POST"}}],
    }


def no_keyring():
    raise CapabilityMissingError("The keyring cannot be used", "There is none here")


def test_a_key_that_was_refused_is_nowhere_and_a_saved_one_only_in_its_place(live, site):
    """Refused in workflows, tasks and settings; used by name, it is in no run, output or log."""
    hook = f"https://hooks.slack.com/services/T1/B2/{CANARY}"
    for ask in (
        lambda service: service.add_workflow(document(hook)),
        lambda service: service.add_workflow(document(f"{site.url}/send?token={CANARY}")),
        lambda service: service.add_task(f"Post to {hook}", by="cli"),
        lambda service: service.change_settings({"addresses": {"phone": f"discord://417421/{CANARY}"}}),
        lambda service: service.change_settings({"failure_channel": f"discord://417421/{CANARY}"}),
    ):
        with pytest.raises(InvalidInputError) as caught:
            live.ask(ask)
        assert CANARY not in str(caught.value)
    assert found(live, CANARY) == []
    live.agent.context.secrets = KeptSecrets(live.home.secrets, "a home", Keyring("a home", find=no_keyring))
    live.ask(lambda service: service.set_secret("hook", CANARY))
    card = live.ask(lambda service: service.add_workflow(document(f"{site.url}/hooks/{{{{ secret.hook }}}}")))
    run = live.ask(lambda service: service.run_now(card.workflow.id, "cli"))
    assert (run.status, site.seen[-1].path) == (RunStatus.COMPLETED, f"/hooks/{CANARY}")
    assert "{{ secret.hook }}" in run.steps[0].output
    assert found(live, CANARY) == [live.home.secrets.name]
    live.ask(lambda service: service.delete_secret("hook"))
    assert found(live, CANARY) == []
