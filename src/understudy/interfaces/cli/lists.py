"""Options that lists have in common."""

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

LARGEST = 10_000

since_option = click.option("--since", default="", help="Only from this time on: 2026-11-01, or 2h, 3d.")


def limit_option(usual: int, largest: int = LARGEST) -> Decorator:
    """Say how many at most."""
    return click.option(
        "--limit", type=click.IntRange(1, largest), default=usual, show_default=True, help="At most so many."
    )


def cursor_option(name: str, what: str) -> Decorator:
    """Say where the next part of a list begins: `name` is before or after, `what` the thing by its id."""
    return click.option(f"--{name}", default="", metavar="ID", help=f"Only what comes {name} this {what}.")
