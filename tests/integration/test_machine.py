"""The machine watcher over the real services' interfaces, mocked, and over a look at the battery."""

import queue
import time

import pytest
from jeepney import DBusAddress

from tests.e2e.bus import Bus
from understudy.adapters.clock import SystemClock
from understudy.adapters.disk import free_at_home
from understudy.adapters.machine_state import in_steps, read_battery
from understudy.adapters.watchers.machine import MachineWatcher
from understudy.core.capture import CaptureKind

MOCK = "org.freedesktop.DBus.Mock"
POWER = DBusAddress("/org/freedesktop/UPower", "org.freedesktop.UPower", MOCK)
BATTERY = DBusAddress("/org/freedesktop/UPower/devices/DisplayDevice", "org.freedesktop.UPower", MOCK)
NETWORK = DBusAddress("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", MOCK)


def no_battery():
    """A machine without one."""


def no_disk():
    """A machine that does not say how full it is."""


@pytest.fixture
def services(desktop):
    """UPower and NetworkManager on a system bus, and the hands on them."""
    desktop.start_system_bus()
    bus = Bus(desktop.env["DBUS_SYSTEM_BUS_ADDRESS"])
    for template in ("upower", "networkmanager"):
        desktop.spawn("/usr/bin/python3", "-m", "dbusmock", "--system", "--template", template)
    desktop.until(lambda: bus.is_owned(POWER.bus_name) and bus.is_owned(NETWORK.bus_name), what="the mocks")
    # (the template leaves out what tells the connection in use)
    bus.call(NETWORK, "AddProperty", "ssv", NETWORK.bus_name, "PrimaryConnection", ("o", "/"))
    yield bus
    bus.close()


def update(bus, target, interface, **properties):
    """Change properties, which are told of."""
    bus.call(target, "UpdateProperties", "sa{sv}", interface, properties)


def connect(bus, path):
    """Make this connection the one in use."""
    properties = DBusAddress(NETWORK.object_path, NETWORK.bus_name, "org.freedesktop.DBus.Properties")
    bus.call(properties, "Set", "ssv", NETWORK.bus_name, "PrimaryConnection", ("o", path))


@pytest.fixture
def values(desktop, services):
    """What a running watcher reports, as (name, value)."""
    update(services, BATTERY, "org.freedesktop.UPower.Device", IsPresent=("b", True), Percentage=("d", 63.0))
    captures, watcher = queue.Queue(), MachineWatcher(SystemClock(), desktop.env, no_battery, no_disk)
    watcher.start(captures.put)
    yield lambda: (captures.get(timeout=5), captures.empty())[0]
    watcher.stop()


pytestmark = pytest.mark.desktop("dbusmock")


def test_power_and_battery_come_first_and_then_as_they_change(services, values):
    """Steps of five percent; a change within a step is not told."""
    first = {(capture.app, capture.text) for capture in (values(), values(), values())}
    assert first == {("power", "mains"), ("battery", "60"), ("network", "offline")}
    update(services, BATTERY, "org.freedesktop.UPower.Device", Percentage=("d", 61.0))
    update(services, POWER, "org.freedesktop.UPower", OnBattery=("b", True))
    capture = values()
    assert (capture.kind, capture.source) == (CaptureKind.STATE, "machine")
    assert (capture.app, capture.text) == ("power", "battery")
    update(services, BATTERY, "org.freedesktop.UPower.Device", Percentage=("d", 59.0))
    capture = values()
    assert (capture.app, capture.text) == ("battery", "55")


def test_the_network_is_told_by_its_name(services, values):
    """Connected and gone again."""
    for _ in range(3):
        values()
    path = "/org/freedesktop/NetworkManager/ActiveConnection/1"
    interface = "org.freedesktop.NetworkManager.Connection.Active"
    services.call(NETWORK, "AddObject", "ssa{sv}a(ssss)", path, interface, {"Id": ("s", "Home grün")}, [])
    connect(services, path)
    assert values().text == "Home grün"
    connect(services, "/")
    assert values().text == "offline"


def test_what_is_there_is_said(desktop, services):
    """Ready with both services."""
    capability = MachineWatcher(SystemClock(), desktop.env, no_battery).availability()
    assert (capability.state, capability.fix) == ("ready", "")
    assert capability.text == "Power is seen as it changes, the network is seen as it changes"


BATTERIES = [
    (no_battery, "missing", "Power is not known, the network is not known"),
    (lambda: (50.0, True), "degraded", "The battery is looked at once a minute, the network is not known"),
]


@pytest.mark.parametrize("battery,state,text", BATTERIES)
def test_what_is_missing_is_said_with_what_to_install(desktop, battery, state, text):
    """Nothing, or the battery alone."""
    capability = MachineWatcher(SystemClock(), desktop.env, battery).availability()
    assert (capability.state, capability.text) == (state, text)
    assert capability.fix == "Install upower and network-manager"


def test_without_services_the_battery_is_looked_at(tmp_path, monkeypatch):
    """Again and again, and each value is told once."""
    monkeypatch.setattr("understudy.adapters.machine_state.POLL_TIME", 0.05)
    readings = iter([(52.0, True), (51.0, True), (49.0, False)])
    captures = queue.Queue()
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    watcher = MachineWatcher(SystemClock(), environment, lambda: next(readings, None), no_disk)
    watcher.start(captures.put)
    found = [(capture.app, capture.text) for capture in (captures.get(timeout=5) for _ in range(4))]
    assert found == [("power", "mains"), ("battery", "50"), ("power", "battery"), ("battery", "45")]
    time.sleep(0.2)
    assert captures.empty()
    watcher.stop()


STEPS = [(100.0, "100"), (99.9, "95"), (5.0, "5"), (4.9, "0"), (0.0, "0")]


@pytest.mark.parametrize("percent,expected", STEPS)
def test_a_percentage_is_told_in_steps(percent, expected):
    """Rounded down, so that "below 10" is true only when it is."""
    assert in_steps(percent) == expected


def test_the_battery_of_this_machine_is_read_or_absent():
    """Whatever it has, a percentage comes out or nothing."""
    battery = read_battery()
    assert battery is None or 0 <= battery[0] <= 100


def test_free_disk_space_is_told_in_whole_per_cent_when_it_changes(tmp_path, monkeypatch):
    """A look that fails tells nothing, a change within a per cent neither."""
    monkeypatch.setattr("understudy.adapters.disk.LOOK_TIME", 0.02)
    readings = iter([55.9, 55.1, None, 9.99])
    captures = queue.Queue()
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    watcher = MachineWatcher(SystemClock(), environment, no_battery, lambda: next(readings, None))
    watcher.start(captures.put)
    found = [(capture.app, capture.text) for capture in (captures.get(timeout=5) for _ in range(2))]
    assert found == [("disk_free_percent", "55"), ("disk_free_percent", "9")]
    watcher.stop()


def test_the_disk_of_this_machine_is_read():
    """A percentage, or nothing where there is no home."""
    free = free_at_home()
    assert free is None or 0 <= free <= 100
