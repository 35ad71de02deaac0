"""Starts runs, looks until they have ended, and ends the command accordingly."""

import time
from collections.abc import Callable, Iterable

from understudy.core.action import UndoStatus
from understudy.core.run import Run, RunStatus, StepStatus
from understudy.core.suggestion import Suggestion
from understudy.core.value import Millis
from understudy.engine.views import RunCard
from understudy.errors import ActionFailedError, StoppedError
from understudy.interfaces.cli import show, show_runs
from understudy.interfaces.cli.command import client
from understudy.interfaces.cli.layout import Line
from understudy.interfaces.words import RUN_WORDS

PATIENCE = 10.0
"""Seconds after which the command returns although the run waits for its turn or for a time."""

BETWEEN_LOOKS = (0.1, 1.0)
"""Seconds, at first and after a while."""


def execute(path: str, *, consent: bool, wait: bool = True) -> RunCard:
    """Start what is found there, and `follow` its run; without `wait` return it as it begins."""
    begun = client().post(path, Run, consent=consent, wait=False)
    return follow(begun.id) if wait else client().get(f"/api/runs/{begun.id}", RunCard)


def follow(run_id: str) -> RunCard:
    """Return the run once it has ended or waits, however long it works. Ctrl-C ends the looking, not the run.

    Raises ActionFailedError when it failed, StoppedError after Ctrl-C.
    """
    try:
        card = _look_until(run_id, _rests, _is_at_work)
    except KeyboardInterrupt:
        raise StoppedError(
            "It is not waited for any longer",
            f"The run {run_id} goes on",
            f"Follow it: understudy runs output {run_id} --follow. End it: understudy runs cancel {run_id}",
        ) from None
    run = card.run
    if run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.UNKNOWN):
        words = RUN_WORDS[run.status]
        raise ActionFailedError(
            f"{run.workflow.name}: {words}", run.text, f"See: understudy runs show {run.id}"
        )
    return card


def follow_undo(run_id: str) -> RunCard:
    """Return the run once it has been taken back. Raises ActionFailedError when that did not work."""
    card = _look_until(run_id, lambda card: card.run.undo_status is not UndoStatus.AVAILABLE, lambda _: False)
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


def _is_at_work(card: RunCard) -> bool:
    """Whether a step is at work, or about to be: none of the others waits for a time."""
    steps = {step.status for step in card.run.steps}
    is_waiting = StepStatus.WAITING in steps and StepStatus.INTENT not in steps
    return card.run.status is RunStatus.RUNNING and not is_waiting


def _look_until(
    run_id: str, ended: Callable[[RunCard], bool], is_patient: Callable[[RunCard], bool]
) -> RunCard:
    """Return the run once it has ended, or after `PATIENCE` in which there was no reason to be patient."""
    patience, (pause, longest) = time.monotonic() + PATIENCE, BETWEEN_LOOKS
    while True:
        card = client().get(f"/api/runs/{run_id}", RunCard)
        if is_patient(card):
            patience = time.monotonic() + PATIENCE
        if ended(card) or time.monotonic() > patience:
            return card
        time.sleep(pause)
        pause = min(pause * 1.1, longest)


def show_outcome(answer: RunCard | Suggestion, now: Millis) -> Iterable[Line]:
    """Lines for a yes: the run it started, or the answer where it started none."""
    return show_runs.outcome(answer, now) if isinstance(answer, RunCard) else show.answered(answer, now)
