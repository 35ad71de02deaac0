"""Answers as lines for people: what was done, what is kept, how it is set. Pure; the time comes in."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from understudy.config import Settings
from understudy.core.action import UndoStatus
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.run import Run, RunStatus
from understudy.core.value import Millis
from understudy.engine.views import Imported, Purged, RunCard, Screened
from understudy.interfaces.cli.layout import Line, bad, facts, good, plain, quiet, strong, table, warning
from understudy.interfaces.cli.show import lasted
from understudy.interfaces.plain import literal
from understudy.interfaces.words import count, moment

MARKS = {
    RunStatus.COMPLETED: good("✓"),
    RunStatus.FAILED: bad("✗"),
    RunStatus.TIMED_OUT: bad("✗"),
    RunStatus.UNKNOWN: warning("?"),
}

UNDO_WORDS = {
    UndoStatus.UNDONE: "taken back",
    UndoStatus.PARTLY_UNDONE: "partly taken back",
    UndoStatus.UNDO_FAILED: "taking back failed",
    UndoStatus.EXPIRED: "can no longer be taken back",
    UndoStatus.REFUSED: "not taken back, something has changed since",
}


def runs(answer: Iterable[RunCard], now: Millis) -> Iterator[Line]:
    """What was done, newest last."""
    rows = [
        (
            card.run.id,
            moment(card.run.started_at or card.run.created_at, now),
            _status(card.run),
            UNDO_WORDS.get(card.run.undo_status, "can be undone" if card.may_undo else ""),
            card.run.workflow.name,
        )
        for card in answer
    ]
    yield from table(reversed(rows), "Nothing has been done yet.")


def run(card: RunCard, now: Millis) -> Iterator[Line]:
    """One run with its trace, from what caused it to what came of it."""
    one = card.run
    yield f"{MARKS.get(one.status, '·')} {strong(one.workflow.name)}  {quiet(one.id)}"
    undo = UNDO_WORDS.get(one.undo_status, "")
    if card.may_undo:
        undo = f"possible until {moment(card.undo_until, now)}: understudy undo {one.id}"
    started = one.started_at or one.created_at
    yield from facts(
        (
            ("outcome", f"{_status(one)}{lasted(one.ended_at - started) if one.ended_at else ''}"),
            ("said", one.text),
            ("when", moment(started, now)),
            ("cause", " ".join(part for part in (one.cause.text, f"({one.cause.kind})") if part)),
            ("undo", " ".join(part for part in (undo, one.undo_text) if part)),
        )
    )
    for step in one.steps:
        yield f"  {step.index + 1}. {step.status.value}: {literal(step.text or step.action)}"
        yield from (f"     {quiet('|')} {plain(line)}" for line in step.output.splitlines()[:20])


def outcome(card: RunCard, now: Millis) -> Iterator[Line]:
    """What came of a run just started."""
    del now
    one = card.run
    text = one.text or f"{one.workflow.name}: {_status(one)}"
    yield f"{MARKS.get(one.status, '·')} {plain(text)}"
    if not one.status.is_final:
        yield f"  {quiet(f'It goes on. See: understudy runs show {one.id}')}"
    elif card.may_undo:
        yield f"  {quiet(f'Take it back with: understudy undo {one.id}')}"


def undone(card: RunCard, now: Millis) -> Iterator[Line]:
    """What came of taking a run back."""
    del now
    one = card.run
    mark = good("✓") if one.undo_status is UndoStatus.UNDONE else bad("✗")
    words = UNDO_WORDS.get(one.undo_status, "is being taken back")
    yield f"{mark} {plain(one.workflow.name)}: {words}. {plain(one.undo_text)}".rstrip()


def _status(run: Run) -> str:
    return run.status.value.replace("_", " ")


def settings(answer: Settings, now: Millis) -> Iterator[Line]:
    """Every setting by the name under which it is set."""
    del now
    yield from facts(_flat(msgspec.to_builtins(answer)))


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, _said(value)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "(none)"
    return str(value)


def privacy(rules: PrivacyRules, now: Millis) -> Iterator[Line]:
    """What is left out, on top of what is never recorded."""
    del now
    yield strong("Not recorded, by your word")
    yield from facts(
        (
            ("apps", ", ".join(rules.apps) or "(none)"),
            ("titles", ", ".join(rules.titles) or "(none)"),
            ("urls", ", ".join(rules.urls) or "(none)"),
        )
    )
    yield strong("Recorded")
    yield from facts(
        (("window titles", _said(rules.record_titles)), ("typed phrases", _said(rules.record_phrases)))
    )
    yield quiet("  Password managers, password prompts and windows titled as private are not recorded.")


def screened(answer: Screened, now: Millis) -> Iterator[Line]:
    """What would be stored of a window."""
    del now
    if not answer.stored:
        yield f"{good('Not stored.')} {plain(answer.reason.text)}"
        return
    yield f"{warning('Stored.')} {plain(answer.reason.text)}"
    yield from facts((("app", answer.app), ("title", answer.title), ("url", answer.url)))


def imported(answer: Imported, now: Millis) -> Iterator[Line]:
    """What an import brought."""
    yield f"{good('✓')} {count(answer.added, 'capture')} added from {plain(answer.format)}"
    first, last = moment(answer.first_at, now), moment(answer.last_at, now)
    yield from facts(
        (
            ("known before", f"{answer.known:,}" if answer.known else ""),
            ("left out as private", f"{answer.private:,}" if answer.private else ""),
            ("unusable", f"{answer.bad:,}" if answer.bad else ""),
            ("from", f"{first} to {last}" if answer.first_at else ""),
            ("patterns now", f"{answer.patterns:,}"),
        )
    )
    yield from table([(one.where, one.why) for one in answer.examples], "", "  ") if answer.examples else ()


def purged(answer: Purged, now: Millis) -> Iterator[Line]:
    """What was deleted for good."""
    del now
    gone = (
        count(answer.captures, "capture"),
        count(answer.patterns, "pattern"),
        count(answer.workflows, "workflow"),
        count(answer.runs, "run"),
    )
    yield f"{good('✓')} Deleted for good: {', '.join(gone)}"
