"""Reports when the person goes, comes back, locks the screen, and when the machine sleeps."""

from collections.abc import Callable

from understudy.adapters.outlet import Outlet
from understudy.adapters.presence import Presence, PresenceState
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability, Clock


class PresenceWatcher:
    """The person, as active, idle, locked, unlocked, asleep or awake."""

    name = "presence"
    title = "When you are away, when the screen is locked, when the machine sleeps"

    def __init__(self, clock: Clock, presence: Presence) -> None:
        self._clock = clock
        self._presence = presence
        self._outlet: Outlet | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def availability(self) -> Capability:
        """Ready where both idleness and the lock are known; degraded where one of them is."""
        parts = (self._presence.idle_capability(), self._presence.lock_capability())
        states = {part.state for part in parts}
        if len(states) == 1:
            state = states.pop()
        else:
            state = "degraded" if any(part.is_usable for part in parts) else "untested"
        weak = [part for part in parts if part.state != "ready"] or parts
        text = ". ".join(part.text for part in weak)
        return Capability(name=self.name, state=state, text=text, fix=weak[0].fix)

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin."""
        if self._outlet is None:
            self._outlet = Outlet(emit)
            self._unsubscribe = self._presence.subscribe(self._report)

    def stop(self) -> None:
        """End."""
        if self._outlet is not None and self._unsubscribe is not None:
            self._outlet.close()
            self._unsubscribe()
            self._outlet = self._unsubscribe = None

    def _report(self, state: PresenceState) -> None:
        outlet = self._outlet
        if outlet is not None:
            at = self._clock.now()
            outlet(Capture(at=at, kind=CaptureKind.PRESENCE, source=self.name, text=state.value))


PLUGIN = PresenceWatcher
