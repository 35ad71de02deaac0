"""What years of use cost at once: `python -m tests.benchmarks.bench_years [captures [runs]]`; takes some minutes."""

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import msgspec

from tests.benchmarks.bench_workflows import Bench, a_flow, fill
from tests.benchmarks.figures import spread, tell
from tests.fakes.store import NOON
from tests.integration.store_version_1 import RUN, old_captures, old_journal
from understudy.adapters.memory import give_back
from understudy.adapters.scheduler import ApsScheduler
from understudy.config import Home
from understudy.core.workflow import TimeTrigger
from understudy.interfaces.api.server import LocalApi
from understudy.store.database import Database
from understudy.store.migrations import revert
from understudy.store.schema import JOURNAL
from understudy.store.sqlite import open_store

CAPTURES, RUNS, ARMED = 1_000_000, 100_000, 1_000
PAUSE = 0.005
"""Seconds between two questions of somebody who asks while an export is read."""


@contextlib.contextmanager
def timed(what, goal=""):
    begun = time.perf_counter()
    yield
    tell(what, f"{time.perf_counter() - begun:.2f} s", goal)


def a_cron(number):
    """One of five sorts of expressions, all different."""
    minute, hour = number % 60, number // 60 % 24
    return (
        f"{minute} {hour} * * mon-fri",
        f"*/{number % 29 + 1} * * * *",
        f"{minute} 9 {number % 28 + 1} * *",
        f"{minute} {hour} * {number % 12 + 1} *",
        f"{minute},{(number + 7) % 60} 8-18 * * *",
    )[number % 5]


def bench_armed_start(folder):
    """Start with many workflows that wait for their times."""
    store = open_store(Home(folder=str(Path(folder, "home"))), now=NOON)
    zones = ("Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe")
    with store.transaction():
        for number in range(ARMED):
            trigger = TimeTrigger(cron=a_cron(number), timezone=zones[number % 4])
            store.workflows.put(a_flow(f"w-{number}", trigger, changed_at=1))
    store.close()
    with timed(f"start with {ARMED:,} workflows that wait for their times", "< 2 s"):
        bench = Bench(folder, ApsScheduler)
        bench.agent.ask(lambda service: service.status())
    bench.agent.stop()
    bench.scheduler.stop()


def bench_export(folder, captures, runs):
    """A whole export by the command line, and how long somebody else waits for the engine meanwhile."""
    home = Home(folder=str(Path(folder, "home")))
    fill(home, captures, runs)
    bench = Bench(folder)
    api = LocalApi(bench.agent, home.endpoint)
    api.start()
    give_back()  # as the agent does at the end of its start
    done, waits = threading.Event(), []

    def ask_on():
        while not done.wait(PAUSE):
            begun = time.perf_counter()
            bench.agent.ask(lambda _: None)
            waits.append(time.perf_counter() - begun)

    asking = threading.Thread(target=ask_on)
    asking.start()
    with timed(f"export of {captures:,} captures and {runs:,} runs"):
        command = [sys.executable, "-m", "understudy", "export", str(Path(folder, "all.json"))]
        subprocess.run(command, env={**os.environ, "UNDERSTUDY_HOME": home.folder}, check=True)
    done.set()
    asking.join()
    tell("waiting for the engine meanwhile", spread(waits), "< 50 ms")
    api.stop()
    bench.agent.stop()


def bench_migration(folder, runs):
    """The journal of version 1 to today's, its backup included, and back."""
    home = Home(folder=str(Path(folder, "old")))
    home.path.mkdir(parents=True)
    every = (
        msgspec.structs.replace(RUN, id=f"r-{number}", status="completed", created_at=NOON + number)
        for number in range(runs)
    )
    old_journal(home.journal, every)
    old_captures(home.captures)
    with timed(f"{runs:,} runs from version 1 to 2", "< 10 s"):
        store = open_store(home, now=NOON)
    store.close()
    with timed("and back"), closing(Database(home.journal, synchronous="FULL")) as database:
        revert(database, JOURNAL, to=1)


def main(captures=CAPTURES, runs=RUNS):
    logging.disable(logging.CRITICAL)
    for bench, counts in (
        (bench_armed_start, ()),
        (bench_migration, (runs,)),
        (bench_export, (captures, runs)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            bench(folder, *counts)
    logging.disable(logging.NOTSET)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
