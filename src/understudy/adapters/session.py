"""What this login session offers: display server, window manager, buses. Looks without changing anything."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from understudy.adapters.addresses import bus_answers, x_server_answers
from understudy.adapters.x_events import open_display
from understudy.core.ports import Capability
from understudy.core.value import Value


class DisplayServer(StrEnum):
    """What draws the windows."""

    X11 = "x11"
    WAYLAND = "wayland"
    WINDOWS = "windows"
    MACOS = "macos"
    NONE = "none"


class Session(Value):
    """The addresses of one session, as its environment names them."""

    server: DisplayServer
    display: str = ""
    """The X display, also that of XWayland; empty = none."""
    session_bus: str = ""
    """D-Bus address; empty = none."""
    system_bus: str = ""
    login_session: str = ""
    """The id of this session in logind; empty = unknown."""
    desktop: str = ""
    """As XFCE or ubuntu:GNOME."""


def read_session(environment: Mapping[str, str]) -> Session:
    """Return what the environment says of the session."""
    return Session(
        server=_display_server(environment),
        display=environment.get("DISPLAY", ""),
        session_bus=_session_bus(environment),
        system_bus=_system_bus(environment),
        login_session=environment.get("XDG_SESSION_ID", ""),
        desktop=environment.get("XDG_CURRENT_DESKTOP", ""),
    )


def session_capabilities(session: Session) -> tuple[Capability, ...]:
    """Return display, window manager and session bus; takes at most a second or two."""
    return (
        display_capability(session),
        window_manager_capability(session),
        bus_capability("session_bus", session.session_bus),
    )


def display_capability(session: Session) -> Capability:
    """Whether windows can be shown, and what draws them."""
    name = "display"
    if session.server is DisplayServer.X11:
        if x_server_answers(session.display):
            return Capability(name=name, state="ready", text=f"X11 on {session.display}")
        return Capability(
            name=name,
            state="missing",
            text=f"The X server {session.display} does not answer",
            fix="Start Understudy inside a desktop session",
        )
    if session.server is DisplayServer.WAYLAND:
        text = "Wayland: windows in front cannot be seen, and text cannot be typed for you"
        return Capability(
            name=name, state="degraded", text=text, fix="Choose an X11 session on the login screen"
        )
    if session.server is DisplayServer.NONE:
        text = "There is no desktop: neither DISPLAY nor WAYLAND_DISPLAY is set"
        return Capability(
            name=name, state="missing", text=text, fix="Start Understudy inside a desktop session"
        )
    return Capability(name=name, state="untested", text=f"Not tried on {session.server}")


def window_manager_capability(session: Session) -> Capability:
    """Whether the window manager says which window is in front (X11)."""
    name = "window_manager"
    if session.server is DisplayServer.NONE:
        fix = "Start Understudy inside a desktop session"
        return Capability(name=name, state="missing", text="There is no desktop", fix=fix)
    if session.server is not DisplayServer.X11:
        text = f"Its answers are understood on X11 only, and this is {session.server}"
        return Capability(name=name, state="missing", text=text)
    if not x_server_answers(session.display):
        return Capability(
            name=name,
            state="missing",
            text=f"The X server {session.display} does not answer",
            fix="Start Understudy inside a desktop session",
        )
    try:
        return _ask_manager(name, session.display)
    except OSError as error:
        return Capability(name=name, state="missing", text=f"The X server refused us: {error}")


def bus_capability(name: str, address: str) -> Capability:
    """Whether a message bus answers at the address."""
    if sys.platform in ("win32", "darwin"):
        return Capability(name=name, state="missing", text="This system has no D-Bus; it is not needed here")
    if address and bus_answers(address):
        return Capability(name=name, state="ready", text=f"D-Bus at {address.partition(',')[0]}")
    return Capability(
        name=name,
        state="missing",
        text="No message bus answers: no tray icon, no buttons in notifications, lock and sleep unknown",
        fix="Start the session with dbus-run-session, or log in through the login screen",
    )


def _display_server(environment: Mapping[str, str]) -> DisplayServer:
    if sys.platform == "win32":
        return DisplayServer.WINDOWS
    if sys.platform == "darwin":
        return DisplayServer.MACOS
    if environment.get("WAYLAND_DISPLAY"):
        return DisplayServer.WAYLAND
    return DisplayServer.X11 if environment.get("DISPLAY") else DisplayServer.NONE


def _session_bus(environment: Mapping[str, str]) -> str:
    address = environment.get("DBUS_SESSION_BUS_ADDRESS", "")
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if not address and folder and (Path(folder) / "bus").is_socket():
        return f"unix:path={folder}/bus"
    return address


def _system_bus(environment: Mapping[str, str]) -> str:
    if sys.platform in ("win32", "darwin"):
        return ""
    return environment.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"


def _ask_manager(name: str, display: str) -> Capability:
    connection = open_display(display)
    try:
        root = connection.screen().root
        manager = _is_managed(connection, root)
        supported = _values(connection, root, "_NET_SUPPORTED")
        if manager and connection.intern_atom("_NET_ACTIVE_WINDOW") in supported:
            return Capability(name=name, state="ready", text="It says which window is in front")
    finally:
        connection.close()
    text = "It does not say which window is in front" if manager else "No window manager is running"
    fix = "Use a window manager that keeps the EWMH standard, as openbox or xfwm4"
    return Capability(name=name, state="missing", text=text, fix=fix)


def _is_managed(connection: Any, root: Any) -> bool:
    """Whether the window that stands for the manager exists: one that died leaves its mark on the root."""
    from Xlib import error

    mark = "_NET_SUPPORTING_WM_CHECK"
    for number in _values(connection, root, mark):
        try:
            window = connection.create_resource_object("window", number)
            return list(_values(connection, window, mark)) == [number]
        except error.BadWindow:
            return False
    return False


def _values(connection: Any, window: Any, atom: str) -> Any:
    from Xlib import X

    found = window.get_full_property(connection.intern_atom(atom), X.AnyPropertyType)
    return found.value if found is not None else ()
