"""How lines look: aligned cells, four quiet colours. All is cleaned here: no title can steer a terminal.

On a terminal, what is too wide for it is cut in tables and goes over several lines elsewhere; what would be run or
opened is always whole.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import click

from understudy.interfaces.plain import clean, columns, cut, narrowed, visible

Line = str
"""A finished line, perhaps with colour; `click.echo` takes the colour out where there is no terminal."""

_COLOURS = re.compile("\x1b\\[[0-9;]*m")
GAP = "  "
LONGEST_CELL = 60
NARROWEST_CELL = 16
"""Columns below which no cell is cut; the first of a row never is: it is an id or a time."""
NARROWEST_TEXT = 30
"""Columns below which a text begins on a line of its own."""
COLUMNS = "understudy.columns"
"""Where the context of a command has the width of its terminal."""


def room() -> int:
    """Return how many columns the terminal has; 0 = there is none, and lines may be as long as they are."""
    context = click.get_current_context(silent=True)
    return int(context.meta.get(COLUMNS, 0)) if context else 0


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
    widths = _fitting([max(columns(row[at]) for row in cells) for at in range(len(cells[0]))], len(indent))
    for row in cells:
        fitted = (narrowed(cell, width) for cell, width in zip(row, widths, strict=True))
        padded = (cell + " " * (width - columns(cell)) for cell, width in zip(fitted, widths, strict=True))
        yield (indent + GAP.join(padded)).rstrip()


def _fitting(widths: list[int], indent: int) -> list[int]:
    """Return the widths, the widest ones lessened until a row fits the terminal."""
    most = room() - indent - len(GAP) * (len(widths) - 1)
    while room() and sum(widths) > most and max(widths[1:], default=0) > NARROWEST_CELL:
        widths[widths.index(max(widths[1:]), 1)] -= 1
    return widths


def hanging(head: Line, text: str, indent: int) -> Iterator[Line]:
    """Yield the text behind a head of `indent` columns, in as many lines as it takes, broken at spaces alone."""
    width = room()
    if not width or indent + columns(text) <= width:
        yield f"{head}{text}".rstrip()
        return
    import textwrap  # where a terminal is too narrow alone

    if width - indent < NARROWEST_TEXT:
        yield head.rstrip()
        head, indent = " " * 6, 6
    lines = textwrap.wrap(text, width - indent, break_long_words=False, break_on_hyphens=False)
    yield f"{head}{lines[0]}"
    yield from (" " * indent + line for line in lines[1:])


def facts(pairs: Iterable[tuple[str, str]]) -> Iterator[Line]:
    """Yield name and value a line, names aligned; pairs without a value are left out."""
    kept = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        head = f"{GAP}{click.style(name.ljust(width), dim=True)}{GAP}"
        yield from hanging(head, clean(value), width + 2 * len(GAP))
