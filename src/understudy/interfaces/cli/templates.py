"""The command `templates`: workflows that are ready made, to be made one's own."""

from typing import Any

import click

from understudy.engine.gallery import Template
from understudy.engine.views import WorkflowCard
from understudy.errors import InvalidInputError
from understudy.interfaces.cli import show, show_workflows
from understudy.interfaces.cli.client import segment
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import Verbs


@click.group(cls=Verbs)
def templates() -> None:
    """List ready-made workflows; show or use one."""


@templates.command("list")
@answers(show_workflows.templates)
def list_all() -> list[Template]:
    """List what there is."""
    return client().get("/api/templates", list[Template])


@templates.command("show")
@click.argument("name")
@answers(show_workflows.template)
def show_one(name: str) -> Template:
    """Show one, with what it asks and every script it would run."""
    return client().get(f"/api/templates/{segment(name)}", Template)


@templates.command()
@click.argument("name")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="An answer; as often as needed.")
@answers(show.workflow)
def use(name: str, changes: tuple[str, ...]) -> WorkflowCard:
    """Make one your own; it asks before it runs."""
    fields = {"changes": read_answers(changes)}
    return client().send("POST", f"/api/templates/{segment(name)}/use", WorkflowCard, fields)


def read_answers(changes: tuple[str, ...]) -> dict[str, Any]:
    """Return name -> value of `name=value` texts. Raises InvalidInputError."""
    answers_by_name: dict[str, Any] = {}
    for change in changes:
        name, sign, value = change.partition("=")
        if not sign or not name.strip():
            raise InvalidInputError(f"{change!r} is no answer", fix="Write it as --set time=07:30")
        answers_by_name[name.strip()] = value
    return answers_by_name


COMMANDS: dict[str, click.Command] = {"templates": templates}
