"""What an action gets while it works, for tests: the stop signal is theirs to set, announcements are kept."""

import threading
import time

from understudy.core.action import Expectation, Progress


class FakeActionContext:
    """Keeps `core.action.ActionContext`."""

    def __init__(self, run_id: str = "r-test", *, seconds: float = 30.0) -> None:
        self.run_id = run_id
        self.tag = f"{run_id}.0"
        self.stop = threading.Event()
        self.deadline = time.monotonic() + seconds
        self.announced: list[Expectation] = []
        self.emitted: list[str] = []
        self.progress: Progress | None = None

    def expect(self, expectation: Expectation) -> None:
        """Keep what was announced."""
        self.announced.append(expectation)

    def emit(self, text: str) -> None:
        """Keep what was shown."""
        self.emitted.append(text)

    def came(self, progress: Progress) -> None:
        """Keep how far it came."""
        self.progress = progress
