"""Commands about this machine and the agent's doors: what it offers, what is watched, what can be asked."""

from pathlib import Path
from typing import Any

import click

from understudy.engine.cases.looking import ActionCard
from understudy.engine.cases.triggers import WatchedValue
from understudy.engine.views import Doctor
from understudy.interfaces.cli import show_machine
from understudy.interfaces.cli.client import segment
from understudy.interfaces.cli.command import answers, client, say, telling_errors
from understudy.interfaces.cli.documents import deliver, output_option, written
from understudy.interfaces.cli.group import verb


@verb()
@answers(show_machine.doctor)
def doctor() -> Doctor:
    """Say what this machine offers, and how to get the rest."""
    return client().get("/api/doctor", Doctor)


@verb()
@answers(show_machine.actions)
def actions() -> list[ActionCard]:
    """List what a step of a workflow can do, and what it takes."""
    return client().get("/api/actions", list[ActionCard])


@verb()
@answers(show_machine.watched)
def watched() -> dict[str, WatchedValue]:
    """List the values that workflows can react to."""
    return client().get("/api/watched", dict[str, WatchedValue])


@verb()
@click.argument("name")
@click.argument("value")
@answers(lambda answer, _: [f"Taken in: {answer.value}"])
def signal(name: str, value: str) -> WatchedValue:
    """Hand in a value under a name, for workflows to react to."""
    return client().post(f"/api/signals/{segment(name)}", WatchedValue, value=value)


@verb()
@output_option
def openapi(output: Path | None) -> None:
    """Show the description of the local API, as JSON."""
    with telling_errors():
        document = client().get("/api/openapi.json", dict[str, Any])
        say(deliver(written(document, "json"), output).rstrip("\n"))


COMMANDS: dict[str, click.Command] = {
    "doctor": doctor,
    "actions": actions,
    "watched": watched,
    "signal": signal,
    "openapi": openapi,
}
