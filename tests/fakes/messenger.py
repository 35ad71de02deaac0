"""A way out of the machine that leads to the test. Keeps the `Messenger` port."""

from understudy.core.ports import Capability
from understudy.errors import ActionFailedError, InvalidInputError


class FakeMessenger:
    """Keeps what was sent."""

    def __init__(self):
        self.sent = []
        """(address, title, body), in order."""
        self.failing = ""
        """Set to a reason: nothing is taken any more."""

    def send(self, address, title, body):
        if "://" not in address:
            raise InvalidInputError("This is no address for messages", "It has no service", "As mailto://...")
        if self.failing:
            raise ActionFailedError("The message was not sent", self.failing)
        self.sent.append((address, title, body))

    def availability(self):
        return Capability(name="messages", state="ready", text="Messages go to the test")
