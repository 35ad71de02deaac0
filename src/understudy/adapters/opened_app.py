"""Takes an opening back: closes what was started if nobody has used it, or gives the focus back."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.open_windows import OpenWindows, wait_until
from understudy.adapters.process import Started, end_group, family, is_alive
from understudy.core.action import ActionContext, Expectation, Undone, UndoStatus
from understudy.core.capture import CaptureKind
from understudy.core.value import Value

GRACE = 3.0
"""Seconds a program has to close its windows, and then to end."""

OwnWindows = Callable[[str], list[WindowView]]
"""The windows of an application id."""


class Opened(Value):
    """What was opened, and how it looked when it had settled."""

    app: str
    started: Started | None = None
    """The process that was started; None = another one showed the window, or nothing was started."""
    windows: tuple[tuple[int, str], ...] = ()
    """(window, title) of what appeared."""
    window: int = 0
    """The window that was brought to the front; 0 = one was started instead."""
    previous: int = 0
    """The window that was in front before."""
    with_terminal: int = 0
    """How many processes below it had a terminal: a shell in a terminal window, and what runs in it."""
    unseen: bool = False
    """Whether windows could not be seen."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for the journal."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @staticmethod
    def count_terminals(pid: int) -> int:
        """Return how many processes below this one work in a terminal; editors and browsers have none."""
        return sum(_has_terminal(number) for number in family(pid))


def _has_terminal(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[4] != "0"


def take_back(
    undo: dict[str, Any], windows: OpenWindows, own_windows: OwnWindows, context: ActionContext
) -> Undone:
    """Undo one opening; REFUSED says what has changed since."""
    try:
        opened = msgspec.convert(undo, Opened)
    except msgspec.ValidationError:
        return _refused("What was opened is not known any more.")
    if opened.unseen or not windows.capability().is_usable:
        return _refused("Windows cannot be seen, so nobody can tell whether you have used it.")
    if opened.window:
        return _give_focus_back(opened, windows, context)
    changed = _what_changed(opened, own_windows(opened.app), windows.all())
    return _refused(changed) if changed else _close(opened, windows, own_windows, context)


def _give_focus_back(opened: Opened, windows: OpenWindows, context: ActionContext) -> Undone:
    if windows.active() != opened.window:
        return _refused("You have gone to another window since.")
    if opened.previous not in {window.id for window in windows.all()}:
        return _refused("The window from before has been closed.")
    context.expect(Expectation(kind=CaptureKind.FOCUS))
    windows.bring_to_front(opened.previous)
    if wait_until(lambda: windows.active() == opened.previous, GRACE, time.monotonic() + GRACE):
        return Undone(status=UndoStatus.UNDONE, text="The window from before is in front again.")
    return Undone(status=UndoStatus.UNDO_FAILED, text="The window from before did not come to the front.")


def _what_changed(opened: Opened, own: list[WindowView], every: tuple[WindowView, ...]) -> str:
    """Return in words what is not as it was left; empty = nothing that can be seen."""
    titles = dict(opened.windows)
    there = {window.id: window.title for window in every if window.id in titles}
    started = opened.started
    others = {window.id for window in own} - titles.keys()
    answers = (
        (started is None and not titles, "Nothing of it is left."),
        (started is not None and not is_alive(started), "It has ended since."),
        (bool(titles) and not there, "It has been closed since."),
        (
            there.keys() != titles.keys() or (started is not None and bool(others)),
            "It has other windows now than when it was opened, so it has been used.",
        ),
        (there != titles, "Its title has changed, so it has been used."),
        (
            started is not None and Opened.count_terminals(started.pid) > opened.with_terminal,
            "A command is running in it.",
        ),
    )
    return next((words for is_so, words in answers if is_so), "")


def _close(opened: Opened, windows: OpenWindows, own_windows: OwnWindows, context: ActionContext) -> Undone:
    """Ask its windows to close; end its process only once they are gone, so that no question is skipped."""
    numbers = {number for number, _ in opened.windows}
    context.expect(Expectation(kind=CaptureKind.FOCUS))
    for number in numbers:
        windows.ask_to_close(number)

    def are_gone() -> bool:
        return not numbers & {window.id for window in windows.all()}

    if not wait_until(are_gone, GRACE, time.monotonic() + GRACE):
        asks = {window.id for window in own_windows(opened.app)} - numbers
        why = "it asks something first" if asks else "it did not close when asked"
        return Undone(status=UndoStatus.UNDO_FAILED, text=f"It is still open: {why}.")
    if opened.started is None:
        return Undone(status=UndoStatus.UNDONE, text="Its window was closed.")
    if _is_over(opened.started) or end_group(opened.started, GRACE):
        return Undone(status=UndoStatus.UNDONE, text="It was closed.")
    return Undone(status=UndoStatus.PARTLY_UNDONE, text="Its windows were closed, but it has not ended.")


def _is_over(started: Started) -> bool:
    """Give it a moment to end by itself."""
    return wait_until(lambda: not is_alive(started), 1.0, time.monotonic() + 1.0)


def _refused(why: str) -> Undone:
    return Undone(status=UndoStatus.REFUSED, text=f"Not undone: {why[0].lower()}{why[1:]}")
