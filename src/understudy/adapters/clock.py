"""The system's clock and the person's time zone."""

import sys
import time
import zoneinfo

from understudy.core.ports import Capability
from understudy.core.value import Millis

ZONE_KEPT = 5.0
"""The zone is looked up again after so many seconds: travellers change it while the agent runs."""


class SystemClock:
    """Keeps the `Clock` port with the time of this machine."""

    def __init__(self) -> None:
        self._zone = ""
        self._looked_up = 0.0

    def now(self) -> Millis:
        """Wall-clock time."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def elapsed(self) -> float:
        """Seconds that never go back, and go on while the machine sleeps."""
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        if sys.platform == "darwin":
            return time.clock_gettime(time.CLOCK_MONOTONIC)
        return time.monotonic()

    def zone(self) -> str:
        """IANA name of the zone this machine is set to; UTC where it has none, which `availability` tells."""
        if not self._zone or self.monotonic() - self._looked_up > ZONE_KEPT:
            self._zone, self._looked_up = local_zone() or "UTC", self.monotonic()
        return self._zone

    def availability(self) -> Capability:
        """Whether the person's time zone is known."""
        zone = local_zone()
        if zone:
            return Capability(name="time_zone", state="ready", text=f"Times are in {zone}")
        return Capability(
            name="time_zone",
            state="degraded",
            text="The time zone of this machine has no name; times are in UTC",
            fix="Set it, as: timedatectl set-timezone Europe/Berlin",
        )


def local_zone() -> str:
    """Return the zone from TZ or the system's settings; empty = none that has an IANA name."""
    import tzlocal

    try:
        # (reload: the library would keep the first answer for ever)
        name = str(tzlocal.reload_localzone().key)
        zoneinfo.ZoneInfo(name)
    except (AttributeError, KeyError, OSError, ValueError, UserWarning):
        return ""
    return "" if name == "local" else name
