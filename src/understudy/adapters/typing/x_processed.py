"""Waits until a program has taken in what was sent to its window; only then may the keyboard change again."""

import select
import time
from typing import Any

from understudy.adapters.open_windows import connected

WITHOUT_ANSWER = 0.15
"""Seconds for programs that do not answer (_NET_WM_PING), as xterm."""
LONGEST = 2.0
AFTERWARDS = 0.02


def wait_processed(name: str, number: int) -> None:
    """Ask the window on this display whether it is still there, as window managers do.

    The answer comes after all earlier keys. On a connection of its own: the typing one counts its events.
    """
    with connected(name) as display:
        if not _ask(display, display.create_resource_object("window", number)):
            time.sleep(WITHOUT_ANSWER)


def _ask(display: Any, window: Any) -> bool:
    """Send the question and wait for its answer; False = the program does not know it."""
    from Xlib import X, error
    from Xlib.protocol import event

    ping = display.intern_atom("_NET_WM_PING")
    try:
        knows = ping in window.get_wm_protocols()
    except error.BadWindow:
        return True  # it has gone; there is nothing to wait for
    if knows:
        mark = time.monotonic_ns() & 0x7FFFFFFF
        display.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
        protocols = display.intern_atom("WM_PROTOCOLS")
        question = event.ClientMessage(
            window=window, client_type=protocols, data=(32, [ping, mark, window.id, 0, 0])
        )
        window.send_event(question, event_mask=X.NoEventMask)
        display.sync()
        _wait_for(display, [ping, mark, window.id])
    return bool(knows)


def _wait_for(display: Any, answer: list[int]) -> None:
    from Xlib import X

    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        while display.pending_events():
            event = display.next_event()
            if event.type == X.ClientMessage and list(event.data[1][:3]) == answer:
                time.sleep(AFTERWARDS)
                return
        select.select([display.fileno()], [], [], max(0.0, end - time.monotonic()))
