"""Habits: what is done at a certain time on certain days? Weighed against the activity at that time."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import ClassVar

from understudy.core.capture import CaptureKind
from understudy.core.pattern import PatternKind
from understudy.core.value import MINUTE
from understudy.core.workflow import TimeTrigger
from understudy.detectors.candidate import Candidate, is_act
from understudy.detectors.evidence import bits
from understudy.detectors.stream import Event

SLOT = 5
"""Minutes; windows begin at multiples of it."""
WINDOW = 30
"""Minutes in which it must happen on every day that counts."""
SLOTS = 24 * 60 // SLOT
RECENT, LONG = 28, 56
"""Days looked at; more for sets of days that come seldom."""
LEAST = 5
SHARE = 0.65
"""Share of the days on which it must happen."""
NEEDED = 6.5
"""Bits against the person's own rhythm; for five days of five that is one chance in 200,000."""
EARLY = 3
"""Minutes before the earliest time seen at which the person may be early next time."""
LATE = 10
"""Minutes after the latest one that are still waited for."""
SHORTEST, LONGEST = 20, 45
"""Minutes that a habit is waited for, at least and at most."""

_WEEKDAYS, _WEEKEND = (0, 1, 2, 3, 4), (5, 6)
DAY_SETS: tuple[tuple[tuple[int, ...], str, int], ...] = (
    (_WEEKDAYS, "1-5", RECENT),
    ((*_WEEKDAYS, *_WEEKEND), "*", RECENT),
    (_WEEKEND, "0,6", LONG),
    *(((day,), str((day + 1) % 7), LONG) for day in range(7)),
)
"""Weekdays with 0 = Monday, the same as cron writes it, and how many days are looked at."""


class _Rhythm:
    """When the person was active on the days of one set, over the last weeks."""

    def __init__(self, events: Sequence[Event], weekdays: tuple[int, ...], cron: str, days: int) -> None:
        self.events, self.weekdays, self.cron = events, weekdays, cron
        today = events[-1].day
        first = bisect_left(events, today - days + 1, key=lambda event: event.day)
        places = range(first, len(events))
        self.places = [place for place in places if (events[place].day - 1) % 7 in weekdays]
        active = [place for place in self.places if events[place].kind is not CaptureKind.STATE]
        self.days = tuple(sorted({events[place].day for place in active}))
        self._finished = tuple(day for day in self.days if day != today)
        per_slot = Counter(events[place].minute // SLOT for place in active)
        self._before = list(accumulate((per_slot[slot] for slot in range(SLOTS)), initial=0))

    def eligible(self, window: int) -> tuple[int, ...]:
        """Return the days on which the window (its first slot) has passed."""
        has_passed = self.events[-1].minute >= window * SLOT + WINDOW
        return self.days if has_passed else self._finished

    def share(self, window: int) -> float:
        """Return the share of all activity that falls into the window."""
        end = min(SLOTS, window + WINDOW // SLOT)
        return (self._before[end] - self._before[window] + 1) / (self._before[-1] + 1)


class Habits:
    """What is done at a certain time on certain days?"""

    name: ClassVar[str] = "habits"
    title: ClassVar[str] = "What do you do at the same time of the day?"

    def find(self, events: Sequence[Event], zone: str) -> list[Candidate]:
        """Return for each template its strongest time of day, if it has one, best first."""
        best: dict[str, Candidate] = {}
        for weekdays, cron, days in DAY_SETS if events else ():
            rhythm = _Rhythm(events, weekdays, cron, days)
            for template, places in _by_template(rhythm).items():
                for score, hits in _windows(rhythm, places):
                    if template not in best or score > best[template].score:
                        best[template] = _candidate(rhythm, hits, zone, score)
        return sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.places))


def _by_template(rhythm: _Rhythm) -> dict[str, list[int]]:
    """Return where each act was seen, of those seen on enough days."""
    places: dict[str, list[int]] = {}
    for place in rhythm.places:
        template = rhythm.events[place].template
        if is_act(template):
            places.setdefault(template, []).append(place)
    return {
        template: where
        for template, where in places.items()
        if len({rhythm.events[place].day for place in where}) >= LEAST
    }


def _windows(rhythm: _Rhythm, places: list[int]) -> Iterator[tuple[float, list[int]]]:
    """Yield the windows of one template that pass all tests: score, and the first place in it on each day."""
    slots: dict[int, list[int]] = {}
    for place in places:
        slots.setdefault(rhythm.events[place].minute // SLOT, []).append(place)
    a_day = len(places) / len(rhythm.days)
    width = WINDOW // SLOT
    for start in sorted({max(0, slot - back) for slot in slots for back in range(width)}):
        first: dict[int, int] = {}
        for place in sorted(place for slot in range(start, start + width) for place in slots.get(slot, ())):
            first.setdefault(rhythm.events[place].day, place)
        eligible = rhythm.eligible(start)
        hits = [first[day] for day in eligible if day in first]
        if len(hits) < max(LEAST, SHARE * len(eligible)):
            continue
        score = bits(len(hits), len(eligible), 1 - (1 - rhythm.share(start)) ** a_day)
        if score >= NEEDED:
            yield score, hits


def _candidate(rhythm: _Rhythm, hits: list[int], zone: str, score: float) -> Candidate:
    minutes = sorted(rhythm.events[place].minute for place in hits)
    skipped = len(minutes) // 20
    start = max(0, minutes[skipped] - EARLY) // SLOT * SLOT
    window = min(LONGEST, max(SHORTEST, minutes[-1 - skipped] + LATE - start)) * MINUTE
    cron = f"{start % 60} {start // 60} * * {rhythm.cron}"
    template = rhythm.events[hits[0]].template
    return Candidate(
        kind=PatternKind.HABIT,
        symbols=(template,),
        trigger=TimeTrigger(cron=cron, timezone=zone, window=window),
        expects=(template,),
        horizon=window,
        score=score,
        places=tuple((place,) for place in hits),
        identity=(rhythm.cron, start // WINDOW),
        typical=minutes[len(minutes) // 2],
        weekdays=rhythm.weekdays,
    )


PLUGIN = Habits
