"""Commands about all that is kept: import, export, purge."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from understudy.engine.exported import Export
from understudy.engine.views import Imported, Purged
from understudy.errors import InvalidInputError, StoreError
from understudy.interfaces.cli import show_kept
from understudy.interfaces.cli.captures_filter import capture_filter
from understudy.interfaces.cli.client import LONG_TIME
from understudy.interfaces.cli.command import (
    answers,
    client,
    confirm,
    now,
    programs,
    telling_errors,
)
from understudy.interfaces.cli.group import verb
from understudy.interfaces.words import read_moment


@verb("import")
@click.argument("source")
@click.option("--format", "format_name", default="", help="Name of the format; found out when left out.")
@click.option("--columns", default="", help="For CSV: ours=theirs, as time=start+date,app=program.")
@click.option("--delimiter", default="", help="For CSV: the character between columns.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone of records without one.")
@answers(show_kept.imported)
def import_(source: str, format_name: str, columns: str, delimiter: str, zone: str) -> Imported:
    """Take in another program's log: a file, a folder or an address."""
    options = {"columns": read_columns(columns), "delimiter": delimiter, "zone": zone}
    path = Path(source).expanduser()
    place = str(path.absolute()) if path.exists() else source
    return client().post(
        "/api/import", Imported, LONG_TIME, source=place, format_name=format_name, options=options
    )


def read_columns(text: str) -> dict[str, str]:
    """Return our field -> their column. Raises InvalidInputError."""
    pairs = [part.partition("=") for part in text.split(",") if part]
    if not all(ours.strip() and theirs.strip() for ours, _, theirs in pairs):
        raise InvalidInputError("--columns is not clear", f"{text!r}", "Write ours=theirs,ours=theirs")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


TABLES = (".db", ".sqlite", ".sqlite3")
"""Endings of files that are written as tables."""


@verb()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Errors as JSON too; the export always is.")
def export(file: Path | None, *, as_json: bool) -> None:
    """Write everything kept: as JSON, or as tables to a new file *.db."""
    with telling_errors(as_json=as_json):
        if file is None:
            sys.stdout.writelines(_everything())
            return
        if file.suffix in TABLES:
            programs().write_tables(file, _tables(client().get("/api/export", Export, timeout=LONG_TIME)))
        else:
            write_private(file, _everything())
        click.echo(f"Everything that is kept is in {file}", err=True)


def _everything() -> Iterator[str]:
    yield from client().text("/api/export")
    yield "\n"


def _tables(answer: Export) -> dict[str, list[dict[str, Any]]]:
    kept = {name: rows for name, rows in msgspec.to_builtins(answer).items() if rows}
    return {**kept, "settings": [kept["settings"]]}


def write_private(file: Path, pieces: Iterable[str]) -> None:
    """Write a new file for the owner's eyes only, whole or not at all. Raises StoreError, also when there is one."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.writelines(pieces)
        except BaseException:
            file.unlink()
            raise
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreError(f"{file} was not written", why, "Choose another name or folder") from error


@verb()
@capture_filter
@click.option("--before", default="", help="Only what is older: 2026-11-01, or 30d.")
@click.option("--all", "everything", is_flag=True, help="All it has seen, learned and done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers(show_kept.purged)
def purge(app: str, text: str, kind: str | None, before: str, *, everything: bool, yes: bool) -> Purged:
    """Delete for good: by app, text, kind or age, or everything."""
    fields: dict[str, object] = {"app": app, "text": text, "kind": kind}
    fields["until"] = read_moment(before, now()) if before else 0
    wanted = {name: value for name, value in fields.items() if value}
    if bool(wanted) == everything:
        raise InvalidInputError(
            "It is not clear what to delete", "Say which captures, or --all", "See: understudy purge --help"
        )
    if not yes:
        what = (
            "all that Understudy has seen, learned and done"
            if everything
            else _named(app, text, kind, before)
        )
        confirm(f"Delete {what} for good?")
    return client().post("/api/purge", Purged, LONG_TIME, everything=everything, **wanted)


def _named(app: str, text: str, kind: str | None, before: str) -> str:
    parts = (
        "the captures",
        f"of {app}" if app else "",
        f"with {text!r}" if text else "",
        f"of kind {kind}" if kind else "",
        f"before {before}" if before else "",
    )
    return " ".join(part for part in parts if part)


COMMANDS: dict[str, click.Command] = {
    "import": import_,
    "export": export,
    "purge": purge,
}
