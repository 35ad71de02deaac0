"""Chooses how notifications are shown here, once, and writes choice and reason into the log."""

import importlib.util
import logging
import sys
from collections.abc import Mapping
from pathlib import Path

from understudy.adapters.notifiers.absent import AbsentNotifier
from understudy.adapters.notifiers.over_dbus import DBusNotifier
from understudy.adapters.notifiers.with_desktop_notifier import LibraryNotifier
from understudy.adapters.notifiers.with_plyer import PlyerNotifier
from understudy.adapters.session import read_session

_log = logging.getLogger(__name__)

AnyNotifier = DBusNotifier | LibraryNotifier | PlyerNotifier | AbsentNotifier


def choose_notifier(
    environment: Mapping[str, str], icon: str = "understudy", memory: Path | None = None
) -> AnyNotifier:
    """Return the best notifier of this system; `stop` it at the end.

    `icon`: a picture's path, or a theme's name. `memory`: a file that tells the next agent what is on the screen.
    """
    chosen, reason = _choose(environment, icon, memory)
    _log.info("notifications: %s, because %s", type(chosen).__name__, reason)
    return chosen


def _choose(environment: Mapping[str, str], icon: str, memory: Path | None) -> tuple[AnyNotifier, str]:
    if sys.platform not in ("win32", "darwin"):
        if read_session(environment).session_bus:
            return DBusNotifier(environment, icon=icon, memory=memory), "there is a session bus"
        why = "There is no session bus: DBUS_SESSION_BUS_ADDRESS is not set"
        return AbsentNotifier(why, "Start Understudy inside a desktop session"), "there is no session bus"
    if importlib.util.find_spec("desktop_notifier"):
        return LibraryNotifier(), "desktop-notifier is installed"
    if importlib.util.find_spec("plyer"):
        return PlyerNotifier(), "only plyer is installed"
    return AbsentNotifier(
        "desktop-notifier is not installed", "pip install desktop-notifier"
    ), "nothing is installed"
