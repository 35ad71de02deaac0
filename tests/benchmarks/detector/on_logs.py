"""Measures on logs that others published: routines, instances, how soon, and what comes next."""

import statistics
import time
from collections.abc import Iterator

from tests.benchmarks.detector import disturb, ipam, peers, ui_logs
from tests.benchmarks.detector.finding import lived, mined, routine_ranges, routines
from tests.benchmarks.detector.peers import Row, part
from tests.benchmarks.detector.scores import (
    Agreement,
    agreement,
    best_pattern,
    instances,
    repetitions_before,
)
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.sessions import Sessions

_SEED = 11
_GOOD = 0.7
"""Jaccard from which a routine counts as the right one."""
_PART = 0.3
"""Jaccard from which it is a part of the right one that would already help."""


def simulated() -> Iterator[Row]:
    """Routine Jaccard on the simulated logs, clean and disturbed, mined and replayed."""
    for name, columns in ui_logs.SIMULATED_COLUMNS.items():
        logs = [ui_logs.simulated(number, columns) for number in ui_logs.SIMULATED]
        truths = [log.variants() for log in logs]
        for measure, change in ((peers.JACCARD_CLEAN, _as_it_is), (peers.JACCARD_NOISE, _disturbed)):
            scores = [
                agreement(routines(mined(change(log.captures)).patterns), truth)
                for log, truth in zip(logs, truths, strict=True)
            ]
            yield part(measure, name), _agreed(scores)
    for measure, change in ((peers.JACCARD_CLEAN, _as_it_is), (peers.JACCARD_NOISE, _disturbed)):
        scores = []
        for number in ui_logs.SIMULATED:
            log = ui_logs.simulated(number)
            found = [each.state.pattern for each in lived(change(log.captures)).patterns]
            scores.append(agreement(routines(found), log.variants()))
        yield part(measure, "replayed"), _agreed(scores)


def _as_it_is(captures):
    return captures


def _disturbed(captures):
    return disturb.disturbed(captures, _SEED)


def _agreed(scores: list[Agreement]) -> str:
    mean = statistics.fmean(each.sets for each in scores)
    each = " ".join(f"{score.sets:.2f}" for score in scores)
    multisets = statistics.fmean(score.multisets for score in scores)
    coverage = statistics.fmean(score.coverage for score in scores)
    found = "+".join(str(score.found) for score in scores)
    return f"{mean:.3f} ({each}), multisets {multisets:.2f}, coverage {coverage:.2f}, {found} found"


def noisy() -> Iterator[Row]:
    """Instances found in a log with 50 random events between any two."""
    for name, columns in ui_logs.NOISY_COLUMNS.items():
        for in_order in (True, False):
            log = ui_logs.noisy(columns, in_order=in_order)
            order = "in order" if in_order else "times as recorded"
            yield part(peers.INSTANCES, f"{name}; {order}"), _instances(log)


def _instances(log: ui_logs.UiLog) -> str:
    true = [(each.first, each.last) for each in log.instances]
    found = mined(log.captures)
    ours = routine_ranges(found.patterns)
    single = best_pattern(ours, true).f1
    whole = instances((each for pattern in ours for each in pattern), true).f1
    kinds = sorted({each.kind for each in log.instances})
    of_kind = [
        best_pattern(ours, [(each.first, each.last) for each in log.instances if each.kind == kind]).f1
        for kind in kinds
    ]
    by_kind = " ".join(f"{kind} {f1:.2f}" for kind, f1 in zip(kinds, of_kind, strict=True))
    return f"all {whole:.2f}, best one {single:.2f}, best for {by_kind}, {len(ours)} in {found.seconds:.2f} s"


def first() -> Iterator[Row]:
    """How often a routine was done when the first candidate like it was found, in a replay."""
    alike: dict[float, list[str]] = {_GOOD: [], _PART: []}
    for number in ui_logs.SIMULATED:
        log = ui_logs.simulated(number)
        ends = [log.captures[each.last].at for each in log.instances]
        found = lived(log.captures).found
        for least, counts in alike.items():
            right = [
                each.found_at for each in found if agreement([each.symbols], log.variants()).sets >= least
            ]
            counts.append(str(repetitions_before(min(right), ends)) if right else "never")
    for least, counts in alike.items():
        yield part(peers.FIRST, f"simulated, Jaccard >= {least}"), ", ".join(counts)


def next_event() -> Iterator[Row]:
    """How well the next window is foreseen."""
    from understudy.detectors.predictor import score

    events = _events(ui_logs.windows().captures)
    begun = time.perf_counter()
    foreseen = score(iter(events))
    each = (time.perf_counter() - begun) / len(events)
    hit, rank = ipam.foreseen([symbol for symbol, _ in events])
    yield (
        peers.NEXT_EVENT,
        f"{foreseen.hit_1:.3f} / {foreseen.mrr:.3f}, {each * 1e6:.1f} us each (IPAM here {hit:.3f} / {rank:.3f})",
    )


def _events(captures) -> list[tuple[str, int]]:
    """(template, session) of what was done; the same again at once is no event of its own."""
    abstraction, sessions, events = Abstraction(), Sessions(), []
    for capture in captures:
        event = abstraction.symbol(capture).template, sessions.take(capture)
        if event[0] and event != (events[-1] if events else None):
            events.append(event)
    return events
