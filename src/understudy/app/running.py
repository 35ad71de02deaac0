"""A whole agent from start to end: lock, log, parts, API, tray; ended by Quit or a signal."""

import logging
import logging.handlers
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from types import FrameType

from understudy.adapters.lock import hold_lock
from understudy.adapters.memory import give_back, share_heap
from understudy.app.agent import LocalAgent
from understudy.app.parts import RealParts
from understudy.app.tasks import follow_folder
from understudy.config import Home, find_home
from understudy.core.ports import Capability
from understudy.engine.engine import Engine
from understudy.interfaces.activitywatch.server import WatcherServer
from understudy.interfaces.api.server import LocalApi
from understudy.interfaces.tray.faces import PICTURE
from understudy.interfaces.tray.tray import TrayIcon

log = logging.getLogger("understudy")

LOG_BYTES = 1_000_000


def run(*, headless: bool = False) -> int:
    """Run the agent until it is quit; returns the exit code. Raises AlreadyRunningError, StoreError."""
    started = time.monotonic()
    share_heap()
    home = find_home()
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_lock(home.lock):
        _write_log(home)
        return _Running(home, started).live(headless=headless)


class _Running:
    """One life of the agent in this process."""

    def __init__(self, home: Home, started: float) -> None:
        self._home = home
        self._started = started
        self._ended = threading.Event()
        self._tray: TrayIcon | None = None
        engine = Engine()
        self._parts = RealParts(home, engine, self.quit, probes=(self._own_capabilities,), icon=str(PICTURE))
        self._agent = LocalAgent(self._parts.build(), engine)
        self._api = LocalApi(self._agent, home.endpoint)
        self._watchers = WatcherServer(self._agent, lambda: engine.settings, self._api.token)

    def live(self, *, headless: bool) -> int:
        """Start, stay, and end cleanly whatever happens in between."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            self._parts.start()
            self._agent.start()
            follow_folder(self._parts.task_folder, self._agent, self._parts.workers)
            self._api.start()
            self._watchers.start()
            self._say_hello(headless=headless)
            give_back()
            self._stay(headless=headless)
        finally:
            self._watchers.stop()
            self._api.stop()
            self._agent.stop()
            self._parts.stop()
            log.info("ended")
        return 0

    def quit(self) -> None:
        """End the agent, from any thread."""
        self._ended.set()
        if self._tray is not None:
            self._tray.stop()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.quit()

    def _stay(self, *, headless: bool) -> None:
        if not headless:
            self._tray = TrayIcon(self._agent, self._open_log)
            if not self._ended.is_set():
                self._tray.run()
        self._ended.wait()

    def _own_capabilities(self) -> tuple[Capability, ...]:
        tray = self._tray or TrayIcon(self._agent, self._open_log)
        return (tray.availability(), self._watchers.availability())

    def _open_log(self) -> None:
        opener = {"win32": "notepad", "darwin": "open"}.get(sys.platform, "xdg-open")
        subprocess.Popen([opener, str(self._home.log)], stdin=subprocess.DEVNULL, start_new_session=True)

    def _say_hello(self, *, headless: bool) -> None:
        took = int((time.monotonic() - self._started) * 1000)
        log.info("ready after %d ms", took)
        _tell(f"Understudy is watching. Your data stays in {self._home.folder}")
        capabilities = self._agent.ask(lambda service: service.doctor()).capabilities
        for line in what_is_missing(one for one in capabilities if not (headless and one.name == "tray")):
            _tell(line)


def what_is_missing(capabilities: Iterable[Capability]) -> list[str]:
    """Return a line for each thing to do about what is missing, and one for what still works; none if all is well."""
    every = tuple(capabilities)
    missing: dict[str, list[Capability]] = {}
    for one in every:
        if not one.is_usable:
            missing.setdefault(one.fix or one.text, []).append(one)
    if not missing:
        return []
    lines = []
    for fix, group in missing.items():
        names = ", ".join(one.name.replace("_", " ") for one in group)
        why = f": {group[0].text.rstrip('.')}" if fix != group[0].text else ""
        lines.append(f"  missing: {names}{why}. {fix}")
    works = ", ".join(one.name.replace("_", " ") for one in every if one.is_usable)
    lines.append(f"  works: {works or 'nothing of the desktop'}; imports, command line and the local API")
    return lines


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _write_log(home: Home) -> None:
    handler = logging.handlers.RotatingFileHandler(
        home.log, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    home.log.chmod(0o600)
