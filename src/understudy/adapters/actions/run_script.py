"""Runs a script: the very bytes that were approved, under limits; nothing of it runs on afterwards."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from understudy.adapters.one_line import one_line
from understudy.adapters.scripts.judging import find_folder, find_program, judged
from understudy.adapters.scripts.script import Ended, Limits, clean_environment, run_script
from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.value import Value
from understudy.errors import (
    ActionFailedError,
    InvalidInputError,
    StoppedError,
    TimedOutError,
    UnderstudyError,
)

LONGEST = 60.0
LARGEST = 256 << 10
"""Bytes of a script; more is a program, which belongs into a file of its own."""
WHAT = "The script"
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LARGEST_VARIABLES = 100 << 10
"""Characters; the system takes no more than 128 KiB of one variable."""


class Parameters(Value):
    """What to run, and where."""

    script: str = ""
    """The text itself; what was approved is what runs."""
    path: str = ""
    """In documents only: the file whose text is taken into `script` when the workflow is saved."""
    interpreter: tuple[str, ...] = ("/bin/sh",)
    """Program and arguments; the script comes last, as a file."""
    folder: str = ""
    """Where it runs; empty = the home folder."""
    environment: dict[str, str] = {}
    """Variables for it, in small letters: `$title`. The safe way in for texts of others: they stay data."""
    inverse: str = ""
    """A script that takes it back; empty = it cannot be taken back."""
    idempotent: bool = False
    """Whether running it twice leaves what running it once does."""
    timeout: float = LONGEST
    """Seconds, at most 60."""


SHELLS = frozenset({"sh", "bash", "dash"})
"""Interpreters that go without saying."""


class RunScript:
    """Runs the approved text of a script."""

    name: ClassVar[str] = "run_script"
    title: ClassVar[str] = "Run a script"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ("scripts",)
    needs_consent: ClassVar[bool] = True
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"script", "interpreter", "folder", "inverse"})
    secret: ClassVar[frozenset[str]] = frozenset({"environment"})

    def __init__(self, *, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def check(self, parameters: Parameters) -> Parameters:
        """Take the file's text into the parameters, and refuse what could never run."""
        if parameters.path:
            parameters = _with_file(parameters)
        if not parameters.script.strip():
            raise InvalidInputError("The script is empty", fix="Give `script`, or the `path` of a file")
        if len(parameters.script.encode("utf-8", "surrogatepass")) > LARGEST:
            raise InvalidInputError("The script is too long", f"It may have {LARGEST >> 10} KiB at most")
        _check_text(parameters)
        _check_environment(parameters.environment)
        if not parameters.interpreter or not parameters.interpreter[0]:
            raise InvalidInputError("No interpreter is given", fix='Use for example ["/bin/sh"]')
        if not 0 < parameters.timeout <= LONGEST:
            raise InvalidInputError("The time limit is not valid", f"It must be 1 to {LONGEST:.0f} seconds")
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Show the whole script and all it is given, line ends as signs: what is allowed must have been seen."""
        program = parameters.interpreter[0].rpartition("/")[2]
        plain = program in SHELLS and len(parameters.interpreter) == 1
        parts = [f"Run {'' if plain else f'with {_shown(parameters)}: '}`{one_line(parameters.script)}`"]
        if parameters.folder:
            parts.append(f"in {parameters.folder}")
        if parameters.environment:
            given = ", ".join(f"{name}={value!r}" for name, value in parameters.environment.items())
            parts.append(f"given {given}")
        if parameters.inverse:
            parts.append(f"(undo runs `{one_line(parameters.inverse)}`)")
        return one_line(" ".join(parts))

    def undo_preview(self, parameters: Parameters) -> str:
        """Say whether an inverse was declared."""
        if parameters.inverse:
            return "Undo runs the inverse script that was declared with it."
        return "What a script does cannot be taken back."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Believe what was declared with it."""
        return parameters.idempotent

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Nothing: it has no window and no terminal."""
        del parameters
        return ()

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether interpreter and folder are there."""
        del context
        if parameters.path:
            raise ActionFailedError(
                "The script was not read", "Only its path is known", "Save the workflow again"
            )
        _check_text(parameters)
        _check_environment(parameters.environment)
        find_program(parameters.interpreter[0], self._environment, WHAT)
        find_folder(parameters.folder, self._environment, WHAT)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Run it to its end."""
        del before
        ended = self._run(parameters.script, parameters, context)
        undo = {"script": parameters.inverse, "parameters": msgspec.to_builtins(parameters)}
        if not parameters.inverse:
            return Performed(output=ended.output, stays=True)
        return Performed(output=ended.output, undo=undo)

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Run the inverse; its exit code says whether the run was taken back."""
        try:
            parameters = msgspec.convert(undo["parameters"], Parameters)
            script = msgspec.convert(undo["script"], str)
        except (KeyError, msgspec.ValidationError):
            parameters, script = None, ""
        if parameters is None or not script.strip():
            return Undone(status=UndoStatus.REFUSED, text="This run has no inverse script.")
        try:
            self._run(script, parameters, context)
        except UnderstudyError as error:
            return Undone(status=UndoStatus.UNDO_FAILED, text=f"The inverse script failed: {error}")
        return Undone(status=UndoStatus.UNDONE, text="The inverse script ran to its end.")

    def _run(self, script: str, parameters: Parameters, context: ActionContext) -> Ended:
        if context.stop.is_set():
            raise StoppedError("The script was not started")
        seconds = min(parameters.timeout, context.deadline - time.monotonic())
        if seconds <= 0:
            raise TimedOutError("The script was not started", "No time was left for it")
        program = find_program(parameters.interpreter[0], self._environment, WHAT)
        ended = run_script(
            script.encode("utf-8"),
            (program, *parameters.interpreter[1:]),
            environment=parameters.environment | clean_environment(self._environment, context.run_id),
            folder=find_folder(parameters.folder, self._environment, WHAT),
            limits=Limits(seconds=seconds),
            stop=context.stop,
            emit=context.emit,
        )
        return judged(ended, seconds, WHAT)


