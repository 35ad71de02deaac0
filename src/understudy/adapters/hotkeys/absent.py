"""Stands in where no hotkey can be heard, and says why."""

from collections.abc import Callable, Mapping

from understudy.core.ports import Capability


class NoHotkeys:
    """Keeps the `Hotkeys` port by hearing nothing."""

    def __init__(self, why: str, fix: str) -> None:
        self._why = why
        self._fix = fix
        self._wanted: frozenset[str] = frozenset()

    def start(self, on_press: Callable[[str], None]) -> None:
        """Do nothing."""

    def listen_to(self, hotkeys: frozenset[str]) -> None:
        """Note what cannot be had."""
        self._wanted = hotkeys

    def refused(self) -> Mapping[str, str]:
        """Every one of them."""
        return dict.fromkeys(self._wanted, self._why)

    def stop(self) -> None:
        """Nothing to do."""

    def availability(self) -> Capability:
        """Missing, and what to do."""
        return Capability(name="hotkeys", state="missing", text=self._why, fix=self._fix)
