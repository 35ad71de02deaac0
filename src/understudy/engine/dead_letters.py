"""Runs that came to nothing: the list of them, tried again or set aside. They are written by `failing`."""

from collections.abc import Callable
from functools import partial

import msgspec

from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.run import Run
from understudy.engine.context import Context
from understudy.errors import ConflictError, NotFoundError

MOST = 10_000
"""Open ones that are looked through."""


def find(letter_id: str, context: Context) -> DeadLetter:
    """Return one of them, or raise NotFoundError."""
    letter = context.store.dead_letters.get(letter_id)
    if letter is None:
        raise NotFoundError(f"There is no dead letter {letter_id}", fix="See: understudy dead-letters")
    return letter


def find_open(letter_id: str, context: Context) -> DeadLetter:
    """Return one that nobody has seen to yet, or raise NotFoundError or ConflictError."""
    letter = find(letter_id, context)
    if letter.status is not DeadLetterStatus.OPEN:
        raise ConflictError(
            f"{letter_id} is settled already",
            f"It was {letter.status.value}",
            f"See: understudy dead-letters show {letter_id}",
        )
    return letter


def dismiss(letter_id: str, context: Context) -> DeadLetter:
    """Set one aside for good."""
    letter = msgspec.structs.replace(
        find_open(letter_id, context), status=DeadLetterStatus.DISMISSED, settled_at=context.now
    )
    context.store.dead_letters.put(letter)
    context.tell("dead_letter", {"id": letter.id, "status": letter.status.value})
    return letter


def open_letters(run_id: str, context: Context) -> list[DeadLetter]:
    """Return those of a run that nobody has seen to yet."""
    every = context.store.dead_letters.find(DeadLetterStatus.OPEN, MOST)
    return [letter for letter in every if letter.run_id == run_id]


def retried(run: Run, context: Context) -> list[Callable[[], None]]:
    """Return what settles the letters of the run that this one does again: to be stored with its start."""
    letters = open_letters(run.redoes, context) if run.redoes else []
    fields = {"status": DeadLetterStatus.RETRIED, "retried_by": run.id, "settled_at": context.now}
    settled = [msgspec.structs.replace(letter, **fields) for letter in letters]
    return [partial(context.store.dead_letters.put, letter) for letter in settled]
