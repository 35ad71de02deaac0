"""Commands about the agent as a whole: how it is doing, pausing it. Imports little: `status` is quick."""

import click

from understudy.engine.status import Status
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import verb
from understudy.interfaces.cli.show_status import status as show_status


@verb()
@answers(show_status)
def status() -> Status:
    """Say how the agent is doing."""
    return client().get("/api/status", Status)


@verb()
@click.argument("minutes", type=click.IntRange(0, 60 * 24 * 366), default=0, metavar="[MINUTES]")
@answers(show_status)
def pause(minutes: int) -> Status:
    """Stop watching and acting, for some minutes or until resumed."""
    return client().post("/api/pause", Status, minutes=minutes)


@verb()
@answers(show_status)
def resume() -> Status:
    """Go on watching."""
    return client().post("/api/resume", Status)


@verb()
@answers(show_status)
def stop() -> Status:
    """End every run at once, and pause."""
    return client().post("/api/stop", Status)


COMMANDS: dict[str, click.Command] = {"status": status, "pause": pause, "resume": resume, "stop": stop}
