"""A whole agent in a real desktop, with a clock that a test can move; and a person with habits in front of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.waiting import until
from tests.fakes.running_clock import RunningClock
from understudy.app.agent import LocalAgent
from understudy.app.parts import RealParts
from understudy.config import Home
from understudy.core.ports import CaptureQuery
from understudy.core.value import MINUTE, SECOND
from understudy.engine.engine import Engine
from understudy.interfaces.tray.tray import TrayIcon

ZONE = "Europe/Berlin"
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=ZoneInfo(ZONE))
"""A working day, far from quiet hours and from a change of the clock."""


class LiveAgent:
    """The real agent, all real parts, in this process, on the desktop of the test."""

    def __init__(self, desktop, folder, start=MONDAY):
        self.desktop = desktop
        self.clock = RunningClock(int(start.timestamp() * 1000), ZONE)
        self.home = Home(folder=str(folder))
        engine = Engine()
        self.parts = RealParts(self.home, engine, lambda: None, clock=self.clock, environment=desktop.env)
        self.agent = LocalAgent(self.parts.build(), engine)
        self.tray = TrayIcon(self.agent, lambda: None)
        self.parts.start()
        self.agent.start()

    def stop(self):
        self.agent.stop()
        self.parts.stop()

    def ask(self, call):
        return self.agent.ask(call)

    def pass_time(self, by):
        """Let time go by; what is due by then happens."""
        self.clock.advance(by)
        self.parts.scheduler.refresh()

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
            for app in _shuffled(others, number) + [first, then] + _shuffled(others, number + 7):
                lines.append(_line(moment, app))
                moment += timedelta(seconds=50 + (number * 13) % 40)
                number += 1
            moment += timedelta(minutes=11 + turn)
    return lines


def _line(moment, app):
    stamp = int(moment.timestamp() * 1000)
    return f'{{"at": {stamp}, "kind": "focus", "app": "{app}", "title": "{app}"}}'


def _shuffled(apps, number):
    order = list(apps) * 2
    turn = number % len(order)
    mixed = order[turn:] + order[:turn]
    return [app for index, app in enumerate(mixed) if index == 0 or app != mixed[index - 1]]


PAUSE = 6 * MINUTE
"""Longer than a cool-down, and a break between two sittings."""
