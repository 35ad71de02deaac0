"""Where things lie on this machine, and what the person has set. Reads the environment; opens nothing."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from understudy.core.privacy_rules import PrivacyRules
from understudy.core.value import DAY, SECOND, Value
from understudy.errors import InvalidInputError

SHORTEST_INTERVAL, LONGEST_INTERVAL = 5, DAY // SECOND
"""Seconds between two looks of the executor at the tasks."""


class Settings(Value):
    """What the person can change; kept in the journal, changed through CLI, API and tray."""

    privacy: PrivacyRules = PrivacyRules()
    retention_days: int = 90
    """Captures older than this are deleted; 0 = never."""
    history_days: int = 365
    """Runs and answered questions older than this are deleted; 0 = never."""
    suggestions_per_day: int = 3
    quiet_from: str = "21:00"
    """Local time from which nothing new is suggested; equal to `quiet_until` = no quiet hours."""
    quiet_until: str = "07:30"
    respect_full_screen: bool = True
    """Whether questions wait while the window in front fills the screen."""
    watchers_off: tuple[str, ...] = ()
    """Names of watchers that are not to run."""
    executor_autorun: bool = False
    """Whether planned tasks are begun by themselves."""
    executor_interval: int = 30
    """Seconds between two looks at the tasks, 5 to 86400."""
    executor_kinds: tuple[str, ...] = ("workflow",)
    """Kinds of tasks that may be begun by themselves: workflow, prompt."""
    assistant_command: tuple[str, ...] = ()
    """The person's own assistant: program and arguments; a prompt comes on its standard input."""
    task_folder: str = ""
    """Files put into this folder become tasks; empty = none is watched."""
    task_folder_prompts: bool = False
    """Whether a prompt from that folder counts as planned at once, without the person having read it."""
    addresses: dict[str, str] = {}
    """Name -> Apprise URL to which messages go; passwords only as {{ secret.NAME }}."""
    failure_channel: str = ""
    """Name of the address that also hears of failures; empty = only the desktop does."""
    escalate_after_minutes: int = 0
    """After so long without an answer a question is sent there, too; 0 = never."""
    activitywatch: bool = True
    """Whether watchers and browser extensions of ActivityWatch may report to us."""
    activitywatch_port: int = 0
    """0 = 5600, when it is free."""
    extension_origins: tuple[str, ...] = ()
    """Browser extensions that may report there, as chrome-extension://ID or moz-extension://ID."""
    activitywatch_watchers: tuple[str, ...] = ("aw-watcher-",)
    """What the names of buckets begin with that may be filled without the token."""
    stop_hotkey: str = "shift+super+esc"
    """Stops everything at once, in whatever window it is pressed; empty = none."""
    overridden: tuple[str, ...] = ()
    """Names of settings that the environment decides until the next start; read only."""


class Home(Value):
    """The folders and files of one person's Understudy."""

    folder: str

    @property
    def path(self) -> Path:
        """The data folder (mode 0700)."""
        return Path(self.folder)

    @property
    def journal(self) -> Path:
        """Workflows, grants, suggestions, runs, settings."""
        return self.path / "journal.db"

    @property
    def captures(self) -> Path:
        """Captures and what was found in them."""
        return self.path / "captures.db"

    @property
    def backups(self) -> Path:
        """Verified copies of both databases."""
        return self.path / "backups"

    @property
    def secrets(self) -> Path:
        """Which secrets there are; their values too, where no keyring takes them (mode 0600)."""
        return self.path / "secrets.json"

    @property
    def log(self) -> Path:
        """What the agent did and why, without captured text."""
        return self.path / "understudy.log"

    @property
    def notifications(self) -> Path:
        """Which notifications on the screen are ours: numbers, no words."""
        return self.path / "notifications.json"

    @property
    def lock(self) -> Path:
        """Held open by the one agent."""
        return self.path / "agent.lock"

    @property
    def endpoint(self) -> Path:
        """Port, token and process of the running agent (mode 0600)."""
        return self.path / "agent.json"


def find_home() -> Home:
    """Return UNDERSTUDY_HOME, else the usual place of this system."""
    chosen = os.environ.get("UNDERSTUDY_HOME")
    if chosen:
        return Home(folder=str(Path(chosen).expanduser().absolute()))
    return Home(folder=str(_data_folder() / "understudy"))


def read_overrides(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the settings that the environment decides: name -> value. Raises InvalidInputError."""
    autorun = environment.get("UNDERSTUDY_EXECUTOR_AUTORUN", "").strip()
    interval = environment.get("UNDERSTUDY_EXECUTOR_INTERVAL", "").strip()
    found: dict[str, Any] = {}
    if autorun:
        found["executor_autorun"] = _switch("UNDERSTUDY_EXECUTOR_AUTORUN", autorun)
    if interval:
        found["executor_interval"] = _seconds("UNDERSTUDY_EXECUTOR_INTERVAL", interval)
    return found


def with_overrides(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    """Return the settings that hold while the environment decides some of them."""
    return msgspec.structs.replace(settings, **overrides, overridden=tuple(sorted(overrides)))


def _switch(name: str, value: str) -> bool:
    switches = {"1": True, "true": True, "yes": True, "on": True}
    switches |= {"0": False, "false": False, "no": False, "off": False}
    if value.casefold() not in switches:
        raise InvalidInputError(f"{name} is {value!r}", "It is neither on nor off", "Use 1 or 0")
    return switches[value.casefold()]


def _seconds(name: str, value: str) -> int:
    number = (
        int(value) if value.isascii() and value.isdigit() and len(value) <= len(str(LONGEST_INTERVAL)) else 0
    )
    if not SHORTEST_INTERVAL <= number <= LONGEST_INTERVAL:
        why = f"It is a whole number of seconds, {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}"
        raise InvalidInputError(f"{name} is {value!r}", why, "Use 30")
    return number


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
