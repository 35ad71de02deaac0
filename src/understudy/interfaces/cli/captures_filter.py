"""The options that say which captures are meant."""

from collections.abc import Callable
from typing import Any

import click

from understudy.core.capture import CaptureKind


def capture_filter(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which captures."""
    for option in (
        click.option(
            "--kind", type=click.Choice([kind.value for kind in CaptureKind]), help="Only this kind."
        ),
        click.option("--text", default="", help="Only with this in title, address or text."),
        click.option("--app", default="", help="Only of this app."),
    ):
        command = option(command)
    return command
