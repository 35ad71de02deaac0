"""Windows that are only a list. Keeps the `OpenWindows` port."""

from understudy.adapters.focus.active_window import WindowView
from understudy.core.ports import Capability


class FakeWindows:
    """The last window is in front; `requests` keeps what was asked for."""

    def __init__(self, *windows: WindowView):
        self.windows = list(windows)
        self.requests = []

    def capability(self):
        return Capability(name="windows", state="ready")

    def all(self):
        return tuple(self.windows)

    def active(self):
        return self.windows[-1].id if self.windows else 0

    def bring_to_front(self, window):
        self.requests.append(("front", window))
        self.windows.sort(key=lambda each: each.id == window)

    def ask_to_close(self, window):
        self.requests.append(("close", window))
        self.windows = [each for each in self.windows if each.id != window]
