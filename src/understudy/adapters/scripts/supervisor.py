"""The process above a script (Linux): sets its limits, adopts what it leaves behind, ends all of it together.

Started by path with `-I -S`, so it knows nothing of the package. It holds one socket to the agent; when that
closes, because the agent said stop or died, every process below it dies.

For root the kernel limits no number of processes, so a script could fork faster than anybody can kill; there it
runs in a process namespace, which the kernel ends as a whole.
"""

# mypy: disable-error-code="attr-defined"
# (Linux only: the names it takes from `os` and `signal` do not exist elsewhere)

import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

TICK = 0.1
"""How often processes are counted and orphans collected, in seconds."""
SET_PARENT_DEATH_SIGNAL, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVILEGES = 1, 36, 38
NEW_PROCESS_NAMESPACE = 0x20000000
NOT_STARTED = 127


def main() -> None:
    """Run one script as the JSON in the first argument says, and report how it ended over the socket."""
    order = json.loads(sys.argv[1])
    agent = socket.socket(fileno=order["socket"])
    agent.set_inheritable(False)
    _call("prctl", SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = _start_enclosed if order["enclosed"] else _start
    child, status = start(order)
    report = _watch(child, agent, order["processes"])
    left = _end_all()
    if report is None:
        report = json.loads(os.read(status, 100) or b"null") or {"how": "lost", "code": 0}
    if left > order["processes"]:
        report = {"how": "too_many_processes", "code": left}
    try:
        agent.send(json.dumps(report).encode())
    except OSError:
        sys.exit(1)  # the agent is gone; there is nobody to tell


def _call(name: str, *values: int) -> None:
    """Call a function of the C library that answers 0 when it worked."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*values):
        sys.exit(f"{name}: {os.strerror(ctypes.get_errno())}")


# --- starting ---------------------------------------------------------------------------------------------------


def _start(order: dict[str, Any]) -> tuple[int, int]:
    """Start the script under a process that waits for it; return that process and where it reports."""
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        _call("prctl", SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        child = os.fork()
        if child == 0:
            _become(order)
        os.write(writer, json.dumps(_wait(child)).encode())
        os._exit(0)
    os.close(writer)
    return parent, reader


def _start_enclosed(order: dict[str, Any]) -> tuple[int, int]:
    """Do the same in a namespace: the process that waits is its first, and takes all others with it."""
    _call("unshare", NEW_PROCESS_NAMESPACE)
    return _start(order)


def _wait(child: int) -> dict[str, Any]:
    """Wait for the script, collecting what is orphaned meanwhile."""
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return {"how": "ended", "code": code} if code >= 0 else {"how": "killed", "code": -code}


def _become(order: dict[str, Any]) -> None:
    """Turn this process into the script."""
    try:
        _call("prctl", SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        _call("prctl", SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)  # sudo would escape the signals that end the tree
        os.setsid()
        _limit(order["limits"])
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(order["folder"])
        os.execvp(order["argv"][0], order["argv"])  # noqa: S606 - there is no shell, which is the point
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
    finally:
        os._exit(NOT_STARTED)


def _limit(limits: dict[str, int]) -> None:
    import resource

    for name, value in limits.items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (allowed, allowed))


# --- watching ---------------------------------------------------------------------------------------------------


def _watch(child: int, agent: socket.socket, most: int) -> dict[str, Any] | None:
    """Wait for the end: None = the script ended, and left its report."""
    ended: Any = os.pidfd_open(child)
    while True:
        ready = select.select([ended, agent], [], [], TICK)[0]
        if agent in ready:
            return {"how": "stopped", "code": 0}
        if ended in ready:
            return None
        below = descendants(os.getpid())
        if len(below) - 1 > most:
            return {"how": "too_many_processes", "code": len(below) - 1}
        _collect_dead()


def descendants(root: int) -> dict[int, int]:
    """Return pid -> parent of everything alive below a process."""
    parents = dict(
        filter(None, map(_parent, filter(str.isdigit, (entry.name for entry in Path("/proc").iterdir()))))
    )
    below: dict[int, int] = {}
    layer = {root}
    while layer:
        layer = {pid for pid, parent in parents.items() if parent in layer and pid not in below}
        below |= {pid: parents[pid] for pid in layer}
    return below


def _parent(name: str) -> tuple[int, int] | None:
    try:
        stat = Path(f"/proc/{name}/stat").read_bytes()
    except OSError:
        return None
    state, parent = stat.rpartition(b")")[2].split()[:2]
    return None if state in (b"Z", b"X") else (int(name), int(parent))


# --- ending -----------------------------------------------------------------------------------------------------


def _end_all() -> int:
    """Freeze what is below, so that nothing forks on, kill and collect it; returns how many were seen."""
    left = descendants(os.getpid())
    seen: set[int] = set()
    children = {pid for pid, parent in left.items() if parent == os.getpid()}
    _signal(children, signal.SIGKILL)  # of a namespace this is the first process, and the end of all
    while _collect_dead():
        below = set(descendants(os.getpid()))
        _signal(below - seen, signal.SIGSTOP)
        if below <= seen:
            _signal(below, signal.SIGKILL)
        seen |= below
    return len(seen | left.keys())


def _signal(pids: set[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _collect_dead() -> bool:
    """Collect children that have ended; False = none are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    time.sleep(0.002)
    return True


if __name__ == "__main__":
    main()
