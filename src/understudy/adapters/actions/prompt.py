"""Gives a text to the person's own assistant command, and shows what it answers while it answers."""

import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from understudy.adapters.one_line import one_line
from understudy.adapters.scripts.judging import find_folder, find_program, judged
from understudy.adapters.scripts.script import RUN, Limits, run_command
from understudy.config import Settings
from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.value import Value
from understudy.errors import InvalidInputError, StoppedError, TimedOutError

LONGEST = 900.0
LARGEST = 64 << 10
"""Characters of one prompt."""
WHAT = "The assistant command"
LIMITS = Limits(memory=0, processes=256, file_size=1 << 30)
"""As for scripts, but wider: assistants reserve far more memory than they use, and start programs themselves."""


class Parameters(Value):
    """What to ask, and whom."""

    text: str
    """Comes on the command's standard input."""
    command: tuple[str, ...] = ()
    """Program and arguments; empty = the one in the settings at the time the workflow is saved."""
    timeout: float = 300.0
    """Seconds, at most 900."""


class Prompt:
    """Asks the person's own assistant."""

    name: ClassVar[str] = "prompt"
    title: ClassVar[str] = "Ask your assistant"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.NONE
    needs: ClassVar[tuple[str, ...]] = ("scripts",)
    needs_consent: ClassVar[bool] = True
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"command", "text"})
    secret: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, environment: Mapping[str, str], settings: Callable[[], Settings]) -> None:
        self._environment = environment
        self._settings = settings

    def check(self, parameters: Parameters) -> Parameters:
        """Write down which command it is, so that this very one is allowed and run."""
        command = parameters.command or tuple(self._settings().assistant_command)
        if not command or not command[0].strip():
            raise InvalidInputError(
                "No assistant command is known",
                "A prompt is given to a program of yours",
                "Set it: understudy settings set assistant_command PROGRAM; or give `command`",
            )
        ready = msgspec.structs.replace(parameters, command=command)
        _check(ready)
        return ready

    def preview(self, parameters: Parameters) -> str:
        """Show the whole command and the whole text."""
        command = " ".join(parameters.command) or "your assistant command"
        return one_line(f"Give to `{one_line(command)}`: {one_line(parameters.text)}").rstrip(".")

    def undo_preview(self, parameters: Parameters) -> str:
        """Say that there is no way back."""
        del parameters
        return "What an assistant does cannot be taken back."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say no: nobody knows what it does."""
        del parameters
        return False

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Nothing that could be told before."""
        del parameters
        return ()

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether the command is there."""
        del context
        _check(parameters)
        find_program(parameters.command[0], self._environment, WHAT)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Run it to its end, with the text on its input and the person's own environment."""
        del before
        _check(parameters)
        if context.stop.is_set():
            raise StoppedError(f"{WHAT} was not started")
        seconds = min(parameters.timeout, context.deadline - time.monotonic())
        if seconds <= 0:
            raise TimedOutError(f"{WHAT} was not started", "No time was left for it")
        program = find_program(parameters.command[0], self._environment, WHAT)
        ended = run_command(
            (program, *parameters.command[1:]),
            parameters.text.encode(),
            environment={**self._environment, RUN: context.run_id},
            folder=find_folder("", self._environment, WHAT),
            limits=msgspec.structs.replace(LIMITS, seconds=seconds),
            stop=context.stop,
            emit=context.emit,
        )
        return Performed(output=judged(ended, seconds, WHAT).output)

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Say that there is no way back."""
        del undo, context
        return Undone(status=UndoStatus.REFUSED, text="What an assistant does cannot be taken back.")


def _check(parameters: Parameters) -> None:
    if not parameters.command:
        raise InvalidInputError("No assistant command is known", fix="Save the workflow again")
    if not parameters.text.strip() or len(parameters.text) > LARGEST:
        raise InvalidInputError("The prompt is not given", f"It must have 1 to {LARGEST} characters")
    for text in (parameters.text, *parameters.command):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidInputError("The prompt is not valid text", "It holds NUL or half a character")
    if not 0 < parameters.timeout <= LONGEST:
        raise InvalidInputError("The time limit is not valid", f"It must be 1 to {LONGEST:.0f} seconds")


PLUGIN = Prompt
