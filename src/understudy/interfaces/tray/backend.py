"""The one place that loads pystray, and says whether an icon can be shown. Touches nothing at import."""

import os
import sys
from typing import Any

from understudy.core.ports import Capability

NO_BUS = "No session bus, so no tray icon; everything else works, and the command line shows the same"
NO_HOST = "No panel shows tray icons; the icon appears as soon as one does"


def load_pystray() -> Any:
    """Return pystray; on Linux without its own backends: those open a display, and none of them fits."""
    if sys.platform != "linux":
        import pystray

        return pystray
    chosen = os.environ.get("PYSTRAY_BACKEND")
    os.environ["PYSTRAY_BACKEND"] = "dummy"
    try:
        import pystray
    finally:
        if chosen is None:
            del os.environ["PYSTRAY_BACKEND"]
        else:
            os.environ["PYSTRAY_BACKEND"] = chosen
    return pystray


def bus_address() -> str:
    """Where the session bus is; empty = there is none."""
    given = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    usual = f"{os.environ.get('XDG_RUNTIME_DIR', '')}/bus"
    return given or (f"unix:path={usual}" if os.path.isabs(usual) and os.path.exists(usual) else "")  # noqa: PTH110, PTH117 - one look at a path that is part of an address


def before_start() -> Capability:
    """What can be said of the tray while no icon is shown."""
    if sys.platform != "linux":
        return Capability(
            name="tray", state="untested", text="The tray of this system; not tried by its makers"
        )
    if not bus_address():
        return Capability(name="tray", state="missing", text=NO_BUS, fix="Log in to a desktop session")
    return Capability(name="tray", state="degraded", text="The icon has not been shown yet")
