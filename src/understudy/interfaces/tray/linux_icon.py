"""pystray's Icon for Linux: StatusNotifierItem and dbusmenu over dbus-fast. Survives panels and buses.

pystray's own backends for Linux need GTK, or show no menu. What is kept of it is Icon, Menu and MenuItem.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from understudy.interfaces.tray.backend import bus_address, load_pystray
from understudy.interfaces.tray.bus_link import BusLink
from understudy.interfaces.tray.dbus_menu import DBusMenu
from understudy.interfaces.tray.faces import pixmaps
from understudy.interfaces.tray.sni import StatusNotifierItem

load_pystray()
from pystray import _base  # noqa: E402 - only after the line above may it be imported without a display

CONNECT_TIME = 5.0
"""Seconds for a bus to take us in."""

FIRST_RETRY, SLOWEST_RETRY = 1.0, 60.0
"""Seconds between attempts to reach a bus that is gone."""


class LinuxIcon(_base.Icon):  # type: ignore[misc] # pystray is untyped
    """An icon whose `icon` is the name of a face (see `icon.FACES`). Clicks run on threads of their own."""

    HAS_NOTIFICATION = False

    def __init__(
        self, name: str, face: str, title: str, menu: Any, about_to_show: Callable[[], None]
    ) -> None:
        super().__init__(name, face, title, menu)
        self.problem = ""
        """Why there is no bus; empty = there is one, or it has not been tried."""
        self._visible = True
        self._about_to_show = about_to_show
        self._item = StatusNotifierItem(name, title, about_to_show)
        self._item.pixmaps = pixmaps(face)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link: BusLink | None = None
        self._ended = threading.Event()
        self._leave: asyncio.Event | None = None

    @property
    def has_host(self) -> bool:
        """Whether a panel has taken the icon."""
        return self._link is not None and self._link.has_host

    def run(self, setup: Callable[[Any], None] | None = None) -> None:
        """Show the icon until stopped. No setup thread: pystray's waits for ever where there is no bus."""
        if setup is not None:
            raise NotImplementedError("nothing is left to set up")
        asyncio.run(self._main())

    def stop(self) -> None:
        """End `run`; from any thread, also before it began."""
        self._ended.set()
        if self._leave is not None:
            self._soon(self._leave.set)

    def say(self, text: str) -> None:
        """Change what a pointer on the icon shows."""
        if text != self._item.text:
            self._item.text = text
            self._soon(self._send, "NewToolTip")

    def _update_icon(self) -> None:
        self._item.pixmaps = pixmaps(self._icon)
        self._icon_valid = True
        self._soon(self._send, "NewIcon")

    def _update_menu(self) -> None:
        self._soon(self._refresh_menu)

    def _update_title(self) -> None:
        self._soon(self._send, "NewTitle")

    def _show(self) -> None:
        """Shown as soon as there is a panel."""

    def _hide(self) -> None:
        """Gone with the connection."""

    def _soon(self, call: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # closed in between: there is nobody left to tell
                self._loop.call_soon_threadsafe(call, *arguments)

    def _send(self, signal: str) -> None:
        if self._link is not None:
            self._link.send("item", signal)

    def _refresh_menu(self) -> None:
        if self._link is not None:
            self._link.refresh_menu()

    def _clicked(self, item: Any) -> None:
        """Act on a thread of its own: the bus must go on answering while the person's wish is carried out."""
        threading.Thread(target=item, args=(self,), name="tray-click", daemon=True).start()

    async def _main(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        pause = FIRST_RETRY
        while not self._ended.is_set():
            connected = await self._serve_once(self._leave)
            pause = FIRST_RETRY if connected else min(pause * 2, SLOWEST_RETRY)
            with contextlib.suppress(TimeoutError):
                # no address at all: no bus will come, so nothing is tried again
                await asyncio.wait_for(self._leave.wait(), pause if bus_address() else None)
        self._loop = None

    async def _serve_once(self, leave: asyncio.Event) -> bool:
        """Stay on the bus until it goes or we do; False = there was none to stay on."""
        try:
            async with asyncio.timeout(CONNECT_TIME):
                self._link = await BusLink.open(self._item.bus_object(), self._build_menu())
        except (OSError, EOFError, ValueError) as error:
            # a wrong address is a ValueError, a bus that hangs up an EOFError, one that is mute an OSError
            if not self.problem:
                self._log.warning("no session bus for the tray: %s", error)
            self.problem = str(error) or type(error).__name__
            return False
        self.problem = ""
        self._link.refresh_menu()  # whatever was said while there was no link to say it on
        self._link.offer()
        try:
            await self._link.until_gone(leave)
        finally:
            self._link.close()
            self._link = None
        return True

    def _build_menu(self) -> DBusMenu:
        return DBusMenu(lambda: self.menu or (), self._clicked, self._about_to_show)
