"""Chooses how text is typed here, once, and writes choice and reason into the log."""

import importlib.util
import logging
from collections.abc import Mapping

from understudy.adapters.session import DisplayServer, read_session
from understudy.adapters.typing.port import NoTyper, Typer
from understudy.adapters.typing.with_pynput import PynputTyper
from understudy.adapters.typing.x11 import XTyper

_log = logging.getLogger(__name__)


def choose_typer(environment: Mapping[str, str]) -> Typer:
    """Return the typer of this session."""
    chosen, reason = _choose(environment)
    _log.info("typing: %s, because %s", type(chosen).__name__, reason)
    return chosen


def _choose(environment: Mapping[str, str]) -> tuple[Typer, str]:
    server = read_session(environment).server
    if server is DisplayServer.X11:
        return XTyper(environment), "the session runs on X11"
    if server is DisplayServer.WAYLAND:
        why = (
            "Wayland does not tell programs where keys would go, so nothing is typed. The other actions work."
        )
        return NoTyper(
            why, 'Choose an X11 session ("on Xorg") on the login screen'
        ), "the session runs on Wayland"
    if server is DisplayServer.NONE:
        return NoTyper(
            "There is no desktop.", "Start Understudy inside a desktop session"
        ), "there is no desktop"
    if importlib.util.find_spec("pynput"):
        return PynputTyper(), f"pynput is installed on {server}"
    return NoTyper("pynput is not installed.", "pip install understudy[keys]"), "pynput is missing"
