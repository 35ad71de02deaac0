"""What was seen and what repeats, as lines for people. Pure; the time comes in."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from understudy.core.capture import Capture
from understudy.core.pattern import Occurrence
from understudy.core.ports import StoredCapture
from understudy.core.store_queries import Count
from understudy.core.value import Millis
from understudy.interfaces.cli.layout import Line, facts, plain, quiet, strong, table
from understudy.interfaces.plain import cut
from understudy.interfaces.words import WEEKDAYS, count, moment, span

if TYPE_CHECKING:
    from understudy.engine.cases.patterns import PatternCard

LONGEST_APP = 24


def captures(answer: Iterable[StoredCapture], now: Millis) -> Iterator[Line]:
    """What was seen, newest last, so that it ends where the eye is."""
    rows = [(str(one.id), *_capture_row(one.capture, now)) for one in answer]
    yield from table(reversed(rows), "Nothing has been seen yet.")


def capture_line(capture: Capture, now: Millis) -> Line:
    """One capture as it comes in."""
    return "  ".join(part for part in map(plain, _capture_row(capture, now)) if part)


def _capture_row(capture: Capture, now: Millis) -> tuple[str, ...]:
    what = capture.title or capture.text
    seen = " ".join(part for part in (what, capture.url) if part)
    own = "(done by Understudy) " if capture.run_id else ""
    return moment(capture.at, now), capture.kind.value, cut(capture.app, LONGEST_APP), own + seen


def capture(answer: StoredCapture, now: Millis) -> Iterator[Line]:
    """All that is kept of one capture."""
    one = answer.capture
    yield f"{strong(one.title or one.app or one.kind.value)}  {quiet(str(answer.id))}"
    yield from facts(
        (
            ("when", moment(one.at, now)),
            ("kind", one.kind.value),
            ("app", one.app),
            ("title", one.title),
            ("address", one.url),
            ("text", one.text),
            ("lasted", span(one.lasted) if one.lasted else ""),
            ("seen by", one.source),
            ("counts as", answer.symbol.template),
            ("done by", f"Understudy, in run {one.run_id}" if one.run_id else ""),
        )
    )
    yield "  " + quiet(f"Delete it with: understudy captures delete {answer.id}")


def counts(answer: Iterable[Count], now: Millis) -> Iterator[Line]:
    """How much was seen of each."""
    del now
    rows = [
        (f"{one.captures:,}", span(one.lasted) if one.lasted else "", _named(one.key) or "(none)")
        for one in answer
    ]
    yield from table(rows, "Nothing has been seen yet.")


def _named(key: str) -> str:
    """Return a weekday by its name, anything else as it is."""
    return WEEKDAYS[int(key)] if key in tuple("0123456") else key


def patterns(answer: "Iterable[PatternCard]", now: Millis) -> Iterator[Line]:
    """What repeats, with how often predictions came true."""
    rows = [_pattern_row(card, now) for card in answer]
    yield from table(rows, "No pattern has been found yet. It takes some days of watching.")


def _pattern_row(card: "PatternCard", now: Millis) -> tuple[str, ...]:
    pattern = card.state.pattern
    seen = f"{count(pattern.support, 'time')}, {count(pattern.days, 'day')}"
    return pattern.id, seen, _record(card), moment(pattern.last_seen, now), pattern.summary


def _record(card: "PatternCard") -> str:
    evidence = card.state.evidence
    tried = evidence.hits + evidence.misses
    return f"right {evidence.hits} of {tried}" if tried else "not tried yet"


def pattern(card: "PatternCard", now: Millis) -> Iterator[Line]:
    """One pattern with its track record and what became of it."""
    one, stats = card.state.pattern, card.stats
    yield f"{strong(one.summary)}  {quiet(one.id)}"
    often = f", about {stats.per_week:.1f} a week" if stats and stats.per_week else ""
    became = f"{card.workflow_id} ({card.tier.value})" if card.tier else "nothing that could be done for you"
    yield from facts(
        (
            ("seen", f"{count(one.support, 'time')} on {count(one.days, 'day')}{often}"),
            ("first", moment(stats.first_seen, now) if stats else ""),
            ("last", moment(one.last_seen, now)),
            ("foreseen", _record(card)),
            ("workflow", became),
        )
    )
    yield "  " + quiet(f"See why with: understudy why {one.id}")


def occurrences(answer: Iterable[Occurrence], now: Millis) -> Iterator[Line]:
    """When a pattern was seen, newest last."""
    rows = [(moment(one.start, now), f"took {span(one.end - one.start)}") for one in answer]
    yield from table(reversed(rows), "It has not been seen yet.")
