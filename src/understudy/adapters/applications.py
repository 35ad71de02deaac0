"""The applications installed here: found by name, or as the owner of a window. Starts nothing."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from understudy.adapters.desktop_entry import DesktopEntry, read_entry
from understudy.core.value import Value

_WRAPPERS = frozenset(
    ("bash", "env", "flatpak", "gjs", "java", "perl", "pkexec", "python", "ruby", "sh", "snap", "wine")
)
"""Programs that run other programs: that a window belongs to one of them says nothing."""


class Application(Value):
    """Something that can be opened."""

    id: str
    """The .desktop id without `.desktop` (`org.xfce.mousepad`); the application's file name elsewhere."""
    name: str
    """As menus show it."""
    command: tuple[str, ...]
    """Program and arguments that open it."""


class _Index(NamedTuple):
    """The entries under everything they are asked for, in lower case."""

    by_id: Mapping[str, DesktopEntry]
    by_name: Mapping[str, DesktopEntry]
    by_class: Mapping[str, DesktopEntry]
    by_command: Mapping[str, DesktopEntry]
    by_program: Mapping[str, DesktopEntry]
    """The only application that a running program can be."""
    stamps: Mapping[Path, int]
    """Folder -> time of its last change, in nanoseconds."""


_Question = Callable[[_Index], DesktopEntry | None]


class Applications:
    """All of them, read when first asked for; again when something is unknown and a folder has changed."""

    def __init__(self, environment: Mapping[str, str], home_folder: Path) -> None:
        self._folders = application_folders(environment, home_folder)
        self._path = environment.get("PATH")
        locales = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        self._locale = next(filter(None, locales), "")
        self._lock = threading.Lock()
        self._index: _Index | None = None

    def find(self, name: str) -> Application | None:
        """Return the application with this id, menu name or program, without case; None = not installed."""
        wanted = name.strip().removesuffix(".desktop").lower()
        entry = self._look(lambda index: _named(index, wanted)) if wanted else None
        if entry is None or not entry.command or not self._exists(entry.try_exec):
            return None
        return Application(id=entry.id, name=entry.name, command=entry.command)

    def identify(self, wm_class: tuple[str, str], gtk_id: str = "", exe: str = "") -> str:
        """Return whose window it is: an application's id, else the class in lower case; empty = unknown.

        `wm_class` is (instance, class), `gtk_id` the GTK or KDE application id, `exe` the program's path.
        """
        entry = self._look(lambda index: _owner(index, wm_class, gtk_id))
        if entry is None:
            entry = self._look(lambda index: index.by_program.get(_program(exe)))
        if entry is not None:
            return entry.id
        instance, class_name = wm_class
        return (class_name or instance or gtk_id or _program(exe)).lower()

    def named(self, app_id: str) -> str:
        """Return the menu name of an application id, or the id itself where it is unknown."""
        entry = self._look(lambda index: index.by_id.get(app_id.lower()))
        return entry.name if entry else app_id

    def _look(self, ask: _Question) -> DesktopEntry | None:
        with self._lock:
            index = self._index or self._read()
            found = ask(index)
            if found is None and _is_outdated(index, self._folders):
                found = ask(self._read())
            return found

    def _read(self) -> _Index:
        entries, stamps = _read_folders(self._folders, self._locale)
        self._index = _index(entries, stamps)
        return self._index

    def _exists(self, program: str) -> bool:
        return not program or shutil.which(program, path=self._path) is not None


def application_folders(environment: Mapping[str, str], home_folder: Path) -> tuple[Path, ...]:
    """Return where applications are described, the most important folder first."""
    if sys.platform == "win32":
        menu = Path("Microsoft/Windows/Start Menu/Programs")
        places = (environment.get("APPDATA", ""), environment.get("PROGRAMDATA", ""))
        return tuple(Path(place) / menu for place in places if place)
    if sys.platform == "darwin":
        return (home_folder / "Applications", Path("/Applications"), Path("/System/Applications"))
    own = environment.get("XDG_DATA_HOME") or str(home_folder / ".local" / "share")
    shared = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    places = tuple(dict.fromkeys([own, *shared.split(":")]))
    return tuple(Path(place) / "applications" for place in places if Path(place).is_absolute())


# --- reading the folders ----------------------------------------------------------------------------------


