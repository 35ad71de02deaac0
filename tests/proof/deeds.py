"""What a victim is made of: actions whose effects can be counted from outside, one line in a file each."""

import os
import threading
from pathlib import Path

from understudy.core.action import Performed, Reversibility, Undone, UndoStatus
from understudy.core.ports import Capability
from understudy.core.value import Value
from understudy.errors import ActionFailedError


def write_line(path, line):
    """Append one line with a single system call: it is there as a whole, or not at all."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)


def lines_of(path):
    """All lines of the file, none where there is no file."""
    return path.read_text().splitlines() if path.exists() else []


class Nothing(Value):
    """No parameters."""


class Line:
    """Writes `NAME TAG`; undone it writes `undo NAME TAG`, and refuses to do so twice."""

    title = "Write a line"
    parameters = Nothing
    reversibility = Reversibility.INVERSE
    needs = ()
    needs_consent = exclusive = False
    literal = secret = frozenset()

    def __init__(self, name: str, path: Path, *, idempotent: bool = False) -> None:
        self.name = name
        self._path = path
        self._idempotent = idempotent

    def check(self, parameters):
        return parameters

    def preview(self, parameters):
        return f"Write {self.name}"

    def undo_preview(self, parameters):
        return "Undo writes a line against it."

    def is_idempotent(self, parameters):
        return self._idempotent

    def expects(self, parameters):
        return ()

    def prepare(self, parameters, context):
        return {}

    def perform(self, parameters, context, before):
        write_line(self._path, f"{self.name} {context.tag}")
        return Performed(output="written", undo={"line": f"{self.name} {context.tag}"})

    def undo(self, undo, context):
        line = f"undo {undo['line']}"
        if line in lines_of(self._path):
            return Undone(status=UndoStatus.REFUSED, text="It is taken back already.")
        write_line(self._path, line)
        return Undone(status=UndoStatus.UNDONE)


class Flaky(Line):
    """Fails the first time in the life of a process, before anything has happened; then as `Line`."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, path)
        self._tried = set()
        self._lock = threading.Lock()

    def perform(self, parameters, context, before):
        with self._lock:
            is_first = context.tag not in self._tried
            self._tried.add(context.tag)
        if is_first:
            raise ActionFailedError("It did not work", "The first time never does", nothing_happened=True)
        return super().perform(parameters, context, before)


class LineNotifier:
    """Keeps the `Notifier` port by writing `notify KEY`; nobody presses anything."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def show(self, notice, ended=None):
        write_line(self._path, f"notify {notice.key}")

    def close(self, key):
        return f"notify {key}" in lines_of(self._path)

    def availability(self):
        return (Capability(name="notifications", state="ready"),)


class ThreadScheduler:
    """Keeps the `Scheduler` port with one thread and nothing to load."""

    def __init__(self, clock, callback):
        self._clock = clock
        self._callback = callback
        self._due = {}
        self._changed = threading.Condition()

    def start(self):
        threading.Thread(target=self._run, name="scheduler", daemon=True).start()

    def wake(self, key, at):
        with self._changed:
            self._due[key] = at
            self._changed.notify()

    def cancel(self, key):
        with self._changed:
            self._due.pop(key, None)

    def refresh(self):
        with self._changed:
            self._changed.notify()

    def _run(self):
        while True:
            self._callback(self._next())

    def _next(self):
        with self._changed:
            while True:
                now = self._clock.now()
                key = min(self._due, key=self._due.__getitem__, default="")
                if key and self._due[key] <= now:
                    del self._due[key]
                    return key
                self._changed.wait((self._due[key] - now) / 1000 if key else None)
