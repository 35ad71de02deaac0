"""Kills the agent before system call after system call and lets it recover: `python -m tests.proof.kill_sweep [N]`.

A point is (plan, system call, n): the first thread that makes that call for the n-th time takes the process with it.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.proof.judging import Evidence
from tests.proof.scenario import PLANS
from tests.proof.tracing import (
    KILLABLE,
    Counting,
    Place,
    calls_in,
    fast_folder,
    make_template,
    spread_over,
)

PLACES = 2
SEED = 20_26
FREQUENT = {"pwrite64", "openat"}
"""Calls that make up nine points of ten; of the others a sample takes every one."""
DEEPEST = {"openat": 30}
"""The supervisor of a script opens hundreds of files as it starts; so many of them are enough."""


class Point(NamedTuple):
    """Where a victim is killed; `again` = where its next life is killed while it recovers."""

    plan: int
    call: str
    number: int
    again: "Point | None" = None

    @property
    def options(self):
        calls = ",".join(KILLABLE)
        return ["-e", f"trace={calls}", "-e", f"inject={self.call}:signal=SIGKILL:when={self.number}"]


class Swept(NamedTuple):
    """What came of one point."""

    point: Point
    crashes: int
    unknown: int
    faults: list


@contextmanager
def ground():
    """Yield places with a prepared store each."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        server = Counting()
        template = make_template(_new(folder, "template"), server)
        places = [Place(_new(folder, f"place{number}"), server, template) for number in range(PLACES)]
        try:
            yield places
        finally:
            for place in places:
                place.close()
            server.shutdown()
            server.server_close()


def _new(folder, name):
    path = Path(folder, name)
    path.mkdir()
    return path


def all_points(places):
    """Every point of every plan, as counted in a life that nobody disturbs."""

    def count(place, plan):
        trace = place.folder / "trace"
        place.fresh().traced(["-e", f"trace={','.join(KILLABLE)}"], str(trace), plan=PLANS[plan])
        return plan, calls_in(trace)

    counted = spread_over(places, range(len(PLANS)), count)
    return [
        Point(plan, call, number)
        for plan, calls in counted
        for call, most in sorted(calls.items())
        for number in range(1, min(most, DEEPEST.get(call, most)) + 1)
    ]


def sample(points, count, seed=SEED):
    """So many of them: every rare one, and of the frequent ones what is left."""
    dice = random.Random(seed)
    rare = [point for point in points if point.call not in FREQUENT]
    frequent = [point for point in points if point.call in FREQUENT]
    rare = dice.sample(rare, min(len(rare), count * 3 // 4))
    return rare + dice.sample(frequent, min(len(frequent), count - len(rare)))


def twice(points, count, seed=SEED):
    """So many pairs: killed, and killed again while it recovers."""
    dice = random.Random(seed)
    late = [
        point for point in points if point.call in ("write", "pwrite64", "fdatasync") and point.number > 3
    ]
    early = [point for point in points if point.call in ("pwrite64", "fdatasync") and point.number < 60]
    return [dice.choice(late)._replace(again=dice.choice(early)) for _ in range(count)]


def sweep(places, points, **fields):
    """Kill a victim at each point, let it recover, judge; results in the order of the points."""
    return spread_over(places, points, lambda place, point: _one(place, point, fields))


def _one(place, point, fields):
    place.fresh()
    plan = PLANS[point.plan]
    crashes = int(place.traced(point.options, plan=plan, **fields) == 9)
    life = 2
    if point.again is not None:
        crashes += place.traced(point.again.options, life=life, **fields) == 9
        life += 1
    try:
        report = place.live(life=life, **fields)
    except AssertionError as broken:
        return Swept(point, crashes, 0, [f"the next life broke: {broken}"])
    unknown = sum(run["status"] == "unknown" for run in report["runs"])
    return Swept(point, crashes, unknown, Evidence(place, report, crashes).faults())


def told(results, seconds):
    """The figures in one line, and every fault in one more."""
    crashes = sum(each.crashes for each in results)
    unknown = sum(each.unknown for each in results)
    faulty = [each for each in results if each.faults]
    line = (
        f"{len(results)} points, {crashes} kills, {unknown} unknown, {len(faulty)} with faults, "
        f"{seconds:.0f} s ({seconds / max(1, len(results)):.2f} s a point)"
    )
    return "\n".join([line, *(f"  {each.point}: {'; '.join(each.faults)}" for each in faulty)])


def main(count=0):
    with ground() as places:
        points = all_points(places)
        print(f"{len(points)} points: {dict(Counter(point.call for point in points))}")
        chosen = sample(points, count) if count else points
        begun = time.monotonic()
        print("killed once:", told(sweep(places, chosen), time.monotonic() - begun))
        begun = time.monotonic()
        pairs = twice(points, max(20, len(chosen) // 5))
        print("killed again while recovering:", told(sweep(places, pairs), time.monotonic() - begun))
        for what, fields in (("without intents", {"forgets": True}), ("done too early", {"hasty": True})):
            begun = time.monotonic()
            control = sweep(places, sample(points, 60), **fields)
            print(f"control {what}, must have faults:", told(control, time.monotonic() - begun))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
