"""Commands that look and change nothing."""

from typing import Any

import click

from understudy.core.capture import Capture
from understudy.core.pattern import PatternState
from understudy.core.ports import StoredCapture
from understudy.engine.views import Doctor, SuggestionCard, Why
from understudy.errors import NotRunningError
from understudy.interfaces.cli import show
from understudy.interfaces.cli.captures_filter import capture_filter
from understudy.interfaces.cli.command import answers, client, now, say, telling_errors
from understudy.interfaces.cli.ids import any_id
from understudy.interfaces.endpoint import START
from understudy.interfaces.words import read_moment


@click.command()
@answers(show.doctor)
def doctor() -> Doctor:
    """Say what this machine offers, and how to get the rest."""
    return client().get("/api/doctor", Doctor)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def watch(*, as_json: bool) -> None:
    """Show what is seen, as it is seen, until Ctrl-C."""
    with telling_errors(as_json=as_json):
        for kind, payload in client().events("/api/captures/stream"):
            say(_event_line(kind, payload, as_json=as_json))
        raise NotRunningError("Understudy has ended", "It was quit while you watched", START)


def _event_line(kind: str, payload: dict[str, Any], *, as_json: bool) -> str:
    import msgspec

    if as_json:
        return msgspec.json.encode({"event": kind, **payload}).decode()
    if kind != "capture":
        return f"({payload.get('events', 'some')} not shown: too many at once)"
    fields = payload.get("capture", payload)
    known = {name: value for name, value in fields.items() if name in Capture.__struct_fields__}
    return show.capture_line(msgspec.convert(known, Capture), now())


@click.command()
@capture_filter
@click.option("--since", default="", help="Only from this time on: 2026-11-01, or 2h, 3d.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=30, show_default=True, help="At most so many."
)
@answers(show.captures)
def captures(app: str, text: str, kind: str | None, since: str, limit: int) -> list[StoredCapture]:
    """List what was seen, newest last."""
    start = read_moment(since, now()) if since else 0
    return client().get(
        "/api/captures", list[StoredCapture], app=app, text=text, kind=kind, since=start, limit=limit
    )


@click.command()
@answers(show.patterns)
def patterns() -> list[PatternState]:
    """List what repeats, and how often predictions came true."""
    return client().get("/api/patterns", list[PatternState])


@click.command()
@click.option("--all", "every", is_flag=True, help="Answered ones too.")
@answers(show.suggestions)
def suggestions(*, every: bool) -> list[SuggestionCard]:
    """List what waits for your word, with everything it would do."""
    return client().get("/api/suggestions", list[SuggestionCard], every=every)


@click.command()
@any_id
@answers(show.why)
def why(thing: str) -> Why:
    """Say why something was offered or done."""
    return client().get(f"/api/why/{thing}", Why)


@click.command()
@any_id
@answers(show.why)
def why_not(thing: str) -> Why:
    """Say why something is not offered, or not done by itself."""
    return client().get(f"/api/why-not/{thing}", Why)


COMMANDS: dict[str, click.Command] = {
    "watch": watch,
    "captures": captures,
    "patterns": patterns,
    "suggestions": suggestions,
    "why": why,
    "why-not": why_not,
    "doctor": doctor,
}
