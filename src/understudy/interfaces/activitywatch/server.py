"""ActivityWatch's server in our place: its port when that is free, asleep until somebody knocks."""

import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from understudy.config import Settings
from understudy.core.ports import Capability
from understudy.interfaces.agent import Agent
from understudy.interfaces.sleeping import Sleeper, listen

if TYPE_CHECKING:
    from understudy.interfaces.activitywatch.guard import Gate, Rules
    from understudy.interfaces.quiet import QuietServer

log = logging.getLogger(__name__)

USUAL_PORT = 5600
"""Where ActivityWatch's clients look for it."""
NAME = "activitywatch"


class WatcherServer:
    """Hears what watchers report. `start`, then `stop`; neither raises."""

    def __init__(self, agent: Agent, settings: Callable[[], Settings], token: str) -> None:
        """Serve with this token for those who read; `settings` is called for every request, on any thread."""
        self._agent = agent
        self._settings = settings
        self._token = token
        self._wanted = USUAL_PORT
        self._trouble = ""
        self._gate: Gate | None = None
        self._sleeper = Sleeper("the server for watchers", self._load)
        self.port = 0
        """Where it listens; 0 = nowhere."""

    def start(self) -> None:
        """Listen on the port that is set, or any other; not at all where that is switched off."""
        settings = self._settings()
        if not settings.activitywatch:
            return
        self._wanted = settings.activitywatch_port or USUAL_PORT
        try:
            listening = _listen(self._wanted)
        except OSError as error:
            self._trouble = str(error)
            log.warning("no port for watchers: %s", error)
            return
        self.port = listening.getsockname()[1]
        log.info("watchers are heard on port %d", self.port)
        self._sleeper.start(listening)

    def stop(self) -> None:
        """Finish answers under way, and give the port back."""
        self._sleeper.stop()

    def availability(self) -> Capability:
        """Return where watchers are heard, for status and doctor."""
        if not self._settings().activitywatch:
            text, fix = "Watchers of ActivityWatch are not heard", "understudy settings set activitywatch on"
            return Capability(name=NAME, state="untested", text=text, fix=fix)
        if not self.port:
            why = f": {self._trouble}" if self._trouble else ""
            text, fix = f"Watchers of ActivityWatch are not heard{why}", "Start Understudy again"
            return Capability(name=NAME, state="missing", text=text, fix=fix)
        return self._heard()

    def _heard(self) -> Capability:
        text = f"Watchers of ActivityWatch are heard on port {self.port}"
        if self.port != self._wanted:
            text += f", as port {self._wanted} is taken"
            fix = "End the program on that port (ActivityWatch itself, perhaps), then start Understudy again"
            return Capability(name=NAME, state="degraded", text=text, fix=fix)
        turned_away = self._turned_away()
        if turned_away:
            from understudy.interfaces.activitywatch.guard import allowing

            text += f"; a browser extension was turned away: {turned_away[-1]}"
            fix = allowing(turned_away[-1], self._settings().extension_origins)
            return Capability(name=NAME, state="ready", text=text, fix=fix)
        return Capability(name=NAME, state="ready", text=text)

    def _turned_away(self) -> list[str]:
        allowed = self._settings().extension_origins
        return [origin for origin in (self._gate.turned_away if self._gate else ()) if origin not in allowed]

    def _load(self) -> "QuietServer":
        from understudy.interfaces.activitywatch.asgi import Application
        from understudy.interfaces.activitywatch.guard import Gate
        from understudy.interfaces.api.guard import Door
        from understudy.interfaces.quiet import QuietServer

        self._gate = Gate(Door(port=self.port, token=self._token))
        return QuietServer(Application(self._agent, self._gate, self._rules))

    def _rules(self) -> "Rules":
        from understudy.interfaces.activitywatch.guard import Rules

        settings = self._settings()
        return Rules(
            is_on=settings.activitywatch,
            extensions=settings.extension_origins,
            watchers=settings.activitywatch_watchers,
        )


def _listen(port: int) -> socket.socket:
    try:
        return listen(port)
    except OSError:
        log.warning("port %d is taken; watchers have to be told another one", port)
        return listen()
