"""What UPower and NetworkManager tell of power and network, and a look at the battery where they do not."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from understudy.adapters.bus_signals import BusClient, BusConnection, Signal

POWER = "org.freedesktop.UPower"
_POWER_PATH = "/org/freedesktop/UPower"
_BATTERY_PATH = f"{_POWER_PATH}/devices/DisplayDevice"
_BATTERY = f"{POWER}.Device"
NETWORK = "org.freedesktop.NetworkManager"
_NETWORK_PATH = "/org/freedesktop/NetworkManager"
_CONNECTION = f"{NETWORK}.Connection.Active"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_SUPPLIES = Path("/sys/class/power_supply")

BATTERY_STEP = 5
"""A battery is told of each time it has changed by so many percent."""
POLL_TIME = 60.0
"""Where nothing tells of the battery, it is looked at this often, in seconds."""

Tell = Callable[[str, str], None]
"""(name, value): power is mains or battery, battery a percentage, network a name or offline."""
BatteryReader = Callable[[], tuple[float, bool] | None]
"""Returns (percent, whether on mains); None = no battery."""


class MachineSignals(BusClient):
    """The system bus: asks at the start, then listens."""

    rules = (
        f"type='signal',sender='{POWER}',interface='{_PROPERTIES}'",
        f"type='signal',sender='{NETWORK}',interface='{_PROPERTIES}',path='{_NETWORK_PATH}'",
        "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" + POWER + "'",
        "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" + NETWORK + "'",
    )

    def __init__(self, tell: Tell, power_told: Callable[[], None]) -> None:
        self._tell = tell
        self._power_told = power_told

    async def connected(self, bus: BusConnection) -> None:
        """Ask for everything."""
        await self._ask_power(bus)
        await self._ask_network(bus)

    async def signalled(self, bus: BusConnection, signal: Signal) -> None:
        """Ask again for what the signal is about: what it brings along may be only a part."""
        is_network = signal.path == _NETWORK_PATH or (signal.body and signal.body[0] == NETWORK)
        if is_network:
            await self._ask_network(bus)
        else:
            await self._ask_power(bus)

    async def _ask_power(self, bus: BusConnection) -> None:
        on_battery = await bus.get(POWER, _POWER_PATH, POWER, "OnBattery")
        if on_battery is None:
            return
        self._power_told()
        self._tell("power", "battery" if on_battery else "mains")
        if await bus.get(POWER, _BATTERY_PATH, _BATTERY, "IsPresent"):
            percent = await bus.get(POWER, _BATTERY_PATH, _BATTERY, "Percentage")
            if percent is not None:
                self._tell("battery", in_steps(percent))

    async def _ask_network(self, bus: BusConnection) -> None:
        connection = await bus.get(NETWORK, _NETWORK_PATH, NETWORK, "PrimaryConnection")
        if connection is None:
            return
        if connection == "/":
            self._tell("network", "offline")
            return
        name = await bus.get(NETWORK, connection, _CONNECTION, "Id")
        if name:
            self._tell("network", str(name))


class BatteryPoll:
    """Looks at the battery once a minute; ends where there is none, or once a service tells of it."""

    def __init__(self, read: BatteryReader, tell: Tell) -> None:
        self._read = read
        self._tell = tell
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; safe to call twice."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="look at battery", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """End soon; for any thread."""
        self._ended.set()

    def stop(self) -> None:
        """End within a second; safe to call twice, or without start."""
        self.end()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(0.9)

    def _run(self) -> None:
        while (state := self._read()) is not None:
            percent, on_mains = state
            self._tell("power", "mains" if on_mains else "battery")
            self._tell("battery", in_steps(percent))
            if self._ended.wait(POLL_TIME):
                return


def in_steps(percent: float) -> str:
    """Return the percentage rounded down to a whole step."""
    return str(int(percent) // BATTERY_STEP * BATTERY_STEP)


def read_battery() -> tuple[float, bool] | None:
    """Return what the system says of its battery, through psutil; None = none."""
    if sys.platform == "linux" and not any(_SUPPLIES.glob("*")):  # spares the import
        return None
    import psutil

    if not hasattr(psutil, "sensors_battery"):
        return None
    try:
        battery = psutil.sensors_battery()
    except (OSError, RuntimeError, ValueError):  # what /sys holds differs from machine to machine
        return None
    if battery is None:
        return None
    return float(battery.percent), battery.power_plugged is not False
