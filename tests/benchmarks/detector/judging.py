"""Judges what was found of a made-up life: which suggestions are right, what was missed, and how long it took."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.benchmarks.detector.personas import Life
from tests.benchmarks.detector.plants import Planted
from tests.benchmarks.detector.scores import (
    Steps,
    is_subsequence,
    kept_predictions,
    minutes_apart,
    repetitions_before,
)
from understudy.core.capture import Capture, CaptureKind
from understudy.core.cron import next_time
from understudy.core.pattern import Pattern, PatternKind
from understudy.core.value import DAY, Millis
from understudy.core.workflow import TimeTrigger
from understudy.detectors.abstraction import Abstraction
from understudy.engine.replaying import ReplayedPattern

TOLERANCE = 20
"""Minutes by which a habit may be said too early or too late."""
ALIVE: Millis = 15 * DAY
"""A plant that did not come up so shortly before or after is over: suggesting it is wrong."""
PROVABLE = 12
"""Occurrences from which a plant can have earned a suggestion: some to be found, some to be proven."""
TYPED_OFTEN = 5
_NEAREST = 4
"""Occurrences around the time of a suggestion whose planned time it may agree with: habits move."""
_WEEK = 7 * DAY
_TYPED = (CaptureKind.COMMAND, CaptureKind.PHRASE)


@dataclass(kw_only=True)
class Judgement:
    """How right the learner was about a life, or about several when they are added up."""

    suggested: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    """What was suggested and never planted, in words."""
    missed: list[str] = field(default_factory=list)
    """Plants that came up often enough and were never rightly suggested, in words."""
    candidates: int = 0
    """Patterns that were watched in the shadow, suggested or not."""
    right_candidates: int = 0
    provable: int = 0
    """Plants that came up often enough for a suggestion."""
    covered: int = 0
    """Those of them that were rightly suggested."""
    plants: int = 0
    spotted: int = 0
    """Plants that became a candidate at least."""
    first: list[int] = field(default_factory=list)
    """For each plant spotted: how often it had come up when its first right candidate was found."""
    until_suggested: list[int] = field(default_factory=list)
    """For each plant covered: how often it had come up when it was first suggested."""
    days: list[float] = field(default_factory=list)
    """For each plant covered: days from its first time to its first suggestion."""

    def add(self, other: "Judgement") -> None:
        """Count another life in."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def judge(
    life: Life, patterns: Iterable[ReplayedPattern], candidates: Iterable[Pattern] | None = None
) -> Judgement:
    """Compare what a replay found with what was planted; `candidates`: all on the way, None = what is left of them."""
    found, typed = list(patterns), _typed(life.captures)
    watched = [each.state.pattern for each in found] if candidates is None else list(candidates)
    suggested = [each for each in found if each.suggested_at]
    wrong = [each for each in suggested if not _is_right(each.state.pattern, each.suggested_at, life, typed)]
    judgement = Judgement(
        suggested=len(suggested),
        right=len(suggested) - len(wrong),
        wrong=[f"{life.person.name}: {_in_words(each.state.pattern)}" for each in wrong],
        candidates=len(watched),
        right_candidates=sum(_is_right(each, each.found_at, life, typed) for each in watched),
    )
    for planted in life.planted:
        _judge_plant(judgement, planted, found, watched)
    judgement.missed = [f"{life.person.name}: {each}" for each in judgement.missed]
    return judgement


def _judge_plant(
    judgement: Judgement, planted: Planted, found: list[ReplayedPattern], watched: list[Pattern]
) -> None:
    ends = [end for _, end in planted.times]
    spotted = [each.found_at for each in watched if is_of(each, planted, each.found_at)]
    suggested = [
        each.suggested_at
        for each in found
        if each.suggested_at and is_of(each.state.pattern, planted, each.suggested_at)
    ]
    judgement.plants += 1
    judgement.provable += len(ends) >= PROVABLE
    if spotted:
        judgement.spotted += 1
        judgement.first.append(repetitions_before(min(spotted), ends))
    if len(ends) < PROVABLE:
        return
    if not suggested:
        seen = f"{len(ends)} times, {'a candidate' if spotted else 'no candidate'}"
        judgement.missed.append(f"{planted.kind.value} {' -> '.join(planted.symbols)} ({seen})")
    else:
        judgement.covered += 1
        judgement.until_suggested.append(repetitions_before(min(suggested), ends))
        judgement.days.append((min(suggested) - planted.times[0][0]) / DAY)


