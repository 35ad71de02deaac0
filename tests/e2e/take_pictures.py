"""Takes the README's pictures in a real session: `python -m tests.e2e.take_pictures`."""

import os
import tempfile
from pathlib import Path

from PIL import Image

from tests.e2e.desktop import Desktop
from tests.e2e.live import LiveAgent, office_days
from tests.e2e.waiting import until

ASSETS = Path(__file__).parents[2] / "assets"
APPS = ("Thunderbird", "Obsidian", "Slack", "Firefox", "Files")


def main():
    """Live through some weeks, let it ask, and take the picture."""
    desktop = Desktop().start()
    try:
        desktop.start_notification_daemon("xfce4-notifyd")
        for app in APPS:
            desktop.install_application(app)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        take_notification(desktop)
    finally:
        desktop.stop()


def take_notification(desktop):
    """The question, as it comes on screen."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveAgent(desktop, Path(folder) / "understudy")
        history = office_days(
            live, 3, 28, first="Thunderbird", then="Obsidian", others=("Slack", "Firefox", "Files")
        )
        live.take_in(Path(folder), history)
        windows = {app: desktop.open_terminal(app) for app in ("Thunderbird", "Slack")}
        live.look_at(windows["Thunderbird"])
        until(live.waiting, what="a suggestion")
        button = desktop.screen.settled("Do it", program="xfce4-notifyd")
        picture = desktop.screenshot(Path(folder) / "screen.png")
        with Image.open(picture) as screen:
            frame = (screen.width - 460, 0, screen.width, button.y + button.height + 30)
            screen.crop(frame).save(ASSETS / "notification.png", optimize=True)
        live.stop()


if __name__ == "__main__":
    main()
