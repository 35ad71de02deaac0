"""Starts the agent when the person logs in: XDG autostart file, launch agent or Run value. On, off, state."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from understudy.core.ports import Capability
from understudy.errors import StoreError

NAME = "understudy"
_RESERVED = re.compile(r"[\s\"'\\><~|&;$*?#()`]")


class Autostart(Protocol):
    """One system's way to start a program at login."""

    def is_on(self) -> bool:
        """Whether the agent will be started at the next login."""

    def switch(self, *, on: bool) -> None:
        """Switch it on or off. Raises StoreError."""

    def availability(self) -> Capability:
        """Whether that works here."""


def find_autostart(command: Sequence[str], environment: Mapping[str, str], home_folder: Path) -> Autostart:
    """Return the way of this system; `command` starts the agent."""
    if sys.platform == "win32":
        return RunValueAutostart(command)
    if sys.platform == "darwin":
        return LaunchAgentAutostart(command, home_folder)
    return XdgAutostart(command, environment, home_folder)


class XdgAutostart:
    """A .desktop file in the autostart folder (Desktop Application Autostart Specification)."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], home_folder: Path) -> None:
        own = environment.get("XDG_CONFIG_HOME") or str(home_folder / ".config")
        shared = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        self._command = tuple(command)
        self.path = Path(own) / "autostart" / f"{NAME}.desktop"
        self._shared = [Path(folder) / "autostart" / f"{NAME}.desktop" for folder in shared.split(":")]

    def is_on(self) -> bool:
        """Whether the most important file that exists says so; desktops write their own switch into it."""
        for path in (self.path, *self._shared):
            try:
                lines = [line.replace(" ", "") for line in path.read_text("utf-8", "replace").splitlines()]
            except OSError:
                continue
            return "Hidden=true" not in lines and "X-GNOME-Autostart-enabled=false" not in lines
        return False

    def switch(self, *, on: bool) -> None:
        """Write the file, or remove it; where one for all people exists, ours hides it. Raises StoreError."""
        hides = not on and any(path.exists() for path in self._shared)
        try:
            if on or hides:
                _write(self.path, desktop_file(self._command, hidden=hides).encode())
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _not_written(self.path, error) from error

    def availability(self) -> Capability:
        """Ready: every XDG desktop reads the folder."""
        return Capability(name="autostart", state="ready", text=f"Through {self.path}")


class LaunchAgentAutostart:
    """A property list for launchd (macOS)."""

    def __init__(self, command: Sequence[str], home_folder: Path) -> None:
        self._command = tuple(command)
        self.path = home_folder / "Library" / "LaunchAgents" / f"io.github.{NAME}.plist"

    def is_on(self) -> bool:
        """Whether the list is there."""
        return self.path.exists()

    def switch(self, *, on: bool) -> None:
        """Write or remove the list. Raises StoreError."""
        import plistlib

        job = {"Label": self.path.stem, "ProgramArguments": list(self._command), "RunAtLoad": True}
        try:
            if on:
                _write(self.path, plistlib.dumps(job))
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _not_written(self.path, error) from error

    def availability(self) -> Capability:
        """Written by the book, never run on a Mac."""
        return Capability(name="autostart", state="untested", text=f"Through {self.path}, not tried on macOS")


class RunValueAutostart:
    """A value under the person's Run key (Windows)."""

    key = r"Software\Microsoft\Windows\CurrentVersion\Run"

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    def is_on(self) -> bool:
        """Whether the value is there."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, self.key) as key:
                    winreg.QueryValueEx(key, NAME)
            except OSError:
                return False
            return True
        return False

    def switch(self, *, on: bool) -> None:
        """Write or remove the value. Raises StoreError."""
        if sys.platform == "win32":
            import subprocess
            import winreg

            line = subprocess.list2cmdline(self._command)
            try:
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, self.key) as key:
                    if on:
                        winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, line)
                    elif self.is_on():
                        winreg.DeleteValue(key, NAME)
            except OSError as error:
                raise _not_written(Path(self.key), error) from error

    def availability(self) -> Capability:
        """Written by the book, never run on Windows."""
        return Capability(name="autostart", state="untested", text="Through the Run key, not tried")


def desktop_file(command: Sequence[str], *, hidden: bool = False) -> str:
    """Return the text of the autostart file."""
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=Understudy",
        "Comment=Learns what you repeat, and does it for you once you say yes",
        f"Exec={' '.join(quoted(word) for word in command)}",
        f"TryExec={_escaped(command[0])}",
        f"Icon={NAME}",
        "Terminal=false",
        "X-GNOME-Autostart-enabled=true",
        *(("Hidden=true",) if hidden else ()),
    )
    return "\n".join((*lines, ""))


def quoted(word: str) -> str:
    """Return one word for an Exec key: quoted if need be, percent signs doubled, escaped."""
    word = word.replace("%", "%%")
    if not word or _RESERVED.search(word):
        word = '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'
    return _escaped(word)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or nothing: a desktop may read it at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _not_written(path: Path, error: OSError) -> StoreError:
    return StoreError(
        "Start at login was not changed",
        f"{path} could not be written: {error.strerror}",
        "Make the folder writable and try again",
    )
