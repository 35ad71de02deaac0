"""Says whether anything listens where an X server or a message bus should be; talks to neither."""

import re
import socket
import sys
from urllib.parse import unquote

PROBE_TIME = 0.4
"""Longest wait for a server to accept a connection, in seconds."""


def x_server_answers(display: str) -> bool:
    """Whether something accepts connections there; the display's own greeting is not waited for."""
    match = re.fullmatch(r"(?P<host>[^:]*):(?P<number>\d+)(\.\d+)?", display)
    if not match:
        return False
    number, host = int(match["number"]), match["host"]
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where every X server listens
        return any(_accepts_unix(place) for place in (path, "\0" + path))
    return _accepts_tcp(host, 6000 + number)


def bus_answers(address: str) -> bool:
    """Whether a D-Bus daemon accepts connections at one of the addresses."""
    for one in address.split(";"):
        transport, _, rest = one.partition(":")
        keys = {key: unquote(value) for key, _, value in (part.partition("=") for part in rest.split(","))}
        if transport == "unix":
            place = keys.get("path") or ("\0" + keys["abstract"] if "abstract" in keys else "")
            if place and _accepts_unix(place):
                return True
        port = keys.get("port", "")
        if transport == "tcp" and port.isdigit() and _accepts_tcp(keys.get("host", "localhost"), int(port)):
            return True
    return False


def _accepts_unix(place: str) -> bool:
    if sys.platform == "win32":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_TIME)
        try:
            probe.connect(place)
        except OSError:
            return False
        return True


def _accepts_tcp(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), PROBE_TIME).close()
    except OSError:
        return False
    return True
