"""Real actions in a whole run: where secrets go, what Cancel does, and what a script is given."""

import os
import sys
import threading

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig
from tests.fakes.secrets import FakeSecrets
from tests.integration.local_servers import Site, as_json
from understudy.adapters.actions.http_request import HttpRequest
from understudy.adapters.actions.run_script import RunScript
from understudy.adapters.actions.send_message import SendMessage
from understudy.config import Settings
from understudy.core.action import UndoStatus
from understudy.core.run import RunStatus
from understudy.core.trust import Tier
from understudy.core.workflow import Step

CANARY = "pa55 canary/+"


@pytest.fixture
def site():
    """A service that repeats what it was given."""
    site = Site()
    site.answers["/login"] = as_json({"id": 7, "echo": f"key is {CANARY}"})
    yield site
    site.close()


@pytest.fixture
def rig():
    """An agent that knows one secret."""
    rig = EngineRig(actions={"http_request": HttpRequest()}, secrets=FakeSecrets(key=CANARY))
    rig.actions["send_message"] = SendMessage(
        messenger=rig.messenger,
        notifier=rig.screen,
        secrets=rig.secrets,
        settings=lambda: Settings(addresses={"phone": "ntfy://{{ secret.key }}"}),
    )
    return rig.begin()


def everything_kept(rig):
    """All that is stored of runs, and all that was told."""
    return msgspec.json.encode(rig.runs).decode() + repr(rig.told) + repr(rig.screen.history)


def test_it_arrives_and_stands_nowhere_else(rig, site):
    """Not in the run's parameters, output or undo state, nor in what was told; it comes back for the undo."""
    request = {
        "url": f"{site.url}/login",
        "method": "POST",
        "json": {"password": "{{ secret.key }}"},
        "headers": {"X-Note": "{{ workflow.name }}"},
        "inverse": {"url": f"{site.url}/login/{{answer.id}}", "headers": {"X-Key": "{{ secret.key }}"}},
    }
    rig.written(Tier.AUTO, Step(action="http_request", parameters=request))
    rig.see("mail")
    (run,) = rig.runs
    assert run.status is RunStatus.COMPLETED
    assert msgspec.json.decode(site.seen[0].body) == {"password": CANARY}
    kept = everything_kept(rig)
    assert (CANARY in kept, "canary" in kept) == (False, False)
    assert rig.ask(lambda service: service.undo(run.id, "cli")).run.undo_status is UndoStatus.UNDONE
    back = site.seen[-1]
    assert (back.method, back.path, back.headers["X-Key"]) == ("DELETE", "/login/7", CANARY)
    assert "canary" not in everything_kept(rig)


def test_a_secret_in_the_address_of_a_message_stands_nowhere_else(rig):
    """Neither when it is sent nor when it is refused."""
    rig.written(
        Tier.AUTO, Step(action="send_message", parameters={"to": "phone", "title": "x", "cancel_window": 0})
    )
    rig.see("mail")
    assert rig.messenger.sent == [(f"ntfy://{CANARY}", "x", "")]
    assert CANARY not in everything_kept(rig)


def test_cancel_within_its_seconds_ends_the_run_as_cancelled(rig):
    """Nothing is sent, and nothing is called a failure."""
    parameters = {"to": "phone", "title": "x", "cancel_window": 5}
    rig.written(Tier.AUTO, Step(action="send_message", parameters=parameters))

    def cancel():
        while not rig.screen.shown:
            pass
        rig.screen.press(rig.screen.shown[0].key, "cancel")

    presses = threading.Thread(target=cancel)
    presses.start()
    rig.see("mail")
    presses.join()
    (run,) = rig.runs
    assert (run.status, rig.messenger.sent) == (RunStatus.CANCELLED, [])


@pytest.mark.skipif(sys.platform != "linux", reason="scripts are run on Linux only")
def test_a_script_gets_texts_of_others_as_data_and_its_output_is_shown_without_secrets(tmp_path):
    """The title of a window is no command; what the script says while it works is hidden like the rest."""
    rig = EngineRig(
        actions={"run_script": RunScript(environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})},
        secrets=FakeSecrets(key=CANARY),
    ).begin()
    step = Step(
        action="run_script",
        parameters={
            "script": 'echo "<$title> $key"',
            "environment": {"title": "{{ trigger.title }}", "key": "{{ secret.key }}"},
        },
    )
    rig.written(Tier.AUTO, step)
    rig.ask(lambda service: service.set_tier("w-1", Tier.AUTO, "cli", consent=True))
    rig.see("mail", title='$(touch hacked); "`id`"')
    (run,) = rig.runs
    assert (run.status, list(tmp_path.iterdir())) == (RunStatus.COMPLETED, [])
    assert run.steps[0].output == '<$(touch hacked); "`id`"> {{ secret.key }}\n'
    assert CANARY not in everything_kept(rig)
    assert any(kind == "output" and "<$(touch" in payload["text"] for kind, payload in rig.told)
