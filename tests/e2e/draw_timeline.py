"""Draws the README's picture of one pattern's way from noticed to asked: `python -m tests.e2e.draw_timeline`.

What is drawn is a replay of the made-up fortnight: the same captures, the same picture. Lengths are in SVG units.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from understudy.core.capture import Capture
from understudy.core.fortnight import NAMES, NOTES, fortnight
from understudy.core.trust import SUGGEST_BOUND, Evidence
from understudy.core.value import DAY, Millis, Value
from understudy.detectors.learner import PatternLearner
from understudy.engine.replaying import ReplayedPattern, replay

PICTURE = Path(__file__).parents[2] / "assets" / "how-it-decides.svg"
ZONE = "Europe/Berlin"
START = datetime(2026, 3, 2, tzinfo=ZoneInfo(ZONE))
"""A Monday, in weeks without a change of the clocks."""
SEED, DAYS = 12, 14
FROM_HOUR, TO_HOUR = 8, 18
WIDTH, TOP, ROW = 880, 104, 22
LEFT, RIGHT = 72, 540
"""Where a day's row begins and ends."""
NONE, ALL = 662, 786
"""Where the scale of trust begins and ends."""
BOTTOM = TOP + DAYS * ROW
HEIGHT = BOTTOM + 76
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHAPES = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
.title { font-size: 17px; font-weight: 600 }
.said { font-weight: 600 }
.end { text-anchor: end }
.middle { text-anchor: middle }
.line, .bar, .ticks, .turn, .trust { fill: none }
.bar { stroke-dasharray: 3 3 }
.ticks { stroke-width: 9 }
.miss { stroke-width: 2 }
.turn, .trust { stroke-width: 1.5 }
"""
_COLOURS = """
text, .seen { fill: %(soft)s }
.title, .said { fill: %(ink)s }
.paper, .miss { fill: %(paper)s }
.paper, .line { stroke: %(edge)s }
.bar { stroke: %(soft)s }
.ticks { stroke: %(tick)s }
.hit { fill: %(mark)s }
.seen, .hit { stroke: %(paper)s }
.miss, .trust { stroke: %(mark)s }
.turn { stroke: %(ink)s }
"""
_LIGHT = {
    "paper": "#ffffff",
    "edge": "#d5dae0",
    "ink": "#1f2933",
    "soft": "#5c6773",
    "tick": "#c6cdd5",
    "mark": "#20689c",
}
_DARK = {
    "paper": "#161b22",
    "edge": "#363d47",
    "ink": "#e6edf3",
    "soft": "#9aa5b1",
    "tick": "#414b57",
    "mark": "#6cb6ff",
}


class Story(Value):
    """What is told of one pattern; times are milliseconds since 1970."""

    captures: tuple[Millis, ...]
    summary: str
    before: tuple[Millis, ...]
    """Occurrences from which it was found."""
    found_at: Millis
    asked_at: Millis
    outcomes: tuple[tuple[Millis, bool], ...]


def story() -> Story:
    """Live through the made-up fortnight, and tell of the notes that follow a meeting."""
    captures = tuple(fortnight(SEED, int(START.timestamp() * 1000), ZONE, DAYS))
    learner = PatternLearner(ZONE, name_of=lambda app: NAMES.get(app, app))
    found = replay(captures, learner, screen=lambda capture: capture)
    notes = next(each for each in found.patterns if each.state.pattern.expects == (f"app:{NOTES}",))
    return told(captures, notes)


def told(captures: Iterable[Capture], replayed: ReplayedPattern) -> Story:
    """What of a replayed pattern goes into the picture."""
    state = replayed.state
    found_at = state.pattern.found_at
    return Story(
        captures=tuple(capture.at for capture in captures),
        summary=state.pattern.summary,
        before=tuple(each.end for each in replayed.occurrences if each.end <= found_at),
        found_at=found_at,
        asked_at=replayed.suggested_at,
        outcomes=state.outcomes,
    )


def drawn(tale: Story) -> str:
    """Return the picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"',
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(tale.summary)}</title>',
        f'<desc id="desc">{escape(in_words(tale))}</desc>',
        f"<style>{_SHAPES}{_COLOURS % _LIGHT}@media (prefers-color-scheme: dark) {{{_COLOURS % _DARK}}}</style>",
        f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="10"/>',
        *_heading(tale),
        *_grid(),
        *(f'<path class="ticks" d="{path}"/>' for path in _ticks(tale.captures)),
        *_turning_point("noticed", tale.found_at),
        *_turning_point("asks from here", tale.asked_at),
        *_marks(tale),
        *_trust(tale),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def in_words(tale: Story) -> str:
    """The picture for those who do not see it."""
    before = Evidence()
    for at, hit in tale.outcomes:
        before = before.plus(hit=hit) if at <= tale.asked_at else before
    later = [hit for at, hit in tale.outcomes if at > tale.asked_at]
    return (
        f"A made-up fortnight, one row a day. Seen {len(tale.before)} times, it was noticed on {_day(tale.found_at)}. "
        f"Then it was watched in silence: foreseen rightly {before.hits} of {before.hits + before.misses} times, "
        f"it was good enough to ask on {_day(tale.asked_at)}. "
        f"After that it was right {sum(later)} of {len(later)} times."
    )


# --- places


def _when(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(ZONE))


def _row(at: Millis) -> int:
    """The middle of its day."""
    return TOP + (at - int(START.timestamp() * 1000)) // DAY * ROW + ROW // 2


