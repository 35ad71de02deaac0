"""A keyboard in a set. Keeps the `Hotkeys` port."""

from understudy.core.ports import Capability


class FakeHotkeys:
    """Hears what the test presses."""

    def __init__(self):
        self.wanted = frozenset()
        self.taken = {}
        """Hotkey -> why it cannot be had."""
        self._on_press = None

    def start(self, on_press):
        self._on_press = on_press

    def listen_to(self, hotkeys):
        self.wanted = hotkeys

    def refused(self):
        return {hotkey: why for hotkey, why in self.taken.items() if hotkey in self.wanted}

    def stop(self):
        self._on_press = None

    def availability(self):
        state = "degraded" if self.refused() else "ready"
        return Capability(name="hotkeys", state=state, text="The test presses keys")

    def press(self, hotkey):
        """Press it; nobody hears what was not asked for or belongs to another program."""
        if self._on_press and hotkey in self.wanted and hotkey not in self.taken:
            self._on_press(hotkey)
