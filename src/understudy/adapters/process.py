"""Starts programs apart from the agent, runs short ones, tells processes apart, ends them. Uses no shell."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from understudy.core.action import StopSignal
from understudy.core.value import Value
from understudy.errors import ActionFailedError, StoppedError, TimedOutError

STEP = 0.05
"""How often a wait looks at the stop signal, in seconds."""


class Started(Value):
    """A process, told apart from a later one with the same number."""

    pid: int
    birth: str
    """Opaque; equal only for one and the same process. Empty when it was over before it could be read."""


def start_detached(argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> Started:
    """Start a program in a session of its own, without our input and output, and return at once.

    Raises ActionFailedError when it cannot be started.
    """
    process = _spawn(argv, environment, folder)
    threading.Thread(target=process.wait, name=f"wait for {process.pid}", daemon=True).start()
    return Started(pid=process.pid, birth=birth_of(process.pid))


def run_briefly(
    argv: Sequence[str],
    environment: Mapping[str, str],
    *,
    seconds: float,
    stop: StopSignal | None = None,
    is_done: Callable[[int], bool] = lambda _: False,
) -> int | None:
    """Run a program to its end and return its exit code; None = `is_done`, asked with its pid, said yes.

    Raises TimedOutError or StoppedError, after ending it and what it started, or ActionFailedError.
    """
    process = _spawn(argv, environment, Path.home())
    deadline = time.monotonic() + seconds
    while True:
        try:
            return process.wait(STEP)
        except subprocess.TimeoutExpired:
            if is_done(process.pid):
                threading.Thread(target=process.wait, daemon=True).start()
                return None
            stopped = stop is not None and stop.is_set()
            if stopped or time.monotonic() > deadline:
                kill_tree(process.pid)
                process.wait()
                if stopped:
                    raise StoppedError(f"{argv[0]} was stopped") from None
                raise TimedOutError(f"{argv[0]} did not end within {seconds:.0f} seconds") from None


def _spawn(argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ActionFailedError(f"{argv[0]} could not be started", str(error)) from error


def birth_of(pid: int) -> str:
    """Return what tells this process from a later one with its number; empty = there is none."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
        except OSError:
            return ""
        fields = stat.rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    import psutil

    try:
        return str(psutil.Process(pid).create_time())
    except psutil.Error:
        return ""


def is_alive(started: Started) -> bool:
    """Whether this very process still runs."""
    return bool(started.birth) and birth_of(started.pid) == started.birth


def family(pid: int) -> tuple[int, ...]:
    """Return the process and all that descend from it, as far as the system still knows."""
    import psutil

    try:
        return (pid, *(child.pid for child in psutil.Process(pid).children(recursive=True)))
    except psutil.Error:
        return ()


def kill_tree(pid: int) -> None:
    """End a process and its descendants at once; held still first, so that none starts another."""
    import psutil

    for do in (psutil.Process.suspend, psutil.Process.kill):
        for number in family(pid):
            try:
                do(psutil.Process(number))
            except psutil.NoSuchProcess:
                continue


def end_group(started: Started, seconds: float) -> bool:
    """Ask a process and its group to end; return whether it is gone after at most `seconds`."""
    if is_alive(started):
        _terminate(started.pid)
    deadline = time.monotonic() + seconds
    while is_alive(started) and time.monotonic() < deadline:
        time.sleep(STEP)
    return not is_alive(started)


def _terminate(pid: int) -> None:
    import psutil

    if sys.platform != "win32":
        try:
            os.killpg(pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        return
    for number in reversed(family(pid)):
        try:
            psutil.Process(number).terminate()
        except psutil.NoSuchProcess:
            continue


def is_tagged(pid: int, variable: str, value: str) -> bool:
    """Whether a process carries this variable in the environment it was started with."""
    import psutil

    try:
        return bool(psutil.Process(pid).environ().get(variable) == value)
    except (psutil.Error, OSError):
        return False


def kill_tagged(variable: str, value: str) -> int:
    """End every process that carries this variable, wherever it hides; returns how many there were."""
    import psutil

    found = [pid for pid in psutil.pids() if pid != os.getpid() and is_tagged(pid, variable, value)]
    for pid in found:
        try:
            psutil.Process(pid).kill()
        except psutil.NoSuchProcess:
            continue
    return len(found)
