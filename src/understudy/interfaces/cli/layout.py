"""How lines look: aligned cells, four quiet colours. All is cleaned here: no title can steer a terminal."""

import re
from collections.abc import Iterable, Iterator, Sequence

import click

from understudy.interfaces.plain import clean, columns, cut, visible

Line = str
"""A finished line, perhaps with colour; `click.echo` takes the colour out where there is no terminal."""

_COLOURS = re.compile("\x1b\\[[0-9;]*m")
GAP = "  "
LONGEST_CELL = 60


def plain(text: str, longest: int = 0) -> Line:
    """Return the text fit to be shown."""
    return clean(text, longest)


def verbatim(text: str) -> Line:
    """Return a line that a program has put out: its columns stay, colours and what is hidden go."""
    return visible(_COLOURS.sub("", text).expandtabs())


def strong(text: str) -> Line:
    """Return the text as a heading."""
    return click.style(clean(text), bold=True)


def quiet(text: str) -> Line:
    """Return the text as something less important."""
    return click.style(clean(text), dim=True)


def good(text: str) -> Line:
    """Return the text as something that is well."""
    return click.style(clean(text), fg="green")


def warning(text: str) -> Line:
    """Return the text as something to look at."""
    return click.style(clean(text), fg="yellow")


def bad(text: str) -> Line:
    """Return the text as something that went wrong."""
    return click.style(clean(text), fg="red")


def table(rows: Iterable[Sequence[str]], empty: str, indent: str = "") -> Iterator[Line]:
    """Yield the rows with aligned columns; `empty` when there are none. The last column may be long."""
    cells = [[*(cut(clean(cell), LONGEST_CELL) for cell in row[:-1]), clean(row[-1])] for row in rows]
    if not cells:
        yield indent + quiet(empty)
        return
    widths = [max(columns(row[at]) for row in cells) for at in range(len(cells[0]))]
    for row in cells:
        padded = (cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
        yield (indent + GAP.join(padded)).rstrip()


def facts(pairs: Iterable[tuple[str, str]]) -> Iterator[Line]:
    """Yield name and value a line, names aligned; pairs without a value are left out."""
    kept = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        yield f"{GAP}{click.style(name.ljust(width), dim=True)}{GAP}{clean(value)}"
