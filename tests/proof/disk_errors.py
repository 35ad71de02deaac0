"""Breaks the disk under the agent, once or for good, wherever it writes: `python -m tests.proof.disk_errors [N]`."""

import random
import sys
import time
from typing import NamedTuple

from tests.proof.judging import Evidence
from tests.proof.kill_sweep import SEED, all_points, ground
from tests.proof.scenario import PLANS
from tests.proof.tracing import LIMIT, Tracer, spread_over
from tests.proof.victim import AT_REST

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "openat")
ERRORS = ("ENOSPC", "EIO")


class Break(NamedTuple):
    """The call that fails, for the first time and perhaps from then on."""

    plan: int
    call: str
    number: int
    error: str
    lasts: str
    """once or for_ever: until the disk is well again."""

    @property
    def options(self):
        when = f"{self.number}{'+' if self.lasts == 'for_ever' else ''}"
        return ["-e", f"trace={self.call}", "-e", f"inject={self.call}:error={self.error}:when={when}"]


class Broken(NamedTuple):
    """What came of one."""

    point: Break
    has_started: bool
    had_trouble: bool
    faults: list


def all_breaks(points):
    """Every point where the disk can fail, in each way."""
    return [
        Break(point.plan, point.call, point.number, error, lasts)
        for point in points
        if point.call in CALLS
        for error in ERRORS
        for lasts in ("once", "for_ever")
    ]


def sample(breaks, count, seed=SEED):
    return random.Random(seed).sample(breaks, min(count, len(breaks)))


def sweep(places, breaks, **fields):
    """Break the disk of one victim at each point, mend it, and judge; in the order of the points."""
    return spread_over(places, breaks, lambda place, point: _one(place, point, fields))


def _one(place, point, fields):
    place.fresh()
    has_started = _live_on_broken_disk(place, point, fields)
    faults, had_trouble = [], False
    if has_started:
        report = place.report()
        faults = Evidence(place, report, 0, may_fail=True).faults()
        had_trouble = bool(report["had_trouble"])
        faults += [f"trouble called {name}" for name in report["had_trouble"] if name != "store"]
    else:
        error = place.at / "error.txt"
        if error.exists() and "StoreError" not in error.read_text():
            faults.append(f"it broke: {error.read_text()[-300:]}")
    try:
        report = place.live(life=2)
        faults += Evidence(place, report, 1, may_fail=True).faults()
    except AssertionError as broken:
        faults.append(f"the next life broke: {broken}")
    return Broken(point, has_started, had_trouble, faults)


def _live_on_broken_disk(place, point, fields):
    """Return whether the agent lived through it; one that cannot even open its store does not."""
    pid = place.nursery.start(place.job(traced=True, plan=PLANS[point.plan], errors=point.lasts, **fields))
    tracer = Tracer(pid, point.options)
    until = time.monotonic() + LIMIT
    while not (place.at / AT_REST).exists() and tracer.is_at_work and time.monotonic() < until:
        time.sleep(0.002)
    tracer.detach()
    return place.nursery.end(pid) == 0


def told(results, seconds):
    """The figures in one line, and every fault in one more."""
    faulty = [each for each in results if each.faults]
    line = (
        f"{len(results)} failures of the disk, {sum(each.has_started for each in results)} lived through, "
        f"{sum(each.had_trouble for each in results)} with a trouble shown, {len(faulty)} with faults, {seconds:.0f} s"
    )
    return "\n".join([line, *(f"  {each.point}: {'; '.join(each.faults)}" for each in faulty)])


def main(count=0):
    with ground() as places:
        breaks = all_breaks(all_points(places))
        begun = time.monotonic()
        results = sweep(places, sample(breaks, count) if count else breaks)
        print(f"of {len(breaks)}:", told(results, time.monotonic() - begun))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