def _with_file(parameters: Parameters) -> Parameters:
    if parameters.script:
        raise InvalidInputError("Both a script and a path are given", fix="Give one of them")
    path = Path(parameters.path).expanduser()
    try:
        with path.open("rb") as file:
            script = file.read(LARGEST + 1).decode("utf-8")
    except OSError as error:
        raise InvalidInputError(f"The script {path} cannot be read", error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not a script", "It is not UTF-8 text") from error
    return msgspec.structs.replace(parameters, script=script, path="")


def _check_text(parameters: Parameters) -> None:
    """Refuse what cannot be handed to a program: NUL, and surrogates that stand for no character."""
    given = (parameters.script, parameters.inverse, parameters.folder, *parameters.interpreter)
    for text in (*given, *parameters.environment.values()):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidInputError("The script is not valid text", "It holds NUL or half a character")


def _check_environment(variables: Mapping[str, str]) -> None:
    """Refuse names that change how programs work (PATH, LD_PRELOAD, https_proxy), and more than fits."""
    for name in variables:
        if not _VARIABLE.fullmatch(name) or name.endswith("_proxy"):
            why = "A variable for a script has 1 to 64 small letters, digits or underscores, as in $title"
            raise InvalidInputError(f"The script is given no variable {name}", why, "Rename it")
    if sum(map(len, variables.values())) > _LARGEST_VARIABLES:
        raise InvalidInputError(
            "The script is given too much", f"Its variables may have {_LARGEST_VARIABLES} characters"
        )


def _shown(parameters: Parameters) -> str:
    first = parameters.interpreter[0].rpartition("/")[2]
    return " ".join((first, *parameters.interpreter[1:]))


PLUGIN = RunScript
