"""What came of a run that was just started: looks until it has ended, and ends the command accordingly."""

import time
from collections.abc import Callable, Iterable

from understudy.core.action import UndoStatus
from understudy.core.run import RunStatus
from understudy.core.suggestion import Suggestion
from understudy.core.value import Millis
from understudy.engine.views import RunCard
from understudy.errors import ActionFailedError
from understudy.interfaces.cli import show, show_runs
from understudy.interfaces.cli.command import client
from understudy.interfaces.cli.layout import Line
from understudy.interfaces.words import RUN_WORDS

PATIENCE = 10.0
"""Seconds after which the command returns although the run goes on."""

BETWEEN_LOOKS = 0.1


def follow(run_id: str) -> RunCard:
    """Return the run once it has ended or waits for the person, or when patience ends.

    Raises ActionFailedError when it failed.
    """
    card = _look_until(run_id, _rests)
    run = card.run
    if run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.UNKNOWN):
        words = RUN_WORDS[run.status]
        raise ActionFailedError(
            f"{run.workflow.name}: {words}", run.text, f"See: understudy runs show {run.id}"
        )
    return card


def follow_undo(run_id: str) -> RunCard:
    """Return the run once it has been taken back. Raises ActionFailedError when that did not work."""
    card = _look_until(run_id, lambda card: card.run.undo_status is not UndoStatus.AVAILABLE)
    run = card.run
    if run.undo_status not in (UndoStatus.UNDONE, UndoStatus.AVAILABLE):
        words = show_runs.UNDO_WORDS.get(run.undo_status, run.undo_status.value)
        raise ActionFailedError(
            f"{run.workflow.name}: {words}", run.undo_text, f"See: understudy runs show {run.id}"
        )
    return card


def _rests(card: RunCard) -> bool:
    """Whether nothing more happens without the person."""
    return card.run.status.is_final or card.run.status is RunStatus.WAITING_APPROVAL


def _look_until(run_id: str, ended: Callable[[RunCard], bool]) -> RunCard:
    patience = time.monotonic() + PATIENCE
    while True:
        card = client().get(f"/api/runs/{run_id}", RunCard)
        if ended(card) or time.monotonic() > patience:
            return card
        time.sleep(BETWEEN_LOOKS)


def show_outcome(answer: RunCard | Suggestion, now: Millis) -> Iterable[Line]:
    """Lines for a yes: the run it started, or the answer where it started none."""
    return show_runs.outcome(answer, now) if isinstance(answer, RunCard) else show.answered(answer, now)
