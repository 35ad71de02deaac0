"""Office lives of made-up people: what was planted, among bursts of switching without any order. Seeded.

A working day is a walk through errands (plants that are due) and, between them, background: a topic of a few things
that holds for a while. Weekends, holidays, sick days, lunch, coffee, flashes of passing windows, interleaved routines,
habits that move and things that stop are all in it. Equal seeds give equal lives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from tests.benchmarks.detector.acts import capture_of, planted_of
from tests.benchmarks.detector.plants import FollowUp, Habit, Person, Planted, Repetition, Routine
from understudy.core.capture import Capture
from understudy.core.value import MINUTE, SECOND, Millis

FIRST = datetime(2025, 10, 13)  # noqa: DTZ001 - midnight in the zone of the person
"""A Monday; the clocks change in the second week in Europe, in the third in America."""
_WORDS = (
    "budget",
    "order",
    "report",
    "export",
    "invoice",
    "engine",
    "paper",
    "signal",
    "letter",
    "market",
    "ticket",
)
_SICK, _HOLIDAY, _WEEKEND = 0.03, 0.03, 0.25
"""Chances of a sick day, of a holiday, and of a while at the machine on a free day."""
_PARALLEL = 0.15
"""How often two routines of a day are done at once."""
_LEFT_OUT = 0.4
_FLASH = 0.03
"""How often a switch passes over another window."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """What the watchers saw, and what of it was planted."""

    person: Person
    captures: list[Capture]
    planted: tuple[Planted, ...]


def live(person: Person, seed: int) -> Life:
    """Live through the person's weeks."""
    walk = _Walk(person, np.random.default_rng(seed))
    for number in range(person.weeks * 7):
        walk.day(number)
    return Life(person=person, captures=walk.captures(), planted=tuple(walk.planted.values()))


