"""Runs one script or command and tells how it ended: sealed bytes in, limits around it, its last words out."""

# mypy: disable-error-code="attr-defined"
# (Linux only: the names it takes from `os` do not exist elsewhere)

import contextlib
import json
import os
import secrets
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from understudy.adapters.process import STEP, kill_tagged, kill_tree
from understudy.adapters.scripts.output import Output
from understudy.core.action import StopSignal
from understudy.core.ports import Capability
from understudy.core.value import Value
from understudy.errors import ActionFailedError, CapabilityMissingError

RUN = "UNDERSTUDY_RUN"
"""Environment variable that tells a script which run it belongs to."""
MARK = "UNDERSTUDY_MARK"
"""Environment variable that marks every process of one script: branches of a run work side by side."""
PASSED_ON = ("PATH", "HOME", "LANG", "USER")
"""All that a script learns of the agent's environment."""
SUPERVISOR = Path(__file__).with_name("supervisor.py")
WHY_NOT_HERE = "Nothing here can be trusted to end everything a script has started. The other actions work."


class Limits(Value):
    """What one script may use."""

    seconds: float = 60.0
    """Wall clock; the processor time of each process has the same limit."""
    memory: int = 1 << 30
    """Address space of each process, in bytes; 0 = as much as there is."""
    processes: int = 64
    file_size: int = 64 << 20
    """Bytes of each file written."""
    output: int = 1 << 20
    """Bytes read of its output before it is ended."""
    kept: int = 64 << 10
    """Bytes kept of the beginning, and as many of the end."""


class Ending(StrEnum):
    """How a script came to its end."""

    ENDED = "ended"
    """By itself; `code` is its exit code."""
    KILLED = "killed"
    """By a signal, `code`."""
    STOPPED = "stopped"
    TIMED_OUT = "timed_out"
    TOO_MUCH_OUTPUT = "too_much_output"
    TOO_MANY_PROCESSES = "too_many_processes"
    LOST = "lost"
    """What watched over it was killed; everything that carried its mark was ended."""


class Ended(Value):
    """The end of a script."""

    how: Ending
    code: int = 0
    output: str = ""
    """Standard output and errors as they came, the middle left out where there was too much."""


def clean_environment(environment: Mapping[str, str], run_id: str) -> dict[str, str]:
    """Return the little that a script gets to know."""
    return {name: environment[name] for name in PASSED_ON if name in environment} | {RUN: run_id}


def capability() -> Capability:
    """Whether scripts can be run here."""
    if sys.platform == "linux":
        text = "Scripts run under limits, without a sandbox"
        return Capability(name="scripts", state="ready", text=text)
    return Capability(name="scripts", state="missing", text=WHY_NOT_HERE)


def run_script(
    script: bytes,
    interpreter: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    limits: Limits,
    stop: StopSignal,
    emit: Callable[[str], None] = lambda _: None,
    enclosed: bool | None = None,
) -> Ended:
    """Run the bytes and return when every process they started is gone.

    `environment` is all the script gets, and our mark. `emit` is told its output as it comes. `enclosed` = in
    a process namespace, which takes root; None = for root only. Raises ActionFailedError when nothing could be started.
    """
    with _sealed(script) as sealed:
        work = _Work(
            argv=(*interpreter, f"/proc/self/fd/{sealed}"),
            file=sealed,
            environment=environment,
            folder=folder,
        )
        return _supervised(work, limits, stop, emit, enclosed=enclosed)


def run_command(
    command: Sequence[str],
    text: bytes,
    *,
    environment: Mapping[str, str],
    folder: Path,
    limits: Limits,
    stop: StopSignal,
    emit: Callable[[str], None],
) -> Ended:
    """Run a command with the text on its standard input; all else is as with a script."""
    with _sealed(text) as sealed:
        work = _Work(argv=tuple(command), file=sealed, environment=environment, folder=folder, is_input=True)
        return _supervised(work, limits, stop, emit)


class _Work(Value):
    """What is to be run, and where."""

    argv: tuple[str, ...]
    file: int
    """Descriptor of the sealed bytes."""
    environment: Mapping[str, str]
    folder: Path
    is_input: bool = False
    """Whether the bytes are its standard input; else it opens them itself."""


