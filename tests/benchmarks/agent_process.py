"""The agent as a process of its own, on a desktop with panel and notifications, and what the system says of it."""

import contextlib
import os
import re
import sys
import time
from pathlib import Path

from tests.e2e.desktop import Desktop
from tests.e2e.waiting import until


@contextlib.contextmanager
def office():
    """A desktop as a person has it: panel with a tray, a notification daemon, a shell history."""
    desktop = Desktop().start()
    try:
        desktop.start_notification_daemon("xfce4-notifyd")
        desktop.start_panel()
        (desktop.home / ".bash_history").write_text("ls\n")
        yield desktop
    finally:
        desktop.stop()


class AgentProcess:
    """`python -m understudy` from start to end; `seconds` until clients could find it, `own` as its log says."""

    def __init__(self, desktop):
        folder = Path(desktop.env["XDG_DATA_HOME"]) / "understudy"
        self._endpoint, self._log = folder / "agent.json", folder / "understudy.log"
        self._log.unlink(missing_ok=True)
        begun = time.perf_counter()
        self.program = desktop.spawn(sys.executable, "-m", "understudy")
        while not self._endpoint.exists():
            if not self.program.is_alive:
                raise ChildProcessError(self.program.output())
            time.sleep(0.001)
        self.seconds = time.perf_counter() - begun
        self.own = int(
            until(lambda: re.search(r"ready after (\d+) ms", self._log.read_text()), what="ready")[1]
        )

    @property
    def folder(self):
        """What the system tells of it."""
        return Path("/proc", str(self.program.pid))

    def memory(self):
        """Resident and private memory in MiB."""
        rollup = (self.folder / "smaps_rollup").read_text()
        found = {
            name: int(size) / 1024 for name, size in re.findall(r"^(\w+): +(\d+) kB$", rollup, re.MULTILINE)
        }
        return found["Rss"], found["Private_Clean"] + found["Private_Dirty"]

    def processor(self):
        """Seconds it has worked."""
        fields = (self.folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wakeups(self):
        """How often each of its threads has gone to sleep of its own."""
        counts = {}
        for task in (self.folder / "task").iterdir():
            status = (task / "status").read_text()
            counts[task.name] = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.MULTILINE)[1])
        return counts

    def stop(self):
        """End it as the person does when logging out."""
        self.program.ask_to_stop()
        self.program.wait()
        until(lambda: not self._endpoint.exists(), what="its address to be taken back")
