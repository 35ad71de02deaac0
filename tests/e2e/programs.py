"""Starts programs that cannot outlive the test: own process group, own log, killed with their parent."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

READY = "{ready}"
"""Stands in an argument for the number of the descriptor on which the program says that it is ready."""

READY_TIMEOUT = 20
STOP_TIMEOUT = 3


class Program:
    """One started program; it is killed when the thread that started it ends, however that ends."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.ready_line = ""
        read, write = os.pipe()
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                # (setpriv becomes the program: the pid is the program's own)
                ["setpriv", "--pdeathsig", "KILL", "--", *(part.replace(READY, str(write)) for part in argv)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env),
                pass_fds=(write,) if READY in " ".join(argv) else (),
                start_new_session=True,
            )
        os.close(write)
        try:
            if READY in " ".join(argv):
                self.ready_line = self._read_line(read)
        except (TimeoutError, ChildProcessError):
            self.kill()
            raise
        finally:
            os.close(read)

    @property
    def pid(self) -> int:
        """The process id, also the id of its group."""
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def output(self) -> str:
        """Everything it has written so far."""
        return self.log.read_text("utf-8", "replace")

    def wait(self, timeout: float = 10) -> int:
        """Wait for its end and return its exit code."""
        return self.process.wait(timeout)

    def kill(self) -> None:
        """End it and its group at once, as a crash does."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def ask_to_stop(self) -> None:
        """Ask its group to end, and come back at once."""
        self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask its group to end; kill it if it does not."""
        self.ask_to_stop()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: int) -> None:
        if self.is_alive:
            os.killpg(self.pid, number)

    def _read_line(self, descriptor: int) -> str:
        line, deadline = b"", time.monotonic() + READY_TIMEOUT
        while not line.endswith(b"\n"):
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                message = f"{self.process.args} did not get ready: {self.output()[-800:]}"
                raise TimeoutError(message)
            part = os.read(descriptor, 4096)
            if not part:
                message = f"{self.process.args} ended before it was ready: {self.output()[-800:]}"
                raise ChildProcessError(message)
            line += part
        return line.decode().strip()


class Programs:
    """The programs of one desktop, in the order they were started."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.started: list[Program] = []
        self.count = 0

    def start(self, argv: Sequence[str], env: Mapping[str, str]) -> Program:
        """Start one; wait until it is ready when an argument names the descriptor for it."""
        self.count += 1
        program = Program(argv, env=env, log=self.logs / f"{self.count:03}-{Path(argv[0]).name}.log")
        self.started.append(program)
        return program

    def stop_after(self, number: int) -> None:
        """Stop all but the first few, the latest first."""
        late = self.started[number:]
        del self.started[number:]
        for program in reversed(late):
            program.ask_to_stop()
        for program in reversed(late):
            program.stop()
