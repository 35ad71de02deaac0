"""A screen that is used as the test says. Keeps the `ScreenWatch` port."""

import msgspec

from understudy.core.ports import Capability, ScreenUse


class FakeScreenWatch:
    """Knows what the test puts on the screen, and says so to whoever listens."""

    def __init__(self):
        self._use = ScreenUse()
        self._changed = None

    def now(self):
        return self._use

    def start(self, changed):
        self._changed = changed

    def stop(self):
        self._changed = None

    def availability(self):
        return tuple(
            Capability(name=name, state="ready", text="The test knows")
            for name in ("full_screen", "do_not_disturb")
        )

    def put(self, **use):
        """Use the screen like this from now on."""
        self._use = msgspec.structs.replace(self._use, **use)
        if self._changed:
            self._changed()
