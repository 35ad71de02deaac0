"""Options that lists have in common."""

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import click
from click.core import ParameterSource

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

LARGEST = 10_000
RESTRICTS_NOTHING = ("thing", "by", "limit")
"""Parameters that say what a list is about, or how much of it is shown."""

since_option = click.option("--since", default="", help="Only from this time on: 2026-11-01, or 2h, 3d.")


def limit_option(usual: int, largest: int = LARGEST) -> Decorator:
    """Say how many at most."""
    return click.option(
        "--limit", type=click.IntRange(1, largest), default=usual, show_default=True, help="At most so many."
    )


def cursor_option(name: str, what: str) -> Decorator:
    """Say where the next part of a list begins: `name` is before or after, `what` the thing by its id."""
    return click.option(f"--{name}", default="", metavar="ID", help=f"Only what comes {name} this {what}.")


def is_given(context: click.Context, name: str) -> bool:
    """Whether the person gave this parameter."""
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def nothing_fits(context: click.Context) -> str:
    """Return the words for a list that is empty because it was restricted; empty = it was not."""
    restricting = " ".join(
        word for parameter in context.command.params for word in _restricting(parameter, context)
    )
    about = context.params.get("thing", "")
    whole = f"{context.command_path} {about}".rstrip()
    return f"Nothing fits {restricting}. For all: {whole}" if restricting else ""


def _restricting(parameter: click.Parameter, context: click.Context) -> Iterator[str]:
    """Yield what a parameter that restricts a list was given, as it may be typed."""
    name = parameter.name or ""
    if name in RESTRICTS_NOTHING or getattr(parameter, "is_flag", False) or not is_given(context, name):
        return
    given = context.params[name]
    for value in given if isinstance(given, tuple) else (given,):
        option = [parameter.opts[0]] if isinstance(parameter, click.Option) else []
        yield " ".join((*option, shlex.quote(str(value))))
