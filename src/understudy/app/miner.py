"""Mining in a process of its own, so that numpy never enters the agent's memory and the engine is never held."""

import subprocess
import sys
import threading
from collections.abc import Sequence

import msgspec

from understudy.core.pattern import Pattern
from understudy.detectors.history import Frozen
from understudy.detectors.setting import Setting
from understudy.errors import StoppedError, UnderstudyError

SECONDS = 120.0
"""Longest time for one mining."""
MINE = (sys.executable, "-P", "-m", "understudy.app.mine_once")
"""Whatever folder the agent was started in, nothing is imported from there."""
_WORDS = 500
"""Characters of a child's last words that are told."""


class MiningFailedError(UnderstudyError):
    """The process that mines did not give an answer."""


class Miner:
    """Mines one history after another, each in a fresh process; `stop` ends them, from any thread."""

    def __init__(self, argv: Sequence[str] = MINE, seconds: float = SECONDS) -> None:
        self._argv, self._seconds = tuple(argv), seconds
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False

    def mine(self, frozen: Frozen, setting: Setting) -> tuple[Pattern, ...]:
        """Return what is repeated. Blocks; raises MiningFailedError, or StoppedError once told to stop."""
        answer = self._ask(msgspec.msgpack.encode((frozen, setting)))
        try:
            return msgspec.msgpack.decode(answer, type=tuple[Pattern, ...])
        except msgspec.DecodeError as error:
            raise MiningFailedError("The mining gave no answer that can be read", str(error)) from error

    def stop(self) -> None:
        """End what is at work, and start nothing more."""
        with self._lock:
            self._is_stopped = True
            for child in self._children:
                child.kill()

    def _ask(self, question: bytes) -> bytes:
        child = self._start()
        try:
            answer, words = child.communicate(question, self._seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            child.communicate()
            raise MiningFailedError(f"The mining took over {self._seconds:g} seconds") from error
        finally:
            with self._lock:
                self._children.discard(child)
        if self._is_stopped:
            raise StoppedError("The mining was stopped")
        if child.returncode:
            said = words.decode("utf-8", "replace").strip()[-_WORDS:]
            raise MiningFailedError(f"The mining ended with code {child.returncode}", said)
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_stopped:
                raise StoppedError("Nothing new is mined", "Understudy is ending")
            try:
                child = subprocess.Popen(
                    self._argv,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    creationflags=_NO_WINDOW,
                )
            except OSError as error:
                raise MiningFailedError("The mining could not be started", str(error)) from error
            self._children.add(child)
            return child


_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows a console program would open a window."""
