"""What workflows cost: `python -m tests.benchmarks.bench_workflows`; with `start` the start after years, too."""

import logging
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from tests.benchmarks import bench_triggers
from tests.benchmarks.bench_store import made_up
from tests.benchmarks.figures import spread, tell
from tests.fakes.engine_rig import ListIntake, PlainMachine
from tests.fakes.learner import ScriptedLearner
from tests.proof.deeds import LineNotifier, ThreadScheduler
from understudy.adapters.clock import SystemClock
from understudy.adapters.workers import ThreadWorkers
from understudy.app.agent import LocalAgent, Parts
from understudy.app.virtual import MemorySecrets, SilentMessenger
from understudy.config import Home
from understudy.core.action import Performed, Reversibility
from understudy.core.capture import Capture, CaptureKind
from understudy.core.limits import Ceiling
from understudy.core.run import Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import SECOND, Value
from understudy.core.workflow import CaptureTrigger, Lifecycle, ManualTrigger, Mode, Rates, Step, Workflow
from understudy.engine.decide import arm
from understudy.engine.engine import Engine
from understudy.engine.messages import RunWanted, Woken
from understudy.store.sqlite import open_store

ARMED, TRIGGERED, RUNS = 1_000, 200, 1_000
CAPTURES, OLD_RUNS = 10_000_000, 100_000
NO_LIMITS = Rates(per_minute=10**9, per_hour=10**9)


class NoParameters(Value):
    """Nothing to choose."""


class Nothing:
    """Keeps the `Action` contract and does nothing; says when."""

    name = title = "nothing"
    parameters = NoParameters
    reversibility = Reversibility.NONE
    needs = ()
    needs_consent = exclusive = False
    literal = secret = frozenset()

    def __init__(self):
        self.done = threading.Semaphore(0)
        self.at = 0.0

    def check(self, parameters):
        return parameters

    def preview(self, parameters):
        return "Do nothing"

    def undo_preview(self, parameters):
        return "There is nothing to undo."

    def is_idempotent(self, parameters):
        return True

    def expects(self, parameters):
        return ()

    def prepare(self, parameters, context):
        return {}

    def perform(self, parameters, context, before):
        self.at = time.perf_counter()
        self.done.release()
        return Performed()


class Bench:
    """A real engine, store and workers; no desktop."""

    def __init__(self, folder, kind=ThreadScheduler):
        self.action, clock = Nothing(), SystemClock()
        self.engine = Engine()
        self.scheduler = kind(clock, lambda key: self.engine.put(Woken(key=key)))
        self.store = open_store(Home(folder=str(Path(folder, "home"))), now=clock.now())
        parts = Parts(
            clock=clock,
            store=self.store,
            notifier=LineNotifier(Path(folder, "notices")),
            messenger=SilentMessenger(),
            secrets=MemorySecrets(),
            scheduler=self.scheduler,
            workers=ThreadWorkers(),
            actions={"nothing": self.action},
            new_learner=ScriptedLearner,
            name_of=str,
            intake=ListIntake(),
            machine=PlainMachine(),
        )
        self.agent = LocalAgent(parts, self.engine)
        self.agent.context.ceiling = Ceiling(per_minute=10**9, per_day=10**9)
        self.clock = clock
        self.agent.start()
        self.scheduler.start()


def a_flow(name, trigger, **fields):
    return Workflow(
        id=name,
        name=name,
        triggers=(trigger,),
        steps=(Step(action="nothing"),),
        tier=Tier.AUTO,
        lifecycle=Lifecycle.ACTIVE,
        rates=NO_LIMITS,
        **fields,
    )


def bench_trigger_to_effect(folder):
    """From a capture handed in to the first effect, intent committed in between, with many workflows armed."""
    bench = Bench(folder)
    flows = [
        a_flow(f"w-{n}", CaptureTrigger(kind=CaptureKind.FILE, text=f"*/inbox/{n}.pdf")) for n in range(ARMED)
    ]

    def save(service):
        with bench.store.transaction():
            for flow in flows:
                bench.store.workflows.put(flow)
        arm(service._context)

    bench.agent.ask(save)
    took = []
    for number in range(TRIGGERED):
        path = f"/home/me/inbox/{number * 4 % ARMED}.pdf"
        capture = Capture(at=bench.clock.now(), kind=CaptureKind.FILE, source="files", text=path)
        begun = time.perf_counter()
        bench.engine.capture(capture)
        bench.action.done.acquire(timeout=5)
        took.append(bench.action.at - begun)
        time.sleep(0.01)
    bench.agent.stop()
    tell(f"trigger to first effect, {ARMED:,} workflows armed", spread(took), "<= 10 ms median")
    return statistics.median(took)