def _read_folders(folders: tuple[Path, ...], locale: str) -> tuple[list[DesktopEntry], dict[Path, int]]:
    """Return the entries, of equal ids the one in the most important folder, and the folders' stamps."""
    entries: dict[str, DesktopEntry | None] = {}
    stamps: dict[Path, int] = {}
    for top in folders:
        for folder in _with_subfolders(top):
            stamps[folder] = _stamp(folder)
            for entry_id, entry in _read_folder(top, folder, locale):
                entries.setdefault(entry_id.lower(), entry)
    return [entry for entry in entries.values() if entry is not None], stamps


def _read_folder(top: Path, folder: Path, locale: str) -> Iterator[tuple[str, DesktopEntry | None]]:
    pattern = {"win32": "*.lnk", "darwin": "*.app"}.get(sys.platform, "*.desktop")
    for path in sorted(folder.glob(pattern)):
        if sys.platform in ("win32", "darwin"):
            opener = ("explorer.exe",) if sys.platform == "win32" else ("open", "-a")
            command = (*opener, str(path))
            yield path.stem, DesktopEntry(id=path.stem, name=path.stem, plain_name=path.stem, command=command)
            continue
        entry_id = "-".join(path.relative_to(top).with_suffix("").parts)
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:  # a dangling link or a file without permission describes nothing
            continue
        yield entry_id, read_entry(entry_id, text, locale)


def _with_subfolders(top: Path) -> Iterator[Path]:
    yield top
    try:
        children = sorted(top.iterdir())
    except OSError:
        return
    for child in children:
        if child.is_dir() and child.suffix != ".app" and not child.is_symlink():
            yield from _with_subfolders(child)


def _stamp(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _is_outdated(index: _Index, folders: tuple[Path, ...]) -> bool:
    return any(_stamp(folder) != index.stamps.get(folder, 0) for folder in {*folders, *index.stamps})


# --- asking the index -------------------------------------------------------------------------------------


def _index(entries: Iterable[DesktopEntry], stamps: Mapping[Path, int]) -> _Index:
    """Where two entries share a name or a class, the one that menus show wins, then the first by id."""
    ordered = sorted(entries, key=lambda entry: (not entry.is_visible, entry.id.lower()))
    by_id: dict[str, DesktopEntry] = {}
    by_name: dict[str, DesktopEntry] = {}
    by_class: dict[str, DesktopEntry] = {}
    by_command: dict[str, list[DesktopEntry]] = {}
    for entry in ordered:
        by_id.setdefault(entry.id.lower(), entry)
        by_name.setdefault(entry.name.lower(), entry)
        by_name.setdefault(entry.plain_name.lower(), entry)
        if entry.wm_class:
            by_class.setdefault(entry.wm_class.lower(), entry)
        program = _program(entry.command[0]) if entry.command else ""
        if program and program.rstrip("0123456789.-") not in _WRAPPERS:
            by_command.setdefault(program, []).append(entry)
    by_command_alone = {program: entries[0] for program, entries in by_command.items()}
    return _Index(by_id, by_name, by_class, by_command_alone, _sole_owners(by_command), stamps)


def _sole_owners(by_command: Mapping[str, list[DesktopEntry]]) -> dict[str, DesktopEntry]:
    """Return the programs whose windows can only be of one application.

    One that names its window class is known by that; and two that run the same program cannot be told apart.
    """
    sole = {program: entries[0] for program, entries in by_command.items() if len(entries) == 1}
    return {program: entry for program, entry in sole.items() if not entry.wm_class}


def _named(index: _Index, wanted: str) -> DesktopEntry | None:
    by_last_part = {key.rpartition(".")[2]: entry for key, entry in reversed([*index.by_id.items()])}
    tables = (index.by_id, index.by_name, index.by_command, by_last_part)
    return next((table[wanted] for table in tables if wanted in table), None)


def _owner(index: _Index, wm_class: tuple[str, str], gtk_id: str) -> DesktopEntry | None:
    instance, class_name = wm_class[0].lower(), wm_class[1].lower()
    questions = (
        (index.by_id, gtk_id.removesuffix(".desktop").lower()),
        (index.by_class, class_name),
        (index.by_id, class_name),
        (index.by_class, instance),
        (index.by_id, instance),
    )
    return next((table[key] for table, key in questions if key and key in table), None)


def _program(path: str) -> str:
    """Return the file name of a program, in lower case, without .exe."""
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(" (deleted)").lower().removesuffix(".exe")
