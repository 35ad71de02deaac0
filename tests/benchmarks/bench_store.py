"""How fast the store is and how large it grows: `python -m tests.benchmarks.bench_store [captures]`."""

import random
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from understudy.config import Home
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.ports import CaptureQuery
from understudy.core.run import Cause, Run, RunStatus
from understudy.core.value import DAY, SECOND
from understudy.core.workflow import ManualTrigger, Step, Workflow
from understudy.store.sqlite import open_store

START = 1_700_000_000_000
APPS, TITLES, URLS = 60, 30_000, 15_000


@contextmanager
def timed(what, count=0):
    """Print how long the block took, how much of it the processor worked, and how much that is a second."""
    start, worked = time.perf_counter(), time.process_time()
    yield
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    rate = f", {count / seconds:,.0f}/s" if count else ""
    print(f"{what}: {seconds:.3f} s (processor {worked:.3f} s){rate}")


def made_up(count, start=START):
    """Captures 48 s apart: 60 apps, 30,000 titles, 15,000 addresses, a few of them far more frequent."""
    dice = random.Random(5)
    for number in range(count):
        app = f"org.example.App{int(dice.paretovariate(0.9)) % APPS}"
        title = f"Document {int(dice.paretovariate(0.25)) % TITLES} - Project Meeting Notes - Example"
        is_url = dice.random() < 0.25
        page = int(dice.paretovariate(0.25)) % URLS
        url = f"https://site{page % 97}.example/browse/item/{page}" if is_url else ""
        capture = Capture(
            at=start + number * 48 * SECOND + dice.randrange(SECOND),
            kind=CaptureKind.URL if is_url else CaptureKind.FOCUS,
            source="focus",
            app=app,
            title=title,
            url=url,
            lasted=dice.randrange(60 * SECOND),
        )
        if is_url:
            template = f"url:site{page % 97}.example/browse/item/{{id}}"
            symbol = Symbol(
                exact=f"url:{url[8:]}",
                template=template,
                coarse=template[:20],
                parameters=(("id", str(page)),),
            )
        else:
            symbol = Symbol(exact=f"app:{app}", template=f"app:{app}", coarse=f"app:{app}")
        yield capture, symbol


def bench_single(home):
    store = open_store(home, now=START)
    pairs = list(made_up(20_000, start=START - 10_000 * DAY))
    slowest = []
    with timed("captures, one per transaction", len(pairs)):
        for pair in pairs:
            begun = time.perf_counter()
            store.captures.add(*pair)
            slowest.append(time.perf_counter() - begun)
    slowest.sort()
    median, p99 = slowest[len(slowest) // 2], slowest[-len(slowest) // 100]
    print(f"  median {median * 1e6:.0f} us, p99 {p99 * 1e6:.0f} us")
    with timed("the same again, all known", len(pairs)):
        store.captures.add_many(pairs)
    run = a_run("r-0")
    with timed("runs, one per durable commit", 2000):
        for _ in range(2000):
            store.runs.put(run)
    store.close()


def a_run(run_id):
    step = Step(action="open_app", parameters={"app": "notes"})
    workflow = Workflow(id="w-1", name="Open Notes", triggers=(ManualTrigger(),), steps=(step,))
    return Run(
        id=run_id, workflow=workflow, cause=Cause(kind="manual"), status=RunStatus.RUNNING, created_at=START
    )


def bench_many(home, count):
    store = open_store(home, now=START)
    pairs = list(made_up(count))
    with timed(f"captures, {count:,} in one transaction", count):
        store.captures.add_many(pairs)
    titles = {capture.title for capture, _ in pairs}
    print(f"  {len(titles):,} titles, {len({capture.url for capture, _ in pairs}):,} addresses")
    store.close()
    size = home.captures.stat().st_size
    print(f"captures.db: {size / 1e6:.1f} MB, {size / count:.0f} bytes a capture")


def bench_reading(home, count):
    with timed("opening after a clean end"):
        store = open_store(home, now=START)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with timed("history(50,000)"):
        history = store.captures.history(50_000)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  {len(history):,} captures, peak memory +{(after - before) / 1024:.1f} MiB")
    del history
    end = START + count * 48 * SECOND
    for what, query in {
        "the newest 100": CaptureQuery(),
        "a day": CaptureQuery(since=end - DAY, limit=0),
        "100 of one app": CaptureQuery(app="ORG.example.app3"),
        "100 of an app that is rare": CaptureQuery(app="org.example.App59"),
        "100 of one kind": CaptureQuery(kind=CaptureKind.URL),
        "100 of a kind that is not there": CaptureQuery(kind=CaptureKind.PHRASE),
        "100 with a part of a title": CaptureQuery(text="document 2999"),
        "none of a text that is nowhere": CaptureQuery(text="nowhere at all"),
    }.items():
        with timed(f"find: {what}"):
            store.captures.find(query)
    with timed("count"):
        store.captures.count()
    with timed("check (all of the file)"):
        store.check()
    store._marks.put("captures", "open")
    store._journal.close()
    store._captures.close()
    with timed("opening after a kill"):
        store = open_store(home, now=START)
    with timed("deleting one app of sixty"):
        gone = store.captures.delete(CaptureQuery(app="org.example.App7"))
    print(f"  {gone:,} captures")
    with timed("deleting the oldest tenth"):
        gone = store.captures.delete(CaptureQuery(until=START + count * 48 * SECOND // 10))
    print(f"  {gone:,} captures")
    with timed("vacuum"):
        store.vacuum()
    store.close()


def main(count=1_000_000):
    with tempfile.TemporaryDirectory() as folder:
        bench_single(Home(folder=str(Path(folder) / "single")))
        home = Home(folder=str(Path(folder) / "many"))
        bench_many(home, count)
        bench_reading(home, count)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
