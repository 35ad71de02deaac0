"""Says which programs of the desktop tests are missing here, and how to get them; imports everywhere."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

HIDDEN_FOLDERS = (
    "/usr/libexec",
    "/usr/lib/python3/dist-packages",
    "/usr/lib/notification-daemon",
    "/usr/lib/*/xfce4/notifyd",
    "/usr/lib/*/xfce4/xfconf",
)
"""Where programs live that no person starts by hand, and the modules of Debian's own Python."""

PACKAGES = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "openbox": "openbox",
    "setpriv": "util-linux",
    "at-spi2-registryd": "at-spi2-core",
    "xdotool": "xdotool",
    "import": "imagemagick",
}
"""The programs every desktop test needs, and the Debian packages that bring them."""

OTHER_NAMES = {"dbusmock": "python3-dbusmock"}
"""The packages of what single tests ask for, where they are named differently."""


def program_path(name: str) -> str:
    """Return where the program is, or an empty string."""
    found = shutil.which(name)
    if found:
        return found
    root = Path("/")
    hidden = (path for folder in HIDDEN_FOLDERS for path in root.glob(f"{folder[1:]}/{name}"))
    return str(next(hidden, ""))


def missing_for_desktop(programs: Iterable[str] = ()) -> str:
    """Return why a desktop test cannot run here, in words; empty when it can."""
    if sys.platform != "linux":
        return "needs an X session of its own, which the tests can start on Linux only"
    missing = [name for name in (*PACKAGES, *programs) if not program_path(name)]
    if not missing:
        return ""
    packages = " ".join((PACKAGES | OTHER_NAMES).get(name, name) for name in missing)
    return f"needs {', '.join(missing)}: sudo apt-get install -y --no-install-recommends {packages}"
