"""Measures on planted streams: what is found of 20 routines, and what a million events and one capture cost."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.benchmarks.detector import peers, streams
from tests.benchmarks.detector.finding import ZONE, learner, mined, routines, sequences
from tests.benchmarks.detector.on_people import lives
from tests.benchmarks.detector.peers import Row, part
from tests.benchmarks.detector.scores import Listing, listing
from understudy.core.capture import Capture
from understudy.core.value import Millis

SEEDS = (11, 12, 13)
"""Not those that anything was developed on."""
_PATIENCE = 900
"""Seconds a process of its own may take."""


def planted() -> Iterator[Row]:
    """20 planted routines in 10^5 and 10^6 events, on a plain and on a bursty background."""
    for (count, bursty), measure in peers.PLANTED.items():
        seeds = SEEDS if count <= 100_000 else SEEDS[:1]
        found = [_planted_once(count, seed, bursty=bursty) for seed in seeds]
        yield measure, _listed([each[0] for each in found], [each[2] for each in found])
        yield part(measure, "over all kinds, by score"), _listed([each[1] for each in found], [])


def _planted_once(count: int, seed: int, *, bursty: bool) -> tuple[Listing, Listing, float]:
    stream = streams.planted(count, seed, bursty=bursty)
    found = mined(stream.captures())
    truth = stream.truth
    return listing(routines(found.patterns), truth), listing(sequences(found.patterns), truth), found.seconds


def _listed(listings: list[Listing], seconds: list[float]) -> str:
    exact = sum(each.exact for each in listings)
    precision = statistics.fmean(each.precision for each in listings)
    lenient = statistics.fmean(each.lenient for each in listings)
    took = f" in {max(seconds):.2f} s" if seconds else ""
    of = sum(each.of for each in listings)
    return f"{exact} of {of} / {precision:.2f} (with parts {lenient:.2f}){took}"


def cost() -> Iterator[Row]:
    """What a capture costs, and what a million do; the latter in a process of its own, for its memory."""
    for name, captures in (
        ("planted stream", list(streams.planted(50_000, SEEDS[0]).captures())),
        ("made-up people", lives()[1].captures),
    ):
        yield part(peers.EACH, name), _each(captures)
    for bursty in (False, True):
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.detector.million", "bursty" if bursty else "plain"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
        )
        figures = json.loads(told.stdout)
        yield (
            part(peers.MILLION, "bursty" if bursty else "plain"),
            (
                f"{figures['seconds']:.1f} s / {figures['peak']:.0f} MiB ({figures['before']:.0f} before), "
                f"{figures['patterns']} patterns"
            ),
        )


def _each(captures: list[Capture]) -> str:
    """Time everything that happens per capture, and mining apart from it."""
    watching, costs, mining = learner(ZONE), [], 0.0
    for position, capture in enumerate(captures):
        begun = time.perf_counter()
        due = watching.next_tick()
        if due is not None and due <= capture.at:
            watching.tick(capture.at)
        watching.observe(position, capture, watching.symbol(capture))
        ended = time.perf_counter()
        costs.append(ended - begun)
        mining += _mine(watching, capture.at)
    mean, median = statistics.fmean(costs) * 1e6, statistics.median(costs) * 1e6
    return f"median {median:.1f} us, mean {mean:.1f} us, mining {mining / len(costs) * 1e6:.1f} us besides"


def _mine(watching, at: Millis) -> float:
    begun = time.perf_counter()
    work = watching.mining(at)
    if work is not None:
        watching.accept(work(), at)
    return time.perf_counter() - begun
