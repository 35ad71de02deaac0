"""Measures on made-up people: what is suggested, how right it is, and that nothing is when all is shuffled."""

import statistics
from collections import Counter
from collections.abc import Iterator

from tests.benchmarks.detector import disturb, peers, ui_logs
from tests.benchmarks.detector.finding import ZONE, lived, mined
from tests.benchmarks.detector.judging import Judgement, habit_predictions, is_of, judge
from tests.benchmarks.detector.peers import Measure, Row, part
from tests.benchmarks.detector.people import PEOPLE
from tests.benchmarks.detector.personas import Life, live
from understudy.core.capture import Capture, CaptureKind
from understudy.core.pattern import PatternKind
from understudy.core.value import DAY
from understudy.engine.replaying import ReplayedPattern

SEEDS = (11,)


def lives(seeds=SEEDS) -> list[Life]:
    """Everybody's weeks."""
    return [live(person, seed) for seed in seeds for person in PEOPLE]


def personas() -> Iterator[Row]:
    """What is suggested to made-up people, right and wrong, and how soon."""
    total = Judgement()
    for life in lives():
        came = lived(life.captures, life.person.zone)
        total.add(judge(life, came.patterns, came.found))
    precision = total.right / total.suggested if total.suggested else 0.0
    recall = total.covered / total.provable
    yield (
        peers.PERSONAS,
        f"{precision:.2f} ({total.right} of {total.suggested}) / {recall:.2f} ({total.covered} of {total.provable})",
    )
    yield (
        part(peers.PERSONAS, "candidates"),
        (
            f"{total.right_candidates} of {total.candidates} right, {total.spotted} of {total.plants} plants spotted"
        ),
    )
    yield (
        part(peers.PERSONAS, "until suggested"),
        (f"{_middle(total.until_suggested)} times, {_middle(total.days)} days"),
    )
    yield part(peers.FIRST, "made-up people"), f"{_middle(total.first)}"
    for verdict, told in (("wrong", total.wrong), ("missed", total.missed)):
        for each in told:
            yield Measure(what=f"  {verdict}: {each}", peer="", goal=""), ""


def _middle(numbers: list) -> str:
    if not numbers:
        return "never"
    return f"median {statistics.median(numbers):.1f}, most {max(numbers):.1f}"


def habits() -> Iterator[Row]:
    """Habits known at three cuts: what the trigger predicts for the 7 days after."""
    everything = {"candidates": (0, 0), "suggested in a replay": (0, 0)}
    for life in lives():
        days = range(21, life.person.weeks * 7 - 7, 7)
        start = life.captures[0].at
        for day in days:
            cut = start + day * DAY
            seen = [capture for capture in life.captures if capture.at <= cut]
            for name, found in (
                ("candidates", mined(seen, life.person.zone).patterns),
                ("suggested in a replay", _suggested(seen, life.person.zone)),
            ):
                known = [pattern for pattern in found if pattern.kind is PatternKind.HABIT]
                kept, made = habit_predictions(known, life.captures, cut)
                everything[name] = everything[name][0] + kept, everything[name][1] + made
    for name, (kept, made) in everything.items():
        yield (
            part(peers.HABITS, name),
            f"{kept / made:.2f} ({kept} of {made})" if made else "none predicted",
        )


def _suggested(captures, zone):
    return [each.state.pattern for each in lived(captures, zone).patterns if each.suggested_at]


def shuffled() -> Iterator[Row]:
    """Suggestions on real and made-up logs in another order: there must be none.

    Blocks of events last some minutes, so that a planted habit is still true afterwards; it is no false suggestion.
    """
    if ui_logs.is_there("active_windows"):
        yield from _nothing("a clerk's windows", [(ui_logs.windows().captures, ZONE, ())], range(6))
    logs = [(_unplanned(life.captures), life.person.zone, life.planted) for life in lives()]
    yield from _nothing("made-up people", logs, SEEDS)


def _unplanned(captures: list[Capture]) -> list[Capture]:
    """Leave out what is typed: that it is repeated stays true in any order."""
    typed = (CaptureKind.COMMAND, CaptureKind.PHRASE)
    return [capture for capture in captures if capture.kind not in typed]


def _nothing(name, logs, seeds) -> Iterator[Row]:
    for block in disturb.BLOCKS:
        candidates, suggested, true = 0, Counter(), 0
        days = 0.0
        for captures, zone, planted in logs:
            for seed in seeds:
                found = lived(disturb.shuffled(captures, block, seed), zone).patterns
                candidates += len(found)
                offers = [each for each in found if each.suggested_at]
                kept = [each for each in offers if block and _is_habit_of(planted, each)]
                true += len(kept)
                suggested.update(each.state.pattern.kind.value for each in offers if each not in kept)
                days += (captures[-1].at - captures[0].at) / DAY
        blocks = f"blocks of {block}" if block else "all"
        kinds = "".join(f", {count} {kind}" for kind, count in sorted(suggested.items()))
        yield (
            part(peers.SHUFFLED, f"{name}, {blocks}"),
            f"{suggested.total()} false{kinds} in {days:.0f} days; {true} true habits, {candidates} candidates",
        )


def _is_habit_of(planted, found: ReplayedPattern) -> bool:
    pattern = found.state.pattern
    return pattern.kind is PatternKind.HABIT and any(
        is_of(pattern, each, found.suggested_at) for each in planted
    )
