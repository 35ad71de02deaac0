"""The command `captures`: what was seen, how much of it, and deleting one."""

import click

from understudy.core.ports import StoredCapture
from understudy.core.store_queries import Count
from understudy.engine.views import Purged
from understudy.interfaces.cli import show_kept, show_seen
from understudy.interfaces.cli.captures_filter import capture_filter
from understudy.interfaces.cli.client import LONG_TIME, Page
from understudy.interfaces.cli.command import answers, client, confirm, now
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.lists import limit_option, since_option
from understudy.interfaces.words import read_moment

COUNTED_BY = ("app", "kind", "day", "hour", "weekday")
"""The names of `CountBy`, which would load half the engine."""

capture_number = click.argument("number", type=click.IntRange(1), metavar="NUMBER")


@click.group(cls=Verbs)
def captures() -> None:
    """List what was seen; count it, show or delete one."""


@captures.command("list")
@capture_filter
@since_option
@click.option("--before", type=click.IntRange(1), help="Only those before capture NUMBER.", metavar="NUMBER")
@limit_option(30)
@answers(show_seen.captures)
def list_captures(since: str, before: int | None, **restricting: str | int | None) -> Page:
    """List what was seen, newest last."""
    start = read_moment(since, now()) if since else 0
    path, wanted = "/api/captures", {"since": start, "before_id": before, **restricting}
    return client().page(path, list[StoredCapture], "before_id", **wanted)


@captures.command()
@capture_number
@answers(show_seen.capture)
def show(number: int) -> StoredCapture:
    """Show all that is kept of one capture."""
    return client().get(f"/api/captures/{number}", StoredCapture)


@captures.command()
@capture_number
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers(show_kept.purged)
def delete(number: int, *, yes: bool) -> Purged:
    """Delete one capture for good, with what was learned from it."""
    if not yes:
        confirm(f"Delete capture {number} for good?")
    return client().send("DELETE", f"/api/captures/{number}", Purged, timeout=LONG_TIME)


@captures.command()
@click.option(
    "--by",
    type=click.Choice(COUNTED_BY),
    default="app",
    show_default=True,
    help="What to count.",
)
@since_option
@answers(show_seen.counts)
def stats(by: str, since: str) -> list[Count]:
    """Say how much was seen, by app, kind or time."""
    start = read_moment(since, now()) if since else 0
    return client().get("/api/captures/statistics", list[Count], by=by, since=start)


COMMANDS: dict[str, click.Command] = {"captures": captures}
