"""The command `patterns`: what repeats, when it was seen, and doing it now."""

import click

from understudy.core.pattern import Occurrence, PatternKind
from understudy.core.trust import Tier
from understudy.engine.cases.patterns import MOST, PatternCard
from understudy.engine.views import RunCard
from understudy.interfaces.cli import show_runs, show_seen
from understudy.interfaces.cli.client import Page
from understudy.interfaces.cli.command import answers, client, now
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.ids import pattern_id
from understudy.interfaces.cli.lists import cursor_option, limit_option, since_option
from understudy.interfaces.cli.outcome import execute
from understudy.interfaces.cli.runs import allow_script, no_wait
from understudy.interfaces.words import read_moment


@click.group(cls=Verbs)
def patterns() -> None:
    """List what repeats, and how often predictions came true."""


@patterns.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in PatternKind]), help="Only this kind.")
@click.option("--tier", type=click.Choice([tier.value for tier in Tier]), help="Only what has earned this.")
@since_option
@cursor_option("after", "pattern")
@limit_option(MOST, MOST)
@answers(show_seen.patterns)
def list_patterns(kind: str | None, tier: str | None, since: str, after: str, limit: int) -> Page:
    """List what repeats, seen since some time."""
    start = read_moment(since, now()) if since else 0
    return client().page(
        "/api/patterns",
        list[PatternCard],
        "after",
        kind=kind,
        tier=tier,
        active_since=start,
        after=after,
        limit=limit,
    )


@patterns.command()
@pattern_id
@answers(show_seen.pattern)
def show(thing: str) -> PatternCard:
    """Show one pattern with its track record."""
    return client().get(f"/api/patterns/{thing}", PatternCard)


@patterns.command()
@pattern_id
@click.option("--before", type=click.IntRange(1), metavar="TIME", help="Only before this, in milliseconds.")
@limit_option(30, MOST)
@answers(show_seen.occurrences)
def occurrences(thing: str, before: int | None, limit: int) -> Page:
    """List when a pattern was seen, newest last."""
    path = f"/api/patterns/{thing}/occurrences"
    return client().page(path, list[Occurrence], "before", before=before, limit=limit)


@patterns.command()
@pattern_id
@allow_script
@no_wait
@answers(show_runs.outcome)
def run(thing: str, *, allow_script: bool, no_wait: bool) -> RunCard:
    """Do now what a pattern would do."""
    return execute(f"/api/patterns/{thing}/execute", consent=allow_script, wait=not no_wait)


COMMANDS: dict[str, click.Command] = {"patterns": patterns}
