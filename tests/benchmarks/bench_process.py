"""What the running agent costs: `python -m tests.benchmarks.bench_process [seconds]`."""

import statistics
import sys
import time

from tests.benchmarks.agent_process import AgentProcess, office
from tests.benchmarks.figures import spread, tell

STARTS, QUESTIONS, WATCHED = 5, 20, 30.0
SETTLING = 5.0
"""Seconds from the start until the agent, and whoever it has woken, is at rest."""


def bench_start(desktop):
    """From the command to agent.json; the first start also makes the databases."""
    waits, owns = [], []
    for _ in range(STARTS):
        agent = AgentProcess(desktop)
        waits.append(agent.seconds)
        owns.append(agent.own / 1000)
        agent.stop()
    tell("start to agent.json, first", f"{waits[0] * 1000:.0f} ms")
    tell(f"start to agent.json, {STARTS} starts", spread(waits), "< 1000 ms")
    tell("of that, after the imports", spread(owns))


def bench_idle(agent, seconds):
    """Nobody touches anything."""
    before, worked, begun = agent.wakeups(), agent.processor(), time.perf_counter()
    time.sleep(seconds)
    after, took = agent.wakeups(), time.perf_counter() - begun
    woken = {
        task: count - before.get(task, 0) for task, count in after.items() if count != before.get(task, 0)
    }
    tell(f"idle processor over {took:.0f} s", f"{(agent.processor() - worked) / took:.2%}", "0 %")
    by_thread = f" (by thread {sorted(woken.values())})" if woken else ""
    tell(f"wake-ups of {len(after)} threads over {took:.0f} s", f"{sum(woken.values())}{by_thread}", "0")


def tell_memory(what, agent, goal):
    """Print resident and private memory."""
    resident, private = agent.memory()
    tell(what, f"{resident:.1f} MiB (private {private:.1f})", goal)


def bench_status(desktop):
    """The whole of it: Python, the question, the answer on the screen."""
    times = []
    for _ in range(QUESTIONS):
        begun = time.perf_counter()
        desktop.run(sys.executable, "-m", "understudy", "status").check_returncode()
        times.append(time.perf_counter() - begun)
    tell(f"status, {QUESTIONS} times", spread(times), "< 100 ms")
    bare = []
    for _ in range(QUESTIONS):
        begun = time.perf_counter()
        desktop.run(sys.executable, "-c", "pass").check_returncode()
        bare.append(time.perf_counter() - begun)
    tell("of that, Python alone", f"median {statistics.median(bare) * 1000:.1f} ms")


def main(seconds=WATCHED):
    with office() as desktop:
        bench_start(desktop)
        agent = AgentProcess(desktop)
        time.sleep(SETTLING)
        tell_memory("idle with tray", agent, "<= 45 MiB")
        bench_idle(agent, seconds)
        desktop.run(sys.executable, "-m", "understudy", "status").check_returncode()
        time.sleep(1)
        tell_memory("idle with tray, API loaded", agent, "<= 50 MiB")
        bench_idle(agent, seconds)
        bench_status(desktop)
        tell_memory(f"after {QUESTIONS + 1} questions", agent, "<= 50 MiB")
        agent.stop()


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
