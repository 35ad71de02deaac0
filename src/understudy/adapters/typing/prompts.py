"""Tells places where passwords are typed, as far as that can be seen from outside.

Seen: the programs that ask for passwords, windows titled as such a question, password managers, and terminals in
which a program has switched the echo off (sudo, ssh, passwd). Not seen: a password field inside a web page or a
dialog of an ordinary program, and what runs behind tmux, screen or ssh, whose terminals are elsewhere.
"""

import os
import sys
from collections.abc import Iterator

from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.process import family
from understudy.core.password_programs import (
    is_manager_window,
    is_password_manager,
    is_password_prompt,
    is_prompt_title,
)


def asks_password(view: WindowView) -> bool:
    """Whether the window is one where passwords are typed, by its names and its title."""
    program = view.exe.replace("\\", "/").rpartition("/")[2]
    names = tuple(filter(None, (*view.wm_class, view.gtk_id, program)))
    if any(is_password_prompt(name) or is_password_manager(name) for name in names):
        return True
    return is_prompt_title(view.title) or is_manager_window(view.title, "")


class Terminals:
    """The terminals of the programs in a window, held open to look at them before every key."""

    def __init__(self, pid: int) -> None:
        self._descriptors = list(_opened(pid)) if pid > 0 else []

    def ask_password(self) -> bool:
        """Whether a program in one of them reads a line without echo."""
        return any(map(_reads_unseen, self._descriptors))

    def close(self) -> None:
        """Let go of them."""
        while self._descriptors:
            os.close(self._descriptors.pop())


def _opened(pid: int) -> Iterator[int]:
    """Open each terminal that a process below this one works in."""
    if sys.platform == "win32":
        return
    import psutil

    names = set()
    for number in family(pid)[1:]:
        try:
            names.add(psutil.Process(number).terminal())
        except psutil.Error:
            continue
    for name in sorted(filter(None, names)):
        try:
            yield os.open(name, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:  # another person's, or gone: it cannot be looked at
            continue


def _reads_unseen(descriptor: int) -> bool:
    """Whether lines are read without echo, as passwords are; shells and editors read key by key."""
    if sys.platform == "win32":
        return False
    import termios

    try:
        flags = termios.tcgetattr(descriptor)[3]
    except termios.error:
        return False
    return bool(flags & termios.ICANON) and not flags & termios.ECHO
