"""Reports power, battery, network and free disk space as the machine itself tells of them. Changes nothing."""

import threading
from collections.abc import Callable, Mapping

from understudy.adapters.addresses import bus_answers
from understudy.adapters.bus_signals import BusConnection, BusSignals, ask_bus
from understudy.adapters.disk import DiskPoll, DiskReader, free_at_home
from understudy.adapters.machine_state import (
    NETWORK,
    POWER,
    BatteryPoll,
    BatteryReader,
    MachineSignals,
    read_battery,
)
from understudy.adapters.outlet import Outlet
from understudy.adapters.session import read_session
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability, Clock


class MachineWatcher:
    """Values of the machine: power (mains, battery), battery (percent, in steps of 5), network, disk_free_percent."""

    name = "machine"
    title = "Mains or battery, how full it is, which network you are in, and how full the disk is"

    def __init__(
        self,
        clock: Clock,
        environment: Mapping[str, str],
        battery: BatteryReader = read_battery,
        disk: DiskReader = free_at_home,
    ) -> None:
        self._clock = clock
        self._bus = read_session(environment).system_bus
        self._battery = battery
        self._disk = disk
        self._sources: list[BusSignals | BatteryPoll | DiskPoll] = []
        self._outlet: Outlet | None = None
        self._values: dict[str, str] = {}
        self._lock = threading.Lock()

    def availability(self) -> Capability:
        """Ready with UPower and NetworkManager; degraded with a part of it."""
        power, network = self._services()
        polled = not power and self._battery() is not None
        state = "ready" if power and network else "degraded" if power or network or polled else "missing"
        parts = (
            "power is seen as it changes"
            if power
            else "the battery is looked at once a minute"
            if polled
            else "",
            "the network is seen as it changes" if network else "",
            "" if power or polled else "power is not known",
            "" if network else "the network is not known",
        )
        text = ", ".join(filter(None, parts))
        wanted = [name for name, there in (("upower", power), ("network-manager", network)) if not there]
        fix = f"Install {' and '.join(wanted)}" if self._bus and wanted else ""
        return Capability(name=self.name, state=state, text=text[:1].upper() + text[1:], fix=fix)

    def start(self, emit: Callable[[Capture], None]) -> None:
        """Begin; the values of now come first."""
        if self._outlet is not None:
            return
        self._outlet, self._values = Outlet(emit), {}
        poll = BatteryPoll(self._battery, self._tell)
        self._sources = [DiskPoll(self._disk, self._tell), poll]
        if self._bus:
            client = MachineSignals(self._tell, power_told=poll.end)
            self._sources.append(BusSignals([(self._bus, client)], "watch machine"))
        for source in self._sources:
            source.start()

    def stop(self) -> None:
        """End."""
        if self._outlet is not None:
            self._outlet.close()
            for source in self._sources:
                source.stop()
            self._outlet = None

    def _services(self) -> tuple[bool, bool]:
        """Whether UPower and NetworkManager are there."""

        async def both(bus: BusConnection) -> tuple[bool, bool]:
            return await bus.is_available(POWER), await bus.is_available(NETWORK)

        if not self._bus or not bus_answers(self._bus):
            return False, False
        return ask_bus(self._bus, both, default=(False, False), seconds=0.5)

    def _tell(self, name: str, value: str) -> None:
        outlet = self._outlet
        with self._lock:  # three threads tell: the bus, and the looks at battery and disk
            if outlet is None or self._values.get(name) == value:
                return
            self._values[name] = value
            at = self._clock.now()
            outlet(Capture(at=at, kind=CaptureKind.STATE, source=self.name, app=name, text=value))


PLUGIN = MachineWatcher
