"""Takes the README's pictures in a real session: `python -m tests.e2e.take_pictures`."""

import os
import tempfile
from pathlib import Path

from PIL import Image

from tests.e2e.desktop import Desktop
from tests.e2e.live import LiveAgent, office_days
from tests.e2e.panel import RIGHT
from tests.e2e.test_workflows import NOTIFYD, QUESTION, REPORT, Desk
from tests.e2e.waiting import until
from understudy.engine.yaml_text import read_yaml

ASSETS = Path(__file__).parents[2] / "assets"
APPS = ("Thunderbird", "Obsidian", "Slack", "Firefox", "Files")
WALL = "#35506b"
DAY = ("end-of-day-tidy", "morning-prep", "download-sorter", "focus-hour")
"""Templates that somebody uses; the last two are started."""


def main():
    """Live through some weeks, let it ask, and take the picture."""
    desktop = Desktop().start()
    try:
        desktop.run("xsetroot", "-solid", WALL)
        desktop.start_notification_daemon("xfce4-notifyd")
        for app in APPS:
            desktop.install_application(app)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        take_notification(desktop)
        desktop.reset()
        desktop.start_notification_daemon(NOTIFYD)
        desktop.start_panel()
        take_run(desktop)
        desktop.reset()
        desktop.start_notification_daemon(NOTIFYD)
        desktop.start_panel()
        for app in APPS:
            desktop.install_application(app)
        take_day(desktop)
    finally:
        desktop.stop()


def take_notification(desktop):
    """The question, as it comes on screen."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveAgent(desktop, Path(folder) / "understudy")
        ask_for_notes(live, Path(folder))
        button = desktop.screen.settled("Do it", program="xfce4-notifyd")
        bottom = button.y + button.height + 30
        cropped(desktop, "notification.png", lambda screen: (screen.width - 460, 0, screen.width, bottom))
        live.stop()


def ask_for_notes(live, folder):
    """Live through weeks in which Obsidian follows Thunderbird, and turn to that again; return the windows."""
    others = ("Slack", "Firefox", "Files")
    live.take_in(folder, office_days(live, 3, 28, first="Thunderbird", then="Obsidian", others=others))
    windows = {app: live.desktop.open_terminal(app) for app in ("Thunderbird", "Slack")}
    live.look_at(windows["Thunderbird"])
    until(lambda: any(card.suggestion.is_offer for card in live.waiting()), what="a suggestion")
    return windows.values()


def take_day(desktop):
    """The menu in the course of a day: a suggestion, a run that waits, some that were done, and workflows."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveAgent(desktop, Path(folder) / "understudy")
        live.show_tray()
        (desktop.home / "Downloads").mkdir()
        made = [live.ask(lambda service, name=name: service.use_template(name, {})) for name in DAY]
        made.append(live.ask(lambda service: service.add_workflow(read_yaml(REPORT))))
        for card in made[2:]:
            live.ask(lambda service, card=card: [service.run_now(card.workflow.id, "tray", consent=True)])
        until(lambda: any(run.run.status == "waiting_approval" for run in live.runs()), what="the question")
        for window in ask_for_notes(live, Path(folder)):
            desktop.windows.close(window)
        tray = desktop.panel_tray()
        desktop.click(*tray.icon(), RIGHT)
        entry = tray._next_shown("Open Obsidian?")
        until(lambda: tray._is_pointed_at(entry), 30, what="the suggestion to be pointed at")
        tray._next_shown("Never")
        cropped(desktop, "tray-menu.png", lambda screen: (390, 480, screen.width, screen.height))
        desktop.windows.press("Escape", "Escape")
        live.stop()


def take_run(desktop):
    """A run that asks, on screen and in the tray menu."""
    desk = Desk(desktop)
    desk.start()
    desk.begin(REPORT)
    button = desktop.screen.settled("Go on", program=NOTIFYD)
    bottom = button.y + button.height + 30
    cropped(desktop, "approval.png", lambda screen: (screen.width - 460, 0, screen.width, bottom))
    take_tray_menu(desktop)


def take_tray_menu(desktop):
    """The menu, open at the question."""
    tray = desktop.panel_tray()
    desktop.click(*tray.icon(), RIGHT)
    entry = tray._next_shown(QUESTION)
    until(lambda: tray._is_pointed_at(entry), 30, what="the question to be pointed at")
    tray._next_shown("Stop here")
    cropped(desktop, "tray-approval.png", lambda screen: (560, 500, screen.width, screen.height))
    desktop.windows.press("Escape", "Escape")


def cropped(desktop, name, frame):
    """Save a part of the screen as a picture of the README."""
    with tempfile.TemporaryDirectory() as folder:
        picture = desktop.screenshot(Path(folder) / "screen.png")
        with Image.open(picture) as screen:
            screen.crop(frame(screen)).save(ASSETS / name, optimize=True)


if __name__ == "__main__":
    main()
