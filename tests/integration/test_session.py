"""What a session offers: recognised by its environment, looked at without being changed."""

import socket
import sys
import threading

import pytest

from understudy.adapters.addresses import bus_answers, x_server_answers
from understudy.adapters.bus_signals import ask_bus
from understudy.adapters.session import DisplayServer, bus_capability, read_session, session_capabilities

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sessions of X11 and Wayland")

SERVERS = [
    ({"DISPLAY": ":0"}, DisplayServer.X11),
    ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, DisplayServer.WAYLAND),
    ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, DisplayServer.NONE),
    ({}, DisplayServer.NONE),
]


@pytest.mark.parametrize("environment,server", SERVERS)
def test_the_display_server_is_known_by_the_environment(environment, server):
    """XWayland's display does not make it X11."""
    assert read_session(environment).server is server


def test_the_addresses_of_the_buses(tmp_path):
    """As set, else where systemd puts them."""
    assert read_session({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}).session_bus == "unix:path=/x"
    assert read_session({"XDG_RUNTIME_DIR": str(tmp_path)}).session_bus == ""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "bus"))
        assert read_session({"XDG_RUNTIME_DIR": str(tmp_path)}).session_bus == f"unix:path={tmp_path}/bus"
    assert read_session({}).system_bus == "unix:path=/run/dbus/system_bus_socket"


@pytest.mark.desktop
def test_a_complete_desktop_is_ready(desktop):
    """Display, window manager and bus."""
    capabilities = session_capabilities(read_session(desktop.env))
    assert [(one.name, one.state) for one in capabilities] == [
        ("display", "ready"),
        ("window_manager", "ready"),
        ("session_bus", "ready"),
    ]


POOR = [
    ({}, ["missing", "missing", "missing"]),
    ({"DISPLAY": ":4711"}, ["missing", "missing", "missing"]),
    ({"DISPLAY": "nonsense"}, ["missing", "missing", "missing"]),
    ({"WAYLAND_DISPLAY": "wayland-0"}, ["degraded", "missing", "missing"]),
]


@pytest.mark.parametrize("environment,states", POOR)
def test_what_is_missing_is_named(environment, states):
    """Each with words, and what to do where something can be done."""
    capabilities = session_capabilities(read_session(environment))
    assert [one.state for one in capabilities] == states
    assert all(one.text for one in capabilities)
    assert capabilities[0].fix
    assert capabilities[2].fix


def test_a_session_of_another_system_is_untested():
    """Said, not pretended."""
    other = read_session({}).__class__(server=DisplayServer.MACOS)
    assert [one.state for one in session_capabilities(other)] == ["untested", "missing", "missing"]


@pytest.fixture
def listener(tmp_path):
    """A socket at a path, one without a path, one on the loopback interface."""
    sockets = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX), socket.socket()]
    sockets[0].bind(str(tmp_path / "a b"))
    sockets[1].bind("\0understudy-test")
    sockets[2].bind(("127.0.0.1", 0))
    for one in sockets:
        one.listen()
    yield tmp_path, sockets[2].getsockname()[1]
    for one in sockets:
        one.close()


def test_an_address_answers_when_someone_listens(listener):
    """Any of several, of each kind, with escaped characters."""
    folder, port = listener
    assert bus_answers(f"unix:path={folder}/a%20b,guid=1")
    assert bus_answers(f"unix:path=/nowhere;unix:path={folder}/a%20b")
    assert bus_answers("unix:abstract=understudy-test")
    assert bus_answers(f"tcp:host=127.0.0.1,port={port}")
    assert x_server_answers(f"127.0.0.1:{port - 6000}.0")


@pytest.mark.parametrize(
    "address", ["", "unix:path=/nowhere", "unix:", "tcp:port=x", "tcp:port=1", "launchd:"]
)
def test_an_address_without_a_listener_does_not_answer(address):
    """Nor does one that makes no sense."""
    assert not bus_answers(address)
    assert bus_capability("session_bus", address).state == "missing"


def test_a_bus_that_accepts_and_never_speaks_costs_no_more_than_its_time(tmp_path):
    """The answer is the default."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "bus"))
        server.listen()

        async def never(bus):
            return await bus.is_owned("org.example")

        assert ask_bus(f"unix:path={tmp_path}/bus", never, "default", 0.2) == "default"
    assert "ask the bus" not in [thread.name for thread in threading.enumerate() if not thread.daemon]
