"""Commands that look at what waits, why, and what comes in; they change nothing."""

from typing import Any

import click

from understudy.core.capture import Capture
from understudy.engine.views import SuggestionCard, Why
from understudy.errors import NotRunningError
from understudy.interfaces.cli import show
from understudy.interfaces.cli.command import answers, client, now, say, telling_errors
from understudy.interfaces.cli.group import verb
from understudy.interfaces.cli.ids import any_id
from understudy.interfaces.endpoint import START


@verb()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def watch(*, as_json: bool) -> None:
    """Show what is seen, as it is seen, until Ctrl-C."""
    with telling_errors(as_json=as_json):
        for kind, payload in client().events("/api/captures/stream"):
            say(_event_line(kind, payload, as_json=as_json))
        raise NotRunningError("Understudy has ended", "It was quit while you watched", START)


def _event_line(kind: str, payload: dict[str, Any], *, as_json: bool) -> str:
    import msgspec

    from understudy.interfaces.cli import show_seen

    if as_json:
        return msgspec.json.encode({"event": kind, **payload}).decode()
    if kind != "capture":
        return f"({payload.get('events', 'some')} not shown: too many at once)"
    fields = payload.get("capture", payload)
    known = {name: value for name, value in fields.items() if name in Capture.__struct_fields__}
    return show_seen.capture_line(msgspec.convert(known, Capture), now())


@verb()
@click.option("--all", "every", is_flag=True, help="Answered ones too.")
@answers(show.suggestions)
def suggestions(*, every: bool) -> list[SuggestionCard]:
    """List what waits for your word, with everything it would do."""
    return client().get("/api/suggestions", list[SuggestionCard], every=every)


@verb()
@answers(show.suggestions)
def approvals() -> list[SuggestionCard]:
    """List the runs that wait for your yes, with what each would do next."""
    return client().get("/api/approvals", list[SuggestionCard])


@verb()
@any_id
@answers(show.why)
def why(thing: str) -> Why:
    """Say why something was offered or done."""
    return client().get(f"/api/why/{thing}", Why)


@verb()
@any_id
@answers(show.why)
def why_not(thing: str) -> Why:
    """Say why something is not offered, or not done by itself."""
    return client().get(f"/api/why-not/{thing}", Why)


COMMANDS: dict[str, click.Command] = {
    "watch": watch,
    "suggestions": suggestions,
    "approvals": approvals,
    "why": why,
    "why-not": why_not,
}
