"""Reports command lines as shells write them to their history files. Only lines added while it runs."""

import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from understudy.adapters.folder_events import FolderEvents
from understudy.adapters.growing_file import GrowingFile
from understudy.adapters.history import Reader, read_bash, read_fish, read_powershell, read_zsh
from understudy.adapters.outlet import Outlet
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability, Clock

_READERS: Mapping[str, Reader] = {
    "bash": read_bash,
    "zsh": read_zsh,
    "fish": read_fish,
    "powershell": read_powershell,
}
_AT_ONCE = {
    "bash": "Add to ~/.bashrc: PROMPT_COMMAND='history -a'",
    "zsh": "Add to ~/.zshrc: setopt INC_APPEND_HISTORY",
}
"""These shells write when they end, unless told otherwise."""


class CommandsWatcher:
    """Command lines, with the shell they were given to."""

    name = "commands"
    title = "Commands you run in bash, zsh, fish and PowerShell"

    def __init__(self, clock: Clock, environment: Mapping[str, str], home_folder: Path) -> None:
        self._clock = clock
        self._shells = history_files(environment, home_folder)
        self._files: dict[Path, GrowingFile] = {}
        self._events: FolderEvents | None = None
        self._outlet: Outlet | None = None
        self._lock = threading.Lock()

    def availability(self) -> Capability:
        """Ready when a shell has written a history."""
        shells = sorted({shell for path, shell in self._shells.items() if path.is_file()})
        if not shells:
            return Capability(
                name=self.name,
                state="missing",
                text="No shell has written a history yet",
                fix="Use bash, zsh or fish; the first command brings the history",
            )
        late = [shell for shell in shells if shell in _AT_ONCE]
        text = f"Commands of {', '.join(shells)} are seen when the shell writes its history"
        state = "ready" if sys.platform == "linux" else "untested"
        return Capability(name=self.name, state=state, text=text, fix=_AT_ONCE[late[0]] if late else "")

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin; what the histories hold now is not reported."""
        if self._outlet is None:
            self._outlet = Outlet(emit)
            self._files = {path: GrowingFile(path) for path in self._shells}
            self._events = FolderEvents(list(self._shells), self._read)
            self._events.start()

    def stop(self) -> None:
        """End."""
        if self._outlet is not None and self._events is not None:
            self._outlet.close()
            self._events.stop()
            self._outlet = self._events = None

    def _read(self, path: Path) -> None:
        outlet, shell = self._outlet, self._shells[path]
        if outlet is None:
            return
        with self._lock:
            raw = self._files[path].read_new()
        now = self._clock.now()
        for entry in _READERS[shell](raw):
            capture = Capture(
                at=min(entry.at or now, now),
                kind=CaptureKind.COMMAND,
                source=self.name,
                app=shell,
                text=entry.text,
                lasted=entry.lasted,
            )
            outlet(capture)


def history_files(environment: Mapping[str, str], home_folder: Path) -> dict[Path, str]:
    """Return where each shell keeps its history -> the shell."""
    share = Path(environment.get("XDG_DATA_HOME") or home_folder / ".local" / "share")
    zsh = Path(environment.get("ZDOTDIR") or home_folder)
    roaming = Path(environment.get("APPDATA") or home_folder / "AppData" / "Roaming")
    readline = Path("PSReadLine") / "ConsoleHost_history.txt"
    windows = roaming / "Microsoft" / "Windows" / "PowerShell" / readline
    return {
        home_folder / ".bash_history": "bash",
        zsh / ".zsh_history": "zsh",
        zsh / ".zhistory": "zsh",
        zsh / ".histfile": "zsh",
        share / "fish" / "fish_history": "fish",
        windows if sys.platform == "win32" else share / "powershell" / readline: "powershell",
    }


PLUGIN = CommandsWatcher
