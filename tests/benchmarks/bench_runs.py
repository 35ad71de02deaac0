"""How fast runs go: over a real journal with synchronous=FULL, with an action that does nothing."""

import statistics
import threading
import time

import pytest

from tests.fakes.acts import Act
from tests.fakes.engine_rig import EngineRig, a_workflow
from understudy.adapters.clock import SystemClock
from understudy.adapters.workers import ThreadWorkers
from understudy.config import Home
from understudy.core.capture import Capture, CaptureKind
from understudy.core.limits import Ceiling
from understudy.core.run import Cause, RunStatus
from understudy.core.store_ports import RunQuery
from understudy.core.trust import Tier
from understudy.core.workflow import CaptureTrigger, Mode, Rates
from understudy.engine.messages import RunWanted
from understudy.store.sqlite import open_store

pytestmark = pytest.mark.benchmark
OFTEN = Rates(per_minute=10**6, per_hour=10**6)
RUNS = 1_000
ARMED = 1_000


@pytest.fixture(name="rig")
def _rig(tmp_path):
    """A whole agent with real threads and a real journal."""
    home, workers = Home(folder=str(tmp_path)), ThreadWorkers()
    rig = EngineRig(
        store=open_store(home, now=0), workers=workers, clock=SystemClock(), actions={"open": Act("open")}
    )
    rig.context.ceiling = Ceiling(per_minute=10**6, per_day=10**6)
    rig.agent.start()
    yield rig
    workers.stop()
    rig.agent.stop()


def test_runs_per_second(rig):
    """At least 200 a second, each with its start, its intent and its outcome committed."""
    workflow = a_workflow(Tier.SUGGEST, "open", mode=Mode.PARALLEL, most=10**6, rates=OFTEN)
    rig.agent.ask(lambda service: rig.store.workflows.put(workflow))
    began = time.perf_counter()
    for number in range(RUNS):
        rig.engine.put(RunWanted(run_id=f"r-{number}", workflow=workflow, cause=Cause(kind="manual")))
    query = RunQuery(statuses=(RunStatus.COMPLETED,), limit=RUNS)
    while len(rig.effects()) < RUNS or rig.context.active:
        threading.Event().wait(0.01)
    took = time.perf_counter() - began
    print(f"\n{RUNS / took:.0f} runs a second")
    assert len(rig.agent.ask(lambda service: rig.store.runs.find(query))) == RUNS
    assert RUNS / took >= 200


def test_trigger_to_first_effect(rig):
    """From what a watcher reports to the effect: at most 10 ms in the median, with a thousand workflows armed."""
    for number in range(ARMED):
        workflow = a_workflow(
            Tier.AUTO,
            "open",
            id=f"w-{number}",
            triggers=(CaptureTrigger(kind=CaptureKind.FILE, title=f"name {number}"),),
            rates=OFTEN,
        )
        rig.agent.ask(lambda service, each=workflow: rig.store.workflows.put(each))
    rig.agent.ask(lambda service: rig.save(workflow))
    times = []
    for number in range(100):
        begun = threading.Event()
        rig.actions["open"].in_perform = lambda context, begun=begun: begun.set()
        seen = Capture(at=rig.now, kind=CaptureKind.FILE, source="test", app="x", title=f"name {number}")
        began = time.perf_counter()
        rig.engine.capture(seen)
        assert begun.wait(5), number
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    print(f"\nmedian {statistics.median(times):.1f} ms, worst {max(times):.1f} ms")
    assert statistics.median(times) <= 10
