"""Follow-ups: after A, does the person soon do B? Weighed against how often B is near anyway."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from understudy.core.pattern import PatternKind
from understudy.core.value import MINUTE, SECOND, Millis
from understudy.core.workflow import CaptureTrigger
from understudy.detectors.candidate import Candidate, is_act, is_passive
from understudy.detectors.evidence import SYMMETRY, Log, bits, lower_bound, one_sided
from understudy.detectors.stream import Event

WINDOW: Millis = 5 * MINUTE
SHORTEST: Millis = 90 * SECOND
"""A horizon is not shorter than this, however prompt the person was so far."""
LOOK_AHEAD = 48
"""Events that are looked at after an anchor."""
LEAST = 3
PREFILTER = 0.4
"""Share of anchors that must be followed before the exact count is worth making."""
BOUND, BUSY_BOUND = 0.5, 0.65
"""What the bound of being right must reach; more where it would be asked often: errors cost attention."""
BUSY = 3
"""Times a day from which a trigger is busy."""
LIFT = 1.5


class FollowUps:
    """After A, is B soon done?"""

    name: ClassVar[str] = "follow_ups"
    title: ClassVar[str] = "What do you do soon after something else?"

    def find(self, events: Sequence[Event], zone: str) -> list[Candidate]:  # noqa: ARG002 - time of day plays no part
        """Return pairs whose second follows the first within five minutes, best first."""
        log = Log(events)
        needed = _needed(log)
        found = [
            candidate
            for (first, then), _ in _pairs(log).items()
            if (candidate := _weigh(log, first, then, needed)) is not None
        ]
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.places))


def _needed(log: Log) -> float:
    """Return the bits that pay for having looked at every pair."""
    first = sum(1 for template in log.places if is_passive(template))
    then = sum(1 for template in log.places if is_act(template))
    return math.log2(max(2, first * then))


def _pairs(log: Log) -> dict[tuple[str, str], int]:
    """Count, for each anchor, the different templates in the window after it; keep the frequent pairs."""
    templates, times = [event.template for event in log.events], log.times
    counts: Counter[tuple[str, str]] = Counter()
    for index, first in enumerate(templates):
        if not is_passive(first):
            continue
        limit, seen = times[index] + WINDOW, {first, ""}
        for place in range(index + 1, min(index + 1 + LOOK_AHEAD, len(times))):
            if times[place] > limit:
                break
            then = templates[place]
            if then not in seen:
                seen.add(then)
                counts[first, then] += 1
    return {
        pair: count
        for pair, count in counts.items()
        if count >= max(LEAST, PREFILTER * len(log.places[pair[0]])) and is_act(pair[1])
    }


def _weigh(log: Log, first: str, then: str, needed: float) -> Candidate | None:
    trials, hits = log.replay((first,), 0, (then,), WINDOW)
    if len(hits) < LEAST or not _follows(log, first, then):
        return None
    horizon = _horizon([log.times[second] - log.times[anchor] for anchor, second in hits])
    trials, hits = log.replay((first,), 0, (then,), horizon)
    base = log.base_rate(then, horizon)
    score = bits(len(hits), trials, base)
    bound = BUSY_BOUND if trials > BUSY * _days(log, first) else BOUND
    if lower_bound(len(hits), trials) < max(bound, LIFT * base) or score < needed:
        return None
    return Candidate(
        kind=PatternKind.FOLLOW_UP,
        symbols=(first, then),
        trigger=CaptureTrigger(symbols=(first,)),
        expects=(then,),
        horizon=horizon,
        score=score,
        places=tuple(hits),
    )


def _days(log: Log, template: str) -> int:
    return len({log.events[place].day for place in log.places[template]})


def _follows(log: Log, first: str, then: str) -> bool:
    """Whether B stands after A rather than before it: what merely comes in the same bursts does both."""
    after = before = only_after = only_before = 0
    for place in log.places[first]:
        at = log.times[place]
        is_after = log.after(place, (then,), at + WINDOW) is not None
        is_before = log.before(place, (then,), at - WINDOW) is not None
        after, before = after + is_after, before + is_before
        only_after += is_after and not is_before
        only_before += is_before and not is_after
    return after >= 2 * before and one_sided(only_after, only_before) <= SYMMETRY


def _horizon(delays: list[Millis]) -> Millis:
    """Return twice the time that nine of ten needed, in whole seconds, between 90 seconds and the window."""
    usual = sorted(delays)[math.ceil(0.9 * len(delays)) - 1]
    return min(WINDOW, max(SHORTEST, 2 * usual // SECOND * SECOND))


PLUGIN = FollowUps
