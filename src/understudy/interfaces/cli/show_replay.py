"""What was read of a log as lines for people: what would have been suggested, symbols, foresight. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from understudy.core.offers import offer_refusal
from understudy.core.pattern import PatternKind
from understudy.core.ports import BadRecord
from understudy.core.trust import suggest_bound
from understudy.core.value import DAY, SECOND, Millis
from understudy.core.wording import times_in_words
from understudy.core.workflow import Step
from understudy.engine.reading import Reading
from understudy.engine.replaying import Replayed, ReplayedPattern
from understudy.interfaces.cli.command import Foreseen
from understudy.interfaces.cli.layout import Line, facts, plain, quiet, strong, table
from understudy.interfaces.cli.replay_report import target_of
from understudy.interfaces.plain import literal, narrowed
from understudy.interfaces.words import MONTHS, count

_SHORTEST_BAR, _LONGEST_BAR = 8, 30
SHOWN = 40
"""Templates that are listed unless all are asked for."""
_VERBS = {
    "open_app": "Open {}",
    "open_url": "Open {}",
    "run_script": "Run `{}`",
    "type_text": "Type \u201c{}\u201d",
}


def progress(number: int, at: Millis, of: int, width: int) -> Line:
    """How far it is: a bar where it is known how much there is, and the day it is at; less on a narrow terminal."""
    room = max(1, width - 1)  # a full line would begin the next one
    day = f"up to {_day(at, 'UTC')}"
    if not of:
        return quiet(narrowed(f"{count(number, 'record')} read, {day}", room))
    share = min(1.0, number / of)
    told = f"{share:.0%}, {day}"
    bar = min(_LONGEST_BAR, room - len(f"[] 100%, {day}"))
    if bar < _SHORTEST_BAR:
        return quiet(narrowed(told, room))
    done = round(share * bar)
    return quiet(f"[{'#' * done}{'.' * (bar - done)}] {told}")


def replayed(found: Replayed, zone: str, *, everything: bool) -> Iterator[Line]:
    """What would have been suggested, best first; with `everything`, also what stayed in the shadow."""
    suggested = [each for each in found.patterns if each.is_suggested]
    watched = [each for each in found.patterns if not each.is_suggested]
    yield from _read(found, zone)
    yield ""
    if suggested:
        yield strong("What Understudy would have suggested:")
    else:
        yield strong("Understudy would not have suggested anything yet.")
        yield from map(quiet, _why_nothing(found, len(watched), everything=everything))
    for each in suggested:
        yield ""
        yield from _pattern(each, found, zone)
    if everything and watched:
        yield ""
        yield strong("Watched in silence:")
        for each in watched:
            yield ""
            yield from _pattern(each, found, zone)
    elif watched and suggested:
        yield ""
        yield quiet(f"{count(len(watched), 'pattern')} more stayed in the shadow; --all lists them.")
    yield ""
    yield quiet("Nothing was run, and nothing was kept.")


def _read(found: Replayed, zone: str) -> Iterator[Line]:
    days = f" from {_day(found.first, zone)} to {_day(found.last, zone)}" if found.captures else ""
    yield f"{count(found.captures, 'capture')}{days}, read in {found.seconds:.1f} s."
    yield from _left_out(found.private, found.bad, found.first_bad)


def _left_out(private: int, bad: int, first_bad: BadRecord | None) -> Iterator[Line]:
    if private:
        yield quiet(f"Left out as private: {private:,}.")
    if first_bad is not None:
        yield quiet(f"{count(bad, 'record')} could not be used. {first_bad.where}: {first_bad.why}.")


def _why_nothing(found: Replayed, watched: int, *, everything: bool) -> Iterator[str]:
    if found.captures and found.foreign == found.captures - found.private:
        yield "These are records of another program: they can be learned from, but not done for you."
    elif watched:
        yield "What was noticed has not been foreseen rightly often enough since."
    else:
        yield "Nothing in it came back more often than chance would have it. A longer log may show more."
    if watched and not everything:
        yield f"{count(watched, 'pattern')} stayed in the shadow; --all shows why."


def _pattern(each: ReplayedPattern, found: Replayed, zone: str) -> Iterator[Line]:
    pattern, evidence = each.state.pattern, each.state.evidence
    tried = evidence.hits + evidence.misses
    after = f"{_after(each.suggested_at - found.first)} ({_day(each.suggested_at, zone)})"
    yield strong(pattern.summary)
    yield from facts(
        (
            ("suggested", after if each.suggested_at else ""),
            ("proved", f"right {evidence.hits} of {times_in_words(tried)}" if tried else "not tried yet"),
            ("seen", f"{times_in_words(pattern.support)} on {count(pattern.days, 'day')}"),
            ("would do", "; ".join(map(_would_do, pattern.steps))),
            ("but", "" if each.is_suggested else _but(each)),
        )
    )


def _but(each: ReplayedPattern) -> str:
    """Why it is not suggested as the log ends."""
    refusal = offer_refusal(each.state)
    if refusal is not None:
        return refusal.text
    if each.suggested_at:
        return "It was not right often enough later"
    is_habit = each.state.pattern.kind is PatternKind.HABIT
    reached, needed = suggest_bound(each.state.evidence, is_habit=is_habit)
    return f"It is not sure enough yet: {reached:.2f} of {needed:.2f}"


def _would_do(step: Step) -> str:
    return _VERBS.get(step.action, step.action + " {}").format(literal(target_of(step) or "")).strip()


def _after(length: Millis) -> str:
    return f"after {count(length // DAY, 'day')}" if length >= DAY else "on the first day"


def _day(at: Millis, zone: str) -> str:
    then = datetime.fromtimestamp(at / SECOND, tz=UTC).astimezone(ZoneInfo(zone) if zone else None)
    return f"{then.day} {MONTHS[then.month - 1]} {then.year}"


def reading(found: Reading, *, everything: bool) -> Iterator[Line]:
    """Each template with how often it was seen and its first example, most frequent first."""
    rare = sum(each.is_rare for each in found.templates)
    yield (
        f"{count(found.captures, 'capture')} in {count(found.sessions, 'session')}: "
        f"{count(len(found.templates), 'different thing')}."
    )
    if rare:
        yield quiet(f"Seen too rarely to be part of a pattern (marked ·): {rare:,}.")
    if found.given_up:
        yield quiet(f"Rare ones that were forgotten, as there were too many: {found.given_up:,}.")
    if found.unseen:
        yield quiet(f"Telling only of coming and going, or of nothing: {found.unseen:,}.")
    yield from _left_out(found.private, found.bad, found.first_bad)
    yield ""
    shown = found.templates if everything else found.templates[:SHOWN]
    if shown:
        yield quiet("How often, what counts as the same, its wider kind, and the first one seen:")
    yield from table(
        (
            (
                f"{each.seen:,}",
                "·" if each.is_rare else "",
                each.symbol.template,
                each.symbol.coarse,
                _left(each.symbol.parameters),
                f"as {each.symbol.exact}" if each.symbol.exact != each.symbol.template else "",
            )
            for each in shown
        ),
        "Nothing in it tells what was done.",
    )
    if len(found.templates) > len(shown):
        yield quiet(f"{len(found.templates) - len(shown):,} more; --all lists them.")


def _left(parameters: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{kind}={value}" for kind, value in parameters)


def foreseen(found: Foreseen) -> Iterator[Line]:
    """How often the next event was foreseen."""
    yield f"{count(found.events, 'event')}. Guessed from those before it, the next one was"
    yield from facts(
        (
            ("the first guess", f"{found.hit_1:.1%}"),
            ("among the first five", f"{found.hit_5:.1%}"),
            ("mean of 1 / rank", f"{found.mrr:.3f}"),
        )
    )
    yield plain("Where it was surest, the first guess was right")
    yield from facts(
        (
            ("in the surest 5 %", f"{found.precision_5:.1%}"),
            ("in the surest 10 %", f"{found.precision_10:.1%}"),
        )
    )
