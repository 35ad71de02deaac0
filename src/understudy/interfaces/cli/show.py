"""Answers as lines for people: what waits, why, and workflows. Pure; the time comes in."""

from collections.abc import Iterable, Iterator

from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import Millis
from understudy.core.workflow import Lifecycle, Workflow
from understudy.engine.views import SuggestionCard, Why, WorkflowCard
from understudy.interfaces.cli.layout import Line, facts, hanging, plain, quiet, strong, table, warning
from understudy.interfaces.plain import literal
from understudy.interfaces.words import count, moment

ANSWERED = {
    SuggestionStatus.WAITING: "waits",
    SuggestionStatus.APPROVED: "you said yes",
    SuggestionStatus.NEVER: "you said never",
    SuggestionStatus.EXPIRED: "nobody answered",
    SuggestionStatus.WITHDRAWN: "no longer needed",
}


TIMES = ("at", "until")
"""Values behind a reason that are times; without one, only a word of the person ends it."""


def suggestions(answer: Iterable[SuggestionCard], now: Millis) -> Iterator[Line]:
    """What waits for a word from the person."""
    cards = list(answer)
    if not cards:
        yield quiet("Nothing waits for you.")
    for card in cards:
        yield from suggestion_card(card, now)
        yield ""


def suggestion_card(card: SuggestionCard, now: Millis) -> Iterator[Line]:
    """One suggestion with what is needed to decide on it: every literal that would be used."""
    one = card.suggestion
    yield f"{strong(one.title)}  {quiet(one.id)}"
    for line in filter(str.strip, one.body.splitlines()):
        yield from hanging("  ", plain(line), 2)
    yield from (f"  {number}. {literal(step)}" for number, step in enumerate(card.plan, start=1))
    if card.undo and card.undo not in one.body:
        yield f"  {quiet(card.undo)}"
    if one.status is SuggestionStatus.WAITING:
        asked = quiet("asked" if one.is_approval else "offered")
        yield f"  {asked} {moment(one.offered_at, now)}  →  understudy approve {plain(one.id)}, or refuse"
        if card.waits:
            yield from hanging("  ", quiet(f"In this list only: {plain(card.waits)}"), 2)
    else:
        when = f" {moment(one.answered_at, now)}" if one.answered_at else ""
        yield f"  {quiet(_status_words(one))}{when}"


def _status_words(one: Suggestion) -> str:
    no = "you said no" if one.is_approval else "not now"
    words = {SuggestionStatus.NOT_NOW: no, **ANSWERED}[one.status]
    return f"{words} ({one.answered_by})" if one.answered_by else words


def answered(answer: Suggestion, now: Millis) -> Iterator[Line]:
    """What came of an answer that started nothing."""
    del now
    refused = (
        "No. The run ends there" if answer.is_approval else "Not now. It may be offered again another day"
    )
    said = {
        SuggestionStatus.NOT_NOW: refused,
        SuggestionStatus.NEVER: "Never. It will not be offered again",
        SuggestionStatus.APPROVED: "Approved",
    }
    yield f"{said.get(answer.status, _status_words(answer))}: {plain(answer.title)}"


def why(answer: Why, now: Millis) -> Iterator[Line]:
    """The reasons behind one thing, and the values they were decided on."""
    if answer.verdict.startswith(answer.subject):
        yield strong(answer.verdict)
    else:
        yield f"{strong(answer.subject)}: {plain(answer.verdict)}"
    for reason in answer.reasons:
        yield from hanging("  • ", plain(reason.text), 4)
        seen = ", ".join(
            f"{name} {_said(name, value, now)}" for name, value in reason.seen.items() if value != ""
        )
        if seen:
            yield f"    {quiet(seen)}"


def _said(name: str, value: object, now: Millis) -> str:
    """Return a value as people say it."""
    if name in TIMES:
        return moment(value, now) if isinstance(value, int) and value else "you say otherwise"
    return str(value)


def workflows(answer: Iterable[WorkflowCard], now: Millis) -> Iterator[Line]:
    """Every workflow in a line."""
    rows = [
        (
            card.workflow.id,
            card.workflow.tier.value,
            _state(card.workflow, now),
            f"{count(card.runs, 'run')}, last {moment(card.last_run_at, now)}"
            if card.runs
            else "not run yet",
            card.workflow.name,
        )
        for card in answer
    ]
    yield from table(rows, "No workflow yet.")


def _state(one: Workflow, now: Millis) -> str:
    """Return what keeps a workflow from being fired; nothing where it listens."""
    if one.lifecycle is not Lifecycle.ACTIVE:
        return one.lifecycle.value
    return "snoozed" if one.snoozed_until > now else ""


def workflow(card: WorkflowCard, now: Millis) -> Iterator[Line]:
    """One workflow in full: every literal of every step."""
    one = card.workflow
    may_rise = card.may_auto or one.is_manual_only
    yield f"{strong(one.name)}  {quiet(one.id)}"
    yield from facts(
        (
            ("when", card.when),
            ("next", card.next_run),
            ("tier", one.tier.value + ("" if may_rise else " (auto is not earned yet)")),
            ("state", one.lifecycle.value),
            ("snoozed", f"until {moment(one.snoozed_until, now)}" if one.snoozed_until > now else ""),
            ("note", one.note),
            ("origin", one.origin.value),
            ("pattern", one.pattern_id),
            ("runs", f"{card.runs:,}, last {moment(card.last_run_at, now)}" if card.runs else "none yet"),
        )
    )
    yield from (f"  {number}. {literal(step)}" for number, step in enumerate(card.plan, start=1))
    yield from (warning(f"  ! {plain(each)}") for each in card.warnings)


def demo(
    found: Iterable[SuggestionCard], whys: Iterable[Why], watched: Iterable[Why], now: Millis
) -> Iterator[Line]:
    """What the demo would have offered, in the order of time, and why; then what it still watches."""
    yield strong("What Understudy would have offered in this made-up fortnight:")
    for card, one in zip(found, whys, strict=True):
        yield ""
        yield f"{quiet(moment(card.suggestion.offered_at, now))}  {strong(card.suggestion.title)}"
        plan = "; ".join(map(literal, card.plan))
        yield from facts((*_record(card.workflow_name, one), ("would do", plan), ("undo", card.undo)))
    for number, one in enumerate(watched):
        if not number:
            yield ""
            yield strong("Still watched in silence:")
        yield from facts(_record(one.subject, one))
    yield ""
    yield quiet("Nothing was run, and nothing was kept. Start with: understudy run")


def _record(subject: str, one: Why) -> Iterator[tuple[str, str]]:
    """What was noticed, how often, and how well it was foreseen since."""
    yield "noticed", subject
    codes = {"repeated": "how often", "track_record": "proved"}
    yield from ((codes[reason.code], reason.text) for reason in one.reasons if reason.code in codes)