class _Walk:
    """Walks through the days and leaves acts behind."""

    def __init__(self, person: Person, rng: np.random.Generator) -> None:
        self._person, self._rng, self._place = person, rng, ZoneInfo(person.zone)
        self._now: Millis = 0
        self._acts: list[tuple[Millis, str]] = []
        self._topic: list[str] = []
        self._topic_left = 0
        self._midnight = FIRST
        self.planted = {index: planted_of(plant) for index, plant in enumerate(person.plants)}

    # --- days

    def day(self, number: int) -> None:
        """Live through one day, 0 = the first."""
        self._midnight = FIRST + timedelta(days=number)
        is_free = self._midnight.weekday() not in self._person.workdays
        draw = self._rng.random()
        if is_free or draw < _HOLIDAY:
            self._free_day()
        elif draw > _SICK + _HOLIDAY:
            self._working_day(number // 7)

    def _free_day(self) -> None:
        if self._rng.random() < _WEEKEND:
            self._now = self._clock(self._rng.integers(10 * 60, 20 * 60))
            self._do("presence:unlocked")
            self._work_until(self._now + self._rng.integers(10, 90) * MINUTE)
            self._do("presence:locked")

    def _working_day(self, week: int) -> None:
        first, last = self._person.hours
        rng = self._rng
        self._now = self._clock(first + rng.integers(-15, 25))
        self._do("presence:unlocked")
        middle = (first + last) // 2
        errands = [
            (
                self._clock(middle + rng.integers(-20, 30)),
                partial(self._away, "locked", "unlocked", (25, 60)),
            ),
            *(
                (self._any_time(), partial(self._away, "idle", "active", (6, 15)))
                for _ in range(rng.poisson(2))
            ),
            *self._errands(week),
        ]
        for due, errand in sorted(errands, key=lambda each: each[0]):
            self._work_until(due)
            errand()
        self._work_until(self._clock(last + rng.integers(-20, 40)))
        self._do("presence:locked")

    def _errands(self, week: int) -> list[tuple[Millis, Callable[[], None]]]:
        errands: list[tuple[Millis, Callable[[], None]]] = []
        routines = []
        for act in self._person.strays:
            errands += [(self._any_time(), partial(self._stray, act)) for _ in range(self._rng.poisson(1))]
        for index, plant in enumerate(self._person.plants):
            if not plant.weeks[0] <= week < plant.weeks[1]:
                continue
            if isinstance(plant, Habit):
                errands += self._habits(index, plant, plant.minute_in(week))
                continue
            times = [self._any_time() for _ in range(self._rng.poisson(plant.per_day))]
            if isinstance(plant, Routine):
                routines += [(at, [index]) for at in times]
            else:
                act = self._follow if isinstance(plant, FollowUp) else self._repeat
                errands += [(at, partial(act, index, plant)) for at in times]
        return errands + [(at, partial(self._routines, which)) for at, which in self._paired(routines)]

    def _paired(self, routines):
        """Sometimes the second errand of two different routines is taken up within the first."""
        paired: list[tuple[Millis, list[int]]] = []
        for at, which in routines:
            is_other = bool(paired) and len(paired[-1][1]) == 1 and paired[-1][1] != which
            if is_other and self._rng.random() < _PARALLEL:
                paired[-1] = (paired[-1][0], paired[-1][1] + which)
            else:
                paired.append((at, which))
        return paired

    # --- what was planted

    def _habits(self, index: int, plant: Habit, minute: int) -> list[tuple[Millis, Callable[[], None]]]:
        if self._midnight.weekday() not in plant.weekdays or self._rng.random() > plant.kept:
            return []
        due = self._clock(minute) + int(self._rng.normal(0, plant.jitter) * MINUTE)
        return [(due, partial(self._keep_habit, index, plant.act, minute))]

    def _keep_habit(self, index: int, act: str, minute: int) -> None:
        at = self._do(act)
        self.planted[index].times.append((at, at))
        self.planted[index].minutes.append(minute % 1440)
        self._stay(20, 120)

    def _follow(self, index: int, plant: FollowUp) -> None:
        if plant.after.startswith("state:"):
            self._meet(plant.after.partition(":")[2].partition("=")[0])
        first = self._do(plant.after)
        if self._rng.random() < plant.kept:
            due = first + self._rng.integers(plant.delay[0] * SECOND, plant.delay[1] * SECOND)
            self._stay(2, 5)
            self._work_until(due, most=3)
            self._now = max(self._now, due)
            self.planted[index].times.append((first, self._do(plant.then)))
        self._stay(5, 60)

    def _meet(self, app: str) -> None:
        self._do(f"app:{app}")
        end = self._now + self._rng.integers(15, 45) * MINUTE
        while self._now < end:
            self._stay(120, 900)
            self._glances(self._rng.integers(0, 3))
            self._do(f"app:{app}")
        self._stay(2, 20)

    def _routines(self, which: list[int]) -> None:
        queues = [[(index, step) for step in self._steps(index)] for index in which]
        seen: dict[int, list[Millis]] = {index: [] for index in which}
        while waiting := [queue for queue in queues if queue]:
            index, step = waiting[self._rng.integers(len(waiting))].pop(0)
            seen[index].append(self._do(step))
            self._stay(3, 40)
            self._glances(self._rng.integers(0, 4 - len(which)))
        for index, times in seen.items():
            self.planted[index].times.append((times[0], times[-1]))

    def _steps(self, index: int) -> list[str]:
        plant = self._person.plants[index]
        return [
            step
            for place, step in enumerate(plant.steps)
            if place not in plant.optional or self._rng.random() > _LEFT_OUT
        ]

    def _repeat(self, index: int, plant: Repetition) -> None:
        if self._rng.random() < 0.5:
            self._do("app:terminal" if plant.act.startswith("cmd:") else "app:mail")
            self._stay(2, 15)
        at = self._do(plant.act)
        self.planted[index].times.append((at, at))
        self._stay(2, 20)

    # --- what was not

    def _stray(self, act: str) -> None:
        self._do(act)
        self._stay(5, 60)

    def _work_until(self, due: Millis, most: int = 1_000_000) -> None:
        while self._now < due and most:
            most -= 1
            self._glances(1, due)

    def _glances(self, count: int, due: Millis | None = None) -> None:
        for _ in range(count):
            if self._rng.random() < _FLASH:
                self._do(self._thing())
                self._now += int(self._rng.integers(50, 250))
            since = self._do(self._thing())
            stay = self._person.pace * self._rng.lognormal(0, 1.1)
            self._now = since + int(min(max(stay, 1.0), 1200.0) * SECOND)
            if due is not None:
                self._now = max(since + 1, min(self._now, due))

    def _thing(self) -> str:
        if self._topic_left <= 0:
            size = self._rng.integers(3, 7)
            self._topic = self._rng.choice(self._person.things, size, replace=False).tolist()
            self._topic_left = int(self._rng.geometric(1 / self._person.bursts))
        self._topic_left -= 1
        return self._topic[self._rng.integers(len(self._topic))]

    def _away(self, left: str, back: str, minutes: tuple[int, int]) -> None:
        self._do(f"presence:{left}")
        self._now += int(self._rng.integers(*minutes) * MINUTE)
        self._do(f"presence:{back}")

    # --- time, and leaving acts behind

    def _clock(self, minute: int) -> Millis:
        moment = self._midnight + timedelta(minutes=int(minute))
        return int(moment.replace(tzinfo=self._place).timestamp() * 1000)

    def _any_time(self) -> Millis:
        first, last = self._person.hours
        return self._clock(self._rng.integers(first + 30, last - 20))

    def _stay(self, least: int, most: int) -> None:
        self._now += int(self._rng.integers(least * SECOND, most * SECOND))

    def _do(self, act: str) -> Millis:
        self._now = int(max(self._now, self._acts[-1][0] + 1 if self._acts else 0))
        if "#" in act or "*" in act:
            act = act.replace("#", str(self._rng.integers(1, 5000)))
            act = act.replace("*", _WORDS[self._rng.integers(len(_WORDS))])
        self._acts.append((self._now, act))
        self._now += 1
        return self._now - 1

    def captures(self) -> list[Capture]:
        """Return everything done, as the watchers would report it."""
        ends = [at for at, _ in self._acts[1:]] + [self._now]
        titles = self._rng.integers(0, len(_WORDS), len(self._acts)).tolist()
        return [
            capture_of(
                act, at, title=_WORDS[title], lasted=max(0, end - at) if self._person.tells_length else 0
            )
            for (at, act), end, title in zip(self._acts, ends, titles, strict=True)
        ]
