"""How many captures the engine takes in: `python -m tests.benchmarks.bench_engine [captures]`."""

import sys
import tempfile
import threading
import time

from tests.benchmarks.bench_store import made_up
from tests.benchmarks.figures import tell
from understudy.app.agent import LocalAgent
from understudy.app.demo import demo
from understudy.app.parts import RealParts
from understudy.config import Home
from understudy.core.value import SECOND
from understudy.engine.engine import QUEUE_LIMIT, Engine

PACE = 10_000
"""Captures a second that a storm of events may bring."""


def bench_pipeline(folder, count):
    """Through every stage into the store; watchers and scheduler off, so nothing is mined meanwhile."""
    now = int(time.time() * SECOND)
    captures = [capture for capture, _ in made_up(count, now - count * 48 * SECOND)]
    engine = Engine()
    agent = LocalAgent(RealParts(Home(folder=folder), engine, lambda: None, environment={}).build(), engine)
    agent.begin()
    engine.drain()
    for capture in captures:
        engine.capture(capture)
    begun = time.perf_counter()
    engine.drain()
    seconds = time.perf_counter() - begun
    kept = agent.context.store.captures.count()
    tell(f"{count:,} captures through the engine into the store", f"{count / seconds:,.0f}/s, {kept:,} kept")
    agent.stop()


def bench_storm(folder, seconds=5):
    """A watcher that goes wild: how long handing in takes while the engine works, and what is dropped."""
    engine = Engine()
    agent = LocalAgent(RealParts(Home(folder=folder), engine, lambda: None, environment={}).build(), engine)
    agent.begin()
    captures = [capture for capture, _ in made_up(PACE * seconds, int(time.time() * SECOND))]
    worker = threading.Thread(target=engine.run, daemon=True)
    worker.start()
    waits, begun = [], time.perf_counter()
    for number, capture in enumerate(captures):
        ahead = begun + number / PACE - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
        before = time.perf_counter()
        engine.capture(capture)
        waits.append(time.perf_counter() - before)
    took = time.perf_counter() - begun
    engine.stop()
    worker.join()
    waits.sort()
    p99 = waits[len(waits) * 99 // 100]
    tell(f"handing in {len(waits) / took:,.0f}/s for {took:.1f} s", f"p99 {p99 * 1e6:.0f} us", "< 1000 us")
    tell(f"dropped of {len(waits):,} (the queue holds {QUEUE_LIMIT:,})", f"{agent.context.dropped:,}")
    agent.stop()


def bench_demo():
    """A fortnight by a virtual clock, mining, shadow and offers included."""
    result = demo(lambda _: None)
    rate = result.captures / result.seconds
    tell(
        "the demo's fortnight, everything included",
        f"{result.captures:,} in {result.seconds} s, {rate:,.0f}/s",
    )


def main(count=20_000):
    with tempfile.TemporaryDirectory() as folder:
        bench_pipeline(folder, count)
    with tempfile.TemporaryDirectory() as folder:
        bench_storm(folder)
    bench_demo()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
