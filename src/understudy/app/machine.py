"""The machine as the service sees it: what it offers, starting at login, and ending the agent."""

from collections.abc import Callable, Iterable

from understudy.adapters.autostart import Autostart
from understudy.core.ports import Capability

Probe = Callable[[], Iterable[Capability]]


class ThisMachine:
    """Keeps the `Machine` port."""

    def __init__(self, probes: Iterable[Probe], autostart: Autostart, quit_agent: Callable[[], None]) -> None:
        self._probes = tuple(probes)
        self._autostart = autostart
        self._quit = quit_agent

    def capabilities(self) -> tuple[Capability, ...]:
        """Ask every part what works here, in the order of the parts."""
        return tuple(capability for probe in self._probes for capability in probe())

    def autostart(self) -> bool:
        """Whether Understudy starts at login."""
        return self._autostart.is_on()

    def set_autostart(self, *, enabled: bool) -> None:
        """Switch that on or off."""
        self._autostart.switch(on=enabled)

    def quit(self) -> None:
        """End the agent."""
        self._quit()