def _supervised(
    work: _Work,
    limits: Limits,
    stop: StopSignal,
    emit: Callable[[str], None],
    *,
    enclosed: bool | None = None,
) -> Ended:
    with Output(limits.output, limits.kept, emit) as output, contextlib.ExitStack() as stack:
        order = {
            "argv": work.argv,
            "folder": str(work.folder),
            "processes": limits.processes,
            "limits": _resource_limits(limits),
            "enclosed": os.geteuid() == 0 if enclosed is None else enclosed,
        }
        mark = secrets.token_hex(8)
        try:
            run = _start(order, work, output.writer, mark)
        except OSError as error:
            raise ActionFailedError(
                f"{work.argv[0]} could not be started", str(error), nothing_happened=True
            ) from error
        stack.callback(run.close)
        stack.callback(kill_tagged, MARK, mark)
        output.close_writer()
        how = _follow(run, output, stop, time.monotonic() + limits.seconds)
        ended = run.end(how)
        output.read_rest()
        return Ended(how=ended.how, code=ended.code, output=output.text)


def _follow(run: "_Run", output: Output, stop: StopSignal, deadline: float) -> Ending | None:
    """Read the output until something ends the script; None = it ended by itself."""
    while True:
        sources: list[Any] = [run.agent, output.reader] if output.is_open else [run.agent]
        ready = select.select(sources, [], [], STEP)[0]
        if output.reader in ready and not output.read():
            return Ending.TOO_MUCH_OUTPUT
        if run.agent in ready:
            return None
        if stop.is_set():
            return Ending.STOPPED
        if time.monotonic() > deadline:
            return Ending.TIMED_OUT


class _Run:
    """A script at work, with the socket to what watches over it."""

    def __init__(self, process: subprocess.Popen[bytes], agent: socket.socket) -> None:
        self.process = process
        self.agent = agent

    def end(self, how: Ending | None) -> Ended:
        """End it unless it has ended, wait until all of it is gone, and say how it was."""
        if how is not None:
            self.agent.shutdown(socket.SHUT_WR)
        self.agent.settimeout(6)
        try:
            report = json.loads(self.agent.recv(4096) or b"{}")
        except (OSError, ValueError):
            report = {}
        if how is not None:
            return Ended(how=how)
        if not report:
            return Ended(how=Ending.LOST)
        return Ended(how=Ending(report["how"]), code=report["code"])

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        self.agent.close()
        try:
            self.process.wait(6)
        except subprocess.TimeoutExpired:
            kill_tree(self.process.pid)
            self.process.wait()


def _start(order: dict[str, Any], work: _Work, output: int, mark: str) -> _Run:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(SUPERVISOR),
                    json.dumps(order | {"socket": theirs.fileno()}),
                ],
                stdin=work.file if work.is_input else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**work.environment, MARK: mark},
                pass_fds=(work.file, theirs.fileno()),
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
    return _Run(process, ours)


def _resource_limits(limits: Limits) -> dict[str, int]:
    """Return limits by name. RLIMIT_NPROC counts all that the person runs, and limits nothing for root."""
    memory = {"RLIMIT_AS": limits.memory} if limits.memory else {}
    return memory | {
        "RLIMIT_CPU": max(1, int(limits.seconds)),
        "RLIMIT_FSIZE": limits.file_size,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": _threads_of_person() + limits.processes,
    }


def _threads_of_person() -> int:
    """Count what RLIMIT_NPROC counts already: every thread of this user."""
    count = 0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                count += len(list((entry / "task").iterdir()))
    return count


@contextlib.contextmanager
def _sealed(script: bytes) -> Iterator[int]:
    """Yield a descriptor of exactly these bytes, which nobody can change any more."""
    if sys.platform != "linux":
        raise CapabilityMissingError("Scripts are not run on this system", WHY_NOT_HERE)
    import fcntl

    descriptor = os.memfd_create("script", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(script)
        os.lseek(descriptor, 0, os.SEEK_SET)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        yield descriptor
    finally:
        os.close(descriptor)
