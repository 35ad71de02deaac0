"""Reports files as programs add them to the desktop's list of recent files. Reads nothing but the list."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from understudy.adapters.applications import Applications
from understudy.adapters.folder_events import FolderEvents
from understudy.adapters.outlet import Outlet
from understudy.adapters.recent_files import RecentFile, read_recent
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability, Clock


class FilesWatcher:
    """Files opened or saved, with the program that says so (recently-used.xbel)."""

    name = "files"
    title = "Files you open or save, from the desktop's list of recent files"

    def __init__(
        self, clock: Clock, environment: Mapping[str, str], home_folder: Path, applications: Applications
    ) -> None:
        self._clock = clock
        self._applications = applications
        share = Path(environment.get("XDG_DATA_HOME") or home_folder / ".local" / "share")
        self._path = share / "recently-used.xbel"
        self._known: dict[str, RecentFile] = {}
        self._events: FolderEvents | None = None
        self._outlet: Outlet | None = None

    def availability(self) -> Capability:
        """Ready where the desktop keeps such a list."""
        if sys.platform in ("win32", "darwin"):
            return Capability(
                name=self.name, state="missing", text="Recent files are not read on this system yet"
            )
        if self._path.is_file():
            return Capability(
                name=self.name, state="ready", text="Recent files are seen as programs list them"
            )
        return Capability(
            name=self.name,
            state="degraded",
            text="No program has listed a recent file yet; the list is awaited",
            fix="Open a file with a desktop program, and keep the list of recent files switched on",
        )

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin; what the list holds now is not reported."""
        if self._outlet is None and sys.platform not in ("win32", "darwin"):
            self._outlet = Outlet(emit)
            self._known = read_recent(self._path) or {}
            self._events = FolderEvents([self._path], self._read)
            self._events.start()

    def stop(self) -> None:
        """End."""
        if self._outlet is not None and self._events is not None:
            self._outlet.close()
            self._events.stop()
            self._outlet = self._events = None

    def _read(self, path: Path) -> None:
        outlet, recent = self._outlet, read_recent(path)
        if outlet is None or recent is None:
            return
        news = [file for address, file in recent.items() if self._known.get(address) != file]
        self._known = recent
        now = self._clock.now()
        for file in sorted(news, key=lambda file: file.at):
            capture = Capture(
                at=min(file.at or now, now),
                kind=CaptureKind.FILE,
                source=self.name,
                app=self._app(file.program),
                text=file.path,
            )
            outlet(capture)

    def _app(self, program: str) -> str:
        application = self._applications.find(program)
        return application.id if application else program.lower()


PLUGIN = FilesWatcher
