"""Chooses how hotkeys are heard here, once, and writes choice and reason into the log."""

import importlib.util
import logging
from collections.abc import Mapping

from understudy.adapters.hotkeys.absent import NoHotkeys
from understudy.adapters.hotkeys.with_pynput import PynputHotkeys
from understudy.adapters.hotkeys.x11 import XHotkeys
from understudy.adapters.session import DisplayServer, read_session
from understudy.core.ports import Hotkeys

_log = logging.getLogger(__name__)


def choose_hotkeys(environment: Mapping[str, str]) -> Hotkeys:
    """Return what hears the hotkeys of this session."""
    chosen, reason = _choose(environment)
    _log.info("hotkeys: %s, because %s", type(chosen).__name__, reason)
    return chosen


def _choose(environment: Mapping[str, str]) -> tuple[Hotkeys, str]:
    session = read_session(environment)
    if session.server is DisplayServer.X11:
        return XHotkeys(session.display), "the session runs on X11"
    if session.server is DisplayServer.WAYLAND:
        why = "Wayland gives keys to the window in front only"
        fix = (
            "Let the keyboard settings of your desktop run understudy workflows run ID, and understudy stop,"
            " or choose an X11 session on the login screen"
        )
        return NoHotkeys(why, fix), "the session runs on Wayland"
    if session.server is DisplayServer.NONE:
        return NoHotkeys(
            "There is no desktop", "Start Understudy inside a desktop session"
        ), "there is no desktop"
    if importlib.util.find_spec("pynput"):
        return PynputHotkeys(), f"pynput is installed on {session.server}"
    return NoHotkeys("pynput is not installed", "pip install understudy[keys]"), "pynput is missing"