def _is_right(pattern: Pattern, at: Millis, life: Life, typed: Counter[str]) -> bool:
    """Whether a pattern says what is true; a text counts as repeated when it was typed often, planted or not."""
    if pattern.kind is PatternKind.REPETITION:
        return typed[_text(pattern)] >= TYPED_OFTEN
    return any(is_of(pattern, planted, at) for planted in life.planted)


def is_of(pattern: Pattern, planted: Planted, at: Millis) -> bool:
    """Whether a pattern, found or suggested at a time, is this plant or a part of it."""
    alive = planted.around(at, ALIVE)
    if not alive:
        return False
    if pattern.kind is PatternKind.REPETITION or planted.kind is PatternKind.REPETITION:
        return pattern.kind is planted.kind and _text(pattern) == planted.text
    if pattern.kind is PatternKind.HABIT or planted.kind is PatternKind.HABIT:
        return pattern.kind is planted.kind and _is_habit(pattern, planted, alive, at)
    return _is_ordered(pattern.symbols, planted)


def _is_ordered(symbols: Steps, planted: Planted) -> bool:
    """Whether these are a part of it, in order; of a follow-up both what it follows and what follows."""
    if planted.kind is PatternKind.FOLLOW_UP and not {*planted.symbols[-2:]} <= {*symbols}:
        return False
    return len(symbols) > 1 and is_subsequence(symbols, planted.symbols)


def _is_habit(pattern: Pattern, planted: Planted, alive: list[int], at: Millis) -> bool:
    """Same symbol, said at the planned time give or take, and on none but the planned days."""
    trigger = pattern.trigger
    if not isinstance(trigger, TimeTrigger) or pattern.expects != planted.symbols:
        return False
    place = ZoneInfo(trigger.timezone)
    said = [datetime.fromtimestamp(time / 1000, place) for time in fires(trigger, at)]
    done = {
        datetime.fromtimestamp(planted.times[each][0] / 1000, place).weekday()
        for each in range(len(planted.times))
    }
    nearest = sorted(alive, key=lambda each: abs(planted.times[each][0] - at))[:_NEAREST]
    planned = [planted.minutes[each] for each in nearest]
    return bool(said) and all(
        moment.weekday() in done
        and min(minutes_apart(moment.hour * 60 + moment.minute, minute) for minute in planned) <= TOLERANCE
        for moment in said
    )


def fires(trigger: TimeTrigger, after: Millis, span: Millis = _WEEK) -> list[Millis]:
    """Return when it fires in the time after."""
    times: list[Millis] = []
    at: Millis | None = after
    while at is not None and (at := next_time(trigger.cron, trigger.timezone, at)) is not None:
        if at > after + span:
            break
        times.append(at)
    return times


def habit_predictions(
    habits: Iterable[Pattern], captures: list[Capture], cut: Millis, tolerance: Millis = 0
) -> tuple[int, int]:
    """Return (kept, made) of what habits known at the cut predict for the week after it.

    Kept: it was done within the trigger's window, the time the product itself waits. Nobody being there is no excuse.
    """
    abstraction = Abstraction()
    done: dict[str, list[Millis]] = {}
    for capture in captures:
        if cut - DAY < capture.at <= cut + _WEEK + DAY:
            done.setdefault(abstraction.symbol(capture).template, []).append(capture.at)
    kept = made = 0
    for habit in habits:
        if isinstance(habit.trigger, TimeTrigger):
            windows = [(at, at + habit.trigger.window) for at in fires(habit.trigger, cut)]
            hits, tries = kept_predictions(windows, done.get(habit.expects[0], []), tolerance)
            kept, made = kept + hits, made + tries
    return kept, made


def _text(pattern: Pattern) -> str:
    """What a repetition types; what cannot be typed for the person is in its symbol."""
    for step in pattern.steps:
        for value in step.parameters.values():
            return str(value).strip()
    return pattern.symbols[0].partition(":")[2].strip()


def _typed(captures: Iterable[Capture]) -> Counter[str]:
    return Counter(capture.text.strip() for capture in captures if capture.kind in _TYPED)


def _in_words(pattern: Pattern) -> str:
    return f"{pattern.kind.value} {' -> '.join(pattern.symbols)} ({pattern.summary})"
