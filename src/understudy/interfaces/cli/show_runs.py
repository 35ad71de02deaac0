"""Runs as lines for people. Pure; the time comes in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from understudy.core.action import UndoStatus
from understudy.core.run import Run, RunStatus, StepRecord, StepStatus
from understudy.core.value import SECOND, Millis
from understudy.engine.views import RunCard
from understudy.interfaces.cli.layout import (
    Line,
    bad,
    facts,
    good,
    plain,
    quiet,
    strong,
    table,
    verbatim,
    warning,
)
from understudy.interfaces.plain import literal
from understudy.interfaces.words import RUN_WORDS, STEP_WORDS, moment, span

if TYPE_CHECKING:
    from understudy.engine.cases.runs import StepOutput, Trace

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

HAPPENED = {
    "wanted": "wanted",
    "started": "begun",
    "step_started": "begins",
    "step_ended": "ended",
    "waits": "waits until",
    "ended": "ended",
}
"""What a trace tells of -> the word before its text."""

SHOWN_LINES = 20
"""Lines of a step's output in `runs show`; `runs output` has all."""


def runs(answer: Iterable[RunCard], now: Millis) -> Iterator[Line]:
    """What was done, newest last."""
    rows = [
        (
            card.run.id,
            moment(card.run.started_at or card.run.created_at, now),
            f"{RUN_WORDS[card.run.status]}{_how_far(card.run.steps)}",
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
    yield from facts(
        (
            ("outcome", f"{RUN_WORDS[one.status]}{_how_far(one.steps)}{_lasted(one)}"),
            ("said", one.text),
            ("when", moment(one.started_at or one.created_at, now)),
            ("cause", " ".join(part for part in (one.cause.text, f"({one.cause.kind})") if part)),
            ("does the rest of", one.redoes),
            ("undo", " ".join(part for part in (undo, one.undo_text) if part)),
            ("you said", one.feedback),
        )
    )
    for step in one.steps:
        words = f"{STEP_WORDS[step.status]}{_how_far((step,))}"
        yield f"  {step.index + 1}. {words}: {literal(step.text or step.action)}"
        yield from (f"     {quiet('|')} {verbatim(line)}" for line in step.output.splitlines()[:SHOWN_LINES])
    yield from _next_step(one)


def _how_far(steps: Iterable[StepRecord]) -> str:
    """How far the first of them came that was done in part: " (57 of 200 characters)"."""
    return next((f" ({step.progress.text})" for step in steps if step.is_partly_done and step.progress), "")


def _next_step(one: Run) -> Iterator[Line]:
    """Yield what can be done about a run that has not ended."""
    if one.status is RunStatus.WAITING_APPROVAL:
        yield f"  {quiet('Say yes or no. See: understudy approvals')}"
    elif not one.status.is_final:
        yield f"  {quiet(f'End it with: understudy runs cancel {one.id}')}"


def _lasted(one: Run) -> str:
    """How long a run took; nothing for less than a second."""
    took = one.ended_at - (one.started_at or one.created_at)
    return f" in {span(took)}" if took >= SECOND else ""


def trace(answer: "Trace", now: Millis) -> Iterator[Line]:
    """What happened in a run, a line each, with the time between."""
    one = answer.run
    yield f"{strong(one.workflow.name)}  {quiet(one.id)}"
    places = {record.id: f"step {record.index + 1} " for record in one.steps}
    rows = [
        (
            moment(entry.at, now, seconds=True),
            f"{places.get(entry.step, '')}{HAPPENED.get(entry.what, entry.what)}",
            ": ".join(part for part in (entry.status.replace("_", " "), entry.text) if part),
        )
        for entry in answer.entries
    ]
    yield from table(rows, "Nothing has happened yet.", "  ")


def output(answer: "Iterable[StepOutput]", now: Millis) -> Iterator[Line]:
    """What each step has written; nothing for those that wrote nothing."""
    del now
    said = [step for step in answer if step.text]
    if not said:
        yield quiet("It has written nothing.")
    for step in said:
        yield _step_heading(step.step, step.action)
        yield from map(verbatim, step.text.splitlines())


def _step_heading(step: str, action: str = "") -> Line:
    return quiet(f"— {step} {action}".rstrip())


class LiveOutput:
    """Turns what is told of a run into whole lines, as they are finished."""

    def __init__(self) -> None:
        self._begun: dict[str, str] = {}
        self._step = ""

    def lines(self, kind: str, told: Mapping[str, Any]) -> Iterator[Line]:
        """Yield the lines that are whole now; with the end of the run the rest, and how it ended."""
        if kind == "output":
            step = str(told["step"])
            *whole, self._begun[step] = (self._begun.get(step, "") + str(told["text"])).split("\n")
            yield from self._of(step, whole)
        elif kind == "run":
            status = RunStatus(told["status"])
            if status.is_final:
                for step, rest in self._begun.items():
                    yield from self._of(step, [rest] if rest else [])
                yield f"{MARKS.get(status, '·')} {quiet(RUN_WORDS[status])}"

    def _of(self, step: str, lines: list[str]) -> Iterator[Line]:
        if lines and step != self._step:
            self._step = step
            yield _step_heading(step)
        yield from map(verbatim, lines)


def outcome(card: RunCard, now: Millis) -> Iterator[Line]:
    """What came of a run just started, or just ended."""
    del now
    one = card.run
    text = one.text or f"{one.workflow.name}: {RUN_WORDS[one.status]}"
    yield f"{MARKS.get(one.status, '·')} {plain(text)}"
    if one.status is RunStatus.WAITING_APPROVAL:
        yield from (f"  {plain(step.text)}" for step in one.steps if step.status is StepStatus.WAITING)
        yield f"  {quiet('See: understudy approvals')}"
    elif not one.status.is_final:
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


def judged(card: RunCard, now: Millis) -> Iterator[Line]:
    """What was kept of the person's word about a run."""
    del now
    learned = " It counts for what was learned." if card.run.workflow.pattern_id else ""
    yield f"{good('✓')} {plain(card.run.workflow.name)}: {plain(card.run.feedback)}.{learned}"
