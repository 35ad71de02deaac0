"""P9: stop means stop, however busy the engine is with something else."""

import threading

import pytest

from tests.integration.live_api import living
from understudy.core.workflow import ManualTrigger
from understudy.engine.messages import Requested
from understudy.errors import StoppedError
from understudy.interfaces.tray.model import Command
from understudy.interfaces.tray.tray import TrayIcon

LONG = 30
"""Seconds that nothing here should come near."""


@pytest.fixture
def live():
    with living() as one:
        yield one


def by_api(live):
    return live.ask("POST", "/api/stop", {})


def by_tray(live):
    TrayIcon(live.agent, open_log=lambda: None)._perform(Command(name="stop"))


@pytest.mark.parametrize("press", [by_api, by_tray])
def test_a_step_at_work_is_told_to_stop_while_the_engine_is_busy(live, press):
    """Deleting a million captures, say; once the engine comes to it, the run is cancelled and all stays paused."""
    began, told, is_done = threading.Event(), threading.Event(), threading.Event()

    def act(context):
        began.set()
        if context.stop.wait(LONG):
            told.set()
            raise StoppedError("It was stopped")

    live.actions["open"].in_perform = act
    live.save(triggers=(ManualTrigger(),))
    reply = live.agent.ask(lambda use: (use.run_now("w-1", "cli"),))[0]
    assert began.wait(LONG)
    live.engine.put(Requested(call=lambda _: is_done.wait(LONG)))
    pressed = threading.Thread(target=press, args=(live,))
    pressed.start()
    was_told = told.wait(LONG / 2)
    is_done.set()
    pressed.join(LONG)
    assert was_told
    assert reply.result(LONG).status.value == "cancelled"
    assert live.ask("GET", "/api/status")[1]["state"] == "paused"
