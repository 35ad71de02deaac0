"""The real parts: which class stands behind each port on this machine."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from understudy.adapters.applications import Applications
from understudy.adapters.autostart import find_autostart
from understudy.adapters.clock import SystemClock
from understudy.adapters.desktop_capabilities import assistant_capability, capabilities
from understudy.adapters.hotkeys.choice import choose_hotkeys
from understudy.adapters.importers.intake import FileIntake
from understudy.adapters.messenger import AppriseMessenger
from understudy.adapters.notifiers.choice import choose_notifier
from understudy.adapters.open_windows import choose_windows
from understudy.adapters.plugins import discover
from understudy.adapters.presence import Presence, PresenceState
from understudy.adapters.scheduler import ApsScheduler
from understudy.adapters.screen.watch import choose_screen_watch
from understudy.adapters.secrets import KeptSecrets
from understudy.adapters.session import read_session, session_capabilities
from understudy.adapters.task_folder import TaskFolder
from understudy.adapters.typing.choice import choose_typer
from understudy.adapters.workers import ThreadWorkers
from understudy.app.agent import Parts
from understudy.app.machine import Probe, ThisMachine
from understudy.app.miner import Miner
from understudy.app.tasks import EngineTasks
from understudy.config import Home, read_overrides
from understudy.core.ports import Capability, Clock, Learner, Watcher
from understudy.detectors.learner import PatternLearner
from understudy.engine.engine import Engine
from understudy.engine.learn import HISTORY
from understudy.engine.messages import Woken
from understudy.store.sqlite import open_store

if TYPE_CHECKING:
    from understudy.core.action import Action


class RealParts:
    """Builds everything for one agent on this desktop, and starts and ends what has a thread of its own."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        quit_agent: Callable[[], None],
        *,
        clock: Clock | None = None,
        environment: Mapping[str, str] = os.environ,
        probes: tuple[Probe, ...] = (),
        icon: str = "understudy",
    ) -> None:
        self._home = home
        self._engine = engine
        self._quit = quit_agent
        self._environment = environment
        self._extra_probes = probes
        self.clock = clock or SystemClock()
        self.person_home = Path(environment.get("HOME") or Path.home())
        self.applications = Applications(environment, self.person_home)
        self.presence = Presence(environment)
        self.notifier = choose_notifier(environment, icon, home.notifications)
        self.messenger = AppriseMessenger()
        self.secrets = KeptSecrets(home.secrets, str(home.path))
        self.tasks = EngineTasks(engine)
        self.task_folder = TaskFolder(self.clock, self.tasks.add)
        self.scheduler = ApsScheduler(self.clock, lambda key: engine.put(Woken(key=key)))
        self.workers = ThreadWorkers()
        self.miner = Miner()
        self.hotkeys = choose_hotkeys(environment)
        self.screen_watch = choose_screen_watch(environment)
        self.typer = choose_typer(environment)
        self.windows = choose_windows(environment)
        self._foreign: list[Capability] = []
        self._services = self._all_services()

    def build(self) -> Parts:
        """Open the store and find the plug-ins."""
        actions = cast("Mapping[str, Action]", self._discover("actions"))
        watchers = cast("Mapping[str, Watcher]", self._discover("watchers"))
        autostart = find_autostart((sys.executable, "-m", "understudy"), self._environment, self.person_home)
        return Parts(
            clock=self.clock,
            store=open_store(self._home, now=self.clock.now()),
            notifier=self.notifier,
            messenger=self.messenger,
            secrets=self.secrets,
            hotkeys=self.hotkeys,
            screen_watch=self.screen_watch,
            scheduler=self.scheduler,
            workers=self.workers,
            actions=actions,
            watchers=watchers,
            overrides=read_overrides(self._environment),
            new_learner=self._new_learner,
            name_of=self.applications.named,
            intake=FileIntake(self._discover("importers")),
            machine=ThisMachine(
                (*self._probes(watchers), lambda: (autostart.availability(),)), autostart, self._quit
            ),
        )

    def start(self) -> None:
        """Begin to keep time, and look at the clock again whenever the machine wakes up."""
        self.scheduler.start()
        self.presence.subscribe(self._on_presence)

    def stop(self) -> None:
        """End the threads."""
        self.task_folder.stop()
        self.scheduler.stop()
        self.miner.stop()
        self.workers.stop()
        self.notifier.stop()
        self.presence.close()

    def _on_presence(self, state: PresenceState) -> None:
        if state is PresenceState.AWAKE:
            self.scheduler.refresh()

    def _new_learner(self) -> Learner:
        return PatternLearner(
            self.clock.zone(),
            actionable=self._may_be_done,
            name_of=self.applications.named,
            capacity=HISTORY,
            mine=self.miner.mine,
        )

    def _may_be_done(self, template: str) -> bool:
        """Whether this machine has what it takes; anything but a program is known only when it is tried."""
        kind, _, name = template.partition(":")
        return kind != "app" or self.applications.find(name) is not None

    def _discover(self, kind: str) -> dict[str, Any]:
        return discover(
            f"understudy.adapters.{kind}", f"understudy.{kind}", self._services, report=self._foreign.append
        )

    def _all_services(self) -> dict[str, object]:
        return {
            "applications": self.applications,
            "clock": self.clock,
            "environment": self._environment,
            "home_folder": self.person_home,
            "messenger": self.messenger,
            "notifier": self.notifier,
            "presence": self.presence,
            "secrets": self.secrets,
            "settings": lambda: self._engine.settings,
            "tasks": self.tasks,
            "typer": self.typer,
            "windows": self.windows,
        }

    def _probes(self, watchers: Mapping[str, Watcher]) -> tuple[Probe, ...]:
        session = read_session(self._environment)
        return (
            lambda: session_capabilities(session),
            lambda: (watcher.availability() for watcher in watchers.values()),
            lambda: (self.presence.idle_capability(), self.presence.lock_capability()),
            self.screen_watch.availability,
            lambda: capabilities(
                self._environment, notifier=self.notifier, typer=self.typer, windows=self.windows
            ),
            lambda: (self.hotkeys.availability(), self.messenger.availability(), self.secrets.availability()),
            lambda: assistant_capability(self._engine.settings.assistant_command, self._environment),
            self.task_folder.availability,
            lambda: tuple(self._foreign),
            *self._extra_probes,
        )
