"""What is kept and how: settings, privacy, import, export, purge; and the agent's own life."""

from typing import TYPE_CHECKING, Any

from understudy.config import Settings
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import CaptureQuery, ImportOptions, Intake, Machine
from understudy.core.privacy import screen
from understudy.core.reason import Reason
from understudy.engine import exporting, hotkeys, intake, keeping, maintain
from understudy.engine.cases.looking import LookingCases
from understudy.engine.execute import stop_all
from understudy.engine.status import Status
from understudy.engine.views import Imported, Purged, Screened
from understudy.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from understudy.engine.exporting import Part

MOST_MINUTES = 7 * 24 * 60
"""Longest pause with an end."""


class KeepingCases(LookingCases):
    """Settings, data, and the agent's own life."""

    _intake: Intake
    _machine: Machine

    def settings(self) -> Settings:
        """Return the settings."""
        return self._context.settings

    def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Change some settings."""
        return keeping.change_settings(self._context, changes)

    def screen(self, app: str, title: str, url: str = "") -> Screened:
        """Return what would be stored of a window."""
        seen = Capture(
            at=self._context.now, kind=CaptureKind.FOCUS, source="test", app=app, title=title, url=url
        )
        kept = screen(seen, self._context.settings.privacy)
        if isinstance(kept, Reason):
            return Screened(stored=False, reason=kept)
        stored = Reason(code="stored", text="This is what would be stored")
        return Screened(stored=True, reason=stored, app=kept.app, title=kept.title, url=kept.url)

    def import_source(self, source: str, format_name: str, options: ImportOptions) -> "Future[Imported]":
        """Import a file or address; the future gets what came of it."""
        return intake.begin(self._context, self._intake, source, format_name, options)

    def export(self) -> "Iterator[Part]":
        """Return everything kept, part by part; each is read on the engine thread when it is asked for."""
        return exporting.export(self._context)

    def purge(self, query: CaptureQuery, *, everything: bool = False) -> "Future[Purged]":
        """Delete for good; the future gets what was deleted once its last byte is gone."""
        return keeping.purge(self._context, query, everything=everything)

    # --- the agent -------------------------------------------------------------------------------

    def pause(self, minutes: int = 0) -> Status:
        """Neither watch nor act for so many minutes; 0 = until resumed."""
        if not 0 <= minutes <= MOST_MINUTES:
            raise InvalidInputError(
                f"Pausing for {minutes} minutes is not possible", fix="Use 0 to 10080 (a week)"
            )
        maintain.pause(self._context, minutes)
        return self.status()

    def resume(self) -> Status:
        """Watch and act again."""
        maintain.resume(self._context)
        return self.status()

    def stop(self) -> Status:
        """End every run at once, and stay paused until resumed."""
        stop_all(self._context)
        return self.pause()

    def press(self, hotkey: str) -> None:
        """Do what a hotkey is for: stop everything, or run its workflow."""
        if hotkey == self._context.settings.stop_hotkey:
            self.stop()
            hotkeys.tell_stopped(self._context)
        else:
            hotkeys.pressed(hotkey, self._context)

    def autostart(self) -> bool:
        """Whether Understudy starts at login."""
        return self._machine.autostart()

    def set_autostart(self, *, enabled: bool) -> bool:
        """Switch starting at login on or off."""
        self._machine.set_autostart(enabled=enabled)
        return self._machine.autostart()

    def quit(self) -> None:
        """End the agent."""
        self._machine.quit()
