"""From a change of focus to its capture, and to what it sets off: `python -m tests.benchmarks.bench_latency [times]`.

Real X server, window manager, bus and store; the agent runs in this process, so that its clock can be moved past
the cool-down between two runs.
"""

import contextlib
import os
import queue
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import spread, tell
from tests.e2e.desktop import Desktop
from tests.e2e.live import PAUSE, LiveAgent
from tests.e2e.waiting import until
from understudy.core.run import RunStatus
from understudy.core.store_queries import RunQuery
from understudy.core.trust import Tier

AWAY, HERE = "away", "here"
"""Two programs; coming to the second is the trigger."""


class Person:
    """Changes the focus, and hears when the agent has stored that."""

    def __init__(self, live, desktop):
        self.live, self.desktop = live, desktop
        self.windows = {name: desktop.open_terminal(name) for name in (AWAY, HERE)}
        self.stored = queue.SimpleQueue()
        live.agent.subscribe(self._hear)

    def _hear(self, kind, payload):
        if kind == "capture":
            self.stored.put((time.perf_counter(), payload["id"]))

    def turn_to(self, name):
        """Change the focus; return when it was asked for, as (monotonic, wall-clock nanoseconds)."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.stored.get_nowait()
        begun = time.perf_counter(), time.time_ns()
        self.desktop.windows.ask_for_focus(self.windows[name])
        return begun

    def settle(self, name):
        """Be in that window for a while; the next change of focus is past every cool-down."""
        self.turn_to(name)
        self.stored.get(timeout=5)
        self.live.clock.advance(PAUSE)
        time.sleep(0.05)


def bench_focus(person, times):
    """The window manager's part is in it."""
    waits = []
    for number in range(times):
        begun, _ = person.turn_to((AWAY, HERE)[number % 2])
        waits.append(person.stored.get(timeout=5)[0] - begun)
        time.sleep(0.05)
    tell(f"focus to stored capture, {times} times", spread(waits))


def bench_effect(person, what, step, seen, times):
    """A hand-written workflow that runs by itself; `seen` returns when its effect was there, in ns."""
    document = {"name": what, "triggers": [{"type": "capture", "symbols": [f"app:{HERE}"]}], "steps": [step]}
    card = person.live.ask(lambda service: service.add_workflow(document))
    workflow = card.workflow.id
    person.live.ask(lambda service: service.set_tier(workflow, Tier.AUTO, "cli", consent=True))
    waits = []
    for number in range(times):
        person.settle(AWAY)
        _, begun = person.turn_to(HERE)
        waits.append((seen() - begun) / 1e9)
        until(lambda count=number + 1: _completed(person.live, workflow) == count, what=f"run {number + 1}")
    person.live.ask(lambda service: service.remove_workflow(workflow))
    tell(f"focus to effect: {what}, {times} times", spread(waits), "< 50 ms median")


def _completed(live, workflow):
    runs = live.ask(lambda service: service.runs(RunQuery(workflow_id=workflow, limit=500)))
    bad = [
        card.run.text
        for card in runs
        if card.run.status.is_final and card.run.status is not RunStatus.COMPLETED
    ]
    if bad:
        raise RuntimeError(bad)
    return sum(card.run.status is RunStatus.COMPLETED for card in runs)


def notification_seen(screen):
    """Wait for the daemon to show it, and take it away for the next time."""
    while not (shown := [each for each in screen.shown() if each.title == "Marker"]):
        time.sleep(0.0005)
    at = time.time_ns()
    for each in shown:
        screen.close(each)
    return at


def file_seen(file):
    """Wait for the file; when it was made, the file system says."""
    until(file.exists, what=f"{file.name}")
    at = file.stat().st_mtime_ns
    file.unlink()
    return at


def main(times=100, runs=40):
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        desktop = Desktop().start()
        stack.callback(desktop.stop)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        desktop.start_fakes()
        live = LiveAgent(desktop, Path(folder) / "understudy")
        stack.callback(live.stop)
        person = Person(live, desktop)
        bench_focus(person, times)
        screen, marker = desktop.fake_notifications(), Path(desktop.env["HOME"], "marker")
        notify = {"action": "notify", "parameters": {"title": "Marker"}}
        bench_effect(person, "notification shown", notify, lambda: notification_seen(screen), runs)
        script = {
            "action": "run_script",
            "parameters": {"script": "date > marker", "inverse": "rm -f marker"},
        }
        bench_effect(person, "script", script, lambda: file_seen(marker), runs)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
