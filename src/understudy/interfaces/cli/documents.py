"""Documents in files: YAML or JSON in, YAML or JSON out."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from understudy.errors import InvalidInputError

LARGEST = 1 << 20
"""Bytes of a file that are read."""

file_argument = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="How to write it.",
)
output_option = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file; else it is shown."
)


def read_document(file: Path) -> dict[str, Any]:
    """Return the document in a YAML or JSON file (- = standard input). Raises InvalidInputError."""
    try:
        text = sys.stdin.read(LARGEST + 1) if str(file) == "-" else _text_of(file)
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"{file} cannot be read",
            getattr(error, "strerror", None) or str(error),
            "Give a file of YAML or JSON",
        ) from error
    return parse_document(text, str(file))


def _text_of(file: Path) -> str:
    with file.open(encoding="utf-8-sig") as opened:
        return opened.read(LARGEST + 1)


def parse_document(text: str, name: str) -> dict[str, Any]:
    """Return the document that a text holds. Raises InvalidInputError."""
    from understudy.engine.yaml_text import read_yaml

    document = read_yaml(text)
    if not isinstance(document, dict):
        raise InvalidInputError(
            f"{name} holds no document",
            "It is not one group of named fields",
            "Begin with `name:` and `steps:`; all fields are in: understudy workflows schema",
        )
    return document


def written(document: Any, form: str) -> str:
    """Return the document as text, ending with a line end."""
    from understudy.engine.yaml_text import write_yaml

    return (
        write_yaml(document) if form == "yaml" else json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    )


def deliver(text: str, output: Path | None) -> str:
    """Write the text to a new file and say so, or return it to be shown. Raises InvalidInputError."""
    if output is None:
        return text
    try:
        with output.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise InvalidInputError(f"{output} is there already", fix="Choose another name") from error
    except OSError as error:
        raise InvalidInputError(
            f"{output} cannot be written", error.strerror or str(error), "Choose another name or folder"
        ) from error
    return f"Written to {output}"
