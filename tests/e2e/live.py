"""A whole agent in a real desktop, with a clock that a test can move; and a person with habits in front of it."""

import json
import sys
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.waiting import until
from tests.fakes.running_clock import RunningClock
from understudy.app.agent import LocalAgent
from understudy.app.miner import Miner
from understudy.app.parts import RealParts
from understudy.config import Home
from understudy.core.ports import CaptureQuery, ImportOptions
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, SECOND
from understudy.engine.engine import Engine
from understudy.interfaces.tray.faces import PICTURE
from understudy.interfaces.tray.tray import TrayIcon

ZONE = "Europe/Berlin"
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=ZoneInfo(ZONE))
"""A working day, far from quiet hours and from a change of the clock."""
MINE_AT_ONCE = (
    *(sys.executable, "-P", "-c"),
    "import os; os.nice = lambda _: 0; from understudy.app import mine_once; mine_once.main()",
)
"""Mining as ever, but not behind all else: at the lowest priority, it takes minutes beside two busy programs."""


class LiveAgent:
    """The real agent, all real parts, in this process, on the desktop of the test."""

    def __init__(self, desktop, folder, start=MONDAY):
        self.desktop = desktop
        self.clock = RunningClock(int(start.timestamp() * 1000), ZONE)
        self.home = Home(folder=str(folder))
        engine = Engine()
        self.home.path.mkdir(parents=True, exist_ok=True)
        self.parts = RealParts(
            self.home,
            engine,
            lambda: None,
            clock=self.clock,
            environment=desktop.env,
            icon=str(PICTURE),
        )
        self.parts.miner = Miner(MINE_AT_ONCE)
        self.agent = LocalAgent(self.parts.build(), engine)
        self.tray = TrayIcon(self.agent, lambda: None)
        self.parts.start()
        self.agent.start()

    def stop(self):
        self.tray.stop()
        self.agent.stop()
        self.parts.stop()

    def show_tray(self):
        """Show the icon, as the agent's main thread does."""
        threading.Thread(target=self.tray.run, name="tray", daemon=True).start()

    def take_in(self, folder, lines):
        """Import captures, as the person who wants to see something at once."""
        history = folder / "history.jsonl"
        history.write_text("\n".join(lines) + "\n")
        return self.ask(lambda service: service.import_source(str(history), "", ImportOptions(zone=ZONE)))

    def pattern_of(self, *apps):
        """The pattern of these programs, in this order."""
        symbols = tuple(f"app:{app}" for app in apps)
        states = [card.state for card in self.ask(lambda service: service.patterns())]
        return next((state for state in states if state.pattern.symbols == symbols), None)

    def find_workflow(self, word):
        """The workflow that has earned to be offered and has this word in its plan."""
        cards = self.ask(lambda service: service.workflows())
        return next(
            (card for card in cards if word in card.plan[0] and card.workflow.tier is Tier.SUGGEST), None
        )

    def ask(self, call):
        return self.agent.ask(call)

    def pass_time(self, by):
        """Let time go by; what is due by then happens."""
        self.clock.advance(by)
        self.parts.scheduler.refresh()
        due = self.agent.context.due
        until(
            lambda: all(at > self.clock.now() for at in tuple(due.values())), what="the alarms that were due"
        )

    def next_day_at(self, hour, minute=0):
        """Go to the next working day, at a local time."""
        here = datetime.fromtimestamp(self.clock.now() / 1000, ZoneInfo(ZONE))
        day = here + timedelta(days=3 if here.weekday() == 4 else 1)
        there = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.pass_time(int((there - here).total_seconds() * 1000))

    def captures(self, limit=20):
        return self.ask(lambda service: service.captures(CaptureQuery(limit=limit)))

    def look_at(self, window, stay=40 * SECOND):
        """Focus a window, as the person, and stay there for a while."""
        before = self.captures(1)
        self.desktop.focus(window)
        until(lambda: self.captures(1) != before, what=f"the capture of {window.title}")
        self.clock.advance(stay)

    def wait_seen(self):
        """Wait until the agent has seen the window in front, and so everything before it."""
        front = self.desktop.active_window
        until(
            lambda: (seen := self.captures(1)) and (now := front()) and seen[0].capture.app == now.wm_class,
            what="the window in front to be seen",
        )

    def waiting(self):
        return self.ask(lambda service: service.suggestions())

    def runs(self):
        return self.ask(lambda service: service.runs())


def office_days(agent, follow, days, *, first="mail", then="notes", others=("chat", "board", "files")):
    """A history to import: each day the person turns from one program to another among unordered other windows."""
    at = datetime.fromtimestamp(agent.clock.now() / 1000, ZoneInfo(ZONE)) - timedelta(days=days)
    lines, number = [], 0
    for day in range(days):
        moment = (at + timedelta(days=day)).replace(hour=9, minute=5, second=0, microsecond=0)
        if moment.weekday() >= 5:
            continue
        for turn in range(follow):
            for app in [*_shuffled(others, number), first, then, *_shuffled(others, number + 7)]:
                lines.append(_line(moment, app))
                moment += timedelta(seconds=50 + (number * 13) % 40)
                number += 1
            moment += timedelta(minutes=11 + turn)
    return lines


def clock_days(agent, days, hour, app):
    """A history in which one program is opened each working day at an hour, among unordered others."""
    lines = []
    for number, start in enumerate(_working_days(agent, days)):
        for half_hour in range(16):
            for step, other in enumerate(_shuffled(("mail", "chat", "files"), number * 5 + half_hour)):
                lines.append(_line(start + timedelta(minutes=30 * half_hour + 7, seconds=70 * step), other))
        moment = start.replace(hour=hour) + timedelta(minutes=number % 3, seconds=30)
        lines.append(_line(moment, app))
    return sorted(lines, key=lambda line: json.loads(line)["at"])


def repeated_days(agent, days, kind, text):
    """A history in which the same is typed or run each working day, among other work."""
    lines = []
    for number, start in enumerate(_working_days(agent, days)):
        for half_hour in range(10):
            for step, other in enumerate(_shuffled(("mail", "chat", "files"), number * 5 + half_hour)):
                lines.append(_line(start + timedelta(minutes=30 * half_hour + 7, seconds=70 * step), other))
        for turn in range(2):
            moment = start + timedelta(hours=1 + 2 * turn, minutes=(number * 17) % 50)
            lines.append(_line(moment, "bash", kind=kind, text=text))
    return sorted(lines, key=lambda line: json.loads(line)["at"])


def _working_days(agent, days):
    here = datetime.fromtimestamp(agent.clock.now() / 1000, ZoneInfo(ZONE))
    mornings = (
        (here - timedelta(days=back)).replace(hour=9, minute=0, second=0) for back in range(days, 0, -1)
    )
    return [morning for morning in mornings if morning.weekday() < 5]


def _line(moment, app, kind="focus", text=""):
    seen = {"title": app} if kind == "focus" else {"text": text}
    return json.dumps({"at": int(moment.timestamp() * 1000), "kind": kind, "app": app, **seen})


def _shuffled(apps, number):
    order = list(apps) * 2
    turn = number % len(order)
    mixed = order[turn:] + order[:turn]
    return [app for index, app in enumerate(mixed) if index == 0 or app != mixed[index - 1]]


PAUSE = 6 * MINUTE
"""Longer than a cool-down, and a break between two sittings."""
