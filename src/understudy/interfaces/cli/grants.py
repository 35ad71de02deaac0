"""The command `grants`: what the person has allowed, and taking it back."""

import click

from understudy.core.grant import Grant
from understudy.interfaces.cli import show_grants
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.ids import grant_id, resolve


@click.group(cls=Verbs)
def grants() -> None:
    """List what you have allowed; take a permission back."""


@grants.command("list")
@click.option("--workflow", default="", help="Only those of this workflow.")
@answers(show_grants.grants)
def list_grants(workflow: str) -> list[Grant]:
    """List the permissions you gave, oldest first."""
    workflow_id = resolve("workflow", workflow) if workflow else ""
    return client().get("/api/grants", list[Grant], workflow_id=workflow_id)


@grants.command()
@grant_id
@answers(lambda _, __: ["Taken back. It is asked for again before it is used."])
def revoke(thing: str) -> None:
    """Take a permission back for good."""
    client().send("DELETE", f"/api/grants/{thing}", type(None))


COMMANDS: dict[str, click.Command] = {"grants": grants}