def _across(at: Millis) -> float:
    """Where it stands in its day."""
    then = _when(at)
    hours = then.hour + then.minute / 60 + then.second / 3600
    return LEFT + (RIGHT - LEFT) * (hours - FROM_HOUR) / (TO_HOUR - FROM_HOUR)


def _share(rate: float) -> float:
    """Where a rate stands on the scale of trust."""
    return NONE + (ALL - NONE) * rate


def _day(at: Millis) -> str:
    then = _when(at)
    return f"{_WEEKDAYS[then.weekday()]} {then.day}"


# --- parts


def _text(x: float, y: float, words: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{named}>{escape(words)}</text>'


def _heading(tale: Story) -> Iterator[str]:
    yield _text(24, 34, tale.summary, "title")
    yield _text(24, 55, "One pattern in a made-up fortnight. A row is a day, from morning to evening.")
    for hour in range(FROM_HOUR, TO_HOUR + 1, 2):
        x = LEFT + (RIGHT - LEFT) * (hour - FROM_HOUR) / (TO_HOUR - FROM_HOUR)
        yield _text(x, TOP - 10, f"{hour}:00", "middle")
    yield _text(_share(SUGGEST_BOUND), TOP - 27, "surely right at least", "middle")
    for rate in (0.0, SUGGEST_BOUND, 1.0):
        yield _text(_share(rate), TOP - 10, f"{100 * rate:.0f} %", "middle")
    yield _text(WIDTH - 24, TOP - 27, "right", "end")
    yield _text(WIDTH - 24, TOP - 10, "so far", "end")


def _grid() -> Iterator[str]:
    for number in range(DAYS):
        day = START + timedelta(days=number)
        y = TOP + number * ROW
        yield _text(24, y + ROW / 2 + 4, f"{_WEEKDAYS[day.weekday()]} {day.day}")
        yield f'<path class="line" d="M24 {y}H{WIDTH - 24}"/>'
    yield f'<path class="line" d="M24 {BOTTOM}H{WIDTH - 24}M{NONE} {TOP}V{BOTTOM}M{ALL} {TOP}V{BOTTOM}"/>'
    yield f'<path class="bar" d="M{_share(SUGGEST_BOUND):g} {TOP}V{BOTTOM + 6}"/>'
    yield _text(_share(SUGGEST_BOUND), BOTTOM + 20, "asks beyond this line", "middle")


def _ticks(captures: Iterable[Millis]) -> Iterator[str]:
    """Yield a path for each day: a short stroke for every unit of width in which something was captured."""
    rows: dict[int, set[int]] = {}
    for at in captures:
        if LEFT <= _across(at) < RIGHT:
            rows.setdefault(_row(at), set()).add(int(_across(at)))
    for y, places in sorted(rows.items()):
        path, behind = f"M{LEFT} {y}", LEFT
        for x in sorted(places):
            path += f"m{x - behind} 0h1" if x > behind else "h1"
            behind = x + 1
        yield path


def _turning_point(words: str, at: Millis) -> Iterator[str]:
    """Yield a mark in its day, and a line under that day to its name."""
    x, y = _across(at), _row(at)
    yield f'<path class="turn" d="M{x:.1f} {y - ROW // 2}V{y + ROW // 2}H{RIGHT + 8}"/>'
    yield _text(RIGHT + 8, y + 4, words, "said")


def _marks(tale: Story) -> Iterator[str]:
    for at in tale.before:
        yield _mark(_across(at), _row(at), "seen", 5)
    for at, hit in tale.outcomes:
        yield _mark(_across(at), _row(at), "hit" if hit else "miss", 5)


def _mark(x: float, y: float, style: str, radius: float) -> str:
    return f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def _trust(tale: Story) -> Iterator[str]:
    """Yield the lower bound after each outcome, down the days, and what was counted by the end of each."""
    evidence, path = Evidence(), f"M{NONE} {_down(tale.found_at):.1f}"
    points: dict[bool, list[str]] = {True: [], False: []}
    counts: dict[int, Evidence] = {}
    for at, hit in tale.outcomes:
        evidence = evidence.plus(hit=hit)
        x, y = _share(evidence.lower_bound), _down(at)
        path += f"V{y:.1f}H{x:.1f}"
        points[hit].append(_mark(x, y, "hit" if hit else "miss", 3))
        counts[_row(at)] = evidence
    yield f'<path class="trust" d="{path}V{BOTTOM}"/>'
    yield from points[True] + points[False]
    for y, sum_ in counts.items():
        yield _text(WIDTH - 24, y + 4, f"{sum_.hits} of {sum_.hits + sum_.misses}", "end")


def _down(at: Millis) -> float:
    """Where a time stands from top to bottom: between the lines of its day."""
    return _row(at) + (_across(at) - (LEFT + RIGHT) / 2) / (RIGHT - LEFT) * ROW


def _legend() -> Iterator[str]:
    y = BOTTOM + 52
    yield f'<path class="ticks" d="M26 {y - 4}h1m2 0h1m3 0h2m2 0h1"/>'
    yield _text(46, y, "anything that was seen")
    yield _mark(212, y - 4, "seen", 5)
    yield _text(224, y, "it happened, not yet noticed")
    yield _mark(414, y - 4, "hit", 5)
    yield _text(426, y, "noticed, and foreseen rightly")
    yield _mark(616, y - 4, "miss", 5)
    yield _text(628, y, "foreseen, but you did not")


def main() -> None:
    """Draw it."""
    PICTURE.write_text(drawn(story()), encoding="utf-8")


if __name__ == "__main__":
    main()
