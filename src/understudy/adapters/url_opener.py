"""Finds the program that opens addresses, and the application behind it. Opens nothing."""

import shutil
import subprocess
import sys
from collections.abc import Mapping

from understudy.core.ports import Capability
from understudy.errors import CapabilityMissingError

_LOOK_TIME = 2.0
"""Longest wait for the answer which application is set, in seconds."""
_OPENERS = {
    "linux": (("xdg-open",), ("gio", "open")),
    "darwin": (("open",),),
    "win32": (("rundll32.exe", "url.dll,FileProtocolHandler"),),
}


def find_opener(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return program and arguments in front of the address. Raises CapabilityMissingError."""
    for opener in _OPENERS.get(sys.platform, _OPENERS["linux"]):
        if shutil.which(opener[0], path=environment.get("PATH")):
            return opener
    raise CapabilityMissingError(
        "Addresses cannot be opened", "Neither xdg-open nor gio is installed", "Install the package xdg-utils"
    )


def opener_capability(environment: Mapping[str, str]) -> Capability:
    """`open_url`: which opener there is."""
    try:
        opener = find_opener(environment)
    except CapabilityMissingError as error:
        return Capability(name="open_url", state="missing", text=error.why, fix=error.fix)
    if sys.platform != "linux":
        return Capability(name="open_url", state="untested", text=f"{opener[0]}; never tried on this system")
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        text = "There is no desktop on which anything could be opened"
        return Capability(
            name="open_url", state="missing", text=text, fix="Start Understudy inside a desktop session"
        )
    return Capability(name="open_url", state="ready", text=f"Addresses are opened with {' '.join(opener)}")


def handler_of(url: str, environment: Mapping[str, str]) -> str:
    """Return the id of the application set for such addresses; empty = not known."""
    scheme = url.partition(":")[0].lower()
    if scheme == "file" or not shutil.which("xdg-mime", path=environment.get("PATH")):
        return ""
    try:
        answer = subprocess.run(
            ("xdg-mime", "query", "default", f"x-scheme-handler/{scheme}"),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LOOK_TIME,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):  # the window is then expected from any application
        return ""
    return answer.stdout.decode("utf-8", "replace").strip().removesuffix(".desktop")
