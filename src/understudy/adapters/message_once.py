"""The process that sends one message: what to send as JSON on standard input, what came of it on standard output.

Started by `messenger`. It says nothing else: an address may hold a password.
"""

import logging
import os
import re
import sys
import threading
from typing import Any

import msgspec

from understudy.core.value import Unshown, Value

NO_ADDRESS = "none"
"""Stands for the service when the address is not one."""
_STATUS = re.compile(r"\berror=(\d{3})\b")
_HERE = frozenset({"dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
"""Services that would only show it on this machine."""


class Message(Unshown):
    """What is sent, and how long that may take."""

    address: str
    title: str
    body: str
    seconds: float


class Outcome(Value):
    """What came of it."""

    service: str
    """Its name; NO_ADDRESS = there is none."""
    was_taken: bool = False
    is_over: bool = True
    """Whether the service has said anything at all."""
    why: str = ""


class _Words(logging.Handler):
    """Listens to what Apprise says, and keeps of it only the status of an answer."""

    status = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Look for a status such as 404."""
        if found := _STATUS.search(record.getMessage()):
            self.status = f" (answer {found[1]})"


class _Sending(threading.Thread):
    """One message on its way; a service that hangs is left to the end of the process."""

    def __init__(self, service: Any, message: Message) -> None:
        super().__init__(daemon=True)
        self._service = service
        self._message = message
        self.was_taken = False
        self.why = ""

    def run(self) -> None:
        """Hand it over; Apprise tells a failure by a return value."""
        try:
            said = self._service.notify(title=self._message.title, body=self._message.body)
        except Exception as error:  # noqa: BLE001  (services raise what their libraries raise)
            self.why = f" ({type(error).__name__})"
        else:
            self.was_taken = bool(said)


def send(message: Message) -> Outcome:
    """Send it, and return what came of it within its time."""
    import apprise

    words = _Words(logging.WARNING)
    log = logging.getLogger("apprise")
    log.propagate = False
    log.addHandler(words)
    scheme = message.address.partition("://")[0].lower()
    asset = apprise.AppriseAsset(app_id="Understudy", app_desc="Understudy", async_mode=False)
    service = apprise.Apprise.instantiate(message.address, asset=asset) if "://" in message.address else None
    if service is None:
        return Outcome(service=NO_ADDRESS, why="No service is reached by it")
    if scheme in _HERE:
        return Outcome(service=NO_ADDRESS, why="It would be shown on this machine only")
    sending = _Sending(service, message)
    sending.start()
    sending.join(message.seconds)
    return Outcome(
        service=str(service.service_name),
        was_taken=sending.was_taken,
        is_over=not sending.is_alive(),
        why=sending.why or words.status,
    )


def main() -> int:
    """Send one message."""
    outcome = send(msgspec.json.decode(sys.stdin.buffer.read(), type=Message))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    sys.stdout.flush()
    os._exit(0)  # whatever still hangs ends here


if __name__ == "__main__":
    sys.exit(main())
