"""Reads the desktop's list of recently used files (recently-used.xbel, Desktop Bookmark Specification)."""

import logging
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from understudy.core.value import SECOND, Millis, Value

_log = logging.getLogger(__name__)

_BOOKMARK = "{http://www.freedesktop.org/standards/desktop-bookmarks}"
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)")
LONGEST = 16 * 1024 * 1024
"""A longer list is not read, in bytes."""


class RecentFile(Value):
    """One file of the list."""

    path: str
    program: str
    """The program that listed it last: the first word of its command, or its name."""
    at: Millis = 0
    """When it was listed last; 0 = unknown."""


def read_recent(path: Path) -> dict[str, RecentFile] | None:
    """Return address -> file for the local files; None = there is no list, or it cannot be read now."""
    try:
        if path.stat().st_size > LONGEST:
            _log.warning("%s is too long to be read", path)
            return None
        return parse_recent(path.read_bytes())
    except FileNotFoundError:
        return None
    except (
        OSError,
        ET.ParseError,
    ) as error:  # half written, or damaged: the next change is read again
        _log.warning("%s cannot be read: %s", path, error)
        return None


def parse_recent(raw: bytes) -> dict[str, RecentFile]:
    """Return address -> file. Raises ParseError."""
    if _DOCTYPE.search(raw):  # such a list has no use for entities, and entities can fill the memory
        raise ET.ParseError("it declares entities")
    root = ET.fromstring(raw)  # noqa: S314 - without entities
    found = {}
    for bookmark in root.iterfind("bookmark"):
        file = _file(bookmark)
        if file is not None:
            found[bookmark.get("href", "")] = file
    return found


def _file(bookmark: ET.Element) -> RecentFile | None:
    address = urlsplit(bookmark.get("href", ""))
    if address.scheme != "file" or bookmark.find(f"info/metadata/{_BOOKMARK}private") is not None:
        return None
    programs = bookmark.findall(f"info/metadata/{_BOOKMARK}applications/{_BOOKMARK}application")
    latest = max(programs, key=lambda program: _time(program.get("modified", "")), default=None)
    stamps = [bookmark.get(name, "") for name in ("added", "modified", "visited")]
    if latest is not None:
        stamps.append(latest.get("modified", ""))
    return RecentFile(
        path=unquote(address.path),
        program=_program(latest) if latest is not None else "",
        at=max(map(_time, stamps)),
    )


def _program(application: ET.Element) -> str:
    command = re.match(r"\s*['\"]?([^\s'\"%]+)", application.get("exec", ""))
    return Path(command[1]).name if command else application.get("name", "")


def _time(text: str) -> Millis:
    """Return the time of an ISO 8601 stamp in UTC; 0 = none, or one that cannot be read."""
    try:
        return int(datetime.fromisoformat(text).timestamp() * SECOND)
    except (ValueError, OverflowError, OSError):
        return 0
