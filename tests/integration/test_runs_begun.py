"""Runs that are begun and not waited for, and runs that take longer than anybody waits: over HTTP and by command."""

import signal
import subprocess
import sys
import threading

import pytest

from tests.e2e.waiting import until
from tests.integration.command_line import ROOT, CommandLine
from tests.integration.live_api import living
from understudy.core.trust import Tier
from understudy.core.value import HOUR
from understudy.core.workflow import DelayStep, ManualTrigger, Step
from understudy.interfaces.cli import outcome

OPEN = Step(action="open")
AS_A_PERSON = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from understudy.__main__ import main; main()"
)
"""The program with Ctrl-C as a terminal has it, also where the tests were started without one."""


@pytest.fixture
def live():
    """An agent that runs."""
    with living() as one:
        yield one


@pytest.fixture
def cli(live):
    """Somebody who types commands to it."""
    return CommandLine(live.file)


class Slow:
    """Keeps an act at work until the test lets it end."""

    def __init__(self, live):
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        live.actions["open"].in_perform = self._work

    def _work(self, _):
        self.has_begun.set()
        assert self.may_end.wait(60)


class Asks:
    """Counts what an agent is asked."""

    def __init__(self, agent):
        self.count, self._ask = 0, agent.ask
        agent.ask = self._asked

    def _asked(self, call):
        self.count += 1
        return self._ask(call)


def tidy(live, *steps):
    """Know a workflow that is started by hand; returns its path."""
    live.save(id="w-tidy", name="Tidy", triggers=(ManualTrigger(),), steps=steps or (OPEN,))
    return "/api/workflows/w-tidy/execute"


def status_of(live, where):
    return live.ask("GET", where)[1]["run"]["status"]


def test_who_does_not_wait_gets_the_run_and_its_address(live):
    """202 while it is still at work; there it can be looked at until it has ended."""
    path, slow = tidy(live), Slow(live)
    status, headers, _ = live.fetch("POST", path, {"wait": False})
    where = headers["Location"]
    assert (status, where.startswith("/api/runs/r-")) == (202, True)
    assert slow.has_begun.wait(10)
    assert status_of(live, where) == "running"
    slow.may_end.set()
    until(lambda: status_of(live, where) == "completed", what="the end")


def test_who_waits_gets_what_came_of_it_and_no_address(live):
    """As ever."""
    status, headers, _ = live.fetch("POST", tidy(live), {})
    assert (status, headers["Location"]) == (200, None)


def test_patterns_and_dead_letters_are_begun_in_the_same_way(live):
    """A pattern's run, too, is found at its address; what cannot begin is refused at once."""
    live.learn()
    pattern = live.ask("GET", "/api/patterns")[1][0]["state"]["pattern"]["id"]
    status, headers, _ = live.fetch("POST", f"/api/patterns/{pattern}/execute", {"wait": False})
    assert (status, live.ask("GET", headers["Location"])[0]) == (202, 200)
    live.save(id="w-2", steps=(Step(action="script"),), tier=Tier.SUGGEST)
    assert live.ask("POST", "/api/workflows/w-2/execute", {"wait": False})[0] == 403
    assert live.ask("POST", "/api/dead-letters/d-none/retry", {"wait": False})[0] == 404


def test_a_command_that_does_not_wait_says_where_to_look(cli, live):
    """And the run goes on by itself."""
    tidy(live)
    slow = Slow(live)
    begun = cli("workflows", "run", "w-tidy", "--no-wait")
    (card,) = cli("runs", "--json").json
    run = card["run"]["id"]
    assert begun.out.splitlines() == [
        "· Tidy: at work",
        f"  It goes on. See: understudy runs show {run}",
    ]
    slow.may_end.set()
    until(lambda: "completed" in cli("runs").out, what="the end")


def test_a_command_waits_as_long_as_something_is_at_work(cli, live, monkeypatch):
    """However long that is; the time for an answer is for each look alone."""
    monkeypatch.setattr(outcome, "PATIENCE", 0.05)
    tidy(live)
    slow = Slow(live)
    threading.Timer(1, slow.may_end.set).start()
    assert cli("workflows", "run", "w-tidy").out.splitlines()[0] == "✓ Done: open it"


def test_a_command_does_not_wait_for_a_time_that_is_far(cli, live, monkeypatch):
    """A run in a delay goes on by itself; the command says so."""
    monkeypatch.setattr(outcome, "PATIENCE", 0.05)
    tidy(live, DelayStep(lasts=HOUR), OPEN)
    said = cli("workflows", "run", "w-tidy").out.splitlines()
    assert (said[0], "It goes on" in said[1]) == ("· Tidy: at work", True)


def test_ctrl_c_ends_the_waiting_and_not_the_run(live):
    """It says that the run goes on, how to follow it and how to end it."""
    tidy(live)
    slow, asks = Slow(live), Asks(live.agent)
    command = subprocess.Popen(
        [sys.executable, "-c", AS_A_PERSON, "workflows", "run", "w-tidy"],
        env={"UNDERSTUDY_HOME": str(live.file.parent), "PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert slow.has_begun.wait(60)
        so_far = asks.count
        until(lambda: asks.count > so_far + 2, what="the command to look at its run")
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
    finally:
        command.kill()
        command.wait()
        slow.may_end.set()
    run = live.ask("GET", "/api/runs")[1][0]["run"]["id"]
    assert (command.returncode, out) == (1, "")
    assert err.splitlines() == [
        "It is not waited for any longer.",
        f"  The run {run} goes on.",
        f"  Follow it: understudy runs output {run} --follow. End it: understudy runs cancel {run}",
    ]
    until(lambda: status_of(live, f"/api/runs/{run}") == "completed", what="the end of the run")
