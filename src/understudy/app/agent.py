"""The running agent: the engine on its thread, the watchers that feed it, and the way in for interfaces."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from understudy import __version__
from understudy.app.virtual import FreeScreen, NoPresses
from understudy.core.action import Action
from understudy.core.ports import (
    Clock,
    Hotkeys,
    Intake,
    Learner,
    Machine,
    Messenger,
    Notifier,
    Scheduler,
    ScreenWatch,
    Secrets,
    Watcher,
    Workers,
)
from understudy.core.store_ports import Store
from understudy.engine import maintain
from understudy.engine.context import HELD_BACK, Context, trouble
from understudy.engine.engine import Engine
from understudy.engine.execute import halt
from understudy.engine.messages import Requested, Woken
from understudy.engine.service import Service
from understudy.errors import NotRunningError, TimedOutError, UnderstudyError

log = logging.getLogger("understudy.agent")

Answer = TypeVar("Answer")
ANSWER_TIME = 10.0
"""Seconds within which the engine must answer."""
ENDING_TIME = 2.0
"""Seconds that running steps are given when the agent ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Everything an agent is made of; tests and the demo put in other ones."""

    clock: Clock
    store: Store
    notifier: Notifier
    messenger: Messenger
    secrets: Secrets
    scheduler: Scheduler
    workers: Workers
    actions: Mapping[str, Action]
    new_learner: Callable[[], Learner]
    name_of: Callable[[str], str]
    intake: Intake
    machine: Machine
    hotkeys: Hotkeys = field(default_factory=NoPresses)
    screen_watch: ScreenWatch = field(default_factory=FreeScreen)
    watchers: Mapping[str, Watcher] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings that the environment decides: name -> value."""


class LocalAgent:
    """Keeps `interfaces.agent.Agent` in this process."""

    def __init__(self, parts: Parts, engine: Engine) -> None:
        self._parts = parts
        self.engine = engine
        self._listeners: list[Callable[[str, dict[str, Any]], None]] = []
        self._thread: threading.Thread | None = None
        self.context = Context(
            clock=parts.clock,
            store=parts.store,
            learner=parts.new_learner(),
            notifier=parts.notifier,
            messenger=parts.messenger,
            secrets=parts.secrets,
            hotkeys=parts.hotkeys,
            screen_watch=parts.screen_watch,
            scheduler=parts.scheduler,
            workers=parts.workers,
            actions=parts.actions,
            new_learner=parts.new_learner,
            name_of=parts.name_of,
            post=engine.put,
            tell=self._tell,
            overrides=parts.overrides,
            watchers=frozenset(parts.watchers),
        )
        self.service = Service(self.context, parts.intake, parts.machine, __version__)
        engine.bind(self.context, self.service)

    def start(self) -> None:
        """Take up where the last agent left, and work on a thread of its own, fed by the watchers."""
        self._parts.screen_watch.start(self._on_screen_use)
        self.begin()
        self._thread = threading.Thread(target=self.engine.run, name="engine", daemon=True)
        self._thread.start()
        self._parts.hotkeys.start(self._on_hotkey)
        self._start_watchers()

    def begin(self) -> None:
        """Take up where the last agent left, without any thread: for replays."""
        for words in self._parts.store.troubles:
            trouble(self.context, "store_repaired", words)
            maintain.pause(self.context, 0)
        for message in maintain.begin(self.context):
            self.engine.put(message)

    def _start_watchers(self) -> None:
        off = self.context.settings.watchers_off
        for name, watcher in self._parts.watchers.items():
            if name in off:
                log.info("watcher %s is switched off", name)
                continue
            capability = watcher.availability()
            if not capability.is_usable:
                log.info("watcher %s waits: %s", name, capability.text)
            watcher.start(self.engine.capture)

    def _on_screen_use(self) -> None:
        """Look at what is held back; never left out, as the engine may hold something back at this very moment."""
        self.engine.put(Woken(key=HELD_BACK))

    def _on_hotkey(self, hotkey: str) -> None:
        """Take in a press, on the thread of the keys; a stop takes effect at once, however busy the engine is."""
        if hotkey == self.context.settings.stop_hotkey:
            halt(self.context)
        self.engine.put(Requested(call=lambda service: service.press(hotkey)))

    def stop(self) -> None:
        """End everything in order: no new captures, no running step, then the engine, then the store."""
        self._parts.hotkeys.stop()
        self._parts.screen_watch.stop()
        for watcher in self._parts.watchers.values():
            watcher.stop()
        self.context.is_ending = True
        halt(self.context)
        self._let_runs_end()
        thread, self._thread = self._thread, None
        try:
            if thread is not None:
                self.engine.stop()
                thread.join(5)
                if not thread.is_alive():
                    maintain.end(self.context)
        finally:
            self._parts.store.close()

    def _let_runs_end(self) -> None:
        """Give steps that were told to stop the time to say how they ended; what does not is unknown later."""
        until = time.monotonic() + ENDING_TIME
        while self._thread is not None and self.context.at_work and time.monotonic() < until:
            time.sleep(0.02)

    @overload
    def ask(self, call: Callable[[Service], Future[Answer]]) -> Answer: ...
    @overload
    def ask(self, call: Callable[[Service], Answer]) -> Answer: ...
    def ask(self, call: Callable[[Service], Any]) -> Any:
        """Run the call on the engine thread and return its answer; futures are waited for."""
        if self._thread is None:
            raise NotRunningError("The agent is ending", fix="Start it again: understudy run")
        request = Requested(call=call)
        self.engine.put(request)
        try:
            answer = request.reply.result(ANSWER_TIME)
        except TimeoutError as error:
            request.reply.cancel()
            raise TimedOutError("The agent did not answer in time", "It is busy", "Try again") from error
        return answer.result() if isinstance(answer, Future) else answer

    def halt(self) -> None:
        """Let nothing have an effect any more, from any thread; what a stop is besides follows on the engine's."""
        halt(self.context)
        self.engine.put(Requested(call=lambda service: service.stop()))

    def subscribe(self, callback: Callable[[str, dict[str, Any]], None]) -> Callable[[], None]:
        """Call back for every live event until the returned function is called."""
        self._listeners.append(callback)

        def end() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return end

    def _tell(self, kind: str, payload: dict[str, Any]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(kind, payload)
            except UnderstudyError as error:
                log.warning("a listener failed: %s", error)
