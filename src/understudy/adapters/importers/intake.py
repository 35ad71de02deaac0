"""Chooses the importer for what a person names: a file of a known format, or a running recorder."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from understudy.adapters.importers.reading.files import read_head
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, Importer, ImportOptions
from understudy.errors import InvalidInputError


@runtime_checkable
class AddressReader(Protocol):
    """An importer that can also ask a running program."""

    address: str

    def read_address(self, address: str, options: ImportOptions) -> Iterator[Capture | BadRecord]:
        """Yield what the program at the address has recorded."""


def open_source(
    importers: Mapping[str, Importer], source: str, format_name: str, options: ImportOptions
) -> tuple[str, Iterator[Capture | BadRecord]]:
    """Return (format, records) of a file, an http:// address on this machine, or a recorder by its name.

    Raises InvalidInputError when nothing can read it.
    """
    if source.startswith(("http://", "https://")):
        name = format_name or "activitywatch"
        return name, _asked(importers, name).read_address(source, options)
    named = importers.get(source)
    if isinstance(named, AddressReader) and not Path(source).exists():
        return source, named.read_address(named.address, options)
    path = Path(source).expanduser()
    importer = choose(importers, path, format_name)
    return importer.name, importer.read(path, options)


def choose(importers: Mapping[str, Importer], path: Path, format_name: str = "") -> Importer:
    """Return the importer of that name, or the one that recognises the file. Raises InvalidInputError."""
    if format_name:
        return _named(importers, format_name)
    head = read_head(path)
    if not head:
        raise InvalidInputError(f"{path.name} is empty", "Nothing can be read from it", "Check the path")
    able = [importer for importer in importers.values() if importer.recognises(path, head)]
    if len(able) == 1:
        return able[0]
    if able:
        names = ", ".join(sorted(importer.name for importer in able))
        raise InvalidInputError(
            f"{path.name} can be read in several ways", f"They are: {names}", "Name the format"
        )
    raise InvalidInputError(
        f"{path.name} has no known format", _known(importers), "Name the format, if it is one of these"
    )


def _named(importers: Mapping[str, Importer], name: str) -> Importer:
    if name not in importers:
        raise InvalidInputError(f"There is no format “{name[:60]}”", _known(importers), "Choose one of these")
    return importers[name]


def _asked(importers: Mapping[str, Importer], name: str) -> AddressReader:
    importer = _named(importers, name)
    if not isinstance(importer, AddressReader):
        raise InvalidInputError(
            f"The format {name} reads files only",
            "An address was given",
            "Save it to a file, and import that",
        )
    return importer


def _known(importers: Mapping[str, Importer]) -> str:
    return f"The known formats are: {', '.join(sorted(importers)) or 'none'}"


class FileIntake:
    """Keeps the port `Intake` with these importers."""

    def __init__(self, importers: Mapping[str, Importer]) -> None:
        self._importers = importers

    def open(
        self, source: str, format_name: str, options: ImportOptions
    ) -> tuple[str, Iterator[Capture | BadRecord]]:
        """Return (name of the format, its records). Raises InvalidInputError when nothing reads it."""
        return open_source(self._importers, source, format_name, options)
