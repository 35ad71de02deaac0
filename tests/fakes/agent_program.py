"""A program like the agent: the fake service behind a real tray icon and a real API."""

import argparse
import itertools
import os
import signal
import threading
import time
from pathlib import Path

from tests.fakes.agent import FakeAgent
from tests.fakes.service import FakeService
from understudy.core.trust import Tier
from understudy.interfaces.api.server import LocalApi
from understudy.interfaces.tray.tray import TrayIcon


def main():
    """Run until told to end, by SIGTERM or by Quit in the menu."""
    options = read_options()
    agent = FakeAgent(FakeService(now=int(time.time() * 1000)))
    fill(agent.service)
    tray = TrayIcon(agent, open_log=(options.home / "log-opened").touch)
    api = LocalApi(agent, options.home / "agent.json")
    api.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: tray.stop())
    if options.restless:
        threading.Thread(target=keep_changing, args=(agent, options.restless), daemon=True).start()
    threading.Thread(target=end_when_quit, args=(agent, tray), daemon=True).start()
    os.write(options.ready_fd, b"ready\n")
    if options.headless:
        signal.pause()
    else:
        tray.run()
    api.stop()


def read_options():
    """What the test asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready-fd", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--restless", type=float, default=0)
    parser.add_argument("--headless", action="store_true")
    return parser.parse_args()


def fill(service):
    """Two suggestions, three workflows, one run."""
    service.see("org.xfce.mousepad", "notes")
    service.offer(1, always=True)
    service.offer(2, title="Write the <weekly> notes_file now?")
    written = service.add_workflow({"name": "Morning Prep", "steps": [{"action": "open_url"}]})
    service.set_tier(written.workflow.id, Tier.SUGGEST, "test")
    service.run_now(written.workflow.id, "test")


def keep_changing(agent, pause):
    """Change what the menu shows, its lines and their number, again and again."""
    for number in itertools.count(10):
        time.sleep(pause)
        agent.service.offer(number, title=f"Offer {number}") if number % 3 else agent.service.pause(number)
        if number % 3 == 1:
            agent.service.resume()
        agent.tell("status", {})


def end_when_quit(agent, tray):
    """The agent's own end, as the app would bring it."""
    agent.service.quit_asked.wait()
    tray.stop()


if __name__ == "__main__":
    main()
