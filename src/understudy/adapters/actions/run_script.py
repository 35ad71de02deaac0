"""Runs a script: the very bytes that were approved, under limits; nothing of it runs on afterwards."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from understudy.adapters.scripts.script import Ended, Ending, Limits, clean_environment, run_script
from understudy.core.action import (
    ActionContext,
    AfterCrash,
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
LAST_LINES = 5


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
    after_crash: ClassVar[AfterCrash] = AfterCrash.UNKNOWN
    needs: ClassVar[tuple[str, ...]] = ("scripts",)
    needs_consent: ClassVar[bool] = True
    exclusive: ClassVar[bool] = False

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
        if not parameters.interpreter or not parameters.interpreter[0]:
            raise InvalidInputError("No interpreter is given", fix='Use for example ["/bin/sh"]')
        if not 0 < parameters.timeout <= LONGEST:
            raise InvalidInputError("The time limit is not valid", f"It must be 1 to {LONGEST:.0f} seconds")
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Show the whole script, line ends as signs: what is allowed must have been seen."""
        script = _one_line(" \N{RETURN SYMBOL} ".join(parameters.script.strip().splitlines()))
        program = parameters.interpreter[0].rpartition("/")[2]
        return f"Run `{script}`" if program in SHELLS else f"Run with {program}: `{script}`"

    def undo_preview(self, parameters: Parameters) -> str:
        """Say whether an inverse was declared."""
        if parameters.inverse:
            return "Undo runs the inverse script that was declared with it."
        return "What a script does cannot be taken back."

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
        _find_interpreter(parameters.interpreter[0], self._environment)
        _folder(parameters.folder, self._environment)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Run it to its end."""
        del before
        ended = self._run(parameters.script, parameters, context)
        undo = {"script": parameters.inverse, "parameters": msgspec.to_builtins(parameters)}
        return Performed(output=ended.output, undo=undo if parameters.inverse else None)

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
        program = _find_interpreter(parameters.interpreter[0], self._environment)
        ended = run_script(
            script.encode("utf-8"),
            (program, *parameters.interpreter[1:]),
            environment=clean_environment(self._environment, context.run_id),
            folder=_folder(parameters.folder, self._environment),
            limits=Limits(seconds=seconds),
            stop=context.stop,
        )
        return _judged(ended, seconds)


def _judged(ended: Ended, seconds: float) -> Ended:
    """Return what ended well; raise for everything else."""
    last = "\n".join(ended.output.rstrip().splitlines()[-LAST_LINES:])
    if ended.how is Ending.STOPPED:
        raise StoppedError("The script was stopped", "Everything it had started was ended")
    if ended.how is Ending.TIMED_OUT:
        raise TimedOutError("The script took too long", f"It was ended after {seconds:.0f} seconds")
    why = {
        Ending.KILLED: f"It was ended by signal {ended.code}",
        Ending.TOO_MUCH_OUTPUT: "It wrote more than 1 MiB, and was ended",
        Ending.TOO_MANY_PROCESSES: f"It had {ended.code} processes at once, and was ended",
        Ending.LOST: "What watched over it was ended; it may have done its work in part",
        Ending.ENDED: f"It ended with exit code {ended.code}",
    }[ended.how]
    if ended.how is Ending.ENDED and ended.code == 0:
        return ended
    raise ActionFailedError("The script failed", f"{why}: {last}" if last else why)


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
    for text in (parameters.script, parameters.inverse, parameters.folder, *parameters.interpreter):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidInputError("The script is not valid text", "It holds NUL or half a character")


def _find_interpreter(program: str, environment: Mapping[str, str]) -> str:
    found = shutil.which(program, path=environment.get("PATH"))
    if found is None:
        raise ActionFailedError(
            f"There is no program {program}",
            "The script needs it as its interpreter",
            f"Install {program}, or change the interpreter",
        )
    return found


def _folder(name: str, environment: Mapping[str, str]) -> Path:
    home = Path(environment.get("HOME") or Path.home())
    folder = Path(name.replace("~", str(home), 1) if name.startswith("~/") else name or home)
    if not folder.is_dir():
        raise ActionFailedError(
            f"There is no folder {folder}", "The script runs in it", "Create it, or name another"
        )
    return folder


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


PLUGIN = RunScript
