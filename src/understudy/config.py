"""Where things lie on this machine, and what the person has set. Reads the environment; opens nothing."""

import os
import sys
from pathlib import Path

from understudy.core.privacy_rules import PrivacyRules
from understudy.core.value import Value


class Settings(Value):
    """What the person can change; kept in the journal, changed through CLI, API and tray."""

    privacy: PrivacyRules = PrivacyRules()
    retention_days: int = 90
    """Captures older than this are deleted; 0 = never."""
    suggestions_per_day: int = 3
    quiet_from: str = "21:00"
    """Local time from which nothing new is suggested; equal to `quiet_until` = no quiet hours."""
    quiet_until: str = "07:30"
    watchers_off: tuple[str, ...] = ()
    """Names of watchers that are not to run."""


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
    def log(self) -> Path:
        """What the agent did and why, without captured text."""
        return self.path / "understudy.log"

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


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
