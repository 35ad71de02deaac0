"""An agent around the fake service: asks are answered by whoever asks, events are told by the test."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future

from tests.fakes.service import FakeService
from understudy.errors import TimedOutError


class FakeAgent:
    """An agent whose engine thread is whoever asks, one at a time."""

    def __init__(self, service=None):
        self.service = service or FakeService()
        self.listeners = []
        self.threads: set[str] = set()
        self.stuck = self.is_halted = False
        self._engine = threading.Lock()

    def ask(self, call):
        if self.stuck:
            raise TimedOutError("Understudy is busy", "It did not answer in time", "Try again")
        self.threads.add(threading.current_thread().name)
        with self._engine:
            answer = call(self.service)
        return answer.result(10) if isinstance(answer, Future) else answer

    def halt(self):
        self.is_halted = True

    def subscribe(self, callback):
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def tell(self, kind, payload):
        """Send a live event to everybody who listens."""
        for callback in tuple(self.listeners):
            callback(kind, payload)

    def tell_all(self, events: Iterable):
        for kind, payload in events:
            self.tell(kind, payload)
