"""The actions among fakes, with parameters that fit each of them."""

import os

from tests.fakes.messenger import FakeMessenger
from tests.fakes.notifier import FakeNotifier
from tests.fakes.secrets import FakeSecrets
from tests.fakes.tasks import FakeTaskBox
from tests.fakes.typer import FakeTyper
from tests.fakes.windows import FakeWindows
from understudy.adapters.applications import Applications
from understudy.adapters.plugins import discover
from understudy.config import Settings

HOSTILE = "<b>bold</b> & <img src=x> %s {title}"

SAMPLES = {
    "create_task": [{"title": "Water the plants"}, {"title": HOSTILE, "kind": "prompt", "prompt": HOSTILE}],
    "draft_email": [{"subject": "Minutes"}, {"subject": HOSTILE, "to": ["kim@example.org"], "body": "a\nb"}],
    "http_request": [
        {"url": "http://127.0.0.1:9/x"},
        {
            "url": "https://desk.example/api?q=<b>",
            "method": "post",
            "headers": {"X-Note": HOSTILE},
            "json": {"text": HOSTILE},
            "inverse": {"url": "https://desk.example/api/{answer.id}"},
        },
    ],
    "notify": [{"title": "Stand up"}, {"title": HOSTILE, "body": "two\nlines"}],
    "open_app": [{"app": "ledger"}, {"app": "Ledger", "arguments": ["--new", HOSTILE, "a\nb"]}],
    "open_url": [{"url": "https://tracker.example/?q=<b>&x=%20"}, {"url": "mailto:kim@example.org"}],
    "prompt": [{"text": "Sum up"}, {"text": f"{HOSTILE}\nNow", "command": ["touch", "asked"]}],
    "run_script": [
        {"script": "touch done\n"},
        {
            "script": f"# {HOSTILE}\ntouch done\nexit 0",
            "inverse": "rm done",
            "environment": {"title": HOSTILE},
        },
    ],
    "send_message": [
        {"to": "phone", "title": "Done", "cancel_window": 0},
        {"to": "ntfy://desk", "title": HOSTILE, "body": "two\nlines", "cancel_window": 0},
    ],
    "type_text": [{"text": "Kind regards"}, {"text": f"{HOSTILE}\nKim", "newlines": True, "app": "ledger"}],
}
"""Valid parameters of each action; a new action adds its own here."""


class Stage:
    """The actions among fakes, and what has happened to them."""

    def __init__(self, home):
        self.home = home
        self.notifier = FakeNotifier()
        self.typer = FakeTyper(wm_class=("ledger", "ledger"))
        self.windows = FakeWindows()
        self.started = home / "started"
        self._install("ledger", f"touch {self.started}")
        self.environment = {
            "PATH": os.pathsep.join([str(home / "bin"), os.environ["PATH"]]),
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "share"),
            "XDG_DATA_DIRS": str(home / "nothing"),
        }
        self._install_opener()
        self.messenger = FakeMessenger()
        self.tasks = FakeTaskBox()
        self.settings = Settings(
            addresses={"phone": "ntfy://{{ secret.topic }}"}, assistant_command=("touch", "asked")
        )
        services = {
            "messenger": self.messenger,
            "secrets": FakeSecrets(topic="s3cret"),
            "settings": lambda: self.settings,
            "tasks": self.tasks,
            "notifier": self.notifier,
            "typer": self.typer,
            "windows": self.windows,
            "applications": Applications(self.environment, home),
            "environment": self.environment,
        }
        self.actions = discover("understudy.adapters.actions", "understudy.no_such_group", services)

    def _install(self, name, command):
        folder = self.home / "share" / "applications"
        folder.mkdir(parents=True)
        lines = ("[Desktop Entry]", "Type=Application", "Name=Ledger", f"Exec={command}", "")
        (folder / f"{name}.desktop").write_text("\n".join(lines))

    def _install_opener(self):
        opener = self.home / "bin" / "xdg-open"
        opener.parent.mkdir()
        opener.write_text(f"#!/bin/sh\necho opened > {self.started}\n")
        opener.chmod(0o755)

    @property
    def effects(self):
        """Everything that any action could have done here."""
        files = sorted(path.name for path in self.home.iterdir())
        own = (self.messenger.sent, dict(self.tasks.tasks))
        return (files, list(self.notifier.history), self.typer.text, list(self.windows.requests), own)
