"""The demo: a made-up fortnight of office work goes through the very pipeline, in a temporary home."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from understudy.adapters.applications import Application
from understudy.adapters.clock import SystemClock
from understudy.adapters.open_windows import choose_windows
from understudy.adapters.plugins import discover
from understudy.adapters.typing.choice import choose_typer
from understudy.app.agent import LocalAgent, Parts
from understudy.app.virtual import (
    CollectingNotifier,
    InlineWorkers,
    MemorySecrets,
    NoTasks,
    SilentMessenger,
    VirtualClock,
    VirtualScheduler,
)
from understudy.config import Home, Settings
from understudy.core.fortnight import NAMES, fortnight
from understudy.core.ports import Capability, ImportOptions
from understudy.core.value import DAY, Millis, Value
from understudy.detectors.learner import PatternLearner
from understudy.engine import cards, explain, promote
from understudy.engine.engine import Engine
from understudy.engine.messages import Woken
from understudy.engine.views import SuggestionCard, Why
from understudy.errors import InvalidInputError
from understudy.store.sqlite import open_store

if TYPE_CHECKING:
    from understudy.core.action import Action

DAYS = 14


class DemoResult(Value):
    """What the fortnight brought."""

    captures: int
    days: int
    suggestions: tuple[SuggestionCard, ...]
    whys: tuple[Why, ...]
    """Why, for each suggestion, as it stood when it was offered."""
    watched: tuple[Why, ...]
    """What was noticed, and why it was not offered by the end."""
    seconds: float


def demo(report: Callable[[str], None], *, seed: int = 1, today: Millis = 0) -> DemoResult:
    """Replay a made-up fortnight that ended yesterday; nothing is executed, nothing is kept. `today` 0 = now."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="understudy-demo-") as folder:
        replay = _Replay(Home(folder=folder), today)
        count = replay.go(report, seed)
        result = DemoResult(
            captures=count,
            days=DAYS,
            suggestions=tuple(card for card, _ in replay.offers.values()),
            whys=tuple(why for _, why in replay.offers.values()),
            watched=tuple(replay.watched()),
            seconds=round(time.monotonic() - started, 1),
        )
        replay.agent.stop()
    return result


class _Replay:
    """An agent by a virtual clock, and the offers it makes."""

    def __init__(self, home: Home, today: Millis) -> None:
        real = SystemClock()
        self._zone = real.zone()
        self._start = cards.midnight(today or real.now(), self._zone) - DAYS * DAY
        self._clock = VirtualClock(self._start, self._zone)
        self._engine = Engine()
        self._scheduler = VirtualScheduler(self._clock, self._on_wake)
        self.offers: dict[str, tuple[SuggestionCard, Why]] = {}
        self.agent = LocalAgent(self._parts(home), self._engine)
        self.agent.subscribe(self._on_event)
        self.agent.begin()

    def go(self, report: Callable[[str], None], seed: int) -> int:
        """Live through the fortnight; returns how many captures there were."""
        told, count = 0, 0
        for count, capture in enumerate(fortnight(seed, self._start, self._zone, days=DAYS), 1):  # noqa: B007
            told = _tell(report, told, min(DAYS, (capture.at - self._start) // DAY + 1))
            self._scheduler.run_until(capture.at)
            self._engine.capture(capture)
            self._engine.drain()
        _tell(report, told, DAYS)
        return count

    def watched(self) -> Iterator[Why]:
        """Yield the record of every pattern that could be done but was not offered."""
        context = self.agent.context
        for state in context.learner.states():
            if state.pattern.steps and promote.workflow_id_of(state.pattern.id) not in self.offers:
                yield explain.why(state.pattern.id, context)

    def _on_wake(self, key: str) -> None:
        self._engine.put(Woken(key=key))
        self._engine.drain()

    def _on_event(self, kind: str, payload: dict[str, Any]) -> None:
        """Keep the first offer of each workflow, with its reasons as they stand now."""
        if kind != "suggestion" or payload.get("status") != "waiting":
            return
        context = self.agent.context
        suggestion = context.store.suggestions.get(payload["id"])
        if suggestion is not None and suggestion.workflow_id not in self.offers:
            card = cards.suggestion_card(suggestion, context)
            self.offers[suggestion.workflow_id] = (card, explain.why(suggestion.id, context))

    def _parts(self, home: Home) -> Parts:
        notifier, messenger, secrets = CollectingNotifier(), SilentMessenger(), MemorySecrets()
        services: dict[str, object] = {
            "applications": _MadeUpApplications(),
            "clock": self._clock,
            "environment": {},
            "home_folder": Path(home.folder),
            "messenger": messenger,
            "notifier": notifier,
            "secrets": secrets,
            "settings": Settings,
            "tasks": NoTasks(),
            "typer": choose_typer({}),
            "windows": choose_windows({}),
        }
        actions = discover("understudy.adapters.actions", "understudy.actions", services)
        return Parts(
            clock=self._clock,
            store=open_store(home, now=self._clock.now()),
            notifier=notifier,
            messenger=messenger,
            secrets=secrets,
            scheduler=self._scheduler,
            workers=InlineWorkers(),
            actions=cast("Mapping[str, Action]", actions),
            new_learner=lambda: PatternLearner(self._zone, name_of=_name_of),
            name_of=_name_of,
            intake=_NoIntake(),
            machine=_NoMachine(),
        )


def _tell(report: Callable[[str], None], told: int, day: int) -> int:
    """Report each day that is not told yet, also those on which nothing was done; return the last one told."""
    for each in range(told + 1, day + 1):
        report(f"Day {each} of {DAYS}")
    return max(told, day)


def _name_of(app: str) -> str:
    return NAMES.get(app, app)


class _MadeUpApplications:
    """Every program of the made-up person is installed."""

    def find(self, name: str) -> Application | None:
        """Return it; nothing is ever started."""
        return Application(id=name, name=_name_of(name), command=(name,))

    def named(self, app_id: str) -> str:
        """Return its display name."""
        return _name_of(app_id)


class _NoIntake:
    """A demo imports nothing."""

    def open(self, source: str, format_name: str, options: ImportOptions) -> tuple[str, Any]:
        """Refuse."""
        raise InvalidInputError(
            "The demo imports nothing", f"{source} {format_name} {options} was left alone"
        )


class _NoMachine:
    """A demo changes nothing on the machine."""

    def capabilities(self) -> tuple[Capability, ...]:
        """Return none."""
        return ()

    def autostart(self) -> bool:
        """Say no."""
        return False

    def set_autostart(self, *, enabled: bool) -> None:
        """Refuse."""
        raise InvalidInputError("The demo changes nothing", f"Starting at login stays off ({enabled})")

    def quit(self) -> None:
        """There is nothing to end."""
