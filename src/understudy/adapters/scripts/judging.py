"""What the end of a script or command means: its output, or an error in words; and what they need to begin."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from understudy.adapters.scripts.script import Ended, Ending
from understudy.errors import ActionFailedError, StoppedError, TimedOutError

LAST_LINES = 5


def judged(ended: Ended, seconds: float, what: str) -> Ended:
    """Return what ended well; raise for everything else. `what` begins the sentence: "The script"."""
    if ended.how is Ending.STOPPED:
        raise StoppedError(f"{what} was stopped", "Everything it had started was ended")
    if ended.how is Ending.TIMED_OUT:
        raise TimedOutError(f"{what} took too long", f"It was ended after {seconds:.0f} seconds")
    if ended.how is Ending.ENDED and ended.code == 0:
        return ended
    last = "\n".join(ended.output.rstrip().splitlines()[-LAST_LINES:])
    why = _why(ended)
    raise ActionFailedError(f"{what} failed", f"{why}: {last}" if last else why)


def _why(ended: Ended) -> str:
    return {
        Ending.KILLED: f"It was ended by signal {ended.code}",
        Ending.TOO_MUCH_OUTPUT: "It wrote more than 1 MiB, and was ended",
        Ending.TOO_MANY_PROCESSES: f"It had {ended.code} processes at once, and was ended",
        Ending.LOST: "What watched over it was ended; it may have done its work in part",
    }.get(ended.how, f"It ended with exit code {ended.code}")


def find_program(program: str, environment: Mapping[str, str], what: str) -> str:
    """Return where the program is; `what` needs it. Raises ActionFailedError."""
    found = shutil.which(program, path=environment.get("PATH", os.defpath))
    if found is None:
        title, fix = f"There is no program {program}", f"Install {program}, or change the workflow"
        raise ActionFailedError(title, f"{what} needs it", fix, nothing_happened=True)
    return found


def find_folder(name: str, environment: Mapping[str, str], what: str) -> Path:
    """Return the folder, the home folder where none is named. Raises ActionFailedError."""
    home = Path(environment.get("HOME") or Path.home())
    folder = Path(name.replace("~", str(home), 1) if name.startswith("~/") else name or home)
    if not folder.is_dir():
        title, fix = f"There is no folder {folder}", "Create it, or name another"
        raise ActionFailedError(title, f"{what} runs in it", fix, nothing_happened=True)
    return folder
