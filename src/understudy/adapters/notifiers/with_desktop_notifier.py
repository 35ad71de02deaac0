"""Notifications on Windows and macOS through the library desktop-notifier. Tried on neither."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from understudy.adapters.notifiers.loop_thread import LoopThread
from understudy.adapters.notifiers.text import (
    LONGEST_BODY,
    LONGEST_LABEL,
    LONGEST_TITLE,
    MOST_LINES,
    plain,
)
from understudy.core.ports import Capability, Notice
from understudy.errors import CapabilityMissingError

_log = logging.getLogger(__name__)

SHOW_TIME = 5.0
_MACOS_FIX = "Allow notifications for Understudy in the system settings"


class _Shown:
    """One notification: its outcome is told once."""

    def __init__(self, ended: Callable[[str], None] | None) -> None:
        self.ended = ended
        self.number = ""

    def end(self, outcome: str) -> None:
        ended, self.ended = self.ended, None
        if ended is None:
            return
        try:
            ended(outcome)
        except Exception:  # noqa: BLE001 - whatever the listener does, the loop goes on
            _log.exception("the end of a notification was not taken in")


class LibraryNotifier:
    """Keeps the `Notifier` port. The library tells neither fading nor a lost desktop: those have no outcome."""

    def __init__(self, app: str = "Understudy") -> None:
        self._app = app
        self._thread = LoopThread("notifications")
        self._library: Any = None
        self._shown: dict[str, _Shown] = {}

    def show(self, notice: Notice, ended: Callable[[str], None] | None = None) -> None:
        """Put it on screen; only `on_dispatched` proves that the system took it."""
        try:
            self._thread.run(self._show(notice, ended), SHOW_TIME)
        except Exception as error:  # the library raises whatever its back end does
            raise CapabilityMissingError(
                "Notifications cannot be shown", str(error) or type(error).__name__, _MACOS_FIX
            ) from error

    def close(self, key: str) -> bool:
        """Take it off the screen; False = it was not there."""
        shown = self._shown.pop(key, None)
        if shown is None:
            return False
        try:
            self._thread.run(self._library.clear(shown.number), SHOW_TIME)
        except Exception as error:  # as above
            raise CapabilityMissingError("The notification cannot be closed", str(error)) from error
        shown.end("closed")
        return True

    def availability(self) -> tuple[Capability, ...]:
        """Untested, both."""
        text = "Through desktop-notifier; never tried on this system"
        return tuple(
            Capability(name=name, state="untested", text=text)
            for name in ("notifications", "notification_buttons")
        )

    def stop(self) -> None:
        """End the thread."""
        self._thread.stop()

    async def _show(self, notice: Notice, ended: Callable[[str], None] | None) -> None:
        import desktop_notifier

        if self._library is None:
            self._library = desktop_notifier.DesktopNotifier(app_name=self._app)
        earlier = self._shown.pop(notice.key, None)
        if earlier is not None:
            await self._library.clear(earlier.number)
            earlier.end("closed")
        shown, dispatched = _Shown(ended), asyncio.Event()
        shown.number = await self._library.send(
            title=plain(notice.title, LONGEST_TITLE),
            message=plain(notice.body, LONGEST_BODY, MOST_LINES),
            buttons=[
                desktop_notifier.Button(
                    title=plain(label, LONGEST_LABEL), on_pressed=lambda key=key: self._end(notice.key, key)
                )
                for key, label in notice.buttons
            ],
            on_dismissed=lambda: self._end(notice.key, "dismissed"),
            on_dispatched=dispatched.set,
            timeout=-1,
        )
        await dispatched.wait()
        self._shown[notice.key] = shown

    def _end(self, key: str, outcome: str) -> None:
        shown = self._shown.pop(key, None)
        if shown is not None:
            shown.end(outcome)
