"""Habits: what is done at a certain time on certain days? Weighed against the activity at that time."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np

from understudy.core.pattern import PatternKind
from understudy.core.value import MINUTE
from understudy.core.workflow import TimeTrigger
from understudy.detectors.candidate import Candidate
from understudy.detectors.log import NOWHERE, Ints, Log
from understudy.detectors.rhythm import AROUND, SLOT, Rhythm
from understudy.detectors.usual_times import Spot, spots_of
from understudy.detectors.weekdays import cron_days

RECENT = 12
"""The latest times, which say when it is expected next."""
VARIES, WORTH = 5.0, 4
"""Minutes by which a habit varies as a rule, and how many times seen that is worth."""
REACH = 2.0
"""Standard deviations on both sides within which the next time is expected."""
EARLY = 15
"""Minutes before the middle at which it may begin at most: who is asked too soon is asked in vain."""
LATE = 10
"""Minutes after that which are still waited for: what comes in between makes late, and nothing makes early."""
SHORTEST, LONGEST = 20, 45
"""Minutes that a habit is waited for, at least and at most."""
APART = 60
"""Minutes between two habits of the same thing."""
_HALF_HOUR = 30


class Habits:
    """What is done at a certain time on certain days?"""

    name: ClassVar[str] = "habits"
    title: ClassVar[str] = "What do you do at the same time of the day?"
    decoys: ClassVar[int] = 8

    def surrogate(self, log: Log, rng: np.random.Generator) -> Log:
        """Return the same days with what was done permuted inside each: times and daily counts stay."""
        order = np.empty(len(log), np.int64)
        order[np.argsort(log.day, kind="stable")] = np.lexsort((rng.random(len(log)), log.day))
        return replace(
            log,
            symbol=log.symbol[order],
            kind=log.kind[order],
            literal=log.literal[order],
            source=np.full(len(log), NOWHERE, np.int32),
        )

    def find(self, log: Log) -> list[Candidate]:
        """Return the times of the day at which something is done, best first."""
        if log.is_state.all():
            return []
        rhythm = Rhythm(log)
        found = [_candidate(rhythm, spot) for spot in _best(spots_of(rhythm))]
        return sorted(found, key=lambda each: (-each.score, int(each.places[0, 0]), each.identity))


def _best(spots: Iterable[Spot]) -> list[Spot]:
    """Of spots of the same symbol that meet keep the strongest."""
    kept: dict[int, list[Spot]] = {}
    for spot in sorted(spots, key=lambda each: (-each.score, each.symbol, each.width, each.start)):
        if not any(_meet(spot, other) for other in kept.get(spot.symbol, ())):
            kept.setdefault(spot.symbol, []).append(spot)
    return [spot for same in kept.values() for spot in same]


def _meet(one: Spot, other: Spot) -> bool:
    middles = (2 * each.start + each.width for each in (one, other))
    is_near = abs(next(middles) - next(middles)) * SLOT < 2 * APART
    return is_near and not set(one.weekdays).isdisjoint(other.weekdays)


def _candidate(rhythm: Rhythm, spot: Spot) -> Candidate:
    places, minutes = _seen(rhythm, spot)
    usual = np.sort(minutes[-RECENT:])
    start, length = _window(usual)
    inside = (minutes >= start) & (minutes <= start + length)
    template = rhythm.log.templates[spot.symbol]
    cron = cron_days(spot.weekdays)
    return Candidate(
        kind=PatternKind.HABIT,
        symbols=(template,),
        trigger=TimeTrigger(
            cron=f"{start % 60} {start // 60} * * {cron}",
            timezone=rhythm.log.zone,
            window=length * MINUTE,
        ),
        expects=(template,),
        horizon=length * MINUTE,
        score=spot.score,
        places=places[inside][:, None],
        identity=(cron, start // _HALF_HOUR),
        typical=int(usual[len(usual) // 2]),
        weekdays=spot.weekdays,
    )


def _window(minutes: Ints) -> tuple[int, int]:
    """Return the minute from which it is waited for, and for how many: where the next time is to be expected.

    Of four times seen the next one lies outside two times in five: so how habits vary as a rule counts, too.
    """
    middle, count = minutes.mean(), len(minutes)
    variance = (WORTH * VARIES**2 + ((minutes - middle) ** 2).sum()) / (WORTH + count - 1)
    reach = REACH * math.sqrt(variance * (1 + 1 / count))
    start = int(max(0.0, middle - min(EARLY, reach)) // SLOT * SLOT)
    return start, int(min(LONGEST, max(SHORTEST, middle + reach + LATE - start)))


def _seen(rhythm: Rhythm, spot: Spot) -> tuple[Ints, Ints]:
    """Return the place and the minute at which it was first done in or around the window, of each day it was."""
    log, places = rhythm.log, rhythm.places
    near = (rhythm.slot >= spot.start - AROUND) & (rhythm.slot < spot.start + spot.width + AROUND)
    near &= (log.symbol[places] == spot.symbol) & spot.days[rhythm.day]
    found = places[near]
    _, first = np.unique(log.day[found], return_index=True)
    return found[first], log.minute[found[first]].astype(np.int64)


PLUGIN = Habits
