"""The agent's tray icon: shows what the engine says, passes clicks on, waits for nobody on its own thread."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from understudy.core.ports import Capability
from understudy.core.value import SECOND
from understudy.errors import UnderstudyError
from understudy.interfaces.agent import Agent
from understudy.interfaces.tray.backend import NO_BUS, NO_HOST, before_start, bus_address, load_pystray
from understudy.interfaces.tray.commands import CALLS, look
from understudy.interfaces.tray.items import Items
from understudy.interfaces.tray.model import Command, menu

log = logging.getLogger(__name__)

NAME = "understudy"
TITLE = "Understudy"
SHORTEST_PAUSE = 0.25
"""Seconds between two refreshes: what comes in between is shown together."""

TOLD_BY_THE_MENU = ("suggestion", "run", "dead_letter", "status")
"""Kinds of events that change what the menu shows."""


class TrayIcon:
    """One icon with its menu. `run` it on the main thread; everything else may be called from any."""

    def __init__(self, agent: Agent, open_log: Callable[[], None]) -> None:
        self._agent = agent
        self._open_log = open_log
        self._notice = ""
        self._wanted = threading.Event()
        self._ended = threading.Event()
        self._icon: Any = None
        self._items: Items | None = None

    def run(self) -> None:
        """Show the icon until stopped; where there is no tray, wait for one, and for the end."""
        self._items = Items(self.act, _mnemonics)
        self._icon = self._build_icon(self._items.menu())
        leave = self._agent.subscribe(self._heard)
        refresher = threading.Thread(target=self._refresh_when_wanted, name="tray-refresh", daemon=True)
        refresher.start()
        self.refresh()
        try:
            if not self._ended.is_set():
                self._icon.run()
        finally:
            leave()
            self.stop()
            refresher.join(SECOND / 1000)

    def stop(self) -> None:
        """Take the icon away and let `run` return."""
        self._ended.set()
        self._wanted.set()
        if self._icon is not None:
            self._icon.stop()

    def refresh(self) -> None:
        """Show what is true now, soon; at most four times a second."""
        self._wanted.set()

    def availability(self) -> Capability:
        """Whether the icon can be seen, and what to do where it cannot."""
        problem, has_host = getattr(self._icon, "problem", None), getattr(self._icon, "has_host", None)
        if problem is None:
            return before_start()
        if problem or not bus_address():
            return Capability(name="tray", state="missing", text=NO_BUS, fix="Log in to a desktop session")
        if not has_host:
            fix = "Add a tray to your panel; on GNOME install the AppIndicator extension"
            return Capability(name="tray", state="missing", text=NO_HOST, fix=fix)
        return Capability(name="tray", state="ready", text="The icon is in the panel")

    def act(self, command: Command) -> None:
        """Do what a click asked for, on a thread of its own, and show what came of it."""
        threading.Thread(target=self._perform, args=(command,), name="tray-act", daemon=True).start()

    def _build_icon(self, shown: Any) -> Any:
        if sys.platform == "linux":
            from understudy.interfaces.tray.linux_icon import LinuxIcon

            return LinuxIcon(NAME, "watching", TITLE, shown, self.refresh)
        from understudy.interfaces.tray.icon import draw

        return load_pystray().Icon(NAME, draw("watching", 64), TITLE, shown)

    def _heard(self, kind: str, payload: dict[str, Any]) -> None:
        del payload
        if kind in TOLD_BY_THE_MENU:
            self.refresh()

    def _refresh_when_wanted(self) -> None:
        while not self._ended.is_set():
            self._wanted.wait()
            self._wanted.clear()
            if self._ended.is_set():
                return
            try:
                self._show()
            except UnderstudyError as error:
                log.warning("the tray could not be refreshed: %s", error)
            except Exception:  # the border: an icon that shows something old beats no icon
                log.exception("the tray could not be refreshed")
            self._ended.wait(SHORTEST_PAUSE)

    def _show(self) -> None:
        view = self._agent.ask(lambda use: look(use, int(time.time() * SECOND), self._notice))
        if self._items is None or self._icon is None:
            return
        self._items.update(menu(view))
        self._icon.update_menu()
        _show_face(self._icon, view.status.state, view.status.text)

    def _perform(self, command: Command) -> None:
        try:
            if command.name == "stop":
                self._agent.halt()
            if command.name == "open_log":
                self._open_log()
            else:
                self._agent.ask(lambda use: CALLS[command.name](use, command))
            self._notice = ""
        except UnderstudyError as error:
            self._notice = str(error)
            log.warning("%s from the tray: %s", command.name, error)
        except Exception:  # the border: the click is answered, and the agent goes on
            self._notice = "That did not work; the log says why"
            log.exception("%s from the tray failed", command.name)
        self.refresh()


def _show_face(icon: Any, face: str, text: str) -> None:
    """Change the picture and the words, where they changed."""
    if sys.platform == "linux":
        icon.say(text)
        if icon.icon != face:
            icon.icon = face
        return
    from understudy.interfaces.tray.icon import draw

    icon.title = f"{TITLE}: {text}"
    if getattr(icon, "face", "") != face:
        icon.face, icon.icon = face, draw(face, 64)


def _mnemonics(label: str) -> str:
    """Windows underlines the letter after an ampersand; Linux's underscores are doubled on the bus."""
    return label.replace("&", "&&") if sys.platform == "win32" else label