def bench_runs(folder):
    """Runs a second, each of three durable commits: start, intent, end."""
    bench = Bench(folder)
    flow = a_flow("w-fast", ManualTrigger(), mode=Mode.PARALLEL, most=10**6)
    bench.store.workflows.put(flow)
    begun = time.perf_counter()
    for number in range(RUNS):
        cause = Cause(kind="manual", ref="bench")
        bench.engine.put(RunWanted(run_id=f"r-{number}", workflow=flow, cause=cause))
    for _ in range(RUNS):
        bench.action.done.acquire(timeout=60)
    rate = RUNS / (time.perf_counter() - begun)
    bench.agent.stop()
    tell(f"{RUNS:,} runs with an action that does nothing", f"{rate:,.0f}/s", ">= 200/s")
    return rate


def bench_evaluation():
    """What a capture costs while many workflows listen."""
    each, first, _ = bench_triggers.measure()
    tell(f"deciding on a capture, {ARMED:,} workflows armed", f"{each:.1f} us", "<= 50 us")
    tell(f"arming {ARMED:,} workflows", f"{first:.0f} ms")


def an_old_run(number, flow, at):
    step = StepRecord(index=0, action="nothing", id="s1", status=StepStatus.DONE, attempts=1)
    return Run(
        id=f"r-{number}",
        workflow=flow,
        cause=Cause(kind="time", ref=f"time:{at}"),
        status=RunStatus.COMPLETED,
        created_at=at,
        started_at=at,
        ended_at=at,
        steps=(step,),
    )


def fill(home, captures, runs):
    """Put so many captures and runs into a home; the captures are copies of some that were stored as usual."""
    now = int(time.time() * SECOND)
    store = open_store(home, now=now)
    pairs = list(made_up(min(captures, 20_000), now - captures * 10))
    store.captures.add_many(pairs)
    flow = a_flow("w-old", ManualTrigger())
    with store.transaction():
        for number in range(runs):
            store.runs.put(an_old_run(number, flow, now - number * 60 * SECOND))
    store.close()
    with closing(sqlite3.connect(home.captures, isolation_level=None)) as connection:
        multiply(connection, captures)


def multiply(connection, wanted):
    """Copy the rows of `capture`, later each time, until there are enough."""
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000", "locking_mode=EXCLUSIVE"):
        connection.execute(f"PRAGMA {pragma}")
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(capture)") if name != "id"]
    ((count, first, last),) = connection.execute("SELECT count(*), min(at), max(at) FROM capture")
    span = last - first + 1
    chosen = ", ".join(f"at + {span} * ?" if name == "at" else name for name in columns)
    insert = f"INSERT INTO capture ({', '.join(columns)}) SELECT {chosen} FROM capture WHERE id <= ?"
    connection.execute("BEGIN")
    for copy in range(1, wanted // count):
        connection.execute(insert, (copy, count))
    connection.execute("COMMIT")


def bench_start(folder, captures=CAPTURES, runs=OLD_RUNS):
    """How long an agent takes to begin on a home of years, after a clean end."""
    home = Home(folder=str(Path(folder, "home")))
    begun = time.perf_counter()
    fill(home, captures, runs)
    open_store(home, now=int(time.time() * SECOND)).close()
    print(f"(filled in {time.perf_counter() - begun:.0f} s, {home.captures.stat().st_size / 1e9:.1f} GB)")
    begun = time.perf_counter()
    bench = Bench(folder)
    opened = time.perf_counter() - begun
    count = bench.agent.ask(lambda _: bench.store.captures.count())
    bench.agent.ask(lambda service: service.status())
    took = time.perf_counter() - begun
    bench.agent.stop()
    tell(
        f"start with {count:,} captures and {runs:,} runs",
        f"{opened:.2f} s, first status at {took:.2f} s",
        "< 2 s",
    )
    return took


def main(*also):
    logging.disable(logging.CRITICAL)
    for bench in (bench_trigger_to_effect, bench_runs):
        with tempfile.TemporaryDirectory() as folder:
            bench(folder)
    bench_evaluation()
    if "start" in also:
        with tempfile.TemporaryDirectory() as folder:
            bench_start(folder)
    logging.disable(logging.NOTSET)


if __name__ == "__main__":
    main(*sys.argv[1:])
