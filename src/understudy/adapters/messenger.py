"""Sends messages through Apprise, in a process of its own: 34 MiB that the agent does not keep.

An address may hold a password: it goes in by standard input, and is never told.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from understudy.adapters.message_once import NO_ADDRESS, Message, Outcome
from understudy.core.ports import Capability
from understudy.errors import ActionFailedError, CapabilityMissingError, InvalidInputError

TIME = 20.0
"""Longest time for one message, in seconds."""
STARTING = 10.0
"""Seconds besides, for the process to begin: Apprise takes one or two to load."""
SEND = (sys.executable, "-P", "-m", "understudy.adapters.message_once")
"""Whatever folder the agent was started in, nothing is imported from there."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class AppriseMessenger:
    """Keeps the `Messenger` port."""

    def __init__(self, seconds: float = TIME, argv: Sequence[str] = SEND) -> None:
        self._seconds = seconds
        self._argv = tuple(argv)

    def send(self, address: str, title: str, body: str) -> None:
        """Send, and return once the service has taken it; blocks for 30 seconds at most."""
        outcome = self._asked(Message(address=address, title=title, body=body, seconds=self._seconds))
        if outcome.was_taken:
            return
        if outcome.service == NO_ADDRESS:
            raise InvalidInputError(
                "This is no address for messages",
                outcome.why,
                "Write one as Apprise takes it: mailto://user:password@example.org, ntfy://topic",
            )
        if not outcome.is_over:
            why = f"{outcome.service} did not answer within {self._seconds:g} seconds; it may still arrive"
            raise ActionFailedError("The message was not confirmed", why, "Look whether it has arrived")
        why = f"{outcome.service} did not take it{outcome.why}"
        raise ActionFailedError("The message was not sent", why, "Check the address and the connection")

    def availability(self) -> Capability:
        """Whether Apprise is there; no service is asked."""
        if importlib.util.find_spec("apprise") is None:
            text, fix = "Messages cannot be sent: Apprise is missing", "Install it: pip install apprise"
            return Capability(name="messages", state="missing", text=text, fix=fix)
        return Capability(name="messages", state="ready", text="Messages are sent to any Apprise address")

    def _asked(self, message: Message) -> Outcome:
        try:
            ended = subprocess.run(
                self._argv,
                input=msgspec.json.encode(message),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # it may speak of the address
                timeout=self._seconds + STARTING,
                creationflags=_NO_WINDOW,
                check=False,
            )
            return msgspec.json.decode(ended.stdout, type=Outcome)
        except OSError as error:
            raise CapabilityMissingError(
                "The message was not sent", f"Its process could not be started: {error.strerror}"
            ) from error
        except (subprocess.TimeoutExpired, msgspec.DecodeError):
            return Outcome(service="The service", is_over=False)
